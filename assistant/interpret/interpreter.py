"""Interpret: a text comes in, a Request goes out; no model, no side effect, a few milliseconds.

Order matters: a question about a lamp, then about a gauge, then an order to the car, then
everything else, which is for the manual. A question that says how things *should* be, or how
something is done, is for the manual even where it names a gauge.
"""

import re
import tomllib
from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from assistant.errors import SettingsError
from assistant.events import Gauge, Request, RequestKind, Telltale
from assistant.interpret.gauges import Key, NamedGauge, Places
from assistant.lexicon import Lexicon, stem, words

_SHAPES_KEYS = {
    "ask",
    "talk",
    "lamp",
    "manual_asks",
    "never_live",
    "beyond",
    "question",
    "opens_question",
    "filler",
    "command",
}
CLAUSE = re.compile(r"(?<=[.?!,;])\s+")
ANY_LAMP = "any"
LONGEST = 1000  # characters; about a minute of speech, and no question is so long
SEVERITY = {"red": 0, "amber": 1}
LAMP_REST = 2  # telling words beside it that a lamp named in part may leave unexplained
LAMP_WORTH = 0.5  # a word that only one or two lamps have names a lamp


@dataclass(frozen=True, slots=True)
class Shapes:
    """The shapes of a language's questions, from `requests.toml`."""

    asks: tuple[tuple[str, re.Pattern[str]], ...]  # how something is asked, first match wins
    manual_asks: frozenset[str]  # those that only the manual answers, gauge or not
    never_live: frozenset[str]  # those that even a question about the present does not change
    lamp_manual_asks: frozenset[str]  # those that only the manual answers, lamp or not
    talk: tuple[tuple[str, re.Pattern[str]], ...]  # small talk
    beyond: re.Pattern[str]  # what neither the car nor its manual can know
    lamp: re.Pattern[str]  # speaks of a lamp
    lamp_after: re.Pattern[str]  # a lamp, and in its first group the word before it
    warnings: re.Pattern[str]  # asks whether anything is wrong
    colours: Mapping[str, str]  # word -> the profile's colour
    lamp_names: Mapping[str, tuple[tuple[str, ...], ...]]  # lamp id -> names people give it, stems
    lamp_vague: frozenset[str]  # words of lamp names that name no lamp by themselves
    question: re.Pattern[str]  # has the words of a question
    opens_question: re.Pattern[str]  # a clause that asks by itself
    command: re.Pattern[str]
    lamp_filler: frozenset[str]  # stems that mean nothing beside a lamp
    filler: frozenset[str]  # stems that mean nothing beside a gauge


