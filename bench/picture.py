"""Benchmarks: a latency report comes in, a picture goes out."""

from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

STAGES = ("endpoint", "recognize", "interpret", "lookup", "respond", "first_audio")
COLOURS = {"vehicle": "#1f77b4", "warning": "#ff7f0e", "manual": "#2ca02c"}
OTHER = "#7f7f7f"


def draw(report: dict[str, Any], path: Path) -> None:
    """Left: voice-to-voice of every turn by kind; right: what the stages took, by answer.by."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(13, 6))
    _dots(left, report)
    _bars(right, report)
    machine = report["machine"]
    figure.suptitle(
        f"Auriga, voice to voice · {machine['date']} · {machine['cores']} cores, "
        f"{machine['memory_gib']} GiB · {len(report['turns'])} questions"
    )
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    plt.close(figure)


def _dots(axes: Any, report: dict[str, Any]) -> None:
    kinds = list(report["by_kind"])
    for row, kind in enumerate(kinds):
        values = [
            turn["voice_to_voice_ms"]
            for turn in report["turns"]
            if "voice_to_voice_ms" in turn
            and (turn["kind"] if turn["outcome"] == "answered" else "refused") == kind
        ]
        colour = COLOURS.get(kind, OTHER)
        axes.plot(values, [row] * len(values), "o", color=colour, alpha=0.5)
        median = report["by_kind"][kind]["voice_to_voice_ms"]["median"]
        axes.plot([median, median], [row - 0.3, row + 0.3], color=colour, lw=3)
        axes.text(median, row + 0.33, f"median {median} ms", ha="center")
        target = report["targets_ms"].get(kind)
        if target:
            axes.plot([target, target], [row - 0.4, row + 0.4], "k--", lw=1)
            axes.text(target, row - 0.46, f"target {target}", ha="center", va="top", fontsize=8)
    axes.set_yticks(range(len(kinds)), kinds)
    axes.set_ylim(-0.8, len(kinds) - 0.2)
    axes.set_xlim(left=0)
    axes.set_xlabel("end of speech to first sound of the answer, ms")
    axes.set_title("every turn; bar: median, dashed: target")


def _bars(axes: Any, report: dict[str, Any]) -> None:
    groups = list(report["by_answer_by"])
    for row, name in enumerate(groups):
        start = 0
        for number, stage in enumerate(STAGES):
            width = report["by_answer_by"][name]["stages"][stage]["median"]
            axes.barh(row, width, left=start, color=f"C{number}", label=stage if row == 0 else None)
            start += width
        total = report["by_answer_by"][name]["voice_to_voice_ms"]["median"]
        axes.plot([total, total], [row - 0.4, row + 0.4], "k", lw=2)
    axes.set_yticks(range(len(groups)), groups)
    axes.set_xlabel("median ms of each stage; black: median voice to voice")
    axes.set_title("stages by answer.by (they overlap: the turn starts at the pause)")
    if groups:
        axes.legend(loc="lower right", fontsize=8)
