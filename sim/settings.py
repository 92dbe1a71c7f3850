"""sim: fields of the car and their values as somebody wrote them in, checked ones out."""

from __future__ import annotations

import dataclasses
import difflib
import math
from typing import Any

from sim.car import WORDS, Car
from sim.errors import ScenarioError
from sim.lamps import NAMES
from sim.limits import limits_of
from sim.written import is_number, shown

FIELDS = tuple(field.name for field in dataclasses.fields(Car))
_STATES = ("off", "on", "flashing")
_BLANK = Car()


def only(table: object, allowed: tuple[str, ...], place: str) -> dict[str, Any]:
    """The table, if it has no other keys; else a ScenarioError that names the nearest one."""
    if not isinstance(table, dict):
        raise ScenarioError(f"{place} must be a table; correct it")
    for key in table:
        if key not in allowed:
            near = difflib.get_close_matches(key, allowed, 1)
            hint = f"did you mean '{near[0]}'" if near else f"choose of {', '.join(allowed)}"
            raise ScenarioError(f"{place} has the unknown key '{key}'; {hint}", key)
    return table


def checked(table: object, place: str) -> dict[str, Any]:
    """Settings of a car, if all of them can be; else a ScenarioError, one sentence."""
    settings = only(table, FIELDS, place)
    for field, value in settings.items():
        if not _fits(field, getattr(_BLANK, field), value):
            problem = f"{field} in {place} cannot be {shown(value)}; it is {like(field)}"
            raise ScenarioError(problem, field)
    return settings


def like(field: str) -> str:
    """What a field of the car can be, for a sentence."""
    if field in WORDS:
        return f"of {', '.join(WORDS[field])}"
    low, high = limits_of(field)
    present = getattr(_BLANK, field)
    if math.isinf(low) or isinstance(present, bool):
        return f"like {present!r}"
    far = f"{low:g} on" if math.isinf(high) else f"{low:g} to {high:g}"
    return f"from {far}" + (f" in {', '.join(present)}" if isinstance(present, dict) else "")


def is_possible(field: str, value: object) -> bool:
    """Whether a number, or what stands for one, can be that of a field."""
    low, high = limits_of(field)
    return isinstance(value, int | float) and is_number(value) and low <= value <= high


def is_number_field(field: str) -> bool:
    """Whether a field of the car is one number."""
    present = getattr(_BLANK, field, "")
    return present is None or (isinstance(present, int | float) and not isinstance(present, bool))


def _fits(field: str, present: object, value: object) -> bool:
    if field in WORDS:
        words = value if isinstance(present, list) and isinstance(value, list) else [value]
        return type(present) is type(value) and all(word in WORDS[field] for word in words)
    if field == "lamps":
        return isinstance(value, dict) and all(
            name in NAMES and state in _STATES for name, state in value.items()
        )
    if isinstance(present, dict):
        return (
            isinstance(value, dict)
            and set(value) <= set(present)
            and all(is_possible(field, number) for number in value.values())
        )
    if isinstance(present, bool | str):
        return isinstance(value, type(present))
    if isinstance(present, int):
        return isinstance(value, int) and is_possible(field, value)
    return is_possible(field, value)
