"""Evaluation: a report comes in, a picture goes out."""

from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

from bench.evaluation.report import COMMON
from bench.evaluation.table import LABELS

COLOURS = {"right": "#2ca02c", "refused": "#c7c7c7", "wrong": "#d62728"}
SYSTEM_COLOURS = ("#1f77b4", "#ff7f0e", "#9467bd")


def draw(report: dict[str, Any], path: Path) -> None:
    """Left: what became of the questions of each category; right: the shares with their intervals."""
    whole = overall(report)
    compared = [result for result in report["results"] if result["questions"] == COMMON]
    figure, (left, right) = plt.subplots(1, 2, figsize=(15, 7))
    _categories(left, whole)
    _shares(right, compared or [whole], report["targets"])
    about, counts = report["about"], whole["counts"]
    figure.suptitle(
        f"{about['vehicle']}, answers from the manual · {about['machine']['date']} · "
        f"{counts['questions']} questions as {about['input']}"
    )
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    plt.close(figure)


def overall(report: dict[str, Any]) -> dict[str, Any]:
    """The result of the first system on all questions."""
    own = [result for result in report["results"] if result["questions"] != COMMON]
    return dict([result for result in own if result["system"] == own[0]["system"]][-1])


def _categories(axes: Any, result: dict[str, Any]) -> None:
    bars = {}
    for name, group in result["by_category"].items():
        rates = group["rates"]
        if rates["right"]["of"]:
            bars[name] = {key: rates[key]["count"] for key in COLOURS}
        unanswerable = rates["unanswerable_refused"]
        if unanswerable["of"]:
            wrong = unanswerable["of"] - unanswerable["count"]
            label = f"{name}, not in the manual" if name in bars else name
            bars[label] = {"right": unanswerable["count"], "refused": 0, "wrong": wrong}
    for row, counts in enumerate(bars.values()):
        start, total = 0.0, sum(counts.values())
        for key, colour in COLOURS.items():
            width = 100 * counts[key] / total
            axes.barh(row, width, left=start, color=colour, label=key if row == 0 else None)
            start += width
        axes.text(101, row, str(total), va="center", fontsize=8)
    axes.set_yticks(range(len(bars)), list(bars))
    axes.invert_yaxis()
    axes.set_xlim(0, 108)
    axes.set_xlabel("% of the questions; what the manual does not answer is right when refused")
    axes.set_title(f"{result['system']}, by category")
    _legend_below(axes)


def _shares(axes: Any, results: list[dict[str, Any]], targets: dict[str, float]) -> None:
    keys = [key for key in LABELS if any(result["rates"][key]["of"] for result in results)]
    for number, result in enumerate(results):
        label: str | None = f"{result['system']} ({result['counts']['questions']})"
        for row, key in enumerate(keys):
            rate = result["rates"][key]
            if not rate["of"]:
                continue
            share, low, high = (100 * rate[name] for name in ("share", "low", "high"))
            place = row + 0.2 * (number - (len(results) - 1) / 2)
            error = [[max(0.0, share - low)], [max(0.0, high - share)]]
            colour = SYSTEM_COLOURS[number % len(SYSTEM_COLOURS)]
            axes.errorbar(share, place, xerr=error, fmt="o", color=colour, capsize=3, label=label)
            label = None
    for row, key in enumerate(keys):
        if key in targets:
            axes.plot([100 * targets[key]] * 2, [row - 0.4, row + 0.4], "k--", lw=1)
    axes.set_yticks(range(len(keys)), [LABELS[key] for key in keys])
    axes.invert_yaxis()
    axes.set_xlim(-2, 102)
    axes.set_xlabel("%, with 95 % intervals; dashed: target")
    axes.grid(axis="x", alpha=0.3)
    _legend_below(axes)


def _legend_below(axes: Any) -> None:
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.09), ncol=3, fontsize=8)
