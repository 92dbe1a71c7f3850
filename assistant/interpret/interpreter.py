"""Interpret: a text comes in, a Request goes out; no model, no side effect, a few milliseconds.

Order matters: a question about a lamp, then about a gauge, then an order to the car, then
everything else, which is for the manual. A question that says how things *should* be, or how
something is done, is for the manual even where it names a gauge.
"""

import re
import tomllib
from collections.abc import Iterable, Set
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from assistant.errors import SettingsError
from assistant.events import Gauge, Request, RequestKind, Telltale
from assistant.interpret.driving import ABOUT, GAUGE, PICTURE, DrivingShapes, load_driving
from assistant.interpret.gauges import Key, NamedGauge, Places, Unreported, stems_of
from assistant.interpret.lamps import REST, LampFinder, LampShapes, load_lamps
from assistant.lexicon import Lexicon, stem, words
from assistant.measures import measure_of

_SHAPES_KEYS = {
    "ask",
    "talk",
    "lamp",
    "driving",
    "manual_asks",
    "never_live",
    "beyond",
    "others",
    "question",
    "asking",
    "tells",
    "opens_question",
    "filler",
    "polite",
    "order",
    "acted",
    "command",
    "present",
    "weighs",
    "codes",
    "code",
    "unit",
    "in_general",
    "unclear",
}
# "How far will that get me?" asks of what was said before, and not of the car as it is.
POINTS_BACK = re.compile(r"\b(?:will|would|does|did|can|could) (?:that|this)\b")
CLAUSE = re.compile(r"(?<=[.?!,;])\s+")
MOST_REST = 2  # telling words that may stay unexplained beside a gauge, whatever was said
DOUBTFUL_REST = 2  # as many may mean that the manual is asked
STATE = "state"  # the asks of requests.toml that only the car can answer
SETTING = "setting"
ANY_LAMP = "any"
NOT_SHOWN = frozenset({"how_to", "where", "how_often"})  # asks of no symbol in the display
ELSEWHERE = "elsewhere"  # outside the cluster
EVERY_LAMP = "every"  # those that only inform too
SEVERAL = "several"  # lamps that the words fit equally
TROUBLE_CODES = "trouble_codes"
NOT_OF_CODES = frozenset({"how_to", "where", "how_often"})  # what the manual answers
LONGEST = 1000  # characters; about a minute of speech, and no question is so long
ADVICE = frozenset({"permission", "allowed", "what_if", "should", "how_to"})  # asks what to do


@dataclass(frozen=True, slots=True)
class Shapes:
    """The shapes of a language's questions, from `requests.toml`."""

    asks: tuple[tuple[str, re.Pattern[str]], ...]  # how something is asked, first match wins
    manual_asks: frozenset[str]  # those that only the manual answers, gauge or not
    never_live: frozenset[str]  # those that even a question about the present does not change
    talk: tuple[tuple[str, re.Pattern[str]], ...]  # small talk
    beyond: re.Pattern[str]  # what neither the car nor its manual can know
    others: re.Pattern[str]  # group 1 is whose a gauge is said to be
    lamps: LampShapes
    driving: DrivingShapes
    question: re.Pattern[str]  # has the words of a question
    asking: re.Pattern[str]  # asks or calls for something
    tells: re.Pattern[str]  # says what a thing does or fails to do
    opens_question: re.Pattern[str]  # a clause that asks by itself
    polite: re.Pattern[str]  # only asks us to say it
    order: re.Pattern[str]  # an order in the form of a question
    acted: re.Pattern[str]  # asks whether we have done something
    command: re.Pattern[str]
    present: re.Pattern[str]  # speaks of how the car is now
    weighs: re.Pattern[str]  # asks more of a reading than its value
    codes: re.Pattern[str]  # asks for stored trouble codes
    code: re.Pattern[str]  # names one: its letter, and what follows
    units: tuple[tuple[str, re.Pattern[str]], ...]  # a unit, and what asks for it
    in_general: re.Pattern[str]  # asks how a thing works or what it needs, not how it is now
    unclear: re.Pattern[str]  # names nothing by itself
    filler: frozenset[str]  # stems that mean nothing beside a gauge


