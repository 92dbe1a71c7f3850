"""sim: a frame that an ECU wants to send in, what reaches the bus of it out."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence

from sim.ecus.values import Values
from sim.errors import ScenarioError
from sim.fault import ERROR_STATES, Fault
from sim.fault_effect import check_effect
from sim.frame import FrameBuilder, Physical

_LASTS_S = {"bus_off": 5.0, "ecu_reset": 1.5}


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
                return ERROR_STATES[fault.state]
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
