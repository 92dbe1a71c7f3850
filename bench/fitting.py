"""Benchmarks: question sets come in, the weights by which answers are chosen go out.

`python -m bench.fitting` asks the Aster's manual the questions of bench/questions (never those
set aside), takes the features of every piece that could be said, and fits how much each counts:
first so that a right piece comes before the wrong ones (a softmax over the pieces of a question),
then so that the best piece's features and its lead tell whether it answers (logistic regression).
What it prints is measured on the questions that the rules do not answer, each with weights that
were fitted without it and without its other phrasings.
"""

import argparse
import json
import random
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.optimize

from assistant.adapters.can_bridge_vehicle import CanBridgeVehicle
from assistant.adapters.sqlite_manual import SqliteManual
from assistant.adapters.sqlite_manual_file import build
from assistant.adapters.sqlite_vectors import add_vectors
from assistant.app import find_embedder, model_store
from assistant.errors import AurigaError, ModelError
from assistant.events import Hits, Known, Outcome, Reading, Request, RequestKind, Telltale
from assistant.ingest.markdown import read_markdown
from assistant.interpret.gauges import load_gauges
from assistant.interpret.interpreter import Interpreter, load_shapes
from assistant.lexicon import load_lexicon
from assistant.lookup.facts import Lookup
from assistant.pieces import without_references
from assistant.respond.choosing import question_of
from assistant.respond.manual import answer_manual
from assistant.respond.replies import load_replies
from assistant.respond.weighing import Candidate, lead, ranked
from assistant.respond.weights import BIAS, Features, Weights
from assistant.settings import Settings, language_folder, load_settings, vehicle_folder
from bench import machine

QUESTIONS = Path(__file__).with_name("questions")
NOT_READ = "aside"
VEHICLE = "aster"
FOLDS = 5
SEED = 4
PIECE_PENALTY = 1.0  # of the squared weights, against the questions
RIGHT_PENALTY = 1.0
LEAST = 0.0005  # a smaller weight is written as none
LEAST = 0.0005  # a smaller weight is written as none
RARE = 30  # a feature of fewer pieces is not fitted
CONFIDENCES = (0.3, 0.4, 0.45, 0.5, 0.6, 0.7)
MEANING = re.compile(r"piece|passage|section_behind")  # features that need an embedder

Matrix = npt.NDArray[np.float64]
Vector = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with all pieces that could be said, and which of them are right."""

    set_name: str
    group: str  # phrasings of one question are in one group
    answerable: bool
    request: Request
    hits: Hits
    ruled: bool  # the rules answer it, so that its weights are never asked
    right: Callable[[Candidate], bool]


class ParkedCar:
    """Enough of a car for the lookup: nothing is lit."""

    def __init__(self, telltales: tuple[Telltale, ...], tyre_size: str) -> None:
        self.telltales = telltales
        self.tyre_size = tyre_size

    def read(self, path: str) -> Reading:
        """Every lamp is off."""
        return Known("off", None, 0.0)


def main() -> int:
    """Fit, print what was measured, and write the weights."""
    parser = argparse.ArgumentParser(prog="python -m bench.fitting", description=__doc__)
    settings = load_settings()
    default = language_folder(settings.language) / "choosing.toml"
    parser.add_argument("--out", type=Path, default=default)
    parser.add_argument("--report", type=Path, help="what was measured, as JSON")
    options = parser.parse_args()
    try:
        asked = list(_asked(settings))
    except AurigaError as error:
        print(f"auriga: {error}", file=sys.stderr)
        return error.exit_code
    fitted = {name: _fitted(asked, name) for name in ("meaning", "words")}
    report = {name: measured for name, (_, measured) in fitted.items()}
    _write(options.out, {name: weights for name, (weights, _) in fitted.items()})
    print(json.dumps(report, indent=1))
    if options.report:
        full = {"schema": 1, "machine": machine.about(), "measured": report}
        options.report.write_text(json.dumps(full, indent=1) + "\n", "utf-8")
    print(options.out)
    return 0


# --- questions ---------------------------------------------------------------------------------


def _asked(settings: Settings) -> Iterator[Asked]:
    """Every question that is for the manual alone, with what the lookup finds for it."""
    embedder = find_embedder(settings, model_store(settings))
    if embedder is None:
        raise ModelError("There is no embedder; run `auriga models fetch` first.")
    interpreter = _interpreter(settings)
    replies = load_replies(language_folder(settings.language))
    car = ParkedCar(interpreter.telltales, "R17")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "manual.sqlite"
        files = sorted((vehicle_folder(VEHICLE) / "manual").glob("*.md"))
        build(path, (p for f in files for p in read_markdown(f.read_text("utf-8"))), "bench")
        add_vectors(path, embedder)
        with closing(SqliteManual(path, embedder)) as manual:
            manual.open()
            lookup = Lookup(car, manual, interpreter.lexicon, settings.lookup.passages)  # type: ignore[arg-type]
            for name, row in _rows():
                request = interpreter.interpret(row["question"])
                if request.kind is RequestKind.MANUAL:
                    facts = lookup.facts(request)
                    ruled = answer_manual(
                        request,
                        facts,
                        replies,
                        settings.lookup.min_coverage,
                        settings.respond.max_words,
                    )
                    yield Asked(
                        name,
                        f"{name}/{row.get('group') or row['id']}",
                        row["answerable"],
                        request,
                        facts.hits,
                        ruled.outcome is Outcome.ANSWERED,
                        _judge(row),
                    )


def _rows() -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted(QUESTIONS.glob("manual-*.jsonl")):
        if NOT_READ in path.name:
            continue
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            if not (row.get("follows") or row.get("live") or row.get("state")):
                yield path.stem, row


def _interpreter(settings: Settings) -> Interpreter:
    car = CanBridgeVehicle(vehicle_folder(VEHICLE), "unix:bench", 1)
    language = language_folder(settings.language)
    gauges, places = load_gauges(language, car.signals, car.driver_side)
    lexicon, shapes = load_lexicon(language), load_shapes(language)
    return Interpreter(lexicon, shapes, gauges, places, car.telltales)


def _judge(row: Mapping[str, Any]) -> Callable[[Candidate], bool]:
    """Whether a piece answers: it stands in a right section and holds every fact."""
    facts = [[re.compile(p, re.IGNORECASE) for p in fact] for fact in row["facts"]]
    forbidden = [re.compile(p, re.IGNORECASE) for p in row.get("forbidden") or ()]
    sections = frozenset(row.get("sections") or ())

    def right(candidate: Candidate) -> bool:
        if not row["answerable"] or (sections and candidate.passage.section not in sections):
            return False
        text = without_references(candidate.text)
        held = all(any(p.search(text) for p in fact) for fact in facts)
        return held and not any(p.search(text) for p in forbidden)

    return right


# --- fitting -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of one question as numbers."""

    asked: Asked
    candidates: tuple[Candidate, ...]
    matrix: Matrix  # float64 [pieces, features]
    right: Vector  # float64 [pieces], 1 or 0