@dataclass(frozen=True, slots=True)
class Interpreter:
    """What this driver's language and this vehicle make of a text."""

    lexicon: Lexicon
    shapes: Shapes
    gauges: tuple[NamedGauge, ...]
    places: Places
    telltales: tuple[Telltale, ...]

    def interpret(self, text: str) -> Request:
        """The request that a text makes; kind `unknown` where there is no telling word.

        People lead up to a question and add to it ("It's so quiet, is the engine on? I can't hear
        it."): the last clause that asks the car something decides, else the whole text does.
        """
        if len(text) > LONGEST:
            return Request(RequestKind.UNKNOWN, "too_long", text)
        parts = [part for part in CLAUSE.split(text) if part.strip()]
        if len(parts) > 1:
            for part in reversed(parts):
                if not self.shapes.opens_question.search(self.lexicon.plain(part)):
                    continue
                request = self._interpret(part)
                if request.kind in {RequestKind.VEHICLE, RequestKind.WARNING}:
                    return replace(request, text=text)
        return self._interpret(text)

    def _interpret(self, text: str) -> Request:
        plain = self.lexicon.plain(text)
        if not plain:
            return Request(RequestKind.UNKNOWN, "nothing_heard", text)
        for name, pattern in self.shapes.talk:
            if pattern.search(plain):
                return Request(RequestKind.SMALLTALK, name, text)
        if self.shapes.beyond.search(plain):
            return Request(RequestKind.UNKNOWN, "beyond", text)
        ask = next((name for name, p in self.shapes.asks if p.search(plain)), "")
        return (
            self._command(text, plain, ask)
            or self._lamp(text, plain, ask)
            or self._gauge(text, plain, ask)
            or self._manual(text, ask)
        )

    def _lamp(self, text: str, plain: str, ask: str) -> Request | None:
        if self.shapes.warnings.search(plain):
            wrong = tuple(lamp for lamp in self.telltales if lamp.colour in {"red", "amber"})
            return _lamp_request(text, ANY_LAMP, wrong)
        if not self.shapes.lamp.search(plain) or ask in self.shapes.lamp_manual_asks:
            return None
        stems = _stems(plain)
        colour = next((c for word, c in self.shapes.colours.items() if stem(word) in stems), "")
        named, in_full = self._named_lamp(stems, colour)
        if not in_full:
            named = self._called_lamp(stems, colour) or named
        if named is not None and self._another_light(plain, named):
            named = None
        if named is not None:
            return _lamp_request(text, named.id, (named,), ask)
        if not colour and self._unexplained(stems, self.shapes.lamp_filler) > 0:
            return None
        chosen = tuple(lamp for lamp in self.telltales if lamp.colour == colour or not colour)
        # "The red engine lamp", where no red lamp is called so: whatever red lamp is lit may be
        # named, but not explained as if it were the one that was asked for.
        colours = frozenset(stem(word) for word in self.shapes.colours)
        rest = self._unexplained(stems, self.shapes.lamp_filler | colours)
        return _lamp_request(text, colour or ANY_LAMP, chosen, "list" if rest else "meaning")

    def _another_light(self, plain: str, lamp: Telltale) -> bool:
        """Whether the word before "light" is none of the lamp's: a charge port light is another."""
        before = [stem(match[1]) for match in self.shapes.lamp_after.finditer(plain)]
        called = (part for name in self.shapes.lamp_names.get(lamp.id, ()) for part in name)
        name = (part for told in words(lamp.name) for part in self._equivalents(told))
        colours = (stem(colour) for colour in self.shapes.colours)
        explained = frozenset((*called, *name, *colours)) | self.shapes.lamp_filler
        return bool(before) and all(self._unexplained({word}, explained) for word in before)

    def _called_lamp(self, stems: frozenset[str], colour: str) -> Telltale | None:
        """The lamp that people call so, though its name is another; of two the more severe."""
        called = [
            lamp
            for lamp in self.telltales
            if (not colour or lamp.colour == colour)
            and any(set(name) <= stems for name in self.shapes.lamp_names.get(lamp.id, ()))
        ]
        return min(called, key=lambda lamp: SEVERITY.get(lamp.colour, len(SEVERITY)), default=None)

    def _named_lamp(self, stems: frozenset[str], colour: str) -> tuple[Telltale | None, bool]:
        """The lamp whose name was said, and whether in full or by a word that few lamps have.

        A word counts the less the more lamps share it, so "tyre lamp" is enough for the tyre
        pressure lamp and "pressure lamp" is not.
        """
        best: tuple[tuple[float, int], Telltale, bool] | None = None
        for lamp in self.telltales:
            if colour and lamp.colour != colour:
                continue
            name = [self._equivalents(word) for word in self._name(lamp)]
            said = [alternatives for alternatives in name if alternatives & stems]
            matched = frozenset().union(*said)
            worth = sum(1 / self._lamps_with(alternatives) for alternatives in said)
            full = len(said) == len(name)
            score = worth + len(said) if full else worth
            rest = self._unexplained(stems, self.shapes.lamp_filler | matched)
            near = worth >= LAMP_WORTH and rest <= LAMP_REST and not _only_digits(matched & stems)
            # "Stability control off" and "stability control" differ in a word that tells nothing.
            whole = [stem(word) for word in words(lamp.name)]
            rank = (score, len(whole) if stems.issuperset(whole) else 0)
            if (full or near) and (best is None or rank > best[0]):
                best = (rank, lamp, full)
        return (best[1], best[2]) if best else (None, False)

    def _lamps_with(self, alternatives: frozenset[str]) -> int:
        return sum(
            any(stem(word) in alternatives for word in self._name(lamp)) for lamp in self.telltales
        )

    def _name(self, lamp: Telltale) -> list[str]:
        """The telling words of a lamp's name: "airbag and belt tensioner" without the "and"."""
        told = words(lamp.name)
        vague = self.lexicon.stop | self.shapes.lamp_vague
        return [word for word in told if word not in vague] or told

    def _equivalents(self, word: str) -> frozenset[str]:
        key = stem(word)
        return frozenset((key, *(stem(same) for same in self.lexicon.same.get(key, ()))))

    def _gauge(self, text: str, plain: str, ask: str) -> Request | None:
        stems = _stems(plain)
        best: tuple[tuple[bool, int], NamedGauge, Key] | None = None
        for named in self.gauges:
            if named.not_with & stems:
                continue
            for key in named.keys:
                rank = (key.live, len(key.words))
                if key.matches(stems) and (best is None or rank > best[0]):
                    best = (rank, named, key)
        if best is None or ask in self.shapes.never_live:
            return None
        (live, size), named, key = best
        rest = self._unexplained(stems, frozenset().union(*key.words))
        if not live and (ask in self.shapes.manual_asks or rest >= max(2, size)):
            return None
        return _gauge_request(text, named.gauge, self.places.named(stems))

    def _unexplained(self, stems: Set[str], explained: Set[str]) -> int:
        """How many telling words are neither part of the gauge nor mere filler."""
        stop = frozenset(stem(word) for word in self.lexicon.stop)
        known = explained | self.places.words() | self.shapes.filler | stop
        return len(stems - known)

    def _command(self, text: str, plain: str, ask: str) -> Request | None:
        if ask or not self.shapes.command.search(plain):
            return None
        return Request(RequestKind.COMMAND, "not_offered", text)

    def _manual(self, text: str, ask: str) -> Request:
        if not self.lexicon.terms(text):
            return Request(RequestKind.UNKNOWN, "not_understood", text)
        plain = self.lexicon.plain(text)
        asks = ask or ("fact" if self.shapes.question.search(plain) else "fragment")
        return Request(RequestKind.MANUAL, asks, text)


