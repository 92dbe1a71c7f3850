"""Evaluation: an answer and its evidence come in, the numbers that nothing supports go out.

Written apart from the assistant's own gate (`respond/verify.py`) and without its code, so that a
hole in that gate is seen here. Evidence is read as the JSON of the contract, whatever its kind.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
STEP = re.compile(r"(?:^|\s)(\d{1,2})\.\s")
PART = re.compile(
    r"\b12[- ]?volt\b", re.IGNORECASE
)  # names a battery and a socket, measures nothing
SAID_DECIMALS = 4  # a reading may be said with 0 to 3 decimals
MINUTES = 60
SILENT = frozenset({"age_ms"})  # of the evidence, but never said
WORDS = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\\w+teen|twenty|thirty|fou?rty|"
    "fifty|sixty|seventy|eighty|ninety|hundred|thousand|half|quarter|once|twice"
)
FIGURE = re.compile(rf"\d|(?<![a-z])(?:{WORDS})(?![a-z])", re.IGNORECASE)


def numbers_in(text: str) -> set[Decimal]:
    """The numbers written with digits, or as one sign ("½"); "1,250" is 1250 and "2,4" is 2.4."""
    found = {number for raw in NUMBER.findall(text) for number in _readings_of(raw)}
    return found | _fractions(text)


def steps_of(text: str) -> list[str]:
    """The steps of a procedure numbered from 1 on, without their numbers; else the text alone.

    What is said before the steps is one more piece, before them.
    """
    marks: list[re.Match[str]] = []
    for match in STEP.finditer(text):
        if int(match[1]) == len(marks) + 1:
            marks.append(match)
    if not marks or (marks[0].start() > 0 and len(marks) == 1):
        return [text.strip()]  # one number may be the end of a sentence
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    pieces = [
        text[: marks[0].start()],
        *(text[m.end() : e] for m, e in zip(marks, ends, strict=True)),
    ]
    return [piece.strip() for piece in pieces if piece.strip()]


def figures_said(text: str) -> set[Decimal]:
    """The numbers that an answer tells; neither a step's own number nor the name of a part."""
    return numbers_in(_telling(text))


def unsupported(text: str, evidence: Iterable[Mapping[str, Any]]) -> set[Decimal]:
    """The numbers of an answer that its evidence, as objects of the contract, does not hold."""
    said = _telling(text)
    given = {number for piece in evidence for number in _given(piece)}
    wrong = set()
    for raw in NUMBER.findall(said):
        readings = _readings_of(raw)
        if not readings & given:
            wrong |= readings
    return wrong | (_fractions(said) - given)


def asks_for_figure(alternatives: Iterable[str]) -> bool:
    """Whether every alternative of a fact, as regular expressions, is a figure."""
    return all(FIGURE.search(re.sub(r"\\[a-zA-Z]|\{[\d,]+\}", " ", item)) for item in alternatives)


def _telling(text: str) -> str:
    return " ".join(steps_of(PART.sub(" ", text)))


def _fractions(text: str) -> set[Decimal]:
    """The signs such as "½"; not the exponent of "m²"."""
    values = (unicodedata.numeric(char, 0.0) for char in text if not char.isdecimal())
    return {Decimal(str(value)) for value in values if value % 1}


def _readings_of(raw: str) -> set[Decimal]:
    """How a number may be meant: "1,250" in both ways, "2.4.1" as its parts."""
    plain = raw.replace(",", "") if THOUSANDS.fullmatch(raw) else raw.replace(",", ".")
    try:
        return {Decimal(plain)}
    except InvalidOperation:
        return {Decimal(part) for part in re.split(r"[.,]", raw)}


def _given(piece: Mapping[str, Any]) -> Iterator[Decimal]:
    for key, value in piece.items():
        if key in SILENT or isinstance(value, bool):
            continue
        if isinstance(value, int | float):
            yield from _as_said(float(value), piece.get("unit"))
        elif isinstance(value, str):
            yield from numbers_in(value)


def _as_said(value: float, unit: object) -> Iterator[Decimal]:
    for decimals in range(SAID_DECIMALS):
        yield abs(Decimal(f"{value:.{decimals}f}"))
    if unit == "min":
        yield from (Decimal(part) for part in divmod(round(value), MINUTES))
