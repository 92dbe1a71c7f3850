"""kuksa: a vehicle's profile in, its entries as `kuksa.val` knows them out; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from can_bridge.spec import CommandSpec, SignalSpec, VehicleProfile

_FLOAT_BITS = 24  # of the mantissa of a float32: what it holds exactly
_FIELDS = {"bool": "bool", "enum": "string", "text": "string"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A path that a client may name."""

    id: int
    """From 1 on, in the order of the paths; the same as long as the vehicle's files are."""
    path: str
    field: str
    """Which field of a kuksa value holds it: `bool`, `string`, `float` or `double`."""
    unit: str | None
    description: str
    allowed: tuple[str, ...]
    """Of an enum: every word it can have."""
    low: float | None
    high: float | None
    readable: bool
    """False for a command that sets several signals and has no reading of its own."""
    settable: bool


class Catalogue:
    """All entries of a vehicle, found by path, by id or by branch."""

    def __init__(self, profile: VehicleProfile) -> None:
        paths = sorted(profile.signals.keys() | profile.commands.keys())
        self.entries: Mapping[str, Entry] = {
            path: _entry(number, path, profile) for number, path in enumerate(paths, 1)
        }
        self._by_id = {entry.id: entry for entry in self.entries.values()}

    def by_path(self, path: str) -> Entry:
        """KeyError if the vehicle has no such path."""
        return self.entries[path]

    def by_id(self, number: int) -> Entry:
        """KeyError if no path has this id."""
        return self._by_id[number]

    def under(self, root: str) -> tuple[Entry, ...]:
        """A path itself, or all of a branch: `Vehicle.Cabin`, `Vehicle.Cabin.*`, or "" for all.

        Empty if there is neither.
        """
        branch = root.rstrip("*").rstrip(".")
        if branch in self.entries and branch == root:
            return (self.entries[root],)
        return tuple(self._below(branch))

    def _below(self, branch: str) -> Iterator[Entry]:
        prefix = f"{branch}." if branch else ""
        return (entry for path, entry in self.entries.items() if path.startswith(prefix))


def _entry(number: int, path: str, profile: VehicleProfile) -> Entry:
    signal, command = profile.signals.get(path), profile.commands.get(path)
    spec = signal or command
    assert spec is not None  # the paths are those of the signals and of the commands
    return Entry(
        id=number,
        path=path,
        field=_FIELDS.get(spec.kind) or _number_field(path, profile),
        unit=spec.unit,
        description=spec.description,
        allowed=_words(spec),
        low=spec.low if spec.kind == "number" else None,
        high=spec.high if spec.kind == "number" else None,
        readable=signal is not None,
        settable=command is not None,
    )


def _words(spec: SignalSpec | CommandSpec) -> tuple[str, ...]:
    if spec.kind != "enum":
        return ()
    words = spec.values if isinstance(spec, SignalSpec) else tuple(spec.choices)
    return tuple(str(word) for word in words)


def _number_field(path: str, profile: VehicleProfile) -> str:
    """`float`, as nearly all of VSS, and `double` for what a float cannot hold: a position."""
    source = profile.sources.get(path)
    return "double" if source is not None and source.field.bits > _FLOAT_BITS else "float"
