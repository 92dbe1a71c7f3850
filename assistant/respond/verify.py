"""Respond: a sentence and its evidence come in, whether the sentence may be spoken goes out.

The last gate before the voice. `grounded` holds for every answer, whoever made it: no number
that is not in the evidence. `supported` is for a sentence that the language model made: nothing
but the evidence's own words in their own order, its numbers with their units, and none of its
conditions or negations lost.
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
from assistant.lexicon import stem, words
from assistant.respond.numbers import canonical, numbers_in

MIN_WORDS = 4
NEGATIONS = frozenset(
    "no not never none nothing cannot can't don't doesn't without isn't aren't".split()
)
CONDITIONS = frozenset(
    "if when while unless until only except before after during least most than up below above "
    "within between at with or either must may should maximum minimum empty full".split()
)
# The only words that a sentence may hold and its quotation not: they say nothing by themselves. The
# lexicon's stop words would not do: "on", "off", "right" and "one" are among them.
GLUE = frozenset(
    "a an the is are it its this that these those you your of to and be has have do does".split()
)
TWELVE_VOLT = "12-volt"  # names a part in the fixed sentences of gauges.toml; it is no measure
PAIR = re.compile(r"[-−]?\d+(?:[.,]\d+)*\s*[^\s\d.,;:]*")


def grounded(answer: Answer) -> bool:
    """Whether every number of the answer's text is in its evidence."""
    allowed: set[str] = set()
    for evidence in answer.evidence:
        allowed |= _numbers_of(evidence)
    told = f"{answer.text} {answer.short}".replace(TWELVE_VOLT, "")
    return numbers_in(told) <= allowed


def supported(sentence: str, quote: str) -> bool:
    """Whether a made sentence says nothing that the quotation does not say.

    Its telling words stand in the quotation in the same order, so that what belongs to the front
    is not said of the rear.
    """
    said, source = words(sentence), words(quote)
    if len(said) < MIN_WORDS or not sentence.rstrip().endswith((".", "!")):
        return False
    if not _in_order([word for word in said if word not in GLUE], source):
        return False
    spoken, given = set(said), set(source)
    if spoken & NEGATIONS != given & NEGATIONS:
        return False
    if not given & CONDITIONS <= spoken:
        return False
    return numbers_in(sentence) == numbers_in(quote) and _pairs(sentence) == _pairs(quote)


def _in_order(said: list[str], source: list[str]) -> bool:
    rest = iter([stem(word) for word in source])
    return all(stem(word) in rest for word in said)


def _numbers_of(evidence: Evidence) -> set[str]:
    if isinstance(evidence, ManualEvidence):
        # The section and the page may be said too: "the rest is in section 9.4".
        # A page counts for a refusal alone, which quotes nothing and names where to look.
        page = "" if evidence.quote else evidence.page
        return set(numbers_in(f"{evidence.quote} {evidence.section} {evidence.title} {page}"))
    if isinstance(evidence, SignalEvidence):
        return _reading_numbers(evidence.reading)
    assert isinstance(evidence, DerivedEvidence)
    return _reading_numbers(evidence.reading)


def _reading_numbers(reading: Reading) -> set[str]:
    """A reading at every precision at which it may be said, and as hours and minutes."""
    if not isinstance(reading, Known):
        return set()
    found = set(numbers_in(reading.unit or ""))  # "l/100km" holds one
    if isinstance(reading.value, str):
        return found | set(numbers_in(reading.value))
    if isinstance(reading.value, bool):
        return found
    value = float(reading.value)
    found |= {canonical(f"{value:.{digits}f}") for digits in range(4)}
    if reading.unit == "min":
        found |= {str(part) for part in divmod(round(value), 60)}
    return found


def _pairs(text: str) -> set[str]:
    return {"".join(found.split()).lower() for found in PAIR.findall(text)}
