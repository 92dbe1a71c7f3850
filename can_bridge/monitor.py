"""can_bridge: readings in, the lines of a table or of JSON out; prints nothing itself."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from can_bridge.error_frames import BusHealth
from can_bridge.readings import Known, Reading, Value

_PATH_WIDTH, _VALUE_WIDTH, _UNIT_WIDTH = 62, 24, 10


def table(readings: Mapping[str, Reading], contains: str = "") -> str:
    """One line per path: value, unit, age and validity, or the reason."""
    lines = [_columns("path", "value", "unit", "age  validity")]
    for path, reading in readings.items():
        if contains.lower() in path.lower():
            lines.append(_line(path, reading))
    return "\n".join(lines)


def _line(path: str, reading: Reading) -> str:
    name = path.removeprefix("Vehicle.")
    if isinstance(reading, Known):
        age = f"{reading.age_s:4.1f} s  known"
        return _columns(name, shown_value(reading.value), reading.unit or "", age)
    return _columns(name, "-", "", f"     -  {reading.reason.value}")


def _columns(path: str, value: str, unit: str, rest: str) -> str:
    if len(path) > _PATH_WIDTH:
        path = "…" + path[1 - _PATH_WIDTH :]
    return f"{path:<{_PATH_WIDTH}} {value:>{_VALUE_WIDTH}} {unit:<{_UNIT_WIDTH}} {rest}"


def shown_value(value: Value) -> str:
    """A value as a person reads it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value or '""' if isinstance(value, str) else f"{value:g}" if value < 1e6 else str(value)  # noqa: PLR2004


def json_lines(readings: Mapping[str, Reading], contains: str = "") -> str:
    """One JSON object per path, as in `evidence` of `auriga ask --json`."""
    lines = []
    for path, reading in readings.items():
        if contains.lower() not in path.lower():
            continue
        entry: dict[str, object] = {"path": path}
        if isinstance(reading, Known):
            entry |= {"value": reading.value, "unit": reading.unit}
            entry["age_ms"] = round(reading.age_s * 1000)
            if reading.sources:
                entry["from"] = reading.sources
        else:
            entry["unknown"] = reading.reason.value
        lines.append(json.dumps(entry, ensure_ascii=False))
    return "\n".join(lines)


def bus_lines(buses: Iterable[tuple[str, BusHealth]], as_json: bool) -> str:
    """One line for each bus, as the SPEC names it, on which there were error frames."""
    lines = []
    for spec, health in buses:
        if not health.error_frames:
            continue
        if as_json:
            told = {"bus": spec, "state": health.state, "error_frames": health.error_frames}
            lines.append(json.dumps(told, ensure_ascii=False))
        else:
            state = health.state.replace("_", " ")
            lines.append(f"bus {spec}: {state}, {health.error_frames} error frames")
    return "\n".join(lines)
