"""Respond: a sentence and its evidence come in, whether the sentence may be spoken goes out.

The last gate before the voice. `grounded` holds for every answer, whoever made it: no number
that is not in the evidence. `supported` is for a sentence that the language model made: nothing
but the evidence's own clauses, word for word, without what says nothing or only adds something.
"""

import re
from dataclasses import dataclass

from assistant.events import (
    Answer,
    CodeEvidence,
    DerivedEvidence,
    Evidence,
    Known,
    ManualEvidence,
    Reading,
    SignalEvidence,
)
from assistant.ingest.addressing import is_addressed
from assistant.ingest.language import is_foreign
from assistant.lexicon import WORD
from assistant.respond.numbers import canonical, numbers_in

MIN_WORDS = 4
# The only words that a sentence may hold and its quotation not, or the other way round: they say
# nothing by themselves. The lexicon's stop words would not do: "on", "off", "right" and "one" are
# among them. "Have to" and the "to" of a range say something.
GLUE = frozenset(
    "a an the is are it its this that these those you your of to be has have do does lies located"
    " situated".split()
)
# A clause that begins so, or stands in brackets, only adds to what is said without it …
ADDS = re.compile(r"(?:which|who|whose|because|since|so that|for (?:example|instance)|such as)\b")
# … unless it holds one of these.
TELLING = frozenset(
    "no not never none nothing neither nor cannot without unless only except if when while until"
    " before after during than least most below above within between either or must may should can"
    " could shall will might need maximum minimum empty full left right front rear upper lower"
    " inner outer driver passenger red amber yellow orange green blue white steady flashing"
    " flashes lit on off open closed locked hot cold both each every all any some half twice once"
    " one two three four five six seven eight nine ten first second third more less".split()
)
BREAK = "|"  # stands in for any mark
BREAKS = frozenset(",;:.!?()–—")
HAVE_TO = re.compile(r"\b(?:have|has|had) to\b", re.IGNORECASE)
RANGE = re.compile(r"(?<=\d)(\S*) to (?=[-−]?\d)")
TOKEN = re.compile(
    r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*|[.!?](?=\s|$)|\s[–—](?=\s)|(?<=\w)-(?=[^\W\d])"
    r"|[\"“”„'‘’]|[^\s\w]|_"
)
UNSAID = frozenset("-\"“”„'‘’")  # hyphens between words, and quotation marks
TWELVE_VOLT = "12-volt"  # names a part in the fixed sentences of gauges.toml; it is no measure


def grounded(answer: Answer) -> bool:
    """Whether every number of the answer's text is in its evidence."""
    allowed: set[str] = set()
    for evidence in answer.evidence:
        allowed |= _numbers_of(evidence)
    told = f"{answer.text} {answer.short}".replace(TWELVE_VOLT, "")
    return numbers_in(told) <= allowed


def sayable(answer: Answer) -> bool:
    """Whether what an answer quotes is a sentence to a driver, in a language that is understood.

    A manual is sifted when it is built; one that was built before that is not.
    """
    quotes = [e.quote for e in answer.evidence if isinstance(e, ManualEvidence)]
    return not any(is_addressed(quote) or is_foreign(quote) for quote in quotes)


def supported(sentence: str, quote: str) -> bool:
    """Whether a made sentence says nothing that the quotation does not say, nor leaves out a part
    that what it says depends on.

    It is the quotation, clause by clause and word for word, without words that say nothing and
    without clauses that only add something. So no part, side, colour, figure, unit, condition,
    negation or step is lost, exchanged, added or put in another place.
    """
    said = [word for clause in _clauses(sentence) for word in (*clause.words, BREAK)]
    if len(WORD.findall(sentence)) < MIN_WORDS or not sentence.rstrip().endswith((".", "!")):
        return False
    return _fits(said, _clauses(quote)) and numbers_in(sentence) <= numbers_in(quote)


@dataclass(frozen=True, slots=True)
class _Clause:
    """What stands between two marks of punctuation."""

    words: tuple[str, ...]  # without those that say nothing
    adds: bool  # may be left out


def _fits(said: list[str], clauses: list[_Clause]) -> bool:
    """Whether the words are those of the clauses; around one that is left out no mark need stand."""
    reached = {
        (0, True)
    }  # how many words fit so far, and whether the next may follow without a mark
    for clause in clauses:
        after = {(at, True) for at, _ in reached if clause.adds}
        for at, joined in reached:
            begin = at + (said[at : at + 1] == [BREAK])
            end = begin + len(clause.words)
            if (joined or begin > at) and tuple(said[begin:end]) == clause.words:
                after.add((end, False))
        reached = after
    return any(all(word == BREAK for word in said[at:]) for at, _ in reached)


def _clauses(text: str) -> list[_Clause]:
    """The clauses of a text; marks that no word stands between count as one."""
    text = RANGE.sub(r"\1 … ", HAVE_TO.sub("must-have", text))
    found: list[_Clause] = []
    held: list[str] = []
    depth = 0
    for part in [*(match.strip() for match in TOKEN.findall(text)), "."]:
        if part not in BREAKS:
            held += [] if part in UNSAID else [part]
            continue
        if held:
            found.append(_clause(held, bracketed=depth > 0))
            held = []
        depth += (part == "(") - (part == ")")
    return found


def _clause(parts: list[str], *, bracketed: bool) -> _Clause:
    words = tuple(_plain(part) for part in parts)
    kept = tuple(
        word
        for number, word in enumerate(words)
        # "30 A" is no article, and "and" joins clauses only where one begins.
        if not (word in GLUE and not (number and words[number - 1][-1].isdigit()))
        and not (word == "and" and number == 0)
    )
    adds = bracketed or ADDS.match(" ".join(words)) is not None
    plain = all(word.isalpha() and word not in TELLING for word in words)
    return _Clause(kept, adds and plain)


def _plain(word: str) -> str:
    """A word in one form; "START", "kW" and "MW" keep their capitals."""
    word = word.replace("’", "'")
    return word.lower() if word[1:].islower() or len(word) == 1 else word


def _numbers_of(evidence: Evidence) -> set[str]:
    if isinstance(evidence, ManualEvidence):
        # The section and the page may be said too: "the rest is in section 9.4".
        # A page counts for a refusal alone, which quotes nothing and names where to look.
        page = "" if evidence.quote else evidence.page
        return set(numbers_in(f"{evidence.quote} {evidence.section} {evidence.title} {page}"))
    if isinstance(evidence, SignalEvidence):
        return _reading_numbers(evidence.reading)
    if isinstance(evidence, CodeEvidence):
        return set(numbers_in(f"{evidence.code} {evidence.meaning}"))
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
