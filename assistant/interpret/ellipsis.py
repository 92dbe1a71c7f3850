"""Interpret: a question that leaves something out and the one before come in, a whole one goes out.

"And the rear ones?" takes its words from the question before, of which those of the same kind give
way: "front" to "rear", "17 inch" to "18 inch", "without a trailer" to "with a trailer", the thing
to another thing. "How much is that?" gets the thing instead of "that".
"""

import re
from dataclasses import dataclass, replace

from assistant.interpret.phrases import (
    MARKS,
    Phrases,
    Wording,
    joined,
    low,
    tokens_of,
)
from assistant.interpret.replacing import (
    WITH,
    another_way,
    appended,
    put,
    thing_of,
    with_case,
    with_case_of_thing,
    with_kinds,
    with_missing,
    with_preposition,
    with_thing,
    with_word,
)
from assistant.lexicon import Lexicon, stem, words

OTHER = "other"
MOST = 4  # telling words of a fragment; more are a matter of their own
MEASURE_RUN = 4  # words of a question that only asks how much: "how fast may I, then"


@dataclass(frozen=True, slots=True)
class Shapes:
    """How a language leaves words out, from `follow_ups.toml`."""

    opens: re.Pattern[str]
    why: re.Pattern[str]
    still: re.Pattern[str]
    tells: re.Pattern[str]
    points: frozenset[str]
    may_be_the_car: frozenset[str]
    stands_for: frozenset[str]
    wording: Wording


@dataclass(frozen=True, slots=True)
class Completed:
    """A question with all its words."""

    text: str
    bare: bool = False  # what was said names no matter of its own: "how far?", "with a trailer?"
    way: bool = False  # what else is done to the thing: "and release it", "and off again"