def _fitted(asked: Sequence[Asked], name: str) -> tuple[Weights, dict[str, Any]]:
    every = [_without_meaning(one) if name == "words" else one for one in asked]
    pieces, names = _pieces(every)
    fold = _folds(pieces)
    judged: list[tuple[Pieces, Features, bool]] = []
    for number in range(FOLDS):
        worth = _fit_pieces([p for p in pieces if fold[p.asked.group] != number], len(names))
        judged += [_judged(p, worth, names) for p in pieces if fold[p.asked.group] == number]
    likely = {}
    for number in range(FOLDS):
        train = [one for one in judged if fold[one[0].asked.group] != number]
        fit = _fit_right([(own, good) for _, own, good in train])
        for piece, own, _ in judged:
            if fold[piece.asked.group] == number:
                likely[id(piece)] = _logistic(own, fit)
    right = _fit_right([(own, good) for _, own, good in judged])
    worth = _fit_pieces(pieces, len(names))
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


def _fit_pieces(pieces: Sequence[Pieces], count: int) -> Vector:
    """Weights under which the right pieces together are most likely the best."""
    data = [(p.matrix, p.right) for p in pieces if p.right.any()]

    def loss(weights: Vector) -> tuple[float, Vector]:
        total, slope = PIECE_PENALTY * float(weights @ weights) / 2, PIECE_PENALTY * weights
        for matrix, right in data:
            share = _softmax(matrix @ weights)
            good = float(share @ right)
            total -= np.log(good + 1e-12)
            slope = slope - matrix.T @ (share * right / (good + 1e-12) - share)
        return total, slope

    found = scipy.optimize.minimize(loss, np.zeros(count), jac=True, method="L-BFGS-B")
    weights: Vector = found.x
    return weights


def _judged(piece: Pieces, worth: Vector, names: list[str]) -> tuple[Pieces, Features, bool]:
    """The features of the best piece and its lead, and whether it is right."""
    values = piece.matrix @ worth
    order = np.argsort(-values, kind="stable")
    best = tuple(replace(piece.candidates[i], worth=float(values[i])) for i in order)
    asked = question_of(piece.asked.request.text, piece.asked.request.name, piece.asked.hits)
    return piece, lead(asked, best), bool(piece.right[order[0]])


def _fit_right(rows: Sequence[tuple[Features, bool]]) -> dict[str, float]:
    names = [BIAS, *sorted({name for own, _ in rows for name in own})]
    matrix = np.array([[{BIAS: 1.0, **own}.get(name, 0.0) for name in names] for own, _ in rows])
    right = np.array([float(good) for _, good in rows])

    def loss(weights: Vector) -> tuple[float, Vector]:
        values = matrix @ weights
        total = float(np.logaddexp(0, values).sum() - right @ values)
        total += RIGHT_PENALTY * float(weights @ weights) / 2
        slope: Vector = matrix.T @ (1 / (1 + np.exp(-values)) - right) + RIGHT_PENALTY * weights
        return total, slope

    found = scipy.optimize.minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B")
    return dict(zip(names, found.x.tolist(), strict=True))


def _logistic(own: Features, weights: Features) -> float:
    value = sum(weights.get(name, 0.0) * number for name, number in {BIAS: 1.0, **own}.items())
    return float(1 / (1 + np.exp(-value)))


def _softmax(values: Vector) -> Vector:
    powers = np.exp(values - values.max())
    share: Vector = powers / powers.sum()
    return share


# --- what came of it ---------------------------------------------------------------------------


def _measured(
    judged: Sequence[tuple[Pieces, Features, bool]], likely: Mapping[int, float]
) -> dict[str, Any]:
    sets = sorted({piece.asked.set_name for piece, _, _ in judged})
    return {
        name: _of_set([one for one in judged if one[0].asked.set_name == name], likely)
        for name in sets
    }


def _of_set(
    judged: Sequence[tuple[Pieces, Features, bool]], likely: Mapping[int, float]
) -> dict[str, Any]:
    judged = [one for one in judged if not one[0].asked.ruled]
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
        "at a confidence of": at,
    }


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
