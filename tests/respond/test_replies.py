"""The fixed sentences: everything that the code may want to say is there."""

import re
from pathlib import Path

import pytest

from assistant.errors import SettingsError
from assistant.events import Reason
from assistant.respond.replies import load_replies
from tests.turns import ENGLISH, REPLIES, SHAPES

SOURCE = Path(__file__).resolve().parents[2] / "assistant"
CODE = "\n".join(path.read_text("utf-8") for path in sorted(SOURCE.rglob("*.py")))


def used(table: str) -> set[str]:
    return set(re.findall(rf"replies\.{table}\[\s*[\"'](\w+)[\"']", CODE))


def test_every_sentence_that_the_code_names_is_there() -> None:
    assert used("say")
    assert used("say") | {"no_lamp", "no_lamp_any"} <= REPLIES.say.keys()
    assert used("refuse") <= REPLIES.refuse.keys()


def test_every_refusal_that_the_code_requests_is_there() -> None:
    requested = re.findall(r'RequestKind\.(?:UNKNOWN|COMMAND), "(\w+)"', CODE)
    requested += re.findall(r'SaidNothing\("(\w+)"\)', CODE)
    assert len(requested) >= 4
    assert set(requested) <= REPLIES.refuse.keys()


def test_every_sort_of_small_talk_has_a_reply() -> None:
    assert {name for name, _ in SHAPES.talk} == REPLIES.talk.keys()


def test_every_reason_why_a_reading_is_unknown_has_words() -> None:
    assert {reason.value for reason in Reason} == REPLIES.unknown.keys()


def test_every_sentence_of_the_file_is_used() -> None:
    for key in REPLIES.say:
        assert re.search(rf"[\"']{key}[\"']", CODE), key


def test_no_fixed_sentence_holds_a_number() -> None:
    for table in (REPLIES.talk, REPLIES.refuse, REPLIES.unknown, REPLIES.say):
        assert not any(character.isnumeric() for text in table.values() for character in text)


@pytest.mark.parametrize(
    "content", [b"\xff", b"[talk", b"[unknown_table]\n", b"[talk]\n", b""], ids=repr
)
def test_a_file_that_is_wrong_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "replies.toml").write_bytes(content)
    with pytest.raises(SettingsError, match="replies"):
        load_replies(tmp_path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        load_replies(tmp_path)


def test_the_english_file_loads() -> None:
    assert load_replies(ENGLISH) == REPLIES
