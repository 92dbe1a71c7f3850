"""Interpret: the words of a question come in, the things and cases that it names go out.

A shallow look, by lists of words (`follow_ups.toml`): a thing is what stands after "the", "my" or
"which"; a case is a preposition with what follows it. Enough to put one of them in another's place.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from assistant.lexicon import LETTERS, Lexicon

TOKEN = re.compile(
    r"(?:what|where|who|how|when|why|that|it|there|here|i|you|we|they|he|she)(?=['’])"
    r"|['’](?:s|re|ll|ve|m|d)\b|[\w°%](?:(?:[\w'’./%-]|,(?=\d))*[\w%])?|[,;:?!.]",
    re.IGNORECASE,
)
SHORT = {"'s": "is", "'re": "are", "'ll": "will", "'ve": "have", "'m": "am", "'d": "would"}
MARKS = frozenset(",;:?!.")
FIGURE = re.compile(r"\d+(?:[.,]\d+)?")
JOINED_FIGURE = re.compile(r"(\d+(?:[.,]\d+)?|[a-z]+(?=-))-?([a-z]+)")  # "18-inch", "18inch"
RIM = re.compile(r"r\d{2}")  # "R18": inches
Kinds = Mapping[str, tuple[tuple[str, ...], ...]]
"""Kind -> its members -> the names of each."""


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of a language that tell what a question is made of."""

    kinds: Kinds
    units: Mapping[str, frozenset[str]]
    determiners: frozenset[str]
    adjectives: frozenset[str]
    measures: frozenset[str]
    counts: frozenset[str]  # "how much" of a thing that may be left out
    asks: frozenset[str]
    prepositions: Mapping[str, str]  # word -> class
    ends: frozenset[str]  # of a case
    persons: frozenset[str]
    verbs: frozenset[str]  # what "that" may do, so that it is no "that lamp"
    being: frozenset[str]
    joins: frozenset[str]  # two things to one
    adds_nothing: frozenset[str]
    pronouns: frozenset[str]
    places: frozenset[str]  # asks after a place, a way or a time, and not how much there is

    grammar: frozenset[str] = field(init=False)  # words that are no part of a thing's own name

    def __post_init__(self) -> None:
        """Put the lists together once; they are looked up for every word."""
        own = self.determiners | self.asks | self.measures | self.ends | self.persons
        object.__setattr__(self, "grammar", own | self.prepositions.keys())


@dataclass(frozen=True, slots=True)
class Span:
    """Some tokens in a row."""

    start: int
    end: int
    sort: str = ""  # of a case: the class of its preposition; of a kind: its name
    name: int = 0  # of a thing: where its own words begin; of a kind: which of its names it is


