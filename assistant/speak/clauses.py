"""Speak: a spoken text comes in, the pieces in which it is synthesized go out.

A voice needs a whole piece before its first sample, so the first piece is short; the others are
sentences, which are made while the first is heard.
"""

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


FEWEST, MOST = 3, 10  # words of the first piece
FEWEST_LEFT = 3  # words; less is not worth a piece of its own
STAYS_WHOLE = 8  # a first sentence with so few words is not cut

SENTENCE_END = re.compile(r"(?<=[.!?])[\"'”’)]*\s+")
PAUSES = ",;:"
# In which order a border is looked for where there is no pause, the best first.
CONJUNCTIONS = _words(
    "and or but because if when while which so then until unless before after although where"
)
PREPOSITIONS = _words("at in on for with by from to under over between during without")
VERBS = _words("is are was were has have should must can may will needs need")
# A cut beside one of these could part a number from its unit, or one number in two.
NUMBER_WORDS = _words(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety"
    " hundred thousand million billion point minus plus half quarter third thirds quarters oh"
    " first second fourth fifth sixth seventh eighth ninth tenth most least about"
)


def clauses(text: str) -> tuple[str, ...]:
    """The pieces of a text in its order: no word is lost, a cut may add a comma. Maybe none."""
    sentences = [piece.strip() for piece in SENTENCE_END.split(text.strip()) if piece.strip()]
    if not sentences:
        return ()
    return (*_cut_first(sentences[0]), *sentences[1:])


def _cut_first(sentence: str) -> tuple[str, ...]:
    words = sentence.split()
    if len(words) <= STAYS_WHOLE:
        return (sentence,)
    cut = _best_cut(words)
    if cut is None:
        return (sentence,)
    head, rest = " ".join(words[:cut]), " ".join(words[cut:])
    if words[cut].casefold() in CONJUNCTIONS and head[-1] not in PAUSES:
        head += ","  # keeps the voice from ending the sentence there
    return head, rest


def _best_cut(words: list[str]) -> int | None:
    """Before which word to cut: the earliest pause, else conjunction, preposition, verb."""
    places = range(FEWEST, min(MOST, len(words) - FEWEST_LEFT) + 1)
    free = [place for place in places if not _inside_number(words, place)]
    for place in free:
        if words[place - 1][-1] in PAUSES:
            return place
    for openers in (CONJUNCTIONS, PREPOSITIONS, VERBS):
        for place in free:
            if words[place].casefold() in openers:
                return place
    return None


def _inside_number(words: list[str], place: int) -> bool:
    before, after = words[place - 1], words[place]
    return before[-1] not in PAUSES and (_is_number(before) or _is_number(after))


def _is_number(word: str) -> bool:
    parts = word.strip(",;:.!?\"'()").casefold().split("-")
    return any(part in NUMBER_WORDS or part[:1].isdecimal() for part in parts)
