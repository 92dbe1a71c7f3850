"""Benchmarks: questions with the sections that answer them come in, how well each way finds them goes out.

`python -m bench.retrieval` compares the search of the Aster's manual by words, by meaning and by
both, and times it on a manual of 800 pages, which is our own repeated with other figures and with
its sentences in another order. The sets of questions called `aside` are not read.
"""

import argparse
import json
import random
import re
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from assistant.adapters.sqlite_manual import SqliteManual
from assistant.adapters.sqlite_manual_file import build
from assistant.adapters.sqlite_vectors import add_vectors, load_vectors
from assistant.app import find_embedder, model_store
from assistant.errors import AurigaError, ModelError
from assistant.events import Passage, PassageKind
from assistant.ingest.markdown import read_markdown
from assistant.lexicon import Lexicon, load_lexicon
from assistant.ports import Embedder
from assistant.settings import language_folder, load_settings, vehicle_folder
from bench import machine

QUESTIONS = Path(__file__).with_name("questions")
NOT_READ = "aside"
VEHICLE = "aster"
PAGES = 800
TOP = 5
TARGET_MS = 30  # 95th percentile, from the question's words to the best passages
SEED = 4
NUMBER = re.compile(r"\d+")
SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")

Search = Callable[[str], Sequence[str]]
"""From a question to the sections of its best passages, best first."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question that the manual answers, and the sections of which each one answers it."""

    text: str
    sections: frozenset[str]


def main() -> int:
    """Measure, print a table and write the JSON."""
    parser = argparse.ArgumentParser(prog="python -m bench.retrieval", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("out/bench/retrieval.json"))
    parser.add_argument("--pages", type=int, default=PAGES)
    options = parser.parse_args()
    try:
        report = _measure(options.pages)
    except AurigaError as error:
        print(f"auriga: {error}", file=sys.stderr)
        return error.exit_code
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    _print(report)
    print(options.out)
    return 0


def _measure(pages: int) -> dict[str, Any]:
    settings = load_settings()
    embedder = find_embedder(settings, model_store(settings))
    if embedder is None:
        raise ModelError("There is no embedder; run `auriga models fetch` first.")
    lexicon = load_lexicon(language_folder(settings.language))
    sets = _question_sets()
    about = machine.about()
    passages = _own_manual()
    with tempfile.TemporaryDirectory() as folder:
        own, large = Path(folder) / "own.sqlite", Path(folder) / "large.sqlite"
        build(own, passages, "bench")
        add_vectors(own, embedder)
        found = _quality(own, embedder, lexicon, sets)
        many = list(_repeated(passages, pages))
        build(large, many, "bench")
        began, used = time.perf_counter(), time.process_time()
        add_vectors(large, embedder)
        made = {
            "seconds": round(time.perf_counter() - began, 1),
            "processor_seconds": round(time.process_time() - used, 1),
        }
        texts = [question.text for questions in sets.values() for question in questions]
        speed = _speed(large, embedder, lexicon, texts)
    return {
        "schema": 1,
        "machine": about,
        "embedder": embedder.traits.name,
        "found": found,
        "large": {"pages": pages, "passages": len(many), "vectors": made, "search_ms": speed},
        "target_ms": TARGET_MS,
    }


def _question_sets() -> dict[str, list[Question]]:
    """All sets but those that are not read, by name; the questions that the manual answers."""
    sets = {}
    for path in sorted(QUESTIONS.glob("manual-*.jsonl")):
        if NOT_READ in path.name:
            continue
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        sets[path.stem] = [
            Question(row["question"], frozenset(row["sections"]))
            for row in rows
            if row["answerable"] and row.get("sections")
        ]
    return sets


def _own_manual() -> list[Passage]:
    files = sorted((vehicle_folder(VEHICLE) / "manual").glob("*.md"))
    return [passage for path in files for passage in read_markdown(path.read_text("utf-8"))]


@contextmanager
def _opened(path: Path, embedder: Embedder | None) -> Iterator[SqliteManual]:
    with closing(SqliteManual(path, embedder)) as manual:
        manual.open()
        yield manual


