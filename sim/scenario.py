r"""sim: a scenario file in, its frozen steps out.

name = "low_tyre"
description = "…"
[start]                                   # fields of sim.car.Car
speed_kmh = 90.0
[profile]                                 # numbers of the car over time, straight in between
target_speed_kmh = [[0, 90], [60, 40]]
slope_percent = [[0, 0], [30, 6]]
[[step]]
at_s = 5.0
name = "the front left tyre starts to leak"
set = { leak_bar_per_min = { front_left = 4.0 } }
faults = [{ kind = "silent", ecu = "EMU" }]
clear_faults = false
[[expect]]                                # what should be said when the scenario begins at at_s
at_s = 0.0
ask = "what is the tyre pressure"
answer = 'Front left 1\.[0-9]'
unknown = { "Vehicle.Speed" = "stale" }   # paths that nothing is known of, and why
"""

from __future__ import annotations

import dataclasses
import itertools
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, TypeGuard

from sim.car import Car
from sim.errors import ScenarioError
from sim.fault import Fault, fault_from
from sim.settings import checked, is_number_field, is_possible, like, only
from sim.toml_file import TomlFile, read_toml
from sim.vehicle_files import config_folder
from sim.written import is_number, shown

Points = tuple[tuple[float, float], ...]
"""(seconds, value), in the order of time."""


@dataclass(frozen=True, slots=True)
class Step:
    """What happens at one moment of a scenario."""

    at_s: float
    name: str
    settings: Mapping[str, Any]
    """Field of Car -> value; a table is merged into the field's own."""
    faults: tuple[Fault, ...]
    clear_faults: bool
    place: str = ""
    """File and line of its faults."""
    refused: str = ""
    """Why the car kept its selector where it was, once the step has happened."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """What whoever listens to the car should say of it; for tests, the simulator does not look."""

    at_s: float
    """The scenario is begun here."""
    ask: str = ""
    answer: str = ""
    """A regular expression."""
    unknown: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """VSS path -> the reason why its value is not known."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A car at its start, and what happens to it."""

    name: str
    description: str
    start: Mapping[str, Any]
    steps: tuple[Step, ...]
    profile: Mapping[str, Points] = dataclasses.field(default_factory=dict)
    """Field of Car -> how it goes on over time."""
    expectations: tuple[Expectation, ...] = ()


def load_scenario(name: str) -> Scenario:
    """Read a scenario: a name in config/scenarios, or a TOML file; ScenarioError if it is wrong."""
    file = Path(name) if name.endswith(".toml") else config_folder("scenarios") / f"{name}.toml"
    try:
        toml = read_toml(file, ScenarioError)
    except FileNotFoundError as error:
        known = sorted(path.stem for path in config_folder("scenarios").glob("*.toml"))
        raise ScenarioError(
            f"there is no scenario '{name}'; give a .toml file or one of: {', '.join(known)}"
        ) from error
    except OSError as error:
        raise ScenarioError(f"{file} cannot be read ({error.strerror}); correct it") from error
    return _scenario(toml)


def apply_settings(car: Car, settings: Mapping[str, Any]) -> None:
    """Set fields of the car."""
    for field, value in settings.items():
        present = getattr(car, field)
        if isinstance(value, Mapping):
            present.update(value)
        else:
            setattr(car, field, list(value) if isinstance(present, list) else value)


def value_at(points: Points, time_s: float) -> float | None:
    """The value of a profile at a time; None before its first and after its last point."""
    for (start_s, first), (end_s, last) in itertools.pairwise(points):
        if start_s <= time_s <= end_s:
            share = (time_s - start_s) / (end_s - start_s) if end_s > start_s else 1.0
            return first + (last - first) * share
    return None


def _fail(problem: str, key: str = "") -> NoReturn:
    raise ScenarioError(problem, key)


@contextmanager
def _at(toml: TomlFile, header: str = "", number: int = 0) -> Iterator[None]:
    """What is wrong in here is told with the file and the line of the key, else of the table."""
    try:
        yield
    except ScenarioError as error:
        raise ScenarioError(f"{toml.place(header, number, error.key)}: {error}") from error


def _scenario(toml: TomlFile) -> Scenario:
    table = toml.table
    keys = ("name", "description", "start", "profile", "step", "expect")
    with _at(toml):
        only(table, keys, "the file")
    steps = []
    for number, row in enumerate(_placed_rows(toml, "step")):
        with _at(toml, "step", number):
            steps.append(_step(row, toml.place("step", number, "faults")))
            if steps[-1].at_s < steps[max(0, number - 1)].at_s:
                _fail("the steps must be in the order of their at_s; sort them", "at_s")
    expectations = []
    for number, row in enumerate(_placed_rows(toml, "expect")):
        with _at(toml, "expect", number):
            expectations.append(_expectation(row))
    with _at(toml, "start"):
        start = checked(table.get("start", {}), "[start]")
    with _at(toml, "profile"):
        profile = _profile(table.get("profile", {}))
    return Scenario(
        name=str(table.get("name", toml.path.stem)),
        description=str(table.get("description", "")),
        start=start,
        steps=tuple(steps),
        profile=profile,
        expectations=tuple(expectations),
    )


