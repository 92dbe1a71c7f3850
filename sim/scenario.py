"""sim: a scenario file in, its frozen steps out.

name = "low_tyre"
description = "…"
[start]                                   # fields of sim.car.Car
speed_kmh = 90.0
[[step]]
at_s = 5.0
name = "the front left tyre starts to leak"
set = { leak_bar_per_min = { front_left = 4.0 } }
faults = [{ kind = "silent", ecu = "EMU" }]
clear_faults = false
"""

from __future__ import annotations

import dataclasses
import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from sim.car import WORDS, Car
from sim.errors import ScenarioError
from sim.faults import FAULT_KEYS, Fault
from sim.lamps import NAMES
from sim.vehicle_files import config_folder

_STATES = ("off", "on", "flashing")


@dataclass(frozen=True, slots=True)
class Step:
    """What happens at one moment of a scenario."""

    at_s: float
    name: str
    settings: Mapping[str, Any]
    """Field of Car -> value; a table is merged into the field's own."""
    faults: tuple[Fault, ...]
    clear_faults: bool


@dataclass(frozen=True, slots=True)
class Scenario:
    """A car at its start, and what happens to it."""

    name: str
    description: str
    start: Mapping[str, Any]
    steps: tuple[Step, ...]


def load_scenario(name: str) -> Scenario:
    """Read a scenario: a name in config/scenarios, or a TOML file; ScenarioError if it is wrong."""
    file = Path(name) if name.endswith(".toml") else config_folder("scenarios") / f"{name}.toml"
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        known = sorted(path.stem for path in config_folder("scenarios").glob("*.toml"))
        raise ScenarioError(
            f"there is no scenario '{name}'; give a .toml file or one of: {', '.join(known)}"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ScenarioError(f"{file} is no TOML: {error}; correct it") from error
    return _Reader(file).scenario(table)


def apply_settings(car: Car, settings: Mapping[str, Any]) -> None:
    """Set fields of the car."""
    for field, value in settings.items():
        present = getattr(car, field)
        if isinstance(value, Mapping):
            present.update(value)
        else:
            setattr(car, field, list(value) if isinstance(present, list) else value)


class _Reader:
    """Checks one scenario file."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._blank = Car()

    def _fail(self, problem: str) -> NoReturn:
        raise ScenarioError(f"{self._file}: {problem}")

    def _only(self, table: object, allowed: tuple[str, ...], place: str) -> dict[str, Any]:
        if not isinstance(table, dict):
            self._fail(f"{place} must be a table; correct it")
        for key in table:
            if key not in allowed:
                near = difflib.get_close_matches(key, allowed, 1)
                hint = f"did you mean '{near[0]}'" if near else f"choose of {', '.join(allowed)}"
                self._fail(f"{place} has the unknown key '{key}'; {hint}")
        return table

    def scenario(self, table: dict[str, Any]) -> Scenario:
        self._only(table, ("name", "description", "start", "step"), "the file")
        steps = tuple(self._step(row) for row in table.get("step", []))
        times = [step.at_s for step in steps]
        if times != sorted(times):
            self._fail("the steps must be in the order of their at_s; sort them")
        return Scenario(
            name=str(table.get("name", self._file.stem)),
            description=str(table.get("description", "")),
            start=self._settings(table.get("start", {}), "[start]"),
            steps=steps,
        )

    def _step(self, row: object) -> Step:
        allowed = ("at_s", "name", "set", "faults", "clear_faults")
        table = self._only(row, allowed, "a [[step]]")
        at_s, name = table.get("at_s"), table.get("name")
        if not isinstance(at_s, int | float) or not isinstance(name, str):
            self._fail("a [[step]] needs a number `at_s` and a text `name`; add them")
        place = f"the step '{name}'"
        faults = tuple(self._fault(item, place) for item in table.get("faults", []))
        settings = self._settings(table.get("set", {}), f"`set` of {place}")
        return Step(float(at_s), name, settings, faults, bool(table.get("clear_faults", False)))

    def _fault(self, row: object, place: str) -> Fault:
        table = self._only(row, tuple(f.name for f in dataclasses.fields(Fault)), place)
        kind = table.get("kind")
        if not isinstance(kind, str) or kind not in FAULT_KEYS:
            self._fail(f"{place} has the fault kind {kind!r}; choose of {', '.join(FAULT_KEYS)}")
        missing = [key for key in FAULT_KEYS[kind] if key not in table]
        if missing:
            self._fail(f"the fault {kind} of {place} needs {', '.join(missing)}; add it")
        if kind == "silent" and "ecu" not in table and "message" not in table:
            self._fail(f"the fault silent of {place} needs an ecu or a message; add one")
        return Fault(**table)

    def _settings(self, table: object, place: str) -> dict[str, Any]:
        fields = tuple(field.name for field in dataclasses.fields(Car))
        settings = self._only(table, fields, place)
        for field, value in settings.items():
            present = getattr(self._blank, field)
            if not self._fits(field, present, value):
                like = f"of {', '.join(WORDS[field])}" if field in WORDS else f"like {present!r}"
                self._fail(f"{field} in {place} cannot be {value!r}; it is {like}")
        return settings

    @staticmethod
    def _fits(field: str, present: object, value: object) -> bool:
        if field in WORDS:
            words = value if isinstance(present, list) and isinstance(value, list) else [value]
            return type(present) is type(value) and all(word in WORDS[field] for word in words)
        if field == "lamps":
            return isinstance(value, dict) and all(
                name in NAMES and state in _STATES for name, state in value.items()
            )
        if isinstance(present, dict):
            numbers = isinstance(value, dict) and set(value) <= set(present)
            return numbers and all(isinstance(v, int | float) for v in value.values())  # type: ignore[attr-defined]
        if isinstance(present, bool) or isinstance(value, bool):
            return isinstance(present, bool) and isinstance(value, bool)
        if isinstance(present, float) or present is None:
            return isinstance(value, int | float)
        return isinstance(value, type(present))
