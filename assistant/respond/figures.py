"""Respond: a question comes in, the figures and the keys that a text must share with it go out.

"At 50 kilowatts" is not answered by a row of "3 h 50 min", and "what does V stand for" not by the
row of the letter H: a figure counts with its unit, and a single letter or a code as it stands.
"""

import re
from dataclasses import dataclass

from assistant.respond.numbers import canonical

_FIGURE = r"(?<![\w.,])(\d+(?:[.,]\d+)*)"
# What a driver says -> what the manual writes behind a figure.
_UNITS = {
    r"kilowatts?(?! hours?)|kw": r"kW\b",
    r"watts?|w": r"W\b",
    r"km/?h|kph|kilomet(?:re|er)s? (?:an|per) hour": r"km/h",
    r"kilomet(?:re|er)s?(?! (?:an|per))|km(?!/)": r"km\b(?!/h)",
    r"kilos?|kilograms?|kg": r"kg\b",
    r"bar": r"bar\b",
    r"amp(?:ere)?s?|a": r"A\b",
    r"volts?|v": r"(?:V|volts?)\b",
    r"millimet(?:re|er)s?|mm": r"mm\b",
    r"centimet(?:re|er)s?|cm": r"cm\b",
    r"met(?:re|er)s?|m": r"(?:m|metres?)\b",
    r"inch(?:es)?": r"inch(?:es)?\b",
    r"lit(?:re|er)s?|l": r"(?:l|litres?)\b",
    r"percent|per cent|%": r"%",
    r"degrees?|°c": r"°C",
    r"years?": r"years?\b",
    r"months?": r"months?\b",
    r"weeks?": r"weeks?\b",
    r"days?": r"days?\b",
    r"hours?": r"(?:h|hours?)\b",
    r"minutes?": r"(?:min|minutes?)\b",
}
_ASKED = [
    (re.compile(rf"{_FIGURE}[\s-]?(?:{said})(?![\w])", re.IGNORECASE), written)
    for said, written in _UNITS.items()
]
_SPEED = re.compile(
    rf"\b(?:drive|driving|go|going)\b[^.?!]*\b(?:at|over|faster than) {_FIGURE}(?!\s*\w)",
    re.IGNORECASE,
)
_DOING = re.compile(
    rf"\b(?:drive|driving|go|going|do|doing) {_FIGURE}(?= (?:with|on|in|while|when|and)\b|\W*$)",
    re.IGNORECASE,
)
_UNIT_WORD = re.compile("|".join(_UNITS), re.IGNORECASE)
LIMIT = (
    r"\b(?:up to|at most|no more than|no faster than|speed (?:\w+ ){0,6}is|"
    r"from \d+ to|between \d+ and) "
)
LETTER = re.compile(r"(?<![\w'’.,/-])([A-Za-z])(?![\w'’/-])")
NO_KEY = frozenset("aiosc")  # words, endings, and what is left of "a/c"
FIRST = r"\bthe first "


@dataclass(frozen=True, slots=True)
class AskedFigure:
    """A figure of the question with the pattern of its unit as manuals write it."""

    value: str  # in the form of `numbers.canonical`
    unit: str


def asked_figures(question: str) -> tuple[AskedFigure, ...]:
    """The figures of a question whose unit was said, or is clear: who drives at 250 means a speed."""
    found = [
        AskedFigure(canonical(match[1]), written)
        for said, written in _ASKED
        for match in said.finditer(question)
    ]
    speeds = (match for said in (_SPEED, _DOING) for match in said.finditer(question))
    found += [AskedFigure(canonical(match[1]), r"km/h") for match in speeds]
    return tuple(dict.fromkeys(found))


def asked_keys(question: str) -> frozenset[str]:
    """The single letters that a question names, as capitals: gears, marks, speed ratings."""
    units = {match.end(1) for said, _ in _ASKED for match in said.finditer(question)}
    return frozenset(
        match[1].upper()
        for match in LETTER.finditer(question)
        if match[1].lower() not in NO_KEY
        and not any(end <= match.start() <= end + 1 for end in units)
    )


def names_figure(figures: tuple[AskedFigure, ...], word: str) -> bool:
    """Whether a word of the question is one of its figures or a unit."""
    return _UNIT_WORD.fullmatch(word) is not None or any(
        canonical(word) == figure.value for figure in figures
    )


def lacks_key(keys: frozenset[str], text: str) -> bool:
    """Whether a letter that was asked for does not stand by itself in a text."""
    return any(not re.search(rf"(?<![\w'’]){key}(?![\w'’])", text) for key in keys)


def of_other_units(figures: tuple[AskedFigure, ...], text: str) -> bool:
    """Whether a figure that was asked for is in a text, but never with its unit."""
    return any(
        (units := _after(figure.value, text))
        and not any(re.match(rf"[\s-]?(?:{figure.unit})", unit) for unit in units)
        for figure in figures
    )


def limits(figures: tuple[AskedFigure, ...], question: str, text: str) -> bool:
    """Whether a text bounds every figure that was asked for: "up to 1,250 kg"."""
    bound = FIRST if "first" in question.lower() else LIMIT
    return bool(figures) and all(
        re.search(rf"{bound}\d[\d.,]*\s?(?:{figure.unit})", text) for figure in figures
    )


def _after(value: str, text: str) -> list[str]:
    """What stands behind each occurrence of a figure in a text."""
    return [
        text[match.end() :]
        for match in re.finditer(_FIGURE, text)
        if canonical(match[1].rstrip(".,")) == value
    ]
