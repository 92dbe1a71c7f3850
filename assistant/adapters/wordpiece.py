"""Adapter room: a text comes in, the token ids of a BERT model go out.

The vocabulary is that of the model's own `tokenizer.json`; what is done to the text is what BERT's
uncased models were trained with: lower case, no accents, words split at spaces and around
punctuation, and each word into the longest pieces that the vocabulary has.
"""

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import ModelError

LONGEST_WORD = 100  # characters; a longer one is unknown
INSIDE = "##"  # marks a piece that does not begin its word
# CJK ideographs, each a word of its own.
IDEOGRAPHS = (
    (0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F),
    (0x2B740, 0x2B81F), (0x2B820, 0x2CEAF), (0xF900, 0xFAFF), (0x2F800, 0x2FA1F),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wordpiece:
    """A vocabulary, and the ids of its marks for the start, the end and what is unknown."""

    pieces: Mapping[str, int]
    start: int
    end: int
    unknown: int

    def tokens(self, text: str, limit: int) -> list[int]:
        """The ids of a text between the marks of its start and end, at most `limit` in all.

        The names of marks in a text are words like others.
        """
        ids = [self.start]
        for word in _words(text):
            ids += self._word(word)
            if len(ids) >= limit:
                break
        return [*ids[: limit - 1], self.end]

    def _word(self, word: str) -> list[int]:
        if len(word) > LONGEST_WORD:
            return [self.unknown]
        ids: list[int] = []
        begin = 0
        while begin < len(word):
            mark = INSIDE if begin else ""
            for end in range(len(word), begin, -1):
                found = self.pieces.get(mark + word[begin:end])
                if found is not None:
                    break
            else:
                return [self.unknown]
            ids.append(found)
            begin = end
        return ids


def load_wordpiece(path: Path) -> Wordpiece:
    """Read a `tokenizer.json`; raise ModelError where it is none of an uncased BERT model."""
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
        if table["model"]["type"] != "WordPiece" or not table["normalizer"]["lowercase"]:
            raise ValueError("its tokenizer is of another kind")
        pieces = table["model"]["vocab"]
        return Wordpiece(pieces, pieces["[CLS]"], pieces["[SEP]"], pieces["[UNK]"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise ModelError(f"{path} is not the vocabulary of a BERT model ({error}).") from error


def _words(text: str) -> list[str]:
    """The words and the marks of punctuation of a text, without accents and in lower case."""
    plain = unicodedata.normalize("NFD", "".join(map(_clean, text)))
    kept = "".join(char for char in plain if unicodedata.category(char) != "Mn").lower()
    return "".join(f" {char} " if _stands_alone(char) else char for char in kept).split()


def _clean(char: str) -> str:
    if char.isspace():
        return " "
    if char == "\ufffd" or unicodedata.category(char).startswith("C"):
        return ""
    return char


def _stands_alone(char: str) -> bool:
    code = ord(char)
    if char.isascii():  # every sign that is no letter, digit or space counts as punctuation
        return not (char.isalnum() or char == " ")
    if unicodedata.category(char).startswith("P"):
        return True
    return any(first <= code <= last for first, last in IDEOGRAPHS)
