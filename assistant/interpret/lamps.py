"""Interpret: a question that speaks of a lamp comes in, the lamps that it is about go out.

A lamp is known by its whole name wherever that is said, and by a part of it, or by what people call
it, only next to the word "light" or "lamp": in "can I keep driving with this light on" the word
"keep" names no lane keeping lamp, and the light round a charge socket is no charging lamp.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from assistant.events import Telltale
from assistant.lexicon import Lexicon, stem, words

WORTH = 0.5  # a word that only one or two lamps have names a lamp
GROUP = 3  # telling words of a lamp's name that may stand before "light"
REST = 1  # telling words beside a colour that may stay unexplained
PART = "PART"  # stands for a part of the car in a pattern
FIRM = 2  # words of a name that count more than what people call a lamp


@dataclass(frozen=True, slots=True)
class LampShapes:
    """How people speak of lamps, from `requests.toml`."""

    speaks: re.Pattern[str]  # speaks of a lamp
    warnings: re.Pattern[str]  # asks whether anything is wrong
    every: re.Pattern[str]  # asks which lamps are lit, whether they warn or not
    elsewhere: re.Pattern[str]  # speaks of lamps outside the cluster
    pointed: re.Pattern[str]  # points at a lamp without naming it
    after: re.Pattern[str]  # "light for the …": group 1 is what follows
    flashing: re.Pattern[str]  # says that it flashes
    state: re.Pattern[str]  # asks whether it is lit
    advice: re.Pattern[str]  # asks what to do about it
    why: re.Pattern[str]  # asks for the reason
    manual_asks: frozenset[str]  # asks that only the manual answers, a named lamp or not
    colours: Mapping[str, str]  # word -> the profile's colour
    names: Mapping[str, tuple[tuple[str, ...], ...]]  # lamp id -> names people give it, stems
    pictures: Mapping[str, tuple[tuple[str, ...], ...]]  # of them, what its symbol looks like
    appeared: re.Pattern[str]  # says that something is shown, or came on
    vague: frozenset[str]  # words of lamp names that name no lamp by themselves
    faults: frozenset[str]  # stems of words for how a thing is that a lamp warns of
    filler: frozenset[str]  # stems that mean nothing beside a lamp


@dataclass(frozen=True, slots=True)
class LampFinder:
    """The lamps of this vehicle, by what people call them."""

    lexicon: Lexicon
    shapes: LampShapes
    telltales: tuple[Telltale, ...]
    neutral: frozenset[str]  # stems that tell nothing anywhere

    def colour(self, plain: str) -> str:
        """The colour that was said, "" where none was."""
        return next(iter(self.colours(plain)), "")

    def colours(self, plain: str) -> tuple[str, ...]:
        """All colours that were said."""
        said = _stems(plain)
        found = (c for word, c in self.shapes.colours.items() if stem(word) in said)
        return tuple(dict.fromkeys(found))

    def named(self, plain: str, colour: str) -> tuple[Telltale, ...]:
        """The lamp that was named; several where the words fit them equally, none where none."""
        lamps = [lamp for lamp in self.telltales if not colour or lamp.colour == colour]
        said = _stems(plain)
        group, heads = self._group(plain)
        whole = [lamp for lamp in lamps if self._whole(lamp, said, heads)]
        if whole:
            # Of "stability control" and "stability control off" the longer name that was said.
            return (max(whole, key=lambda lamp: self._said_in_full(lamp, said)),)
        called = [
            lamp
            for lamp in lamps
            if any(group >= name and name & heads for name in self._called(lamp))
        ]
        parts, count = self._in_part(lamps, group, heads)
        if parts and (count >= FIRM or not called):
            return parts
        # Of two that people call the same, the more severe counts.
        return tuple(sorted(called, key=lambda lamp: lamp.severity)[:1])

    def called_the_same(self, plain: str, lamp: Telltale) -> tuple[Telltale, ...]:
        """The lamp that was named, and after it those that the same words call: "the oil lamp"."""
        said, (group, heads) = _stems(plain), self._group(plain)
        if self._whole(lamp, said, heads):
            return (lamp,)
        names = [name for name in self._called(lamp) if group >= name and name & heads]
        colour = self.colour(plain)
        alike = [
            other
            for other in self.telltales
            if other is not lamp
            and (not colour or other.colour == colour)
            and any(name in names for name in self._called(other))
        ]
        return (lamp, *alike)

    def pictured(self, plain: str) -> Telltale | None:
        """The lamp whose symbol is described, whether the word "lamp" is said or not."""
        said, colour = [stem(word.removesuffix("'s")) for word in plain.split()], self.colour(plain)
        if len(self.colours(plain)) > 1:
            return None
        text = f" {' '.join(said)} "
        for lamp in self.telltales:
            names = (f" {' '.join(name)} " for name in self.shapes.pictures.get(lamp.id, ()))
            if (not colour or lamp.colour == colour) and any(name in text for name in names):
                return lamp
        return None

    def _whole(self, lamp: Telltale, said: Set[str], heads: Set[str]) -> bool:
        """Whether all of a lamp's name was said; one word where that is what light it is.

        "The engine oil light" is not the engine lamp.
        """
        name = self._whole_name(lamp)
        if not all(alternatives & said for alternatives in name):
            return False
        return len(name) > 1 or not heads or bool(name[0] & heads)

    def warns_of(self, plain: str) -> Telltale | None:
        """The lamp that warns of a thing, named without the word "light"; of several the worst.

        Every telling word must be the lamp's: the air filter has no lamp where the soot filter has.
        """
        said = _stems(plain)
        telling = said - self.neutral - self.shapes.faults
        warning = [lamp for lamp in self.telltales if lamp.warns and telling <= self._words(lamp)]
        return min(warning, key=lambda lamp: self._fit(lamp, said)) if telling and warning else None

    def _words(self, lamp: Telltale) -> frozenset[str]:
        """All words of a lamp's name and of what people call it, as stems."""
        return frozenset().union(*self._whole_name(lamp), *self._called(lamp))

    def _fit(self, lamp: Telltale, said: Set[str]) -> tuple[bool, bool, int]:
        """Lamps in order: named as a whole, called so by people, the more severe."""
        whole = all(alternatives & said for alternatives in self._name(lamp))
        called = any(name <= said for name in self._called(lamp))
        return not whole, not called, lamp.severity

    def unexplained(self, plain: str) -> int:
        """How many telling words are neither a colour nor mere filler beside a lamp."""
        return len(_stems(plain) - self._explained())

    def names_something(self, plain: str) -> bool:
        """Whether a telling word stands before the word "light": a lamp that this car lacks."""
        return bool(self._group(plain)[1] - self._explained())

    def _explained(self) -> frozenset[str]:
        return self.neutral | self._beside()

    def _beside(self) -> frozenset[str]:
        """Words beside "light" that do not say what light it is."""
        return self.shapes.filler | frozenset(stem(word) for word in self.shapes.colours)

    def _group(self, plain: str) -> tuple[frozenset[str], frozenset[str]]:
        """The stems next to "light", as in "the low tyre pressure warning light", and of them those
        that say what light it is: the nearest one before it, or what follows "light for".
        """
        told = plain.split()
        group, heads = set(), set()
        for number, word in enumerate(told):
            if not self.shapes.speaks.fullmatch(word):
                continue
            telling: list[str] = []
            for before in reversed(told[max(0, number - GROUP - 1) : number]):
                if before in self.lexicon.stop and before not in self._words_of_names():
                    break
                telling.append(stem(before.removesuffix("'s")))
            group.update(telling)
            heads.update([part for part in telling if part not in self._beside()][:1])
        for match in self.shapes.after.finditer(plain):
            heads.update(stem(word) for word in match[1].split())
        return frozenset(group | heads), frozenset(heads)

    def _in_part(
        self, lamps: Iterable[Telltale], group: Set[str], heads: Set[str]
    ) -> tuple[tuple[Telltale, ...], int]:
        """The lamps of whose names most was said, and how many words of them.

        A word counts the less the more lamps share it, so "tyre lamp" is enough for the tyre
        pressure lamp and "pressure lamp" is not.
        """
        best: list[Telltale] = []
        most, count = WORTH, 0
        for lamp in lamps:
            said = [word for word in self._name(lamp) if word & group]
            matched = frozenset().union(*said) & group
            if not matched & heads or all(word.isdigit() for word in matched):
                continue
            worth = sum(1 / self._lamps_with(word) for word in said)
            if worth > most or (worth == most and not best):
                best, most, count = [lamp], worth, len(said)
            elif worth == most:
                best.append(lamp)
        return tuple(best), count

    def _words_of_names(self) -> frozenset[str]:
        """What people call lamps, and colours: of "oil can" the "can" is no stop word."""
        called = (word for names in self.shapes.names.values() for name in names for word in name)
        return frozenset((*called, *self.shapes.colours))

    def _called(self, lamp: Telltale) -> Iterator[frozenset[str]]:
        return map(frozenset, self.shapes.names.get(lamp.id, ()))

    def _said_in_full(self, lamp: Telltale, said: Set[str]) -> tuple[int, int]:
        whole = [stem(word) for word in words(lamp.name)]
        return len(self._name(lamp)), len(whole) if said >= set(whole) else 0

    def _lamps_with(self, alternatives: Set[str]) -> int:
        return sum(any(word & alternatives for word in self._name(lamp)) for lamp in self.telltales)

    def _name(self, lamp: Telltale) -> list[frozenset[str]]:
        """The telling words of a lamp's name, each with its equivalents: without the "and"."""
        told = words(lamp.name)
        vague = self.lexicon.stop | self.shapes.vague
        telling = [word for word in told if word not in vague] or told
        return [self._equivalents(word) for word in telling]

    def _whole_name(self, lamp: Telltale) -> list[frozenset[str]]:
        told = words(lamp.name)
        telling = [word for word in told if word not in self.lexicon.stop] or told
        return [self._equivalents(word) for word in telling]

    def _equivalents(self, word: str) -> frozenset[str]:
        key = stem(word)
        return frozenset((key, *(stem(same) for same in self.lexicon.same.get(key, ()))))


