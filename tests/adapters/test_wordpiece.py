"""Texts become the token ids that the model was trained with."""

import json
from pathlib import Path

import pytest

from assistant.adapters.wordpiece import Wordpiece, load_wordpiece
from assistant.errors import ModelError

PIECES = "[PAD] [UNK] [CLS] [SEP] ty ##re ##res cafe . [ ] sep 汽 2 4 ##4 a".split()
IDS = {piece: number for number, piece in enumerate(PIECES)}
TABLE = {"model": {"type": "WordPiece", "vocab": IDS}, "normalizer": {"lowercase": True}}


@pytest.fixture
def wordpiece(tmp_path: Path) -> Wordpiece:
    path = tmp_path / "tokenizer.json"
    path.write_text(json.dumps(TABLE), "utf-8")
    return load_wordpiece(path)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("", ""),
        ("tyre", "ty ##re"),
        ("TYRES", "ty ##res"),  # the longest piece, in lower case
        ("tyre tyre", "ty ##re ty ##re"),
        ("tyrex", "[UNK]"),  # no piece for its end
        ("Café.", "cafe ."),  # no accents; punctuation stands alone
        ("cafe\u0301", "cafe"),
        ("ca\u200bfe\x00\ufffd", "cafe"),  # signs that cannot be seen
        ("cafe\u3000\n\ttyre", "cafe ty ##re"),
        ("2.44", "2 . 4 ##4"),
        ("汽汽", "汽 汽"),
        ("[SEP]", "[ sep ]"),  # the name of a mark is no mark
        ("a" * 101, "[UNK]"),
    ],
)
def test_a_text_becomes_pieces(wordpiece: Wordpiece, text: str, pieces: str) -> None:
    ids = wordpiece.tokens(text, 99)
    assert [PIECES[number] for number in ids] == ["[CLS]", *pieces.split(), "[SEP]"]


@pytest.mark.parametrize("limit", [2, 3, 4, 5])
def test_a_long_text_is_cut_and_still_ends(wordpiece: Wordpiece, limit: int) -> None:
    ids = wordpiece.tokens("tyre " * 9, limit)
    assert len(ids) == limit
    assert (PIECES[ids[0]], PIECES[ids[-1]]) == ("[CLS]", "[SEP]")


@pytest.mark.parametrize(
    "content",
    [
        None, "", "{}", "[]", "[" * 100_000,
        json.dumps({**TABLE, "model": {"type": "BPE", "vocab": IDS}}),
        json.dumps({**TABLE, "normalizer": {"lowercase": False}}),
        json.dumps({**TABLE, "model": {"type": "WordPiece", "vocab": {}}}),
    ],
)  # fmt: skip
def test_another_file_is_named(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "tokenizer.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(ModelError, match=r"tokenizer\.json"):
        load_wordpiece(path)
