"""Respond: a question and a prohibition come in, whether it forbids something else goes out.

Who asks whether a trailer may be towed is not answered by what forbids to lift the car, nor by what
forbids to tow in a case that nobody spoke of: both read as a no.
"""

import re

from assistant.lexicon import stem, words
from assistant.respond.asked import Part, Question, things_of
from assistant.respond.instructing import HALF
from assistant.respond.wordings import TOLD, has, holding, stems_of

MAY = frozenset({"permission", "allowed"})
WHERE = "where"  # the interpreter's name for asking after a place
YES_OR_NO = re.compile(r"^(?:so |and |but )?(?:can|could|may|is|are|am|do|does|should|must|will)\b")
DO_NOT = re.compile(r"(?:Do not|Never) ([a-z]+)")
IS_FORBIDDEN = re.compile(
    r"((?:\S+ ){1,7}?)(?:(?:must|may) not|cannot|(?:is|are) not (?:allowed|permitted))\b"
)
OF_THE_CAR = re.compile(
    r"(?:The (?:[A-Z]\w+|car|vehicle|owner|driver)|It|You|This|These|They|Nobody|Nothing)\b"
)
ITS_CONDITION = re.compile(r"\bwith (?:the|a|an) ([^,.]+)")
# What is asked about with "may I …".
DEED = re.compile(
    r"(?:so |and |but )?(?:can|could|may|should|must|do|am|are|is)(?: it)?"
    r"(?: (?:safe|ok|okay|possible|allowed|dangerous|bad|fine|legal|permitted) to)?"
    r"(?: (?:i|we|you|it|one|they|(?:the|my|a|an) [a-z]+))?(?: (?:allowed|supposed) to)?"
    r"(?: be)? ([a-z]+)"
)
ANY_DEED = frozenset(map(stem, "drive have put keep get do go let leave".split()))  # when asked
GENERAL = frozenset(map(stem, "use drive let leave allow start try".split()))  # when forbidden
FEWEST = 2  # telling words that repeat a question
ARTICLES = frozenset("the a an my your".split())


def forbids_another(asked: Question, part: Part) -> bool:
    """Whether it was asked if or where something may be done, and the part forbids another thing."""
    forbidden, subject = DO_NOT.match(part.text), IS_FORBIDDEN.match(part.text)
    if asked.ask == WHERE:
        return bool(forbidden or subject)  # says where not
    if asked.ask not in MAY and not YES_OR_NO.match(asked.plain):
        return False
    if forbidden is not None:
        of_it = _is_that_deed(asked, forbidden[1])
        return not (of_it or _is_of_those_things(asked, part.text[forbidden.start(1) :]))
    of_the_car = OF_THE_CAR.match(part.text) is not None
    return subject is not None and not (of_the_car or holding(asked.terms, subject[1]))


def forbids_under_a_condition(asked: Question, part: Part) -> bool:
    """Whether something is forbidden only in a case that nobody asked about."""
    if asked.ask not in MAY or any(character.isdigit() for character in asked.question):
        return False
    if not (DO_NOT.match(part.text) or IS_FORBIDDEN.match(part.text)):
        return False
    cases = [match[1] for match in ITS_CONDITION.finditer(part.text)]
    return bool(cases) and not any(holding(asked.terms, case) for case in cases)


def _is_that_deed(asked: Question, forbidden: str) -> bool:
    """Whether what is forbidden is what was asked about, or either may mean any deed."""
    deed = DEED.match(asked.plain)
    if deed is None or stem(deed[1]) in ANY_DEED or stem(forbidden) in GENERAL:
        return True
    same = holding(asked.terms, deed[1])
    own = stems_of(forbidden)
    return stem(deed[1]) == stem(forbidden) or any(has(term, own) for term in same)


def _is_of_those_things(asked: Question, forbidden: str) -> bool:
    """Whether every thing that was asked about, and not much else, is in what is forbidden.

    "Never hold a child on your lap" answers whether it may sit there.
    """
    clause = forbidden.partition(",")[0]
    if _in_its_words(asked, clause):
        return True
    told = [stems_of(w) for w in words(clause) if w not in ARTICLES and len(w) >= TOLD - 1]
    things = things_of(asked)
    if not things or not all(any(has(t, stems_of(clause)) for t in run) for run in things):
        return False
    named = sum(any(has(term, word) for term in asked.terms) for word in told)
    return named > HALF * len(told)


def _in_its_words(asked: Question, clause: str) -> bool:
    """Whether what is forbidden repeats the question from its first telling word to its last."""
    told = words(asked.question)
    firsts = {term.words[0] for term in asked.terms}
    places = [at for at, word in enumerate(told) if word in firsts]
    if len(places) < FEWEST:
        return False
    return f" {' '.join(told[places[0] : places[-1] + 1])} " in f" {' '.join(words(clause))} "
