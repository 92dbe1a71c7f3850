"""Respond: a sentence that bounds a reading and the reading come in, how they compare goes out."""

import re
from dataclasses import dataclass

from assistant.events import Known
from assistant.respond.numbers import canonical, rounded

_FIGURE = r"(?P<figure>[+−-]?\d[\d,]*(?:\.\d+)?)"
_SECOND = r"(?P<second>[+−-]?\d[\d,]*(?:\.\d+)?)"
# What stands before a figure -> what is said of a value beyond it, and of one that is not.
_SIDES = (
    (
        "more",
        "not_more",
        r"(?:at most|no (?:more|faster) than|not (?:more|faster|higher) than|up to) ",
    ),
    ("more", "not_more", r"(?:highest|maximum|top) (?:\w+ ){1,6}is "),
    ("less", "not_less", r"(?:at least|no less than|not less than) "),
    ("above", "not_above", r"(?<!no )(?<!not )(?:above|over|(?:more|higher|hotter|faster) than) "),
    ("below", "not_below", r"(?<!no )(?<!not )(?:below|under|(?:less|lower|colder|slower) than) "),
)
# A negation turns "up to", "above" and "below" around; what is meant then is not guessed.
_NEGATED = re.compile(r"\b(?:not|never|cannot|no longer)\b")


@dataclass(frozen=True, slots=True)
class Compared:
    """How a reading compares with the only bound of its unit in a sentence."""

    name: str  # of the pattern in replies.toml: "above", "not_above", …
    figure: str  # as the sentence writes it, with the unit


def compared(reading: Known, digits: int, sentence: str) -> Compared | None:
    """The comparison; None where the sentence holds more than one bound of that unit, or none."""
    if isinstance(reading.value, bool | str) or not reading.unit:
        return None
    value = float(rounded(reading.value, digits).replace(",", ""))  # as it is said
    unit = rf"\s?{re.escape(reading.unit)}(?!\w)"
    span = re.search(rf"{_FIGURE}(?:{unit})? (?:to|and) {_SECOND}{unit}", sentence)
    count = len(re.findall(rf"{_FIGURE}{unit}", sentence))
    if span:
        low, high = _number(span["figure"]), _number(span["second"])
        alone = count == 1 + bool(re.match(unit, sentence[span.end("figure") :]))
        figure = f"{span['figure']} and {span['second']} {reading.unit}"
        inside = "between" if low <= value <= high else "not_between"
        return Compared(inside, figure) if alone and low < high else None
    if count != 1 or _NEGATED.search(sentence):
        return None
    for beyond, within, before in _SIDES:
        found = re.search(rf"\b{before}{_FIGURE}{unit}", sentence, re.IGNORECASE)
        if found:
            bound = _number(found["figure"])
            is_beyond = value > bound if beyond in {"more", "above"} else value < bound
            return Compared(beyond if is_beyond else within, f"{found['figure']} {reading.unit}")
    return None


def _number(figure: str) -> float:
    return float(canonical(figure.removeprefix("+")).replace(",", ""))