def load_lamps(table: Mapping[str, Any]) -> LampShapes:
    """The shapes of one table of `requests.toml`; raise KeyError or re.error for a wrong one."""
    pictures = {lamp: _names(names) for lamp, names in table["pictures"].items()}
    names = {lamp: _names(names) for lamp, names in table["names"].items()}
    every = {lamp: (*names.get(lamp, ()), *pictures.get(lamp, ())) for lamp in names | pictures}
    return LampShapes(
        speaks=re.compile(table["words"]),
        warnings=re.compile(table["warnings"]),
        every=re.compile(table["every"]),
        elsewhere=re.compile(
            "|".join(pattern.replace(PART, table["parts"]) for pattern in table["elsewhere"])
        ),
        pointed=re.compile(table["pointed"]),
        after=re.compile(table["after"]),
        flashing=re.compile(table["flashing"]),
        advice=re.compile(table["advice"]),
        why=re.compile(table["why"]),
        state=re.compile(table["state"]),
        manual_asks=frozenset(table["manual_asks"]),
        colours=MappingProxyType(table["colours"]),
        names=every,
        pictures=pictures,
        appeared=re.compile(table["appeared"]),
        vague=frozenset(table["vague"].split()),
        faults=frozenset(stem(word) for word in table["faults"].split()),
        filler=frozenset(stem(word) for word in table["filler"].split()),
    )


def _names(names: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(stem(word) for word in name.split()) for name in names)


def _stems(plain: str) -> frozenset[str]:
    return frozenset(stem(word.removesuffix("'s")) for word in plain.split())
