"""Benchmarks: question sets come in, each question with what the manual offers for it goes out.

The sets are those of bench/questions, never those set aside, and the example questions of the vehicle
itself. With `examples` the manual knows its example questions, and they are not asked; without, they
are questions like the others.
"""

import json
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.adapters.can_bridge_vehicle import CanBridgeVehicle
from assistant.adapters.sqlite_examples import add_examples
from assistant.adapters.sqlite_manual import SqliteManual
from assistant.adapters.sqlite_manual_file import build
from assistant.adapters.sqlite_vectors import add_vectors
from assistant.app import find_embedder, model_store
from assistant.errors import ModelError
from assistant.events import Facts, Hits, Known, Outcome, Reading, Request, RequestKind, Telltale
from assistant.examples import FILE, Example, pieces_meant, read_examples
from assistant.ingest.markdown import read_markdown
from assistant.interpret.gauges import load_gauges, load_unreported
from assistant.interpret.interpreter import Interpreter, load_shapes
from assistant.lexicon import load_lexicon
from assistant.lookup.facts import Lookup
from assistant.pieces import pieces_of, without_references
from assistant.respond.manual import answer_manual
from assistant.respond.replies import load_replies
from assistant.respond.weighing import Candidate
from assistant.settings import Settings, language_folder, vehicle_folder

QUESTIONS = Path(__file__).with_name("questions")
NOT_READ = "aside"
VEHICLE = "aster"
EXAMPLES = "examples"  # the name of the vehicle's own questions as a set

Judge = Callable[[Candidate], bool]


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


def asked_of(settings: Settings, *, examples: bool) -> Iterator[Asked]:
    """Every question that is for the manual alone, with what the lookup finds for it.

    Raises ModelError where there is no embedder.
    """
    embedder = find_embedder(settings, model_store(settings))
    if embedder is None:
        raise ModelError("There is no embedder; run `auriga models fetch` first.")
    interpreter = _interpreter(settings)
    car = ParkedCar(interpreter.telltales, "R17")
    folder = vehicle_folder(VEHICLE)
    with tempfile.TemporaryDirectory() as work:
        path = Path(work) / "manual.sqlite"
        files = sorted((folder / "manual").glob("*.md"))
        build(path, (p for f in files for p in read_markdown(f.read_text("utf-8"))), "bench")
        add_vectors(path, embedder)
        if examples:
            add_examples(path, folder / FILE, embedder)
        with closing(SqliteManual(path, embedder)) as manual:
            manual.open()
            lookup = Lookup(car, manual, interpreter.lexicon, settings.lookup.passages)  # type: ignore[arg-type]
            rows = [*_rows(), *([] if examples else _own_rows(folder, manual))]
            for row in rows:
                request = interpreter.interpret(row.question)
                if request.kind is RequestKind.MANUAL:
                    yield _asked(row, request, lookup.facts(request).hits, settings)


@dataclass(frozen=True, slots=True)
class _Row:
    """A question of a set, and how a piece is judged."""

    set_name: str
    group: str
    question: str
    answerable: bool
    right: Judge


def _asked(row: _Row, request: Request, hits: Hits, settings: Settings) -> Asked:
    ruled = answer_manual(
        request,
        Facts(hits=hits),
        load_replies(language_folder(settings.language)),
        settings.lookup.min_coverage,
        settings.respond.max_words,
    )
    answered = ruled.outcome is Outcome.ANSWERED
    return Asked(row.set_name, row.group, row.answerable, request, hits, answered, row.right)


def _rows() -> Iterator[_Row]:
    for path in sorted(QUESTIONS.glob("manual-*.jsonl")):
        if NOT_READ in path.name:
            continue
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            if not (row.get("follows") or row.get("live") or row.get("state")):
                group = f"{path.stem}/{row.get('group') or row['id']}"
                judge = _judge(row)
                yield _Row(path.stem, group, row["question"], row["answerable"], judge)


def _own_rows(folder: Path, manual: SqliteManual) -> Iterator[_Row]:
    """The vehicle's example questions; those with the same answers are phrasings of one."""
    for number, example in enumerate(read_examples(folder / FILE)):
        group = repr(example.answers) if example.answers else str(number)
        right = _judge_of(example, manual)
        name = f"{EXAMPLES}/{group}"
        yield _Row(EXAMPLES, name, example.question, bool(example.answers), right)


def _judge_of(example: Example, manual: SqliteManual) -> Judge:
    """Whether a piece is one that the example names, or says the same elsewhere."""
    meant = set()
    for answer in example.answers:
        passages = manual.section(answer.section)
        texts = {p.order: pieces_of(p) for p in passages}
        meant |= {texts[order][at].text for order, at in pieces_meant(passages, answer.text)}
    return lambda candidate: candidate.text in meant


def _interpreter(settings: Settings) -> Interpreter:
    car = CanBridgeVehicle(vehicle_folder(VEHICLE), "unix:bench", 1)
    language = language_folder(settings.language)
    gauges, places = load_gauges(language, car.signals, car.driver_side)
    lexicon, shapes = load_lexicon(language), load_shapes(language)
    return Interpreter(lexicon, shapes, gauges, places, car.telltales, load_unreported(language))


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
