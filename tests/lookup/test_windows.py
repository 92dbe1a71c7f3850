"""A long passage is divided into texts that the embedder sees the whole of."""

import itertools

import pytest

from assistant.lookup.windows import windows
from tests.fakes import FakeEmbedder

EMBEDDER = FakeEmbedder(max_tokens=16)  # 15 words and a mark
LONG = " ".join(f"word{number}" for number in range(50))


def test_a_short_passage_is_one_text_with_its_titles() -> None:
    assert windows("Wheels", "Jack", "It is here.", EMBEDDER) == ["Wheels. Jack. It is here."]
    assert windows("Wheels", "", "It is here.", EMBEDDER) == ["Wheels. It is here."]


def test_every_window_has_the_title_and_fits() -> None:
    found = windows("Wheels", "", LONG, EMBEDDER)
    assert len(found) > 1
    for text in found:
        assert text.startswith("Wheels. ")
        assert EMBEDDER.count(text) <= EMBEDDER.traits.max_tokens


def test_windows_hold_every_word_in_order_and_overlap() -> None:
    parts = [text.split()[1:] for text in windows("Wheels", "", LONG, EMBEDDER)]
    seen = list(dict.fromkeys(word for part in parts for word in part))
    assert seen == LONG.split()
    for before, after in itertools.pairwise(parts):
        assert after[0] in before


@pytest.mark.parametrize("title", ["title " * 12, "title " * 99])
def test_a_title_that_fills_a_window_is_left_out(title: str) -> None:
    found = windows(title, "", LONG, EMBEDDER)
    assert found[0].startswith("word0 ")


def test_no_text_is_one_window() -> None:
    assert windows("", "", "", EMBEDDER) == [""]
