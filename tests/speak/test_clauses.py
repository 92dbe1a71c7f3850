"""The pieces in which an answer is synthesized."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.speak.clauses import FEWEST, MOST, clauses
from assistant.speak.wording import spoken

CASES = [
    ("", ()),
    ("  ", ()),
    ("Yes.", ("Yes.",)),
    ("No, I can't find that in the manual.", ("No, I can't find that in the manual.",)),
    (
        "Stop the car as soon as it is safe, and switch the engine off. Do not open the cap.",
        (
            "Stop the car as soon as it is safe,",
            "and switch the engine off.",
            "Do not open the cap.",
        ),
    ),
    (
        "Press the button for ten seconds until the lamp goes out.",
        ("Press the button for ten seconds,", "until the lamp goes out."),
    ),
    (
        "Two point five bar front and two point four bar rear.",
        ("Two point five bar front,", "and two point four bar rear."),
    ),
    (
        "eighty-five to one hundred and five degrees Celsius is the normal range for it.",
        ("eighty-five to one hundred and five degrees Celsius", "is the normal range for it."),
    ),
    (
        "one thousand two hundred and fifty kilograms or more than that: never.",
        ("one thousand two hundred and fifty kilograms,", "or more than that: never."),
    ),
    (
        "Is it safe? It is! Go on.",
        ("Is it safe?", "It is!", "Go on."),
    ),
    ('He said "stop." Then go.', ('He said "stop.', "Then go.")),
]


@pytest.mark.parametrize(("text", "pieces"), CASES)
def test_a_text_is_cut_where_a_reader_would_breathe(text: str, pieces: tuple[str, ...]) -> None:
    assert clauses(text) == pieces


def words(text: str) -> list[str]:
    return re.findall(r"[^\s,\"'”’)]+", text)


@given(st.text())
def test_no_word_is_lost(text: str) -> None:
    assert words(" ".join(clauses(text))) == words(text)


NUMBERS = ["2.4 bar", "85 to 105 °C", "2.4/2.3 bar", "1,250 km"]
PARTS = ["the", "car", "and", "is", ",", "for", *NUMBERS]


@given(st.lists(st.sampled_from(PARTS)))
def test_the_first_piece_is_short_and_no_number_is_parted(parts: list[str]) -> None:
    text = spoken(" ".join(parts))
    pieces = clauses(text)
    assert words(" ".join(pieces)) == words(text)
    if len(pieces) > 1:
        assert FEWEST <= len(pieces[0].split()) <= MOST
    for part in NUMBERS:
        assert text.count(spoken(part)) == sum(piece.count(spoken(part)) for piece in pieces)