@dataclass(frozen=True, slots=True)
class Ellipsis:
    """What a language makes of a question by the one before it."""

    shapes: Shapes
    lexicon: Lexicon

    def rest(self, text: str) -> tuple[str, bool]:
        """The question without "and what about", and whether it began with such words."""
        tokens = tokens_of(text)
        plain = " ".join(low(token) for token in tokens if token not in MARKS)
        match = self.shapes.opens.match(plain)
        if match is None:
            return joined(tokens), False
        count = len(match[0].split())
        while count:
            count -= tokens[0] not in MARKS
            tokens = tokens[1:]
        return joined(tokens).lstrip(",;:. "), True

    def asks_again(self, text: str) -> bool:
        """Whether a text only asks how it is now."""
        return self.shapes.still.match(_plain(text)) is not None

    def only_points(self, text: str, *, at_the_car: bool = False) -> bool:
        """Whether a text only points at something, or asks how much of it: "is that too low".

        "It" may be the car, and counts only where that is said to be pointed at too.
        """
        said = self._phrases(self.rest(text)[0])
        points = self.shapes.points | (self.shapes.may_be_the_car if at_the_car else frozenset())
        named = [word for word in self._telling(said) if not word[0].isdigit()]
        return bool(points & set(said.low)) and not named

    def complete(self, text: str, before: str, measured: str = "") -> Completed | None:
        """The whole question; None for one that is complete by itself, or another matter.

        `measured` is what a gauge showed, where the question before was answered by one.
        """
        if self.shapes.why.match(_plain(text)):
            return Completed(f"why {self._matter(before)}")
        rest, opened = self.rest(text)
        said, old = self._phrases(rest), self._phrases(before)
        if not said.tokens:
            return None
        if opened and self.shapes.tells.match(_plain(rest)):
            return Completed(joined(appended(old.tokens, said.tokens, ",")))
        if self.shapes.wording.asks & set(said.low):
            return self._pointing(said, old, measured)
        other_way = another_way(said, old) if opened else None
        if other_way is not None:
            return Completed(other_way, way=True)
        cased = self._only_cases(said)
        if not (opened or cased or self._only_kinds(said)):
            return None
        completed = self._fragment(said, old)
        if completed is None or tokens_of(completed.text) == old.tokens:
            return None
        return replace(completed, bare=cased)

    def _phrases(self, text: str) -> Phrases:
        return Phrases(tokens_of(text), self.shapes.wording, self.lexicon)

    def _matter(self, before: str) -> str:
        """A question without the words that make it one."""
        tokens = list(tokens_of(before))
        skip = self.shapes.wording.asks | self.shapes.wording.persons
        while tokens and (low(tokens[0]) in skip or tokens[0] in MARKS):
            del tokens[0]
        return joined(tokens)

    # --- "how much is that?" -----------------------------------------------------------------

    def _pointing(self, said: Phrases, old: Phrases, measured: str) -> Completed | None:
        """A question of its own, with the thing instead of the word that points at it."""
        told = self._telling(said)
        at = self._pointer(said)
        thing = thing_of(old, whole=bool(self.shapes.wording.counts & set(said.low)))
        if measured and not told and low(said.tokens[0]) not in self.shapes.wording.places:
            # "What should it be?" after "how hot is the coolant" is of its temperature.
            of_it = measured.split()
            thing = thing if stem(of_it[-1]) in map(stem, map(low, thing)) else of_it
        if at is not None:
            end = at + 1
            if end < len(said.tokens) and said.low[end] in self.shapes.stands_for:
                end += 1
            text = joined([*said.tokens[:at], *thing, *said.tokens[end:]])
            return Completed(text, bare=True) if thing else None
        measures = self.shapes.wording.measures | self.shapes.wording.asks
        plain = [word for word in said.low if word not in MARKS | self.shapes.wording.adds_nothing]
        if told or len(plain) > MEASURE_RUN or not set(plain) <= measures:
            return None
        return Completed(f"{' '.join(plain)} {self._without_measures(old)}", bare=True)

    def _telling(self, said: Phrases) -> list[str]:
        """What a question names by itself; neither how much, nor which of several."""
        kinds = {at for span in said.kinds() for at in range(span.start, span.end)}
        plain = joined([word for at, word in enumerate(said.tokens) if at not in kinds])
        wording = self.shapes.wording
        skip = wording.measures | wording.asks | wording.adds_nothing
        terms = self.lexicon.terms(plain)
        return [term.words[0] for term in terms if term.words[0] not in skip]

    def _pointer(self, said: Phrases) -> int | None:
        """Where a word stands that points at something said before; not at the car, nor at what
        the question itself names.
        """
        words, telling, wording = said.low, said.telling(), self.shapes.wording
        which = [at for at in telling if _chosen_by_which(said, at)]
        for at, word in enumerate(words):
            named = [place for place in telling if place < at and place not in which]
            named += [n for n, other in enumerate(words[:at]) if other in self.shapes.stands_for]
            if word in self.shapes.points and not named and self._stands_alone(said, at):
                after = [place for place in telling if place > at]
                things = [thing for thing in said.things() if thing.start > at]
                return None if things or len(after) > 1 else at
            if word in self.shapes.may_be_the_car:
                counts = at > 1 and words[at - 2] in wording.counts  # "how much is it from … to …"
                return at if not named and (counts or not telling) else None
        return None

    def _stands_alone(self, said: Phrases, at: int) -> bool:
        """Whether "that" is all that is said of a thing: neither "that lamp" nor "that the lamp"."""
        wording = self.shapes.wording
        after = said.low[at + 1] if at + 1 < len(said.tokens) else ""
        if said.low[at] == "that" and after in wording.determiners | wording.persons:
            return False
        ends = wording.grammar | wording.verbs | wording.adds_nothing | self.shapes.stands_for
        return not after or after in MARKS or after in ends or said.low[at] in wording.persons

    def _without_measures(self, old: Phrases) -> str:
        """The matter of a question without how much of it was asked."""
        wording = self.shapes.wording
        skip = wording.measures | wording.asks | wording.persons
        return joined([t for t in old.tokens if low(t) not in skip and t not in MARKS])

    # --- "and the rear ones?" ----------------------------------------------------------------

    def _only_cases(self, said: Phrases) -> bool:
        """Whether it is nothing but "with a trailer" or "in winter on a motorway"."""
        within = {at for case in said.cases() for at in range(case.start, case.end)}
        own = {at for at, token in enumerate(said.tokens) if token not in MARKS}
        return bool(own) and own <= within

    def _only_kinds(self, said: Phrases) -> bool:
        return bool(said.kinds()) and not self._telling(said)

    def _fragment(self, said: Phrases, old: Phrases) -> Completed | None:
        """The old question with what the fragment names in the place of what is of its kind."""
        if OTHER in said.low:
            return self._other(said, old)
        own = [token for token in said.tokens if token not in MARKS]
        if len(own) == 1 and self.shapes.wording.prepositions.get(said.low[0]) == WITH:
            turned = with_preposition(old, own[0])
            return Completed(joined(turned)) if turned else None
        replaced = with_kinds(old, said)
        known = {stem(word) for token in replaced.tokens for word in words(token)}
        telling = {stem(word) for word in self._telling(said)}
        if len(telling) > MOST:
            return None
        if telling <= known:
            return Completed(joined(with_missing(replaced, said).tokens))
        return self._another(said, replaced)

    def _another(self, said: Phrases, old: Phrases) -> Completed:
        """The question about another case, or another thing."""
        at = next((n for n, word in enumerate(said.low) if word in self.shapes.stands_for), None)
        case = next(iter(said.cases()), None)
        if case is not None and case.start == 0:
            return Completed(joined(with_case(old, said.tokens, case.sort)))
        if at is None:
            new = [token for token in said.tokens if token not in MARKS]
            return Completed(joined(with_thing(old, said, new)))
        if case is not None and case.start > at:
            told = said.tokens[case.start : case.end]
            return Completed(joined(with_case_of_thing(old, told, case.sort)))
        own = [t for t in said.tokens[:at] if low(t) not in self.shapes.wording.determiners]
        return Completed(joined(with_word(old, own)))

    def _other(self, said: Phrases, old: Phrases) -> Completed | None:
        """The question about the other of two; with a case, about the one in that case."""
        for span in old.kinds():
            sets = self.shapes.wording.kinds.get(span.sort, ())
            if len(sets) == 2:  # noqa: PLR2004  the one and the other
                other = tuple(sets[1 - span.name][0].split())
                return Completed(joined(put(old.tokens, span, other)))
        case = next(iter(said.cases()), None)
        if case is None:
            return None
        told = said.tokens[case.start : case.end]
        return Completed(joined(with_case_of_thing(old, told, case.sort)))


def _chosen_by_which(said: Phrases, at: int) -> bool:
    """Whether a word is of a thing that is asked for: "on which wheels do they go"."""
    asks = said.wording.asks
    own = [thing for thing in said.things() if thing.start <= at < thing.end]
    return any(thing.start and said.low[thing.start - 1] in asks for thing in own)


def _plain(text: str) -> str:
    """The words as the patterns are written."""
    return " ".join(words(text)).replace("'", " ")
