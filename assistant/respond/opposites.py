"""Respond: a question and a text come in, whether the text is about the opposite goes out."""

import re

from assistant.lexicon import stem, words

OPPOSITES = (
    ("on", "off"),
    ("on", "stop"),
    ("lock", "unlock"),
    ("open", "close"),
    ("raise", "lower"),
    ("remove", "fit"),
    ("end", "make"),
)
# Of intervals: how often a thing is checked is not how often it is changed.
WORKS = (*OPPOSITES, ("change", "check"), ("replace", "check"), ("renew", "check"))
TURNS = (*OPPOSITES, ("up", "down"))  # of instructions: "fold the seat up", "fold it down"
"""Words that turn an instruction round; what is asked for one may not be answered by the other."""
SWITCHED = re.compile(r"\b([a-z]{4,}) (on|off)\b(?! (the|a|my|this|that)\b)")
PURPOSES = (*OPPOSITES, ("lock", "open"))
PURPOSE = re.compile(r"\bto (?:switch it )?([a-z]+)\b")
# Steps that do not speak of undoing a thing tell how it is done.
UNDOING = frozenset(map(stem, ("remove", "close", "end", "detach", "disconnect", "undo", "stow")))
NOUN = "lock"
# The ways in which a thing is not usually meant to be: an instruction that does not name them is
# for the other way. Each with the words that say the same.
WAYS = tuple(
    frozenset(map(stem, same.split()))
    for same in (
        "open",
        "close shut",
        "lock",
        "unlock open",
        "raise lift",
        "lower",
        "remove take detach unhitch",
        "release",
        "off end cancel stop",
    )
)
LETS_GO = frozenset(map(stem, "release off end cancel stop".split()))  # of the ways
ON = frozenset(map(stem, "on start activate enable".split()))
CONTROL = frozenset(map(stem, "switch button key knob lever set".split()))  # may be for both ways
# Ends and stops nothing: a thing's end, a car that stands, a foot that leaves a pedal.
A_STOP = re.compile(
    r"\b(?:a|the|each|every|its|\w+er) (?:[a-z]+ )?(?:stop|end)\b|\b(?:have|has|had|is|are) stopped\b"
    r"|\boff (?:the|your) (?:[a-z]+ )?(?:pedal|accelerator)\b",
    re.IGNORECASE,
)
# What says both, or neither: "up to 75 kg".
EITHER = re.compile(
    r"\bon (or|and) off\b|\boff (or|and) on\b|\block(ed|s)? (or|and) unlock(ed|s)?\b|\bup to\b"
    r"|\bup and down\b|\bup or down\b",
    re.IGNORECASE,
)
# The "on" of a place is not the one of "switch it on".
PLACED = re.compile(
    r"(?<!\bturn )(?<!\bswitch )(?<!turned )(?<!switched )\bon (?=(?:the|a|an|my|this|that|your|both|each|its|top"
    r"|all|level|one|it)\b)",
    re.IGNORECASE,
)
WITH = re.compile(r"\b(with|without) (?:the |a |an |any |its |my )*([a-z]{4,})")


def opposed(question: str, title: str, text: str, *, how_to: bool) -> bool:
    """Whether a text speaks of the opposite of what was asked, and less of that itself.

    How to do a thing is not answered by steps that do the opposite as often: "put the key into the
    lock … turn it to unlock" is not how to lock.
    """
    told = [stem(word) for word in words(_turning(f"{title} {text}"))]
    wanted = {stem(word) for word in words(_turning(question))}
    if how_to and _for_the_opposite(wanted, text):
        return True
    if _switched(question, title, text) or _other_equipment(question, text):
        return True
    titled = [stem(word) for word in words(title)]
    for first, second in TURNS if how_to else WORKS:
        for one, other in ((stem(first), stem(second)), (stem(second), stem(first))):
            if one not in wanted or other in wanted or other not in told:
                continue
            balance = told.count(other) - told.count(one)
            # "Lock" is also a thing, so that as many of it do not mean the opposite of "unlock".
            even = 1 if other == NOUN else 0
            if told.count(one) == 0 or (how_to and balance >= even):
                return True
            if how_to and other in titled and one not in titled:
                return True
    return False


def _turning(text: str) -> str:
    """A text without the words of opposites that turn nothing round."""
    return PLACED.sub(" ", EITHER.sub(" ", text))


def _for_the_opposite(wanted: set[str], text: str) -> bool:
    """Whether a text says what it is for, and that is the opposite: "pull it twice to open"."""
    told = {stem(word) for word in PURPOSE.findall(" ".join(words(text)))}
    pairs = [(stem(first), stem(second)) for first, second in PURPOSES]
    return any(
        one in wanted and other not in wanted and other in told and one not in told
        for first, second in pairs
        for one, other in ((first, second), (second, first))
    )


def _other_equipment(question: str, text: str) -> bool:
    """Whether a text is about the car without what it was asked about with, or the other way."""
    told = _with(text)
    return any(
        ("without" if state == "with" else "with", thing) in told and (state, thing) not in told
        for state, thing in _with(question)
    )


def _with(text: str) -> set[tuple[str, str]]:
    return {(state, stem(thing)) for state, thing in WITH.findall(" ".join(words(text)))}


def _switched(question: str, title: str, text: str) -> bool:
    """Whether a thing that was said to be off is on in the text, or the other way round."""
    told = _states(f"{title} {text}")
    return any(
        (thing, "off" if state == "on" else "on") in told and (thing, state) not in told
        for thing, state in _states(question)
    )


def _states(text: str) -> set[tuple[str, str]]:
    return {(match[1], match[2]) for match in SWITCHED.finditer(" ".join(words(text)))}


def undoes(question: str, text: str) -> bool:
    """Whether steps release or switch off what a question asks to; most only set it."""
    wanted = {stem(word) for word in words(_turning(question))}
    told = {stem(word) for word in words(A_STOP.sub(" ", text))}
    return all(way & told for way in WAYS if way & wanted and way & LETS_GO)


def goes_that_way(question: str, text: str) -> bool:
    """Whether a text names the way that a question asks for: open, off, release.

    Where it does not, an instruction is as likely for the opposite.
    """
    wanted = {stem(word) for word in words(_turning(question))}
    told = {stem(word) for word in words(A_STOP.sub(" ", text))}
    if wanted & ON and not told & (ON | CONTROL):
        return False
    return all(way & told for way in WAYS if way & wanted)
