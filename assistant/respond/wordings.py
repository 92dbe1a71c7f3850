"""Respond: a text comes in, the stems of its words as terms are compared with them go out."""

import re
from functools import lru_cache
from itertools import pairwise

from assistant.events import Term
from assistant.lexicon import stem, words

TOLD = 4  # letters; shorter words of a title or a cell ("of", "the") tell nothing


@lru_cache(maxsize=8192)  # texts and words of one manual come again and again
def stems_of(text: str) -> frozenset[str]:
    """The stems of all words; a joined one ("17-inch", "R17") also in its parts."""
    found = set()
    for word in words(text):
        found.add(stem(word.removesuffix("'s")))
        found.update(stem(part) for part in re.findall(r"[a-z]+|\d+(?:[.,]\d+)*", word))
    return frozenset(found)


def has(term: Term, stems: frozenset[str]) -> bool:
    """Whether a term, or a word that means the same, is among the stems."""
    return any(all(stem(part) in stems for part in words(word)) for word in term.words)


def holding(terms: tuple[Term, ...], text: str) -> tuple[Term, ...]:
    """The terms that a text holds."""
    own = stems_of(text)
    return tuple(term for term in terms if has(term, own))


def share_asked(terms: tuple[Term, ...], title: str) -> float:
    """How much of a title was asked for: "Coolant" all of it, "Coolant temperature" half."""
    every = words(title)
    told = [stem(word) for word in every if len(word) >= TOLD] or [stem(word) for word in every]
    asked = {stem(part) for term in terms for word in term.words for part in words(word)}
    return sum(word in asked for word in told) / len(told) if told else 0.0


def neighbours(question: str, terms: tuple[Term, ...]) -> list[tuple[Term, Term]]:
    """The terms that stand side by side in a question: "warning" and "triangle"."""
    telling = {stem(term.words[0]): term for term in terms}
    asked = [stem(word) for word in words(question)]
    return [(telling[a], telling[b]) for a, b in pairwise(asked) if {a, b} <= telling.keys()]


def neighbours_kept(question: str, text: str, terms: tuple[Term, ...]) -> float:
    """The share of the question's neighbouring terms that are neighbours in the text too, 0 to 1.

    "Warning triangle" is one thing; a text that speaks of hazard warning lamps and of a red
    triangle holds both words and not the thing.
    """
    pairs = neighbours(question, terms)
    if not pairs:
        return 0.0
    beside = list(pairwise(stems_of(word) for word in words(text)))
    kept = sum(any(has(first, a) and has(second, b) for a, b in beside) for first, second in pairs)
    return kept / len(pairs)