@dataclass(frozen=True, slots=True)
class Interpreter:
    """What this driver's language and this vehicle make of a text."""

    lexicon: Lexicon
    shapes: Shapes
    gauges: tuple[NamedGauge, ...]
    places: Places
    telltales: tuple[Telltale, ...]
    unreported: tuple[Unreported, ...] = ()

    def interpret(self, text: str) -> Request:
        """The request that a text makes; kind `unknown` where there is no telling word.

        People lead up to a question and add to it ("It's so quiet, is the engine on? I can't hear
        it."): the last clause that asks the car something decides, else the whole text does.
        """
        if len(text) > LONGEST:
            return Request(RequestKind.UNKNOWN, "too_long", text)
        asked = _asked(" ".join(words(text)))
        units = tuple(unit for unit, pattern in self.shapes.units if pattern.search(asked))
        return replace(self._clause(text), units=units)

    def _clause(self, text: str) -> Request:
        """What the last clause asks that asks the car something, else the whole text."""
        parts = [part for part in CLAUSE.split(text) if part.strip()]
        if len(parts) > 1:
            for part in reversed(parts):
                asked = _asked(self.lexicon.plain(part))
                if not self.shapes.opens_question.search(asked) or POINTS_BACK.search(asked):
                    continue
                request = self._interpret(part)
                if _of_any_lamp(request) and self._names_a_lamp(parts):
                    request = self._interpret(text)
                elif ABOUT in request.slots:  # asks for leave to drive on, whatever was said before
                    break
                if request.kind in {RequestKind.VEHICLE, RequestKind.WARNING}:
                    return replace(request, text=text)
        return self._interpret(text)

    def _names_a_lamp(self, parts: Iterable[str]) -> bool:
        """Whether a clause says which lamp another asks about: "The oil lamp is on, can I …?"."""
        asked = map(self._interpret, parts)
        ids = {lamp.id for lamp in self.telltales}
        return any(request.slots.get("lamp") in ids for request in asked)

    def _interpret(self, text: str) -> Request:
        plain = self.lexicon.plain(text)
        if not plain:
            return Request(RequestKind.UNKNOWN, "nothing_heard", text)
        plain = self.shapes.polite.sub("tell me", plain)
        asked = _asked(plain)
        for name, pattern in self.shapes.talk:
            if pattern.search(asked):
                return Request(RequestKind.SMALLTALK, name, text)
        request = self._asked_of(text, plain)
        spoken = _asked(" ".join(words(text)))  # "can I get" may have become "tell me"
        request = self.shapes.driving.with_lamps(request, spoken, self.telltales)
        lamp = self._lamp_finder().pictured(plain)
        if lamp is None or request.kind is not RequestKind.MANUAL or request.name in NOT_SHOWN:
            return request
        of_it = _lamp_request(text, lamp.id, (lamp,), {"ask": "fact", ABOUT: PICTURE})
        return replace(request, of_lamps=of_it)

    def _asked_of(self, text: str, plain: str) -> Request:
        """The request of a text that is no small talk."""
        asked = _asked(plain)
        if self.shapes.beyond.search(asked):
            return Request(RequestKind.UNKNOWN, "beyond", text)
        ask = next((name for name, p in self.shapes.asks if p.search(asked)), "")
        elsewhere = self.shapes.lamps.elsewhere.search(asked)
        return (
            self._command(text, plain, ask)
            or self._codes(text, ask)
            or (None if elsewhere else self._lamp(text, plain, ask))
            or self._gauge(text, plain, ask)
            or (None if elsewhere else self._lamp_of(text, plain, ask))
            or self.shapes.driving.leave(text, _asked(" ".join(words(text))), self.telltales)
            or self._manual(text, ask, {"lamp": ELSEWHERE} if elsewhere else {})
        )

    def _codes(self, text: str, ask: str) -> Request | None:
        """Of the trouble codes that are stored, or of one; how they are read is the manual's."""
        asked = _asked(" ".join(words(text)))
        if not self.shapes.codes.search(asked):
            return None
        if ask in NOT_OF_CODES:
            return self._manual(text, ask, {})
        said = {"ask": "meaning", "advice": "yes"}
        named = self.shapes.code.search(asked)
        if named:
            said["code"] = "".join(named.groups()).upper()
        wrong = tuple(lamp for lamp in self.telltales if lamp.warns)
        return replace(_lamp_request(text, ANY_LAMP, wrong, said), name=TROUBLE_CODES)

    def _lamp(self, text: str, plain: str, ask: str) -> Request | None:
        shapes, finder, asked = self.shapes.lamps, self._lamp_finder(), _asked(plain)
        said = self._asks_of_lamps(asked, ask)
        every = shapes.every.search(asked) is not None
        if not every and shapes.warnings.search(asked):
            wrong = tuple(lamp for lamp in self.telltales if lamp.warns)
            return _lamp_request(text, ANY_LAMP, wrong, {**said, "ask": "meaning"})
        if shapes.flashing.search(asked):
            said["state"] = "flashing"
        colour = finder.colour(plain)
        of_colour = tuple(lamp for lamp in self.telltales if lamp.colour == colour or not colour)
        if every:
            return _lamp_request(text, colour or EVERY_LAMP, of_colour, {**said, "ask": "meaning"})
        pointed = shapes.pointed.search(asked) is not None
        for_lamps = pointed or ask not in shapes.manual_asks or shapes.advice.search(asked)
        if not shapes.speaks.search(asked):
            return self._pictured(text, plain, colour)
        # How lamps of two colours differ, or what they mean together, stands in the manual.
        if not for_lamps or len(finder.colours(plain)) > 1:
            return None
        named = finder.named(plain, colour)
        if len(named) == 1:
            said["ask"] = "fact" if shapes.state.search(asked) else ask or "fact"
            return _lamp_request(text, named[0].id, finder.called_the_same(plain, named[0]), said)
        if named:
            return _lamp_request(text, SEVERAL, named, said)
        rest = finder.unexplained(plain)
        if not pointed and (rest > REST if colour else rest > 0):
            return None
        if finder.names_something(plain):
            # "The red engine lamp", where no red lamp is called so: whatever red lamp is lit may
            # be named, but not explained as if it were the one that was asked for.
            said = {"ask": "list"}
        return _lamp_request(text, colour or ANY_LAMP, of_colour, said)

    def _pictured(self, text: str, plain: str, colour: str) -> Request | None:
        """A lamp whose symbol is said to be lit, without the word "lamp"."""
        lit = colour or self.shapes.lamps.appeared.search(_asked(plain))
        lamp = self._lamp_finder().pictured(plain) if lit else None
        return _lamp_request(text, lamp.id, (lamp,), {"ask": "fact"}) if lamp else None

    def _asks_of_lamps(self, asked: str, ask: str) -> dict[str, str]:
        shapes = self.shapes.lamps
        said = {"ask": ask or "meaning"}
        if ask in ADVICE or shapes.advice.search(asked):
            said["advice"] = "yes"
        if shapes.why.search(asked):
            said["why"] = "yes"
        return said

    def _lamp_of(self, text: str, plain: str, ask: str) -> Request | None:
        """Of a thing that no gauge measures, the lamp that warns of it tells how it is."""
        lamp = self._lamp_finder().warns_of(plain) if ask == STATE else None
        return _lamp_request(text, lamp.id, (lamp,), {"ask": STATE}) if lamp else None

    def _lamp_finder(self) -> LampFinder:
        neutral = self.shapes.filler | self.places.words() | self._stop()
        return LampFinder(self.lexicon, self.shapes.lamps, self.telltales, neutral)

    def _gauge(self, text: str, plain: str, ask: str) -> Request | None:
        stems, asked = stems_of(plain), _asked(plain)
        found = self._best(stems, ask)
        advised = self.shapes.lamps.advice.search(asked) or self.shapes.in_general.search(asked)
        if found is None or advised or ask in self.shapes.never_live:
            return None
        named, key = found
        live, size = key.live, len(key.words)
        if isinstance(named, NamedGauge) and not named.shows(measure_of(text, ask)):
            return None
        unexplained = self._unexplained(stems, frozenset().union(*key.words))
        rest = len(unexplained)
        if rest > MOST_REST or (
            not live and (ask in self.shapes.manual_asks or rest >= max(2, size))
        ):
            return None
        if self._only_tells(text, rest):
            return None
        if unexplained & {stem(other) for other in self.shapes.others.findall(asked)}:
            return Request(RequestKind.UNKNOWN, "beyond", text)
        if isinstance(named, Unreported):
            return Request(RequestKind.UNKNOWN, "not_reported", text)
        return self._reading(text, plain, ask, named)

    def _best(self, stems: frozenset[str], ask: str) -> tuple[NamedGauge | Unreported, Key] | None:
        """What the most telling key names; what no signal tells goes before a gauge like it."""
        best: tuple[NamedGauge | Unreported, Key] | None = None
        best_rank = (False, 0)
        gauges = (one for one in self.gauges if not (one.gauge.measured and ask == SETTING))
        every: list[NamedGauge | Unreported] = [*self.unreported, *gauges]
        for named in every:
            if named.not_with & stems:
                continue
            for key in named.keys:
                rank = (key.live, len(key.words))
                if key.matches(stems) and rank > best_rank:
                    best, best_rank = (named, key), rank
        return best

    def _reading(self, text: str, plain: str, ask: str, named: NamedGauge) -> Request:
        """The request for a gauge, with what its question asks beside the value."""
        stems, gauge = stems_of(plain), named.gauge
        weighs = self.shapes.weighs.search(_asked(plain)) is not None
        request = _gauge_request(text, gauge, self.places.named(plain), well=weighs or ask == STATE)
        beside = (gauge,) if gauge.bounds and weighs else ()
        every = frozenset().union(*(word for one in named.keys for word in one.words))
        much_else = len(self._unexplained(stems, every)) >= DOUBTFUL_REST
        doubtful = much_else and not self.shapes.present.search(_asked(plain))
        warn = {lamp.path for lamp in gauge.lamps}
        lamps = tuple(lamp for lamp in self.telltales if lamp.path in warn)
        said = {"ask": "meaning", ABOUT: GAUGE}
        of_lamps = _lamp_request(text, ANY_LAMP, lamps, said) if lamps else None
        return replace(request, beside=beside, doubtful=doubtful, of_lamps=of_lamps)

    def _only_tells(self, text: str, rest: int) -> bool:
        """Whether a text asks for no reading: it says what happens, beside what a gauge shows."""
        asked = _asked(" ".join(words(text)))
        if self.shapes.asking.search(asked):
            return False
        return rest > 0 or self.shapes.tells.search(asked) is not None

    def _unexplained(self, stems: Set[str], explained: Set[str]) -> Set[str]:
        """The telling words that are neither part of the gauge nor mere filler."""
        return stems - (explained | self.places.words() | self.shapes.filler | self._stop())

    def _stop(self) -> frozenset[str]:
        return frozenset(stem(word) for word in self.lexicon.stop)

    def _command(self, text: str, plain: str, ask: str) -> Request | None:
        asked, shapes = _asked(plain), self.shapes
        ordered = not ask and shapes.command.search(asked)
        if not (ordered or shapes.order.search(asked) or shapes.acted.search(asked)):
            return None
        return Request(RequestKind.COMMAND, "not_offered", text)

    def _manual(self, text: str, ask: str, slots: dict[str, str]) -> Request:
        asked = _asked(" ".join(words(text)))  # "how long does" may have become "time"
        if not self.lexicon.terms(text) or self.shapes.unclear.search(asked):
            return Request(RequestKind.UNKNOWN, "not_understood", text)
        if ask in {STATE, SETTING}:  # how the car is now; no manual knows
            return Request(RequestKind.UNKNOWN, "not_reported", text)
        asks = ask or ("fact" if self.shapes.question.search(asked) else "fragment")
        request = Request(RequestKind.MANUAL, asks, text, MappingProxyType(slots))
        return self._beside(request, asked) if self.shapes.present.search(asked) else request

    def _beside(self, request: Request, asked: str) -> Request:
        """The request with the readings that the question also speaks of."""
        every = (named.gauge for named in self.gauges)
        gauges = tuple(gauge for gauge in every if gauge.cue and gauge.cue.search(asked))
        paths = tuple(path.path for gauge in gauges for path in gauge.paths)
        return replace(request, beside=gauges, paths=paths)


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
            talk=tuple((name, re.compile(p)) for name, p in table["talk"].items()),
            beyond=re.compile(table["beyond"]),
            others=re.compile(table["others"]),
            lamps=load_lamps(table["lamp"]),
            driving=load_driving(table["driving"]),
            question=re.compile(table["question"]),
            asking=re.compile(table["asking"]),
            tells=re.compile(table["tells"]),
            opens_question=re.compile(table["opens_question"]),
            polite=re.compile(table["polite"]),
            order=re.compile(table["order"]),
            acted=re.compile(table["acted"]),
            command=re.compile(table["command"]),
            present=re.compile(table["present"]),
            weighs=re.compile(table["weighs"]),
            codes=re.compile(table["codes"]),
            code=re.compile(table["code"]),
            units=tuple((unit, re.compile(p)) for unit, p in table["unit"].items()),
            in_general=re.compile("|".join(table["in_general"])),
            unclear=re.compile(table["unclear"]),
            filler=frozenset(stem(word) for word in table["filler"].split()),
        )
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, re.error) as error:
        raise SettingsError(f"The requests {path} cannot be read: {error}.") from error
    except (KeyError, TypeError, AttributeError) as error:
        raise SettingsError(f"{path} has a wrong or missing key: {error}.") from error


