"""Examples: a vehicle's `questions.jsonl` comes in, what drivers ask and what answers it goes out.

Who knows a manual can say which of its sentences answers which question. A driver who asks something
alike is answered from there, in whatever words the manual has it.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import ManualError
from assistant.events import Passage, PassageKind
from assistant.pieces import pieces_of

FILE = "questions.jsonl"  # in a vehicle's folder
WORD = re.compile(r"[a-z0-9]+(?:[.,][0-9]+)*")
MOST = 0.9  # of the quotation's words stand in the piece that it means
LONGEST = 300  # characters of a question


@dataclass(frozen=True, slots=True)
class Quotation:
    """Where the manual answers: a sentence, a row, or the first step of a procedure."""

    section: str
    text: str


@dataclass(frozen=True, slots=True)
class Example:
    """A question with all that answers it; nothing does where the manual does not say."""

    question: str
    answers: tuple[Quotation, ...]


def read_examples(path: Path) -> tuple[Example, ...]:
    """All examples of a file, none where there is no file; raises ManualError naming the line."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        raise ManualError(f"The questions {path} cannot be read: {error}.") from error
    return tuple(
        _example(line, f"{path}, line {number}")
        for number, line in enumerate(lines, 1)
        if line.strip()
    )


def _example(line: str, where: str) -> Example:
    try:
        row = json.loads(line)
        question, answers = row["question"], row["answers"]
        found = tuple(Quotation(answer["section"], answer["quote"]) for answer in answers)
    except (ValueError, KeyError, TypeError) as error:
        raise ManualError(
            f'{where}: expected {{"question": …, "answers": [{{"section": …, "quote": …}}]}}, found '
            f"something else ({error})."
        ) from error
    texts = [question, *(text for answer in found for text in (answer.section, answer.text))]
    if not all(isinstance(text, str) and text.strip() for text in texts):
        raise ManualError(f"{where}: a question, a section and a quotation are words.")
    if len(question) > LONGEST:
        raise ManualError(f"{where}: the question is longer than {LONGEST} characters; shorten it.")
    return Example(question, found)


def pieces_meant(passages: Sequence[Passage], quote: str) -> list[tuple[int, int]]:
    """Which pieces of a section's passages a quotation means: (passage's order, piece's number)."""
    wanted = frozenset(_words(quote))
    row = quote.lstrip().startswith("|")
    return [
        (passage.order, number)
        for passage in passages
        if not row or passage.kind is PassageKind.TABLE
        for number, piece in enumerate(pieces_of(passage))
        if len(wanted & frozenset(_words(piece.text))) >= (1.0 if row else MOST) * len(wanted)
    ]


def _words(text: str) -> list[str]:
    return WORD.findall(text.lower().replace("**", ""))
