"""kuksa: paths in, entries and their readings out; what the services of v1 and v2 share."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from typing import Protocol

from can_bridge.kuksa.actuator import Actuator
from can_bridge.kuksa.border import not_found
from can_bridge.kuksa.catalogue import Catalogue, Entry
from can_bridge.kuksa.streams import Streams
from can_bridge.readings import Reading, Reason, Unknown
from can_bridge.state import Change

SERVER_NAME = "auriga-can-bridge"
SERVER_VERSION = metadata.version("auriga")


class Readings(Protocol):
    """What is asked of the bridge."""

    def read(self, path: str) -> Reading:
        """The reading of one path, now."""

    def snapshot(self) -> Mapping[str, Reading]:
        """The readings of every path, taken at one moment."""


@dataclass(frozen=True, slots=True)
class Car:
    """A vehicle as the services see it."""

    catalogue: Catalogue
    readings: Readings
    actuator: Actuator
    streams: Streams

    def entry(self, path: str) -> Entry:
        """Raises Refusal if the vehicle has no such path."""
        try:
            return self.catalogue.by_path(path)
        except KeyError:
            raise not_found(f"the vehicle has no {path or 'path of no name'}") from None

    def entry_of_id(self, number: int) -> Entry:
        """Raises Refusal if no path has this id."""
        try:
            return self.catalogue.by_id(number)
        except KeyError:
            text = f"no path has the id {number}; ListMetadata tells the ids"
            raise not_found(text) from None

    def under(self, root: str) -> Sequence[Entry]:
        """The entries of a path or branch; raises Refusal if there are none."""
        entries = self.catalogue.under(root)
        if not entries:
            raise not_found(f"the vehicle has no path or branch {root}")
        return entries

    def read(self, entries: Sequence[Entry]) -> list[Reading]:
        """Their readings, all of one moment."""
        if len(entries) == 1 and entries[0].readable:
            return [self.readings.read(entries[0].path)]
        readings = self.readings.snapshot()
        absent = Unknown(Reason.NOT_AVAILABLE)
        return [readings.get(entry.path, absent) for entry in entries]


def readable(entries: Iterable[Entry]) -> list[Entry]:
    """Those that have a reading."""
    return [entry for entry in entries if entry.readable]


def now() -> float:
    """In s since the epoch."""
    return time.time()


def change_time(change: Change) -> float:
    """When a change was, in s since the epoch: what a reading's age counts back from."""
    return time.time() - (time.monotonic() - change[2])
