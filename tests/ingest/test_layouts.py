"""The manual that is printed in a layout and read again is the manual."""

from pathlib import Path

import pytest

from assistant.adapters.manual_process import read_file
from assistant.ingest.document import Block
from bench.ingest import MANUAL, MEASURES, blocks_of_manual, compare
from bench.manual_layouts import LAYOUTS, Layout, write

CHAPTERS = ("11 ", "17 ")
RIGHT = 0.97


def test_every_layout_is_read_right(tmp_path: Path, layout: Layout, excerpt: list[Block]) -> None:
    _check(excerpt, layout, tmp_path)


@pytest.mark.slow
def test_the_whole_manual_is_read_right(tmp_path: Path, layout: Layout) -> None:
    _check(blocks_of_manual(MANUAL), layout, tmp_path)


@pytest.fixture(params=LAYOUTS, ids=lambda layout: layout.name)
def layout(request: pytest.FixtureRequest) -> Layout:
    """Each of the layouts."""
    return request.param  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def excerpt() -> list[Block]:
    """The chapters of tyres and of technical data: procedures, warnings and most of the tables."""
    blocks = blocks_of_manual(MANUAL)
    starts = [n for n, b in enumerate(blocks) if getattr(b, "level", 0) == 1]
    out: list[Block] = []
    for first, last in zip(starts, [*starts[1:], len(blocks)], strict=True):
        if getattr(blocks[first], "text", "").startswith(CHAPTERS):
            out += blocks[first:last]
    return out


def _check(blocks: list[Block], layout: Layout, folder: Path) -> None:
    path = folder / "manual.pdf"
    printed = write(blocks, layout, path)
    passages, _ = read_file(path, lambda _done, _total: None)
    shares = compare(printed, passages)
    assert {name: shares[name] for name in MEASURES if shares[name] < RIGHT} == {}
