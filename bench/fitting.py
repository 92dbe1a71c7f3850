"""Benchmarks: question sets come in, the weights by which answers are chosen go out.

`python -m bench.fitting` asks the Aster's manual the questions of `bench.fitting_questions`, takes
the features of every piece that could be said, and fits how much each counts: first so that a right
piece comes before the wrong ones (a softmax over the pieces of a question), then so that the best
piece's features and its lead tell whether it answers (logistic regression). Three times: by words
alone, with an embedder, and with the vehicle's example questions as well; the last begins with the
weights of the second.

What it prints is measured on the questions that the rules do not answer, each with weights that were
fitted without it and without its other phrasings.
"""

import argparse
import json
import random
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from assistant.errors import AurigaError
from assistant.respond.choosing import question_of
from assistant.respond.weighing import Candidate, lead, ranked
from assistant.respond.weights import Features, Weights, probability
from assistant.settings import language_folder, load_settings
from bench import machine
from bench.fits import Matrix, Vector, fit_right, fit_worth
from bench.fitting_questions import Asked, asked_of

FOLDS = 5
SEED = 4
LEAST = 0.0005  # a smaller weight is written as none
RARE = 30  # a feature of fewer pieces is not fitted
CONFIDENCES = (0.3, 0.4, 0.45, 0.5, 0.6, 0.7)


