"""sim: a frame that an ECU wants to send in, what reaches the bus of it out."""

from __future__ import annotations

import dataclasses
import math
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sim.ecus.values import Values
from sim.errors import ScenarioError
from sim.fault_effect import check_effect
from sim.frame import FrameBuilder, Physical
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

_ERROR_STATES: Mapping[str, tuple[int, bytes]] = {
    "": (0x88, bytes(8)),  # a protocol error on the bus
    "passive": (0x04, b"\x00\x10" + bytes(6)),
    "bus_off": (0x40, bytes(8)),
}
"""What a controller tells of itself -> identifier and data of Linux' error frames."""
_LASTS_S = {"bus_off": 5.0, "ecu_reset": 1.5}
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


class Faults:
    """The faults that are in force."""

    def __init__(self, builders: Iterable[FrameBuilder], seed: int = 0) -> None:
        """None yet; the builders say what can be named."""
        self._builders = {builder.name: builder for builder in builders}
        self._active: dict[str, list[Fault]] = {}
        self._until: list[tuple[float, Fault]] = []
        self._last: dict[str, bytes] = {}
        self._counters: dict[str, int] = {}
        self._random = random.Random(seed)
        self.all: list[Fault] = []
        """In the order in which they came."""

    def clear(self) -> None:
        """Everything works again."""
        for held in (self._active, self._until, self._last, self._counters, self.all):
            held.clear()

    def check(self, fault: Fault) -> None:
        """Raise a ScenarioError if the vehicle lacks what the fault names, or it changes nothing."""
        nodes = {b.sender for b in self._builders.values()}
        if fault.ecu and fault.ecu not in nodes:
            known = ", ".join(sorted(nodes))
            raise ScenarioError(f"the vehicle has no ECU '{fault.ecu}'; choose of {known}")
        if fault.message and fault.message not in self._builders:
            known = ", ".join(sorted(self._builders))
            raise ScenarioError(f"the vehicle has no message '{fault.message}'; choose of {known}")
        if fault.signal and fault.signal not in self._builders[fault.message].signals:
            known = ", ".join(self._builders[fault.message].signals)
            raise ScenarioError(
                f"the message {fault.message} has no signal '{fault.signal}'; choose of {known}"
            )
        check_effect(fault, self._builders.values())

    def add(self, fault: Fault, now_s: float = 0.0) -> None:
        """Put a fault in force."""
        self.all.append(fault)
        lasts_s = fault.seconds or _LASTS_S.get(fault.kind, 0.0)
        if fault.kind in _LASTS_S:
            self._until.append((now_s + lasts_s, fault))
        for builder in self._builders.values():
            if fault.ecu == builder.sender or fault.message == builder.name:
                self._active.setdefault(builder.name, []).append(fault)

    def end(self, now_s: float) -> Sequence[Fault]:
        """Take away the faults whose time is over, and return them."""
        over = [fault for until_s, fault in self._until if until_s <= now_s]
        if over:
            self._until = [(until_s, f) for until_s, f in self._until if until_s > now_s]
            self.all = [fault for fault in self.all if fault not in over]
            for faults in self._active.values():
                faults[:] = [fault for fault in faults if fault not in over]
        return over

    def is_silent(self, ecu: str) -> bool:
        """Whether an ECU neither sends nor hears anything."""
        whole = ("silent", "bus_off", "ecu_reset")
        return any(fault.ecu == ecu and fault.kind in whole for fault in self.all)

    @property
    def silent_ecus(self) -> frozenset[str]:
        """Those that the others miss."""
        return frozenset(fault.ecu for fault in self.all if fault.ecu and self.is_silent(fault.ecu))

    @property
    def babbling(self) -> tuple[int, bool] | None:
        """The identifier that a node floods the bus with, and whether it has 29 bits."""
        babble = next((fault for fault in self.all if fault.kind == "babble"), None)
        return None if babble is None else (babble.identifier, babble.extended)

    def destroyed(self) -> tuple[int, bytes] | None:
        """Identifier and data of the error frame in place of the next frame; None if it passes."""
        for fault in self.all:
            if fault.kind == "error_frames" and self._random.random() < fault.share:
                return _ERROR_STATES[fault.state]
        return None

    def delay_s(self, builder: FrameBuilder) -> float:
        """How much later the frames of a message reach the bus."""
        faults = self._active.get(builder.name, ())
        return sum(fault.seconds for fault in faults if fault.kind == "delay")

    def frame(self, builder: FrameBuilder, values: Values, counter: int) -> bytes | None:
        """The bytes that reach the bus; None when nothing does."""
        active = self._active.get(builder.name)
        if not active:
            return builder.build(values, counter)
        kinds = {fault.kind for fault in active}
        if kinds & {"silent", "bus_off", "ecu_reset"} or self._is_lost(active):
            return None
        if "freeze" in kinds and builder.name in self._last:
            return self._last[builder.name]
        data = self._built(builder, values, self._counter(builder, counter, active), active)
        self._last[builder.name] = data
        return self._damaged(builder, data, active)

    def _is_lost(self, active: list[Fault]) -> bool:
        return any(f.kind == "drop" and self._random.random() < f.share for f in active)

    def _counter(self, builder: FrameBuilder, counter: int, active: list[Fault]) -> int:
        for fault in active:
            if fault.kind == "freeze_counter":
                return self._counters.setdefault(builder.name, counter)
            if fault.kind == "wrong_counter":
                last = self._counters.get(builder.name, counter)
                self._counters[builder.name] = (last + fault.step) % builder.counter_modulus
                return self._counters[builder.name]
        return counter

    def _built(
        self, builder: FrameBuilder, values: Values, counter: int, active: list[Fault]
    ) -> bytes:
        raw: dict[str, int] = {}
        other: dict[str, Physical] = {}
        for fault in active:
            if fault.kind == "raw":
                raw[fault.signal] = fault.raw
            elif fault.kind == "sna":
                other[fault.signal] = None
            elif fault.kind == "out_of_range":
                raw[fault.signal] = builder.raw_beyond(fault.signal)
            elif fault.kind == "implausible":
                other[fault.signal] = _untrue(builder, values, fault)
        return builder.build({**values, **other}, counter, raw)

    def _damaged(self, builder: FrameBuilder, data: bytes, active: list[Fault]) -> bytes:
        for fault in active:
            if fault.kind == "bad_checksum":
                data = builder.damaged(data)
            elif fault.kind == "corrupt" and data:
                bit = self._random.randrange(len(data) * 8)
                turned = int.from_bytes(data, "little") ^ 1 << bit
                data = turned.to_bytes(len(data), "little")
            elif fault.kind == "wrong_length":
                data = data[: fault.length].ljust(fault.length, b"\0")
        return data


def _untrue(builder: FrameBuilder, values: Values, fault: Fault) -> Physical:
    """A value in the signal's range, far from the true one."""
    if fault.value is not None:
        return fault.value
    low, high = builder.limits(fault.signal)
    true = builder.number_of(fault.signal, values.get(fault.signal))
    if true is None or true > (low + high) / 2:
        return low + (high - low) * 0.1
    return low + (high - low) * 0.9


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
        return isinstance(value, str) and (
            value in _ERROR_STATES if key == "state" else value != ""
        )
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
        "state": f"one of {', '.join(filter(None, _ERROR_STATES))}",
    }.get(key, "a name")
