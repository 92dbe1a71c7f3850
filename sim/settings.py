"""sim: fields of the car and their values as somebody wrote them in, checked ones out."""

from __future__ import annotations

import dataclasses
import difflib
from typing import Any

from sim.car import WORDS, Car
from sim.errors import ScenarioError
from sim.lamps import NAMES

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
            raise ScenarioError(f"{place} has the unknown key '{key}'; {hint}")
    return table


def checked(table: object, place: str) -> dict[str, Any]:
    """Settings of a car, if all of them can be; else a ScenarioError, one sentence."""
    settings = only(table, FIELDS, place)
    for field, value in settings.items():
        present = getattr(_BLANK, field)
        if not _fits(field, present, value):
            like = f"of {', '.join(WORDS[field])}" if field in WORDS else f"like {present!r}"
            raise ScenarioError(f"{field} in {place} cannot be {value!r}; it is {like}")
    return settings


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
            and all(_is_number(v) for v in value.values())
        )
    if isinstance(present, bool):
        return isinstance(value, bool)
    if isinstance(present, float) or present is None:
        return _is_number(value)
    return isinstance(value, type(present))


def _is_number(value: object) -> bool:
    """A number that a car can have: no text, no truth, not infinite."""
    return (
        isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9  # noqa: PLR2004
    )
