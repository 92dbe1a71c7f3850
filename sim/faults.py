"""sim: a frame that an ECU wants to send in, what reaches the bus of it out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sim.ecus.values import Values
from sim.errors import ScenarioError
from sim.frame import FrameBuilder

FAULT_KEYS: Mapping[str, tuple[str, ...]] = {
    "silent": (),
    "sna": ("message", "signal"),
    "raw": ("message", "signal", "raw"),
    "freeze_counter": ("message",),
    "bad_checksum": ("message",),
    "wrong_length": ("message", "length"),
}
"""Kind of fault -> the keys that it needs (`silent`: an ecu or a message)."""


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


class Faults:
    """The faults that are in force."""

    def __init__(self, builders: Iterable[FrameBuilder]) -> None:
        """None yet; the builders say what can be named."""
        self._builders = {builder.name: builder for builder in builders}
        self._active: dict[str, list[Fault]] = {}
        self._frozen: dict[str, int] = {}

    def clear(self) -> None:
        """Everything works again."""
        self._active.clear()
        self._frozen.clear()

    def check(self, fault: Fault) -> None:
        """Raise a ScenarioError if the vehicle lacks what the fault names."""
        if fault.ecu and fault.ecu not in {b.sender for b in self._builders.values()}:
            nodes = ", ".join(sorted({b.sender for b in self._builders.values()}))
            raise ScenarioError(f"the vehicle has no ECU '{fault.ecu}'; choose of {nodes}")
        if fault.message and fault.message not in self._builders:
            known = ", ".join(sorted(self._builders))
            raise ScenarioError(f"the vehicle has no message '{fault.message}'; choose of {known}")
        if fault.signal and fault.signal not in self._builders[fault.message].signals:
            known = ", ".join(self._builders[fault.message].signals)
            raise ScenarioError(
                f"the message {fault.message} has no signal '{fault.signal}'; choose of {known}"
            )

    def add(self, fault: Fault) -> None:
        """Put a fault in force."""
        for builder in self._builders.values():
            if fault.ecu == builder.sender or fault.message == builder.name:
                self._active.setdefault(builder.name, []).append(fault)

    def frame(self, builder: FrameBuilder, values: Values, counter: int) -> bytes | None:
        """The bytes that reach the bus; None when nothing does."""
        active = self._active.get(builder.name)
        if not active:
            return builder.build(values, counter)
        kinds = {fault.kind for fault in active}
        if "silent" in kinds:
            return None
        if "freeze_counter" in kinds:
            counter = self._frozen.setdefault(builder.name, counter)
        missing = {fault.signal: None for fault in active if fault.kind == "sna"}
        raw = {fault.signal: fault.raw for fault in active if fault.kind == "raw"}
        data = builder.build({**values, **missing}, counter, raw)
        if "bad_checksum" in kinds:
            data = builder.damaged(data)
        for fault in active:
            if fault.kind == "wrong_length":
                data = data[: fault.length].ljust(fault.length, b"\0")
        return data
