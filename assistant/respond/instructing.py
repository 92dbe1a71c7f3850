"""Respond: a sentence comes in, whether it tells how a thing is done, and what for, goes out."""

import re

from assistant.events import Term
from assistant.lexicon import stem, words
from assistant.pieces import without_references
from assistant.respond.wordings import TOLD, has, share_asked, stems_of

# A sentence that tells what to do begins with the bare verb, or with what that is for.
IMPERATIVE = re.compile(
    r"^To [^,]+, [a-z]+ |"
    r"^(?![A-Z][a-z]{2,}ing\b)(?!The|A|An|It|If|First|Then|When|This|That|There|In|On|At|With|Each|Both|You|Your|All|"
    r"Most|After|Before|Never|Every|Only|Some|Do|Up|No|Yes|From|About|For)[A-Z][a-z]+ (?:the|a|an|it|your|both|all|on|off|to|up|"
    r"down|in|out)\b"
)
# Other sentences that tell how a thing is done, or where its control is.
INSTRUCTS = re.compile(
    r"\b(press|turn|pull|push|hold|touch|select|use|say|tap|slide|lift|choose)\b"
    r"|\b(switch|button|lever|knob|dial)\b[^,;]* is [^,;]*\b(in|on|at|under|behind|beside)\b",
    re.IGNORECASE,
)
# Somewhere in a sentence: what must not be done; "the connectors do not fit" forbids nothing.
PROHIBITS = re.compile(
    r"\b(?:[Nn]ever|must not|may not|not (?:be )?(?:allowed|permitted)|forbidden)\b"
    r"|(?:^|[,;:] |\band )[Dd]o not\b"
)
BY_ITSELF = re.compile(r"\bby (?:itself|themselves)\b")
PURPOSE = re.compile(r"(?:^To|\bto) ((?!(?:the|a|an)\b)[a-z]+ [^,.;]*)")
FORBIDS = re.compile(r"^(?:Do not|Never|No )\b|^\S+(?: \S+){0,6} (?:must|may) not\b")
HALF = 0.5  # of a purpose's telling words must have been asked for
MOSTLY = 0.7  # the same of what is forbidden
SWITCHES = re.compile(r"(?:Switch|Turn)\b")
WHEN = re.compile(
    r"\b(?:in|on|before|after|while|when|as soon as|until|if|during) (?:a|an|the|your?|it|there)\b"
)
OPERATES = frozenset(map(stem, "switch turn press make sure again once then".split()))


def instructs(sentence: str) -> bool:
    """Whether a sentence says how a thing is done, rather than what it is or does by itself."""
    if IMPERATIVE.match(sentence):
        return True
    return bool(INSTRUCTS.search(sentence)) and not BY_ITSELF.search(sentence)


def says_what_for(sentence: str, terms: tuple[Term, ...]) -> bool:
    """Whether all that was asked, and little else, is what a sentence is for.

    "Press the lock button to lock the car" is for locking; "do not … to lock it" is for nothing.
    """
    if FORBIDS.match(sentence):
        return False
    return any(
        all(has(term, stems_of(purpose)) for term in terms) and share_asked(terms, purpose) >= HALF
        for purpose in PURPOSE.findall(sentence)
    )


def forbids_that(sentence: str, terms: tuple[Term, ...]) -> bool:
    """Whether a prohibition is of what was asked, and of little else.

    "Do not use the car to jump start another vehicle" forbids that, and not to jump start the car.
    """
    forbidden = PURPOSE.findall(sentence) or [FORBIDS.sub("", sentence)]
    return any(share_asked(terms, each) > MOSTLY for each in forbidden)


def repeats(sentence: str, terms: tuple[Term, ...]) -> bool:
    """Whether a sentence only tells to do what was asked: "switch the child locks on".

    When it is to be done adds nothing to that.
    """
    if SWITCHES.match(sentence):
        sentence = WHEN.split(sentence)[0]
    known = {stem(part) for term in terms for word in term.words for part in words(word)}
    told = {stem(word) for word in words(without_references(sentence)) if len(word) >= TOLD}
    return not told - known - OPERATES
