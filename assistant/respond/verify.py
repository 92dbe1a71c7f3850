"""Respond: a sentence and its evidence come in, whether the sentence may be spoken goes out.

The last gate before the voice. `grounded` holds for every answer, whoever made it: no number
that is not in the evidence. `supported` is for a sentence that the language model made: nothing
but the evidence's own words, its numbers with their units, and none of its conditions or
negations lost.
"""

import re

from assistant.events import (
    Answer,
    DerivedEvidence,
    Evidence,
    Known,
    ManualEvidence,
    Reading,
    SignalEvidence,
)
from assistant.lexicon import Lexicon, stem, words
from assistant.respond.numbers import canonical, numbers_in

MIN_WORDS = 4
NEGATIONS = frozenset(
    "no not never none nothing cannot can't don't doesn't without isn't aren't".split()
)
CONDITIONS = frozenset(
    "if when while unless until only except before after during least most than up below above "
    "within between at with or either must may should maximum minimum empty full".split()
)
PAIR = re.compile(r"[-−]?\d+(?:[.,]\d+)*\s*[^\s\d.,;:]*")


def grounded(answer: Answer) -> bool:
    """Whether every number of the answer's text is in its evidence."""
    allowed: set[str] = set()
    for evidence in answer.evidence:
        allowed |= _numbers_of(evidence)
    return all(_covered(number, allowed) for number in numbers_in(answer.text))


def supported(sentence: str, quote: str, lexicon: Lexicon) -> bool:
    """Whether a made sentence says nothing that the quotation does not say."""
    said, source = words(sentence), words(quote)
    if len(said) < MIN_WORDS or not sentence.rstrip().endswith((".", "!")):
        return False
    known = {stem(word) for word in source}
    if any(word not in lexicon.stop and stem(word) not in known for word in said):
        return False
    spoken, given = set(said), set(source)
    if spoken & NEGATIONS != given & NEGATIONS:
        return False
    if not given & CONDITIONS <= spoken:
        return False
    return _pairs(sentence) == _pairs(quote)


def _numbers_of(evidence: Evidence) -> set[str]:
    if isinstance(evidence, ManualEvidence):
        # The section and the page may be said too: "the rest is in section 9.4".
        return set(numbers_in(f"{evidence.quote} {evidence.section} {evidence.title}"))
    if isinstance(evidence, SignalEvidence):
        return _reading_numbers(evidence.reading)
    assert isinstance(evidence, DerivedEvidence)
    return _reading_numbers(evidence.reading)


def _reading_numbers(reading: Reading) -> set[str]:
    """A reading at every precision at which it may be said, and as hours and minutes."""
    if not isinstance(reading, Known):
        return set()
    # The unit itself may hold a number: "l/100 km".
    found = set(numbers_in(re.sub(r"(\d+)", r" \1 ", reading.unit or "")))
    if isinstance(reading.value, str):
        return found | set(numbers_in(reading.value))
    if isinstance(reading.value, bool):
        return found
    value = float(reading.value)
    found |= {canonical(f"{value:.{digits}f}") for digits in range(4)}
    if reading.unit == "min":
        found |= {str(part) for part in divmod(round(value), 60)}
    return found


def _covered(number: str, allowed: set[str]) -> bool:
    # "12-volt battery" and the lamp names hold numbers that are names, not measures.
    return number in allowed or number.lstrip("-") in allowed or number in NAMES


NAMES = frozenset({"12"})
"""Numbers that name a part in the fixed sentences of gauges.toml ("the 12-volt battery")."""


def _pairs(text: str) -> set[str]:
    return {"".join(found.split()).lower() for found in PAIR.findall(text)}
