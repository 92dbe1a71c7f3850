"""Respond: a procedure and what was found come in, the warnings that go before its steps go out.

Those of its own section always; of another section those that name the same thing at the same
place: who fastens a child seat on the front seat must know what the airbag in front of it does.
"""

from collections.abc import Iterable

from assistant.events import Hits, Passage, Term
from assistant.lexicon import words
from assistant.respond.cases import FACING, FRONT, REAR
from assistant.respond.wordings import has, stems_of

SAME_THING = 2  # words that the question, the steps' title and the warning must share
PLACES = (FRONT, REAR)


def warnings_for(passage: Passage, hits: Hits) -> tuple[tuple[Passage, ...], tuple[Passage, ...]]:
    """The warnings of the procedure's own section, and those of others that concern it."""
    own = tuple(one for one in hits.warnings if one.section == passage.section)
    elsewhere = (one for one in hits.warnings if one.section != passage.section)
    return own, tuple(one for one in elsewhere if _concerns(one, passage, hits.terms))


def _concerns(warning: Passage, passage: Passage, terms: tuple[Term, ...]) -> bool:
    """Whether a warning names what the steps do something with, at a place that was not excluded."""
    titled, told = stems_of(passage.title), stems_of(warning.text)
    shared = [term for term in terms if has(term, titled) and has(term, told)]
    if len(shared) < SAME_THING:
        return False
    asked = _places(term.words[0] for term in terms)
    possible = asked or _places([passage.title, passage.heading, passage.text])
    return bool(possible & _places([warning.title, warning.heading, warning.text]))


def _places(texts: Iterable[str]) -> set[frozenset[str]]:
    """The places that texts name; how a child's seat faces is none."""
    said = set(words(FACING.sub(" ", " ".join(texts).lower())))
    return {place for place in PLACES if place & said}
