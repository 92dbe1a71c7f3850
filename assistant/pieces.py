"""Pieces: a passage of the manual comes in, what of it can be said by itself goes out.

The manual keeps a vector for each piece, and answers are made of pieces, so both must part a
passage in the same way. A change here makes the vectors of built manuals new: see `FORM`.
"""

import re
from collections.abc import Iterator

from assistant.events import Passage, PassageKind, Piece

FORM = "2"  # part of what vectors are kept under; another one for every other way of parting

SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9\"“])")
REFERENCE = re.compile(
    r",?\s*(?:and )?see (?:section |chapter )?\d+(?:\.\d+)*(?: [A-Z][^.;,]*)?(?=[.;,])"
)
BOX = re.compile(r"^(?:Warning|Caution|Note|Danger):\s*")
LEANING = re.compile(
    r"^(it|they|this|these|that|those|he|she|do so|otherwise|then|also|in that case|here"
    r"|\w+ (it|them))\b",
    re.IGNORECASE,
)


# A sentence that only says where something is described answers nothing.
POINTER = re.compile(r"\b(is|are) (described|explained|listed|shown) in \d")
# A condition without what follows from it is a heading's item, not a sentence.
CONDITION = re.compile(r"^(If|When|While|Unless)\b[^,]*$")


def pieces_of(passage: Passage) -> tuple[Piece, ...]:
    """All pieces of a passage: its sentences, its row, or all its steps and each of them.

    A sentence that leans on the one before it is a piece only together with that.
    """
    return tuple(_pieces(passage))


def _pieces(passage: Passage) -> Iterator[Piece]:
    kind = passage.kind
    if kind in {PassageKind.TABLE, PassageKind.PROCEDURE}:
        yield Piece(passage.text, kind)
        if kind is PassageKind.PROCEDURE:
            yield from (Piece(step, PassageKind.TEXT) for step in steps(passage.text))
        return
    before = ""
    for sentence in sentences(passage.text):
        if POINTER.search(sentence) or CONDITION.match(without_references(sentence)):
            continue
        yield Piece(f"{before} {sentence}" if before and leans(sentence) else sentence, kind)
        before = sentence


def sentences(text: str) -> list[str]:
    """The sentences of a paragraph; the items of a list, each with the list's own opening."""
    lines = [line for line in text.split("\n") if line.strip()]
    if len(lines) > 1:
        lead = lines[0] if lines[0].endswith(":") else ""
        items = lines[1:] if lead else lines
        return [f"{lead} {item.removeprefix('- ')}".strip() for item in items]
    text = BOX.sub("", text).removeprefix("- ")
    return [part.strip() for part in SENTENCE_END.split(text) if part.strip()]


def steps(text: str) -> list[str]:
    """The steps of a procedure without their numbers."""
    lines = [line for line in text.split("\n") if re.match(r"\d+\. ", line)]
    return [line.split(". ", 1)[1] for line in lines]


def leans(sentence: str) -> bool:
    """Whether a sentence cannot be understood without the one before it."""
    return LEANING.match(sentence) is not None


def without_references(sentence: str) -> str:
    """The sentence as it is said: "see 11.3 Tyre pressures" helps only a reader."""
    return REFERENCE.sub("", sentence)