def _asked(plain: str) -> str:
    """The text as the patterns of `requests.toml` are written: without any punctuation."""
    return plain.replace("'", " ")


def _of_any_lamp(request: Request) -> bool:
    """Whether a question is what to do about a lamp that it does not name."""
    slots = request.slots
    return slots.get("lamp") == ANY_LAMP and "advice" in slots


def _gauge_request(text: str, gauge: Gauge, said: dict[str, str], *, well: bool) -> Request:
    kinds = {kind for path in gauge.paths for kind in path.where}
    places = {kind: part for kind, part in said.items() if kind in kinds}
    chosen = [
        path.path
        for path in (*gauge.paths, *gauge.given)
        if all(path.where.get(kind) == part for kind, part in places.items())
    ]
    if well:  # whether it is well, and not only what it is
        chosen += [lamp.path for lamp in gauge.lamps]
    paths = tuple(chosen)
    return Request(RequestKind.VEHICLE, gauge.name, text, MappingProxyType(places), paths, gauge)


def _lamp_request(
    text: str, lamp: str, lamps: tuple[Telltale, ...], said: dict[str, str]
) -> Request:
    slots = MappingProxyType({"lamp": lamp, **said})
    paths = tuple(each.path for each in lamps)
    return Request(RequestKind.WARNING, "telltale", text, slots, paths)
