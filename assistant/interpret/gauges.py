"""Interpret: `gauges.toml` and the vehicle's signals come in, what can be asked of the car goes out.

A gauge is something a driver asks of the car: the words that name it, the VSS paths that answer
it, and how the answer is said. Paths may hold places, `{row}` and `{side}`, that words of the
question fill ("front", "left"); a place that the question leaves open stands for all of them.
"""

import itertools
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from assistant.errors import SettingsError
from assistant.events import Gauge, GaugePath
from assistant.lexicon import stem
from assistant.measures import Measure
from assistant.ports import Signal

PLACE = re.compile(r"\{(\w+)\}")
CLASS = "@"  # before the name of a class of words, in the alternatives of a key
SIDES = ("left", "right")


@dataclass(frozen=True, slots=True)
class Key:
    """One way to name a gauge: all its words must be in the question."""

    words: tuple[frozenset[str], ...]  # stems; alternatives of one word
    live: bool = False  # speaks of the present by itself, whatever else is said

    def matches(self, stems: frozenset[str]) -> bool:
        """Whether each word, or an alternative of it, was said."""
        return all(alternatives & stems for alternatives in self.words)


@dataclass(frozen=True, slots=True)
class NamedGauge:
    """A gauge that this vehicle has, with the words that name it."""

    gauge: Gauge
    keys: tuple[Key, ...]
    not_with: frozenset[str]  # stems of words that make it another question
    measures: bool = True  # its readings are numbers: "open" and "off" are none

    def shows(self, measure: Measure | None) -> bool:
        """Whether its readings can tell a measure: how wide a door is none shows.

        Which measure is left open: "how far" is a pedal pressed, "how fast" does a car charge.
        """
        return self.measures or measure is None or not measure.answered


@dataclass(frozen=True, slots=True)
class Unreported:
    """Something that drivers ask of a car and no signal tells, with the words that name it.

    It is named so that the gauge next to it does not answer instead.
    """

    keys: tuple[Key, ...]
    not_with: frozenset[str]  # stems of words that make it another question


@dataclass(frozen=True, slots=True)
class Places:
    """The places of a car: what is said -> {kind: part of the VSS path}."""

    said: Mapping[str, Mapping[str, str]]
    labels: Mapping[str, str]  # part of the path -> what it is called
    elsewise: re.Pattern[str]  # where a word is no place: "the right pressure"

    def named(self, plain: str) -> dict[str, str]:
        """Which places the words name; "rear passenger" is in the rear, not in the front."""
        stems = stems_of(self.elsewise.sub(" ", plain))
        found: dict[str, str] = {}
        by_precision = sorted(self.said.items(), key=lambda item: len(item[1]))
        for word, parts in by_precision:
            if stem(word) in stems:
                for kind, part in parts.items():
                    found.setdefault(kind, part)
        return found

    def words(self) -> frozenset[str]:
        """The stems of all words that name a place."""
        return frozenset(stem(word) for word in self.said)


def stems_of(plain: str) -> frozenset[str]:
    """The stems of the words of a text; "driver's" is the driver."""
    return frozenset(stem(word.removesuffix("'s")) for word in plain.split())


def load_gauges(
    folder: Path, signals: Mapping[str, Signal], driver_side: str
) -> tuple[tuple[NamedGauge, ...], Places]:
    """Read a language's gauges.toml and keep what this vehicle has.

    `driver_side` is "left" or "right": it tells which door "left" is. Raises SettingsError naming
    the file and what is wrong.
    """
    with _reading(folder) as table:
        places = _places(table, driver_side)
        classes = table.get("classes", {})
        gauges = (_gauge(entry, places, signals, classes) for entry in table["gauge"])
        return tuple(gauge for gauge in gauges if gauge.gauge.paths), places


def load_unreported(folder: Path) -> tuple[Unreported, ...]:
    """Read from a language's gauges.toml what no signal tells.

    Raises SettingsError naming the file and what is wrong.
    """
    with _reading(folder) as table:
        classes = table.get("classes", {})
        return tuple(
            Unreported(_keys(entry, classes), _not_with(entry))
            for entry in map(dict, table.get("unreported", []))
        )


