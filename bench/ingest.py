"""Benchmarks: a manual in Markdown is printed in several layouts and read again; what came back
right, and how long it took, goes out.

`python -m bench.ingest` prints the table and writes docs/ingest.json.
"""

import argparse
import json
import resource
import tempfile
import time
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from assistant.adapters.manual_reader import read_files
from assistant.events import Passage, PassageKind
from assistant.ingest.document import Block, Document
from assistant.ingest.files import read_text
from assistant.ingest.markdown import markdown_document
from assistant.ingest.passages import passages_of
from assistant.settings import CONFIG
from bench import machine
from bench.manual_layouts import LAYOUTS, Layout, chained, write

MANUAL = CONFIG / "vehicles" / "aster" / "manual"
MEASURES = ("titles", "texts", "labels", "rows", "order")


def blocks_of_manual(folder: Path) -> list[Block]:
    """The blocks of all Markdown files of a folder."""
    files = sorted(folder.glob("*.md"))
    return chained([markdown_document(read_text(path)).blocks for path in files])


def compare(printed: Sequence[Block], found: Sequence[Passage]) -> dict[str, float]:
    """The shares of what was printed that was read again.

    titles: sections with their id and title; texts: passages outside of tables, word by word and
    of the right kind; labels: those of them on the right page; rows: rows of tables with the
    headings of every cell; order: texts that stand in the same order.
    """
    wanted = passages_of(Document(tuple(printed)))
    sections = {(p.section, p.title) for p in wanted}
    seen = {(p.section, p.title) for p in found}
    texts = [p for p in wanted if p.kind is not PassageKind.TABLE]
    places: dict[tuple[str, str], list[int]] = defaultdict(list)
    for index, passage in enumerate(found):
        places[(passage.kind, _plain(passage.text))].append(index)
    matched: list[int] = []
    labelled = 0
    for passage in texts:
        where = places.get((passage.kind, _plain(passage.text)))
        if where:
            index = where.pop(0)
            matched.append(index)
            labelled += found[index].page == passage.page
    rows = Counter(_row(p) for p in wanted if p.kind is PassageKind.TABLE)
    back = Counter(_row(p) for p in found if p.kind is PassageKind.TABLE)
    return {
        "titles": _share(len(sections & seen), len(sections)),
        "texts": _share(len(matched), len(texts)),
        "labels": _share(labelled, len(matched)),
        "rows": _share(sum((rows & back).values()), sum(rows.values())),
        "order": _share(_rising(matched), len(matched)),
    }


def measure(layout: Layout, blocks: Sequence[Block], folder: Path) -> dict[str, Any]:
    """Print in a layout, read, compare."""
    path = folder / f"{layout.name}.pdf"
    printed = write(blocks, layout, path)
    pages = 0

    def count(_path: Path, _done: int, total: int) -> None:
        nonlocal pages
        pages = total // 2

    began, used = time.monotonic(), _cpu_of_children()
    (read,) = read_files([path], count)
    seconds, cpu = time.monotonic() - began, _cpu_of_children() - used
    return {
        "layout": layout.name,
        "pages": pages,
        "seconds": round(seconds, 2),
        "cpu_seconds": round(cpu, 2),
        "cpu_seconds_per_500_pages": round(500 * cpu / pages, 1),
        "seconds_per_500_pages": round(500 * seconds / pages, 1),
        **{name: round(share, 4) for name, share in compare(printed, read.passages).items()},
        "remarks": list(read.remarks),
    }


def main() -> None:
    """Measure all layouts, print a table, write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("docs/ingest.json"))
    parser.add_argument("--layout", action="append", help="only these")
    parser.add_argument("--keep", type=Path, help="keep the PDFs in this folder")
    given = parser.parse_args()
    blocks = blocks_of_manual(MANUAL)
    about = machine.about()
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        chosen = [layout for layout in LAYOUTS if not given.layout or layout.name in given.layout]
        rows = [measure(layout, blocks, folder) for layout in chosen]
    print(
        f"{'layout':<20}{'pages':>6}{'s/500':>7}{'CPU s':>7}"
        + "".join(f"{name:>9}" for name in MEASURES)
    )
    for row in rows:
        shares = "".join(f"{row[name]:>9.1%}" for name in MEASURES)
        print(
            f"{row['layout']:<20}{row['pages']:>6}{row['seconds_per_500_pages']:>7}"
            f"{row['cpu_seconds_per_500_pages']:>7}{shares}"
        )
    if not given.layout:
        report = {"schema": 1, "machine": about, "layouts": rows}
        given.out.write_text(json.dumps(report, indent=1) + "\n", "utf-8")


def _cpu_of_children() -> float:
    """CPU seconds of processes that have ended: what reading costs whatever else is running."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _plain(text: str) -> str:
    return " ".join(text.lower().split())


def _row(passage: Passage) -> tuple[tuple[str, str], ...]:
    return tuple((_plain(head), _plain(cell)) for head, cell in passage.row)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def _rising(places: Sequence[int]) -> int:
    """The length of the longest rising subsequence."""
    ends: list[int] = []
    for place in places:
        at = bisect_left(ends, place)
        ends[at : at + 1] = [place]
    return len(ends)


if __name__ == "__main__":
    main()