def _placed_rows(toml: TomlFile, key: str) -> list[Any]:
    with _at(toml, key):
        return _rows(toml.table, key)


def _rows(table: Mapping[str, Any], key: str) -> list[Any]:
    rows = table.get(key, [])
    if not isinstance(rows, list):
        _fail(f"write [[{key}]] with two brackets, since there can be several", key)
    return rows


def _step(row: object, written_at: str) -> Step:
    table = only(row, ("at_s", "name", "set", "faults", "clear_faults"), "a [[step]]")
    at_s, name = table.get("at_s"), table.get("name")
    if not _is_time(at_s) or not isinstance(name, str):
        _fail(
            "a [[step]] needs a number `at_s` from 0 on and a text `name`, found "
            f"{_found(at_s)} and {_found(name)}; correct it",
            "name" if _is_time(at_s) else "at_s",
        )
    place = f"the step '{name}'"
    clear = table.get("clear_faults", False)
    if not isinstance(clear, bool):
        problem = f"`clear_faults` of {place} is true or false, found {shown(clear)}; correct it"
        _fail(problem, "clear_faults")
    faults = tuple(_fault(item, place) for item in _rows(table, "faults"))
    settings = checked(table.get("set", {}), f"`set` of {place}")
    return Step(float(at_s), name, settings, faults, clear, written_at)


def _is_time(value: object) -> TypeGuard[float]:
    """Seconds from 0 on."""
    return isinstance(value, int | float) and is_number(value) and value >= 0


def _found(value: object) -> str:
    return "none" if value is None else shown(value)


def _fault(row: object, place: str) -> Fault:
    table = only(row, tuple(field.name for field in dataclasses.fields(Fault)), place)
    try:
        return fault_from(table)
    except ScenarioError as error:
        _fail(f"{place}: {error}", "faults")


def _profile(table: object) -> dict[str, Points]:
    if not isinstance(table, dict):
        _fail("[profile] must be a table of lists; correct it")
    profile = {}
    for field, points in table.items():
        if not is_number_field(field):
            _fail(
                f"[profile] has the key '{field}', which is no number of the car; correct it", field
            )
        if not _are_points(points):
            _fail(
                f"{field} in [profile] needs two or more pairs [seconds, value] in the order of "
                "time from 0 on; correct it",
                field,
            )
        wrong = [value for _, value in points if not is_possible(field, value)]
        if wrong:
            _fail(f"{field} in [profile] cannot be {shown(wrong[0])}; it is {like(field)}", field)
        profile[field] = tuple((float(at), float(value)) for at, value in points)
    return profile


def _are_points(points: object) -> TypeGuard[list[list[float]]]:
    """Two or more pairs of numbers, the first of which, the seconds, do not decrease."""
    if not isinstance(points, list) or len(points) < 2:  # noqa: PLR2004
        return False
    for pair in points:
        if not isinstance(pair, list) or len(pair) != 2 or not _is_time(pair[0]):  # noqa: PLR2004
            return False
        if not isinstance(pair[1], int | float) or isinstance(pair[1], bool):
            return False
    times = [pair[0] for pair in points]
    return times == sorted(times)


def _expectation(row: object) -> Expectation:
    table = only(row, ("at_s", "ask", "answer", "unknown"), "an [[expect]]")
    at_s, unknown = table.get("at_s", 0.0), table.get("unknown", {})
    ask, answer = table.get("ask", ""), table.get("answer", "")
    if not _is_time(at_s) or not isinstance(unknown, dict):
        _fail(
            "an [[expect]] has a number `at_s` from 0 on and a table `unknown`; correct it",
            "unknown" if _is_time(at_s) else "at_s",
        )
    if not isinstance(ask, str) or not isinstance(answer, str) or bool(ask) != bool(answer):
        _fail(
            "an [[expect]] has the texts `ask` and `answer`, or neither; add what is missing",
            "ask" if ask else "answer",
        )
    try:
        re.compile(answer)
    except re.error as error:
        _fail(f"the answer {answer!r} is no regular expression: {error}; correct it", "answer")
    reasons = {str(path): str(reason) for path, reason in unknown.items()}
    return Expectation(float(at_s), ask, answer, reasons)
