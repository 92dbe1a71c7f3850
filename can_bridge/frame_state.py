"""can_bridge: the plan of a frame in, the place where its newest values are kept out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Literal

from can_bridge.frame_check import FrameCheck
from can_bridge.frame_plan import FieldPlan, byte_order
from can_bridge.plausible import Doubt
from can_bridge.readings import Known, Reading, Reason
from can_bridge.spec import FrameSpec, SignalSource, SignalSpec


class LiveSignal:
    """One signal, as the newest valid frame carries it."""

    __slots__ = ("decode", "doubts", "freshness", "path", "plain", "reading", "unsure")

    def __init__(self, plan: FieldPlan, freshness: Freshness) -> None:
        """As a frame of zeros would say, with which LiveFrame begins."""
        self.path = plan.path
        self.decode = plan.decode
        self.reading: Reading = plan.decode(0)
        """What the frame said when it came, fresh or not."""
        self.freshness = freshness
        self.doubts: tuple[Doubt, ...] = ()
        self.plain = False
        """Whether it was said to be fresh and beyond doubt, so that a new reading is the truth."""
        self.unsure = False
        """Whether it was said to be fresh, and has not yet agreed with what it is compared with."""

    def settle(self) -> None:
        """See anew what is thought of it."""
        fresh = self.freshness.reason is None
        stands = any(doubt.stands for doubt in self.doubts)
        agreed = all(doubt.agreed for doubt in self.doubts)
        self.plain = fresh and agreed and not stands
        self.unsure = fresh and not agreed and not stands

    def aged(self, now: float) -> Reading:
        """What the frame said, with its age."""
        reading = self.reading
        if isinstance(reading, Known):
            return Known(reading.value, reading.unit, self.freshness.frame.check.age_s(now))
        return reading


class Freshness:
    """The signals of one frame that have the same time limit."""

    __slots__ = ("frame", "limit_s", "reason", "signals", "waits")

    def __init__(self, frame: LiveFrame, limit_s: float) -> None:
        """No frame was seen yet."""
        self.frame = frame
        self.limit_s = limit_s
        self.signals: list[LiveSignal] = []
        self.reason: Reason | None = Reason.NEVER_SEEN
        """Why none of them is known, as it was published; None if they are."""
        self.waits = False
        """Whether a deadline is set for it."""


class Part:
    """The signals of one frame that are read in the same byte order."""

    __slots__ = ("fields", "followed", "mask", "number", "order")

    def __init__(self, order: Literal["little", "big"]) -> None:
        """Without fields."""
        self.order = order
        self.fields: tuple[tuple[int, int, LiveSignal], ...] = ()
        """(bits in the frame, shift, signal)"""
        self.mask = 0
        """Bits of all its signals: neither the counter nor the checksum."""
        self.followed = 0
        """Bits of the signals from which others are derived."""
        self.number = 0
        """The newest valid frame, read as one number."""

    def add(self, plan: FieldPlan, signal: LiveSignal) -> None:
        """One more signal."""
        self.fields += ((plan.mask, plan.shift, signal),)
        self.mask |= plan.mask

    def paths_of(self, bits: int) -> list[str]:
        """The signals to which any of the bits belongs."""
        return [signal.path for mask, _, signal in self.fields if bits & mask]


class LiveFrame:
    """The newest frame of one identifier: whether it is valid, and what it says."""

    __slots__ = ("absent", "bus", "check", "freshness", "parts", "troubled")

    def __init__(
        self,
        spec: FrameSpec,
        plans: Iterable[tuple[SignalSpec, SignalSource]],
    ) -> None:
        """Nothing was seen yet."""
        self.check = FrameCheck(spec)
        self.bus: int | None = None
        """The number of the bus that it came from."""
        self.absent = False
        """Whether the car said that it has no such value."""
        self.troubled = True
        """Whether any of its signals was said to be unknown for want of a valid frame."""
        parts: dict[Literal["little", "big"], Part] = {}
        freshness: dict[float, Freshness] = {}
        for signal_spec, source in plans:
            limit_s = spec.limit_s if source.limit_s is None else source.limit_s
            fresh = freshness.setdefault(limit_s, Freshness(self, limit_s))
            plan = FieldPlan(signal_spec, source)
            signal = LiveSignal(plan, fresh)
            fresh.signals.append(signal)
            order = byte_order(source)
            parts.setdefault(order, Part(order)).add(plan, signal)
        self.parts = tuple(parts.values())
        self.freshness = tuple(freshness.values())

    @property
    def signals(self) -> Iterable[LiveSignal]:
        """All of them."""
        for fresh in self.freshness:
            yield from fresh.signals

    def mark_followed(self, paths: Collection[str]) -> None:
        """Take note of the signals from which others are derived."""
        for part in self.parts:
            for mask, _, signal in part.fields:
                part.followed |= mask if signal.path in paths else 0


def live_frames(
    frames: Mapping[int, FrameSpec],
    signals: Mapping[str, SignalSpec],
    sources: Mapping[str, SignalSource],
) -> dict[int, LiveFrame]:
    """One LiveFrame for each frame of the table."""
    of_frame: dict[int, list[tuple[SignalSpec, SignalSource]]] = {key: [] for key in frames}
    for path, source in sources.items():
        of_frame[source.frame].append((signals[path], source))
    return {key: LiveFrame(spec, of_frame[key]) for key, spec in frames.items()}
