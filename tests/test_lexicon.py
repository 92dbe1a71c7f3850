"""What words are worth."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import SettingsError
from assistant.lexicon import load_lexicon, stem, words
from tests.turns import ENGLISH, LEXICON


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("What's the tyre pressure?", ["what's", "the", "tyre", "pressure"]),
        ("It’s 2.4 bar", ["it's", "2.4", "bar"]),
        ("12-volt, 1,250 km", ["12", "volt", "1,250", "km"]),
        ("215/60 R17", ["215", "60", "r17"]),
        ("—?!", []),
    ],
)
def test_words_are_lower_case_and_numbers_stay_whole(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("one", "other"), [("tyre", "tyres"), ("charging", "charge"), ("doors", "door")]
)
def test_forms_of_a_word_have_one_stem(one: str, other: str) -> None:
    assert stem(one) == stem(other)


def terms(text: str) -> list[str]:
    return [term.words[0] for term in LEXICON.terms(text)]


def test_only_telling_words_are_terms() -> None:
    assert terms("How do I reset the tyre pressure, please?") == ["reset", "tyre", "pressure"]


def test_a_word_and_its_equivalent_are_one_term() -> None:
    (term,) = LEXICON.terms("tyre tire tyres")
    assert {"tyre", "tire"} <= set(term.words)


def test_what_people_call_things_becomes_what_manuals_call_them() -> None:
    assert LEXICON.plain("I have a flat tyre") == "i have a puncture"
    assert LEXICON.plain("the warning light") == "the warning lamp"


@given(st.text(max_size=120))
def test_any_text_has_terms_without_stop_words_and_without_repetition(text: str) -> None:
    found = terms(text)
    assert len({stem(word) for word in found}) == len(found)
    assert not LEXICON.stop & set(found)


@pytest.mark.parametrize(
    "content",
    [
        b"\xff",
        b"[",
        b"",
        b'stop = ""\n',
        b'stop = ""\n[phrases]\n[same]\n',
        b"stop = []\n[phrases]\n[same]\nwords = []\n",
        b'stop = ""\n[phrases]\n[same]\nwords = [[1]]\n',
    ],
    ids=["binary", "no TOML", "empty", "keys missing", "no list", "stop", "word"],
)
def test_a_word_list_that_is_wrong_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "words.toml").write_bytes(content)
    with pytest.raises(SettingsError, match=r"words\.toml"):
        load_lexicon(tmp_path)


def test_the_english_list_loads() -> None:
    assert load_lexicon(ENGLISH) == LEXICON


def test_a_phrase_may_leave_room_for_a_few_words() -> None:
    assert LEXICON.plain("take the snow chains off") == "remove the snow chains"
    assert LEXICON.plain("switch it off") == "turn it off"
    far = "take the road to the mountains on the left and turn off"
    assert LEXICON.plain(far) == far