def main() -> int:
    """Fit, print what was measured, and write the weights."""
    parser = argparse.ArgumentParser(prog="python -m bench.fitting", description=__doc__)
    settings = load_settings()
    default = language_folder(settings.language) / "choosing.toml"
    parser.add_argument("--out", type=Path, default=default)
    parser.add_argument("--report", type=Path, help="what was measured, as JSON")
    options = parser.parse_args()
    try:
        asked = list(asked_of(settings, examples=False))
        knowing = list(asked_of(settings, examples=True))
    except AurigaError as error:
        print(f"auriga: {error}", file=sys.stderr)
        return error.exit_code
    words, by_words = _fitted([_without_meaning(one) for one in asked])
    meaning, by_meaning = _fitted(asked)
    examples, by_examples = _fitted(knowing, meaning.worth)
    report = {"examples": by_examples, "meaning": by_meaning, "words": by_words}
    _write(options.out, {"examples": examples, "meaning": meaning, "words": words})
    print(json.dumps(report, indent=1))
    if options.report:
        full = {"schema": 1, "machine": machine.about(), "measured": report}
        options.report.write_text(json.dumps(full, indent=1) + "\n", "utf-8")
    print(options.out)
    return 0


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of one question as numbers."""

    asked: Asked
    candidates: tuple[Candidate, ...]
    matrix: Matrix  # float64 [pieces, features]
    right: Vector  # float64 [pieces], 1 or 0

    @property
    def numbers(self) -> tuple[Matrix, Vector]:
        """What is fitted on."""
        return self.matrix, self.right


Judged = tuple[Pieces, Features, bool]
"""A question, the features of its best piece and their lead, and whether that is right."""


def _fitted(
    asked: Sequence[Asked], start: Mapping[str, float] | None = None
) -> tuple[Weights, dict[str, Any]]:
    """The weights, and what they achieve on questions that they were not fitted on."""
    pieces, names = _pieces(asked)
    begin = np.array([(start or {}).get(name, 0.0) for name in names])
    fold = _folds(pieces)
    judged: list[Judged] = []
    for number in range(FOLDS):
        train = [p.numbers for p in pieces if fold[p.asked.group] != number]
        worth = fit_worth(train, begin)
        judged += [_judged(p, worth) for p in pieces if fold[p.asked.group] == number]
    likely = {}
    for number in range(FOLDS):
        others = [one for one in judged if fold[one[0].asked.group] != number]
        fit = fit_right([(own, good) for _, own, good in others])
        for piece, own, _ in judged:
            if fold[piece.asked.group] == number:
                likely[id(piece)] = probability(own, fit)
    right = fit_right([(own, good) for _, own, good in judged])
    worth = fit_worth([p.numbers for p in pieces], begin)
    weights = Weights(dict(zip(names, worth.tolist(), strict=True)), right)
    return weights, _measured(judged, likely)


def _without_meaning(asked: Asked) -> Asked:
    passages = tuple(
        replace(p, cosine=0.0, pieces=tuple(replace(x, cosine=0.0) for x in p.pieces))
        for p in (*asked.hits.passages, *asked.hits.further)
    )
    split = len(asked.hits.passages)
    hits = replace(asked.hits, passages=passages[:split], further=passages[split:])
    return replace(asked, hits=hits)


def _pieces(asked: Sequence[Asked]) -> tuple[list[Pieces], list[str]]:
    unweighted = Weights({}, {})
    found = [
        (one, candidates)
        for one in asked
        if (
            candidates := ranked(
                question_of(one.request.text, one.request.name, one.hits), one.hits, unweighted
            )
        )
    ]
    count = Counter(name for _, candidates in found for c in candidates for name in c.features)
    names = sorted(name for name, times in count.items() if times >= RARE)
    place = {name: number for number, name in enumerate(names)}
    out = []
    for one, candidates in found:
        matrix = np.zeros((len(candidates), len(names)))
        for row, candidate in enumerate(candidates):
            for name, value in candidate.features.items():
                if name in place:
                    matrix[row, place[name]] = value
        right = np.array([float(one.right(candidate)) for candidate in candidates])
        out.append(Pieces(one, candidates, matrix, right))
    return out, names


def _folds(pieces: Sequence[Pieces]) -> dict[str, int]:
    groups = sorted({piece.asked.group for piece in pieces})
    random.Random(SEED).shuffle(groups)
    return {group: number % FOLDS for number, group in enumerate(groups)}


def _judged(piece: Pieces, worth: Vector) -> Judged:
    values = piece.matrix @ worth
    order = np.argsort(-values, kind="stable")
    best = tuple(replace(piece.candidates[i], worth=float(values[i])) for i in order)
    request, hits = piece.asked.request, piece.asked.hits
    own = lead(question_of(request.text, request.name, hits), best, hits)
    return piece, own, bool(piece.right[order[0]])


# --- what came of it ---------------------------------------------------------------------------


def _measured(judged: Sequence[Judged], likely: Mapping[int, float]) -> dict[str, Any]:
    sets = sorted({piece.asked.set_name for piece, _, _ in judged})
    return {
        name: _of_set([one for one in judged if one[0].asked.set_name == name], likely)
        for name in sets
    }


def _of_set(judged: Sequence[Judged], likely: Mapping[int, float]) -> dict[str, Any]:
    every, judged = judged, [one for one in judged if not one[0].asked.ruled]
    can = [(likely[id(p)], good) for p, _, good in judged if p.asked.answerable]
    cannot = [likely[id(p)] for p, _, _ in judged if not p.asked.answerable]
    reachable = [p.right.any() for p, _, _ in judged if p.asked.answerable]
    at = {
        str(least): {
            "right": round(
                sum(good for value, good in can if value >= least) / max(1, len(can)), 3
            ),
            "wrong": round(
                sum(not good for value, good in can if value >= least) / max(1, len(can)), 3
            ),
            "unanswerable refused": round(sum(v < least for v in cannot) / max(1, len(cannot)), 3),
        }
        for least in CONFIDENCES
    }
    return {
        "answerable": len(can),
        "unanswerable": len(cannot),
        "a right piece was there": round(sum(reachable) / max(1, len(can)), 3),
        "the best piece is right": round(sum(good for _, good in can) / max(1, len(can)), 3),
        "ruled ones: the best piece is right": _share(
            [good for p, _, good in every if p.asked.ruled and p.asked.answerable]
        ),
        "at a confidence of": at,
    }


def _share(held: Sequence[bool]) -> float | None:
    return round(sum(held) / len(held), 3) if held else None


def _write(path: Path, weights: Mapping[str, Weights]) -> None:
    lines = [
        "# How much each feature counts when a part of the manual is chosen to answer a question.",
        "# Written by `python -m bench.fitting`, not by hand; assistant/respond/features.py says",
        "# what each of them is.",
    ]
    for name, fitted in weights.items():
        for part in ("worth", "right"):
            lines += ["", f"[{name}.{part}]"]
            numbers = sorted(getattr(fitted, part).items())
            lines += [f'"{key}" = {value:.3f}' for key, value in numbers if abs(value) >= LEAST]
    path.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