def load_shapes(folder: Path) -> Shapes:
    """Read a language's requests.toml; raise SettingsError naming the file and what is wrong."""
    path = folder / "requests.toml"
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        if table.keys() != _SHAPES_KEYS:
            raise SettingsError(f"{path} must have exactly {', '.join(sorted(_SHAPES_KEYS))}.")
        return Shapes(
            asks=tuple((name, re.compile(p)) for name, p in table["ask"].items()),
            manual_asks=frozenset(table["manual_asks"]),
            never_live=frozenset(table["never_live"]),
            lamp_manual_asks=frozenset(table["lamp"]["manual_asks"]),
            talk=tuple((name, re.compile(p)) for name, p in table["talk"].items()),
            beyond=re.compile(table["beyond"]),
            lamp=re.compile(table["lamp"]["words"]),
            lamp_after=re.compile(r"\b(\S+) " + table["lamp"]["words"]),
            warnings=re.compile(table["lamp"]["warnings"]),
            colours=MappingProxyType(table["lamp"]["colours"]),
            lamp_names={
                lamp: tuple(tuple(stem(word) for word in name.split()) for name in names)
                for lamp, names in table["lamp"]["names"].items()
            },
            lamp_vague=frozenset(table["lamp"]["vague"].split()),
            question=re.compile(table["question"]),
            opens_question=re.compile(table["opens_question"]),
            command=re.compile(table["command"]),
            lamp_filler=frozenset(stem(word) for word in table["lamp"]["filler"].split()),
            filler=frozenset(stem(word) for word in table["filler"].split()),
        )
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, re.error) as error:
        raise SettingsError(f"The requests {path} cannot be read: {error}.") from error
    except (KeyError, TypeError, AttributeError) as error:
        raise SettingsError(f"{path} has a wrong or missing key: {error}.") from error


def _stems(plain: str) -> frozenset[str]:
    return frozenset(stem(word.removesuffix("'s")) for word in plain.split())


def _gauge_request(text: str, gauge: Gauge, said: dict[str, str]) -> Request:
    kinds = {kind for path in gauge.paths for kind in path.where}
    places = {kind: part for kind, part in said.items() if kind in kinds}
    paths = tuple(
        path.path
        for path in gauge.paths
        if all(path.where.get(kind) == part for kind, part in places.items())
    )
    return Request(RequestKind.VEHICLE, gauge.name, text, MappingProxyType(places), paths, gauge)


def _only_digits(stems: frozenset[str]) -> bool:
    return all(word.isdigit() for word in stems)


def _lamp_request(
    text: str, lamp: str, lamps: tuple[Telltale, ...], ask: str = "meaning"
) -> Request:
    return Request(
        RequestKind.WARNING,
        "telltale",
        text,
        MappingProxyType({"lamp": lamp, "ask": ask or "fact"}),
        tuple(lamp.path for lamp in lamps),
    )