@dataclass(frozen=True, slots=True)
class Phrases:
    """A question in tokens, with what it names."""

    tokens: tuple[str, ...]
    wording: Wording
    lexicon: Lexicon

    @property
    def low(self) -> list[str]:
        """The tokens as they are compared."""
        return [low(token) for token in self.tokens]

    def things(self) -> list[Span]:
        """What is named, in its order: "the warning triangle", "Chains" of "Chains are on"."""
        found: list[Span] = []
        words, at = self.low, 0
        while at < len(words):
            thing = self._thing(words, at)
            if thing is not None:
                found.append(thing)
            at = thing.end if thing else at + 1
        return found

    def _thing(self, words: Sequence[str], at: int) -> Span | None:
        if words[at] in self.wording.determiners:
            name = at + 1
            while name < len(words) and words[name] in self.wording.adjectives:
                name += 1
            end = self._run(words, name)
            # "Which" and "how much" stay before whatever else they ask of.
            asks = words[at] in self.wording.asks or words[at] in self.wording.measures
            return Span(at + 1 if asks else at, end, name=name) if end > name else None
        end = self._run(words, at)
        if end == at:
            return None
        before = words[at - 1] if at else ""
        if before in self.wording.persons:  # "do I fit snow chains": the first is what is done
            return Span(at + 1, end, name=at + 1) if end > at + 1 else None
        opens = not before or before in MARKS
        subject = opens and end < len(words) and words[end] in self.wording.being
        done = before in self.lexicon.stop and before not in self.wording.grammar  # "use e10"
        return Span(at, end, name=at) if subject or done else None

    def telling(self) -> list[int]:
        """Where words stand that name a matter; not what somebody does ("how do I restart it")."""
        kinds = {at for span in self.kinds() for at in range(span.start, span.end)}
        words, wording = self.low, self.wording
        return [
            at
            for at, word in enumerate(words)
            if at not in kinds and self.names(word) and word not in wording.adjectives
            if not (at and words[at - 1] in wording.persons)
        ]

    def _run(self, words: Sequence[str], at: int) -> int:
        end = at
        while end < len(words) and self.names(words[end]):
            end += 1
        return end

    def names(self, word: str) -> bool:
        """Whether a word may be one of a thing's own: neither grammar nor a measure."""
        if word in MARKS or word in LETTERS or word in self.wording.grammar:
            return False
        return word not in self.lexicon.stop or word in self.wording.adjectives

    def names_deed(self, word: str) -> bool:
        """Whether a word may be what is done, at the head of "release it"."""
        return word not in self.wording.grammar and word not in self.wording.being

    def cases(self) -> list[Span]:
        """The prepositions with what follows them: "with a trailer", "on a country lane"."""
        found = []
        words = self.low
        for at, word in enumerate(words):
            sort = self.wording.prepositions.get(word)
            if sort is None:
                continue
            end = at + 1
            while end < len(words) and not self._ends_case(words[end]):
                end += 1
            if end > at + 1:
                found.append(Span(at, end, sort))
        return found

    def _ends_case(self, word: str) -> bool:
        wording = self.wording
        own = MARKS | wording.ends | wording.persons | wording.asks
        return word in own or word in wording.prepositions

    def kinds(self) -> list[Span]:
        """The words of a kind, longest first at each place, and the figures with a unit."""
        return [*self._named_kinds(), *self._figures()]

    def _named_kinds(self) -> Iterator[Span]:
        words, taken = self.low, 0
        for at in range(len(words)):
            if at < taken:
                continue
            fitting = [
                Span(at, at + len(name), kind, number)
                for kind, sets in self.wording.kinds.items()
                for number, names in enumerate(sets)
                for name in (each.split() for each in names)
                if words[at : at + len(name)] == name
            ]
            if fitting:
                longest = max(fitting, key=lambda span: span.end)
                taken = longest.end
                yield longest

    def _figures(self) -> Iterator[Span]:
        for at, word in enumerate(self.low):
            if RIM.fullmatch(word):
                yield Span(at, at + 1, "unit inch", at)
            joined = JOINED_FIGURE.fullmatch(word)
            if joined and self._counts(joined[1]) and (unit := self._unit(joined[2])):
                yield Span(at, at + 1, f"unit {unit}", at)
            if at and (unit := self._unit(word)) and self._counts(self.low[at - 1]):
                yield Span(at - 1, at + 1, f"unit {unit}", at)

    def _unit(self, word: str) -> str:
        return next((unit for unit, words in self.wording.units.items() if word in words), "")

    def _counts(self, word: str) -> bool:
        """Whether a word is a figure, in digits or spelled."""
        if FIGURE.fullmatch(word):
            return True
        return any(other.isdigit() for other in self.lexicon.same.get(word, ()))


def low(token: str) -> str:
    """A token as it is compared: "'s" of "what's" is "is"."""
    word = token.lower().replace("’", "'")
    return SHORT.get(word, word)


def tokens_of(text: str) -> tuple[str, ...]:
    """The words and the marks of a text."""
    return tuple(TOKEN.findall(text))


def joined(tokens: Sequence[str]) -> str:
    """The tokens as a text."""
    text = " ".join(token for token in tokens if token)
    return re.sub(r"\s+([,;:?!.]|['’](?:s|re|ll|ve|m|d)\b)", r"\1", text)
