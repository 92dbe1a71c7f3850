"""sim: a line of a scenario or of a command in, one fault of the bus or of an ECU out."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass

from sim.errors import ScenarioError
from sim.written import is_number, shown


@dataclass(frozen=True, slots=True)
class FaultKind:
    """What a fault needs to be named, and what it does."""

    needs: tuple[str, ...]
    """Keys; `target` is an ecu or a message."""
    says: str
    may: tuple[str, ...] = ()


KINDS: Mapping[str, FaultKind] = {
    "silent": FaultKind(("target",), "nothing is sent"),
    "drop": FaultKind(("target",), "frames are lost, all or a share of them (0 to 1)", ("share",)),
    "delay": FaultKind(("target", "seconds"), "frames reach the bus later by so many seconds"),
    "freeze": FaultKind(("target",), "the last frame is sent again and again"),
    "corrupt": FaultKind(("target",), "one bit of each frame is turned over"),
    "freeze_counter": FaultKind(("target",), "the counter stands still, all else goes on"),
    "wrong_counter": FaultKind(("target",), "the counter jumps by step (7)", ("step",)),
    "bad_checksum": FaultKind(("target",), "the checksum does not fit"),
    "wrong_length": FaultKind(("target", "length"), "the frame has so many bytes"),
    "sna": FaultKind(("message", "signal"), "the signal is sent as not available"),
    "raw": FaultKind(("message", "signal", "raw"), "the signal has this raw value"),
    "out_of_range": FaultKind(("message", "signal"), "the signal lies outside of its range"),
    "implausible": FaultKind(
        ("message", "signal"), "the signal has a possible value that is not the car's", ("value",)
    ),
    "babble": FaultKind(
        (),
        "a node floods the bus with frames of one identifier, of 29 bits if `extended` is true",
        ("identifier", "extended"),
    ),
    "error_frames": FaultKind(
        (),
        "frames are destroyed, all or a share of them (0 to 1), and sent again; the error frame "
        "in their place tells the state, passive or bus_off, of a receiver's controller",
        ("share", "state"),
    ),
    "bus_off": FaultKind(("ecu",), "the ECU leaves the bus for some seconds (5)", ("seconds",)),
    "ecu_reset": FaultKind(("ecu",), "the ECU starts again (1.5 seconds)", ("seconds",)),
}
"""Every kind of fault of the bus and of the ECUs."""

ERROR_STATES: Mapping[str, tuple[int, bytes]] = {
    "": (0x88, bytes(8)),  # a protocol error on the bus
    "passive": (0x04, b"\x00\x10" + bytes(6)),
    "bus_off": (0x40, bytes(8)),
}
"""What a controller tells of itself -> identifier and data of Linux' error frames."""
_WHOLE: Mapping[str, int] = {"length": 8, "identifier": 0x1FFFFFFF, "raw": 1 << 64, "step": 1 << 32}
"""Key of a fault that is a whole number from 0 on -> the greatest; a frame has up to 8 bytes."""
STANDARD_MOST = 0x7FF
"""The greatest identifier of 11 bits; one of 29 bits is said to be one."""
_STEP = 7  # more than a receiver takes for lost frames


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of the bus or of an ECU."""

    kind: str
    ecu: str = ""
    """The node of the DBC."""
    message: str = ""
    signal: str = ""
    raw: int = 0
    """Sent in place of the signal's raw value."""
    length: int = 0
    """Bytes that the frame has instead of its own length."""
    share: float = 1.0
    seconds: float = 0.0
    step: int = _STEP
    value: float | None = None
    identifier: int = 0
    extended: bool = False
    """Whether the identifier has 29 bits."""
    state: str = ""
    """Of a receiver's controller, as its error frames tell it."""


def fault_from(row: Mapping[str, object]) -> Fault:
    """A fault from the keys of a scenario or a command; ScenarioError, one sentence, if wrong."""
    kind = row.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise ScenarioError(f"there is no fault kind {shown(kind)}; choose of {', '.join(KINDS)}")
    known = KINDS[kind]
    allowed = {"kind", *known.may, *(set(known.needs) - {"target"})}
    if "target" in known.needs:
        allowed |= {"ecu", "message"}
        if "ecu" not in row and "message" not in row:
            raise ScenarioError(f"the fault {kind} needs an ecu or a message; add one")
    missing = [key for key in known.needs if key != "target" and key not in row]
    if missing:
        raise ScenarioError(f"the fault {kind} needs {', '.join(missing)}; add it")
    for key, value in row.items():
        if key not in allowed:
            listed = ", ".join(sorted(allowed - {"kind"})) or "nothing"
            raise ScenarioError(f"the fault {kind} takes no '{key}'; it takes {listed}")
        if not _fits(key, value):
            raise ScenarioError(
                f"expected {_expected(key)} as '{key}' of the fault {kind}, found {shown(value)}; "
                f"correct it"
            )
    fault = Fault(**row)  # type: ignore[arg-type]
    if fault.identifier > STANDARD_MOST and not fault.extended:
        raise ScenarioError(
            f"expected 0 to {STANDARD_MOST} as 'identifier' of the fault {kind}, which is what 11 bits "
            f"hold, found {fault.identifier}; correct it, or add extended = true for 29 bits"
        )
    return fault


def _fits(key: str, value: object) -> bool:
    default = next(f.default for f in dataclasses.fields(Fault) if f.name == key)
    if isinstance(default, bool):
        return isinstance(value, bool)
    if isinstance(default, str) or key == "kind":
        return isinstance(value, str) and (value in ERROR_STATES if key == "state" else value != "")
    if key in _WHOLE:
        return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _WHOLE[key]
    if not isinstance(value, int | float) or not is_number(value):
        return False
    return key == "value" or 0 < value <= (1 if key == "share" else math.inf)


def _expected(key: str) -> str:
    """What `_fits` takes, in words."""
    if key in _WHOLE:
        return f"a whole number from 0 to {_WHOLE[key]}"
    return {
        "extended": "true or false",
        "share": "a number above 0 and up to 1",
        "seconds": "a number above 0",
        "value": "a number",
        "state": f"one of {', '.join(filter(None, ERROR_STATES))}",
    }.get(key, "a name")