def _quality(
    path: Path, embedder: Embedder, lexicon: Lexicon, sets: dict[str, list[Question]]
) -> dict[str, Any]:
    with _opened(path, embedder) as manual:

        def by_words(text: str) -> list[str]:
            return [p.section for p in manual.search(lexicon.terms(text), TOP).passages]

        def by_both(text: str) -> list[str]:
            return [p.section for p in manual.search(lexicon.terms(text), TOP, text).passages]

        ways = {"words": by_words, "meaning": _by_meaning(path, embedder), "both": by_both}
        return {
            name: {way: _share(search, questions) for way, search in ways.items()}
            for name, questions in sets.items()
        }


def _by_meaning(path: Path, embedder: Embedder) -> Search:
    with closing(sqlite3.connect(path)) as connection:
        vectors = load_vectors(connection, embedder.traits.dimensions)
        sections = dict(connection.execute("SELECT id, section FROM passage"))
    assert vectors is not None

    def search(text: str) -> list[str]:
        near = vectors.nearness(embedder.embed([text])[0]).meaning
        return [sections[int(vectors.orders[row])] for row in np.argsort(-near)[:TOP]]

    return search


def _share(search: Search, questions: list[Question]) -> dict[str, float]:
    first = fifth = 0
    for question in questions:
        found = search(question.text)
        first += bool(found) and found[0] in question.sections
        fifth += bool(question.sections.intersection(found))
    count = len(questions)
    return {"questions": count, "top_1": round(first / count, 3), "top_5": round(fifth / count, 3)}


def _speed(
    path: Path, embedder: Embedder, lexicon: Lexicon, texts: list[str]
) -> dict[str, dict[str, float]]:
    """Milliseconds from a question's words to the best passages, by words and by both.

    `processor` is what one core was busy: other programs on the machine do not lengthen it.
    """
    with _opened(path, embedder) as manual:
        ways: dict[str, Callable[[str], object]] = {
            "words": lambda text: manual.search(lexicon.terms(text), 12),
            "both": lambda text: manual.search(lexicon.terms(text), 12, text),
            "vector of the question": lambda text: embedder.embed([text]),
        }
        return {name: _times(texts, way) for name, way in ways.items()}


def _times(texts: list[str], way: Callable[[str], object]) -> dict[str, float]:
    way(texts[0])
    took, busy = [], []
    for text in texts:
        began, used = time.perf_counter(), time.process_time()
        way(text)
        took.append((time.perf_counter() - began) * 1000)
        busy.append((time.process_time() - used) * 1000)
    return {
        f"{name}{share}": round(float(np.percentile(times, percent)), 1)
        for name, times in (("", took), ("processor_", busy))
        for share, percent in (("median", 50), ("p95", 95))
    }


def _repeated(passages: list[Passage], pages: int) -> Iterator[Passage]:
    """The manual again and again, until it has so many pages, each time with other figures."""
    chance = random.Random(SEED)
    page = 0
    for volume in range(pages):
        before = ""
        for passage in passages:
            if passage.page != before:
                before = passage.page
                page += 1
            if page > pages:
                return
            yield _varied(passage, volume, str(page), chance) if volume else passage


def _varied(passage: Passage, volume: int, page: str, chance: random.Random) -> Passage:
    text = NUMBER.sub(lambda found: str(chance.randint(1, 10 ** len(found[0]))), passage.text)
    if passage.kind is PassageKind.TEXT:
        sentences = SENTENCE.split(text)
        chance.shuffle(sentences)
        text = " ".join(sentences)
    return replace(passage, section=f"{volume}-{passage.section}", page=page, text=text)


def _print(report: dict[str, Any]) -> None:
    print(f"{'the right section':<22}{'':<10}{'questions':>10}{'first':>8}{'top 5':>8}")
    for name, ways in report["found"].items():
        for way, found in ways.items():
            print(
                f"{name:<22}{way:<10}{found['questions']:>10}"
                f"{found['top_1']:>8.1%}{found['top_5']:>8.1%}"
            )
    large = report["large"]
    print(
        f"{large['pages']} pages, {large['passages']} passages; all vectors in "
        f"{large['vectors']['processor_seconds']} s of one core"
    )
    for way, took in large["search_ms"].items():
        print(
            f"  {way:<26}median {took['median']} ms, 95th percentile {took['p95']} ms; "
            f"of one core {took['processor_median']} and {took['processor_p95']} ms"
        )
    print(f"target: {report['target_ms']} ms")


if __name__ == "__main__":
    sys.exit(main())
