"""Page marks for a manual that has none."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.ingest.markdown import PAGE_MARK
from assistant.ingest.pagination import LINES_PER_PAGE, WORDS_PER_LINE, paginate
from tests import aster

TEXTS = [path.read_text(encoding="utf-8") for path in aster.FILES]
LONG = "word " * (WORDS_PER_LINE * LINES_PER_PAGE // 2)


def labels(*texts: str) -> list[str]:
    return [label for text in texts for label in PAGE_MARK.findall(text)]


def test_the_aster_manual_is_already_paginated() -> None:
    assert paginate(TEXTS) == TEXTS


def test_the_front_matter_has_roman_pages_and_the_first_chapter_begins_with_1() -> None:
    front = f"# About\n\n{LONG}\n\n{LONG}\n\n{LONG}\n"
    marked = paginate([front, f"# 1 First\n\n{LONG}\n\n{LONG}\n", "# 2 Second\n\nText.\n"])
    assert labels(*marked) == ["i", "ii", "iii", "1", "2", "3"]


def test_a_chapter_begins_on_a_new_page() -> None:
    assert labels(*paginate(["# 1 A\n\nShort.\n", "# 2 B\n\nShort.\n"])) == ["1", "2"]


def test_a_heading_is_never_the_last_thing_on_a_page() -> None:
    body = "\n\n".join(["text " * WORDS_PER_LINE] * 16)
    (marked,) = paginate([f"# 1 A\n\n{body}\n\n## 1.1 B\n\nText.\n"])
    assert re.search(r"<!-- page 2 -->\n\n## 1\.1 B", marked)


def test_old_marks_are_replaced() -> None:
    assert paginate(["<!-- page 99 -->\n\n# 1 A\n\nText.\n\n<!-- page xi -->\n"]) == [
        "<!-- page 1 -->\n\n# 1 A\n\nText.\n"
    ]


@pytest.mark.parametrize("texts", [[], [""], ["\n\n"], ["", "# 1 A"]])
def test_little_or_nothing_can_be_paginated(texts: list[str]) -> None:
    assert len(paginate(texts)) == len(texts)


BLOCKS = st.sampled_from(
    [
        "# 1 A",
        "# Front",
        "## 1.1 B",
        "Text.",
        LONG,
        "- a\n- b",
        "| a |\n|---|\n| 1 |",
        "",
        "```",
        " x",
    ]
)
FILES = st.lists(st.lists(BLOCKS, max_size=12).map("\n\n".join), max_size=4)


@given(FILES)
def test_running_it_again_changes_nothing(texts: list[str]) -> None:
    once = paginate(texts)
    assert paginate(once) == once


@given(FILES)
def test_no_word_is_lost_and_none_added(texts: list[str]) -> None:
    for before, after in zip(texts, paginate(texts), strict=True):
        assert PAGE_MARK.sub("", after).split() == before.split()


@given(FILES)
def test_no_page_comes_twice(texts: list[str]) -> None:
    found = labels(*paginate(texts))
    arabic = [int(label) for label in found if label.isdecimal()]
    assert arabic == list(range(1, len(arabic) + 1))
    assert len(set(found)) == len(found)