@contextmanager
def _reading(folder: Path) -> Iterator[dict[str, Any]]:
    """The table of a language's gauges.toml; SettingsError for what is wrong with it."""
    path = folder / "gauges.toml"
    try:
        yield tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, re.error) as error:
        raise SettingsError(f"The gauges {path} cannot be read: {error}.") from error
    except (KeyError, TypeError) as error:
        raise SettingsError(f"{path}: a gauge has a wrong or missing key: {error}.") from error


def _places(table: dict[str, Any], driver_side: str) -> Places:
    if driver_side not in SIDES:
        raise SettingsError(
            f"The driver sits on the left or on the right, not '{driver_side}'; change "
            "region.driver_position in vehicle.toml."
        )
    other = SIDES[1 - SIDES.index(driver_side)]
    doors = {driver_side: "DriverSide", other: "PassengerSide"}
    said = {
        word: {kind: doors.get(part, part) for kind, part in parts.items()}
        for word, parts in table["places"].items()
    }
    labels = {**table["labels"], **{part: side for side, part in doors.items()}}
    return Places(said, labels, re.compile(table["no_place"]))


def _gauge(
    entry: dict[str, Any],
    places: Places,
    signals: Mapping[str, Signal],
    classes: Mapping[str, str],
) -> NamedGauge:
    fields = dict(entry)
    keys, not_with = _keys(fields, classes), _not_with(fields)
    item, items = fields.pop("item", "{place}"), fields.pop("items", {})
    lamps = fields.pop("lamps", {})
    given = _paths(fields.pop("given", []), places, signals)
    found = tuple(
        replace(path, label=items.get(path.path, item.format(place=path.place)))
        for path in _paths(fields.pop("paths"), places, signals)
    )
    warning = tuple(
        GaugePath(path, {}, "", label) for path, label in lamps.items() if path in signals
    )
    bounds, cue = fields.pop("bounds", None), fields.pop("cue", None)
    fields["bounds"] = re.compile(bounds) if bounds else None
    fields["cue"] = re.compile(cue) if cue else None
    fields["says"] = {key.lower(): text for key, text in fields["says"].items()}
    gauge = Gauge(paths=found, lamps=warning, given=given, **fields)
    units = any(signals[path.path].unit is not None for path in found)
    measures = units or any("{value}" in text for text in gauge.says.values())
    return NamedGauge(gauge, keys, not_with, measures)


def _paths(
    patterns: Iterable[str], places: Places, signals: Mapping[str, Signal]
) -> tuple[GaugePath, ...]:
    """The paths that a vehicle has, labelled with their place."""
    found = []
    for pattern in patterns:
        for path, where in _fill(pattern, places):
            if path in signals:
                place = " ".join(places.labels.get(part, part) for part in where.values())
                found.append(GaugePath(path, where, place, place))
    return tuple(found)


def _keys(fields: dict[str, Any], classes: Mapping[str, str]) -> tuple[Key, ...]:
    keys = [_key(words, classes) for words in fields.pop("keys", [])]
    return (*keys, *(_key(words, classes, live=True) for words in fields.pop("live", [])))


def _not_with(fields: dict[str, Any]) -> frozenset[str]:
    return frozenset(stem(word) for word in fields.pop("not_with", []))


def _key(words: str, classes: Mapping[str, str], *, live: bool = False) -> Key:
    alternatives = (
        frozenset(stem(one) for word in group.split("|") for one in _members(word, classes))
        for group in words.split()
    )
    return Key(tuple(alternatives), live)


def _members(word: str, classes: Mapping[str, str]) -> list[str]:
    return classes[word[1:]].split() if word.startswith(CLASS) else [word]


def _fill(pattern: str, places: Places) -> Iterator[tuple[str, dict[str, str]]]:
    kinds = PLACE.findall(pattern)
    parts = [
        tuple(dict.fromkeys(said[kind] for said in places.said.values() if kind in said))
        for kind in kinds
    ]
    for choice in itertools.product(*parts):
        where = dict(zip(kinds, choice, strict=True))
        yield pattern.format(**where), where
