"""can_bridge: the plan of a frame in, the place where its newest values are kept out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Literal

from can_bridge.derive import Derivation
from can_bridge.frame_check import FrameCheck
from can_bridge.frame_plan import UNKNOWN, FieldPlan, byte_order
from can_bridge.plausible import Doubt
from can_bridge.readings import Known, Reading, Reason, Value
from can_bridge.spec import FrameSpec, Page, SignalSource, SignalSpec


class LiveSignal:
    """One signal, as the newest valid frame carries it."""

    __slots__ = (
        "compared_by",
        "comparisons",
        "followers",
        "freshness",
        "path",
        "plain",
        "reading",
    )

    def __init__(self, plan: FieldPlan, freshness: Freshness) -> None:
        """As a frame of zeros would say, with which LiveFrame begins."""
        self.path = plan.path
        self.reading: Reading = plan.readings[0]
        """What the frame said when it came, fresh or not."""
        self.freshness = freshness
        self.comparisons: tuple[Comparison, ...] = ()
        """What it must agree with."""
        self.compared_by: tuple[Comparison, ...] = ()
        """What others must agree with it."""
        self.followers: tuple[Derivation, ...] = ()
        """What is derived from it."""
        self.plain = False
        """Whether it was said to be fresh and beyond doubt, so that a new reading is the truth."""

    @property
    def doubted(self) -> bool:
        """Whether it is not to be believed."""
        comparisons = self.comparisons  # nearly always none
        return bool(comparisons) and any(compared.doubt.stands for compared in comparisons)

    @property
    def value(self) -> Value | None:
        """What it says, if it was said to be fresh, whether it is doubted or not."""
        reading = self.reading
        fresh = self.freshness.reason is None
        return reading.value if fresh and isinstance(reading, Known) else None

    def said(self, reason: Reason | None, now: float) -> Reading:
        """What is to be said of it, if its frame is not valid now for that reason, or is."""
        if reason is not None:
            return UNKNOWN[reason]
        reading = self.reading
        if not isinstance(reading, Known):
            return reading
        if self.doubted:
            return UNKNOWN[Reason.IMPLAUSIBLE]
        age_s = self.freshness.frame.check.age_s(now)
        return Known(reading.value, reading.unit, age_s) if age_s else reading


class Freshness:
    """The signals of one frame that have the same time limit."""

    __slots__ = ("followed", "frame", "limit_s", "reason", "signals", "watch")

    def __init__(self, frame: LiveFrame, watch: Watch) -> None:
        """No frame was seen yet."""
        self.frame = frame
        self.limit_s = watch.limit_s
        self.watch = watch
        watch.members.append(self)
        self.signals: list[LiveSignal] = []
        self.followed: tuple[LiveSignal, ...] = ()
        """Those from which others are derived."""
        self.reason: Reason | None = Reason.NEVER_SEEN
        """Why none of them is known, as it was published; None if they are."""


class Watch:
    """What has the same time limit, in all frames, is looked at together: that is cheaper."""

    __slots__ = ("at", "limit_s", "members")

    def __init__(self, limit_s: float) -> None:
        """Nothing to look at yet."""
        self.limit_s = limit_s
        self.members: list[Freshness] = []
        self.at = float("inf")
        """When the first of them could have fallen silent; infinity if none could."""


class Part:
    """The signals of one frame that are read in the same byte order."""

    __slots__ = ("fields", "followed", "mask", "number", "order")

    def __init__(self, order: Literal["little", "big"]) -> None:
        """Without fields."""
        self.order = order
        self.fields: tuple[tuple[FieldPlan, LiveSignal], ...] = ()
        self.mask = 0
        """Bits of all its signals: neither the counter nor the checksum."""
        self.followed = 0
        """Bits of the signals from which others are derived."""
        self.number = 0
        """The newest valid frame, read as one number."""

    def add(self, plan: FieldPlan, signal: LiveSignal) -> None:
        """One more signal."""
        self.fields += ((plan, signal),)
        self.mask |= plan.mask

    def signals_of(self, bits: int) -> list[LiveSignal]:
        """Those to which any of the bits belongs."""
        return [signal for plan, signal in self.fields if bits & plan.mask]


class Comparison:
    """A rule of [plausible] and the signals that it compares."""

    __slots__ = ("_near", "doubt", "signal")

    def __init__(self, doubt: Doubt, signal: LiveSignal, near: Iterable[LiveSignal]) -> None:
        """The signal is doubted unless it agrees with those near to it."""
        self.doubt = doubt
        self.signal = signal
        self._near = tuple(near)
        signal.comparisons += (self,)
        for compared in self._near:
            compared.compared_by += (self,)

    def look(self, now: float) -> bool:
        """Compare; returns whether the signal is to be believed from now on, or no more."""
        value: Any = self.signal.value  # a number, as a vehicle's files may compare nothing else
        near: list[Any] = [
            reading.value
            for other in self._near
            if other.freshness.reason is None and isinstance(reading := other.reading, Known)
        ]
        return self.doubt.look(value, near, now)


def _nobody_takes(_data: bytes, _now: float, _bus: int | None) -> Reason | None:
    raise NotImplementedError


class LiveFrame:
    """The newest frame of one identifier: whether it is valid, and what it says."""

    __slots__ = (
        "absent",
        "alike",
        "bus",
        "check",
        "freshness",
        "pages",
        "parts",
        "take",
        "troubled",
    )

    def __init__(
        self,
        spec: FrameSpec,
        plans: Iterable[tuple[SignalSpec, SignalSource]],
        watches: dict[float, Watch],
    ) -> None:
        """Nothing was seen yet; `watches` has those of other frames, by their limit in s."""
        self.check = FrameCheck(spec)
        self.alike: dict[bytes, int] = {}
        """Frames that are known to be intact and to say the same as the newest, and their counters.

        While the values of a message stand still, the same few frames come over and over, one for
        each state of the counter.
        """
        self.bus: int | None = None
        """The number of the bus that it came from."""
        self.absent = False
        """Whether the car said that it has no such value."""
        self.troubled = True
        """Whether any of its signals was said to be unknown for want of a valid frame."""
        self.take: Callable[[bytes, float, int | None], Reason | None] = _nobody_takes
        """Takes a frame: data, time, number of the bus -> why it was refused; see frame_code."""
        self.pages: tuple[tuple[Page, LiveFrame], ...] = ()
        """Of a multiplexed message: what only some of its frames carry; see frame_pages."""
        parts: dict[Literal["little", "big"], Part] = {}
        freshness: dict[float, Freshness] = {}
        for signal_spec, source in plans:
            limit_s = spec.limit_of(source)
            if limit_s not in freshness:
                watch = watches.setdefault(limit_s, Watch(limit_s))
                freshness[limit_s] = Freshness(self, watch)
            fresh = freshness[limit_s]
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

    def mark_followed(self) -> None:
        """Take note of the signals from which others are derived."""
        for part in self.parts:
            for plan, signal in part.fields:
                part.followed |= plan.mask if signal.followers else 0
        for fresh in self.freshness:
            fresh.followed = tuple(signal for signal in fresh.signals if signal.followers)


def live_frames(
    frames: Mapping[int, FrameSpec],
    signals: Mapping[str, SignalSpec],
    sources: Mapping[str, SignalSource],
) -> dict[int, LiveFrame]:
    """One LiveFrame for each frame of the table, with one for each of its pages."""
    of_page: dict[int, dict[Page | None, list[tuple[SignalSpec, SignalSource]]]]
    of_page = {key: {None: []} for key in frames}
    for path, source in sources.items():
        of_page[source.frame].setdefault(source.page, []).append((signals[path], source))
    watches: dict[float, Watch] = {}
    live = {}
    for key, spec in frames.items():
        found = live[key] = LiveFrame(spec, of_page[key].pop(None), watches)
        # Counter and checksum are those of the whole message, which looks at them.
        bare = replace(spec, protection=None)
        found.pages = tuple(
            (page, LiveFrame(bare, plans, watches))
            for page, plans in of_page[key].items()
            if page is not None
        )
    return live
