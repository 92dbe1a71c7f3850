"""can_bridge: frames and the time in, readings of every path out; pure, no thread and no bus.

Every frame is decoded when it comes.  What changed is published at once: a value, or the reason why
there is none.  Silence is a change too: `sweep` must be called when `next_look_at` has come.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable

from can_bridge.derive import Derivation
from can_bridge.frame_plan import UNKNOWN
from can_bridge.frame_state import Freshness, LiveSignal, Part, live_frames
from can_bridge.plausible import Doubt
from can_bridge.readings import Reading, Reason, Unknown
from can_bridge.spec import POLLED, VehicleProfile

Change = tuple[str, Reading, float]
"""Path, its new reading, and the time at which it became so."""


def _nobody(_change: Change) -> None:
    """Nobody wants to know."""


class VehicleState:
    """What is known of one vehicle."""

    def __init__(
        self,
        profile: VehicleProfile,
        publish: Callable[[Change], object] = _nobody,
        buses: int = 1,
    ) -> None:
        """Nothing is known yet; `publish` is told every change."""
        self._publish = publish
        self._frames = live_frames(profile.frames, profile.signals, profile.sources)
        self._signals = {s.path: s for frame in self._frames.values() for s in frame.signals}
        self._derived = {
            path: Derivation(profile.signals[path], source)
            for path, source in profile.derived.items()
        }
        self._followers: dict[str, list[Derivation]] = {}
        for derivation in self._derived.values():
            for path in derivation.inputs:
                self._followers.setdefault(path, []).append(derivation)
        for frame in self._frames.values():
            frame.mark_followed(self._followers.keys())
        self._paths = tuple(profile.signals)
        self._awaited = {
            key for key, spec in profile.frames.items() if spec.cycle_s is not None or key & POLLED
        }
        self._off = [False] * buses
        self._looks: list[tuple[float, int, Freshness | Doubt]] = []
        self._look_number = 0
        for spec in profile.plausible:
            doubt = Doubt(spec)
            self._signals[spec.path].doubts += (doubt,)
            self._plan_look(doubt, 0.0)

    @property
    def ready(self) -> bool:
        """Whether every cyclic message was seen."""
        return not self._awaited

    def counts(self) -> tuple[int, int]:
        """How many frames were accepted, and how many refused."""
        checks = [frame.check for frame in self._frames.values()]
        return sum(c.accepted for c in checks), sum(c.refused for c in checks)

    def feed(self, key: int, data: bytes, now: float, bus: int | None = 0) -> Reason | None:
        """Take a frame and decode what changed in it; one that is not in the table is ignored.

        Returns why it was refused, or None.  `bus` is None for what was asked for on any of them.
        """
        frame = self._frames.get(key)
        if frame is None:
            return None
        fault = frame.check.feed(data, now)
        if fault is None:
            frame.bus = bus
            for part in frame.parts:
                number = int.from_bytes(data, part.order)
                changed = (number ^ part.number) & part.mask
                if changed:
                    part.number = number
                    self._decode(part, changed, now)
        if frame.troubled or fault is not None:
            self._awaited.discard(key)
            frame.absent = False
            self._look_at(frame.freshness, now)
        return fault

    def _decode(self, part: Part, changed: int, now: float) -> None:
        """Decode the signals to which a changed bit belongs, and what is derived from them."""
        number = part.number
        for mask, shift, signal in part.fields:
            if changed & mask:
                reading = signal.decode((number & mask) >> shift)
                if reading is not signal.reading:
                    signal.reading = reading
                    if signal.plain:
                        self._publish((signal.path, reading, now))
                    elif signal.unsure:
                        self._publish((signal.path, self._direct(signal, now), now))
        if changed & part.followed:
            self._derive_from(part.paths_of(changed), now)

    def set_absent(self, key: int, now: float) -> None:
        """The car says that it has no such value; until it comes, its signals are not available."""
        frame = self._frames[key]
        self._awaited.discard(key)
        frame.absent = frame.troubled = True
        self._look_at(frame.freshness, now)

    def set_bus_off(self, bus: int, off: bool, now: float) -> None:
        """Say whether a bus is gone: nothing that came from it is known then."""
        if self._off[bus] != off:
            self._off[bus] = off
            for frame in self._frames.values():
                self._look_at(frame.freshness, now)

    @property
    def next_look_at(self) -> float:
        """When `sweep` has something to do; infinity if never."""
        return self._looks[0][0] if self._looks else float("inf")

    def sweep(self, now: float) -> None:
        """Look at what was due before now: signals that fell silent, and those in doubt."""
        due = []
        while self._looks and self._looks[0][0] < now:
            due.append(heapq.heappop(self._looks)[2])
        for item in due:
            if isinstance(item, Freshness):
                item.waits = False
                self._look_at((item,), now)
            else:
                self._judge(item, now)

    def _plan_look(self, item: Freshness | Doubt, at: float) -> None:
        self._look_number += 1  # decides between two of the same time
        heapq.heappush(self._looks, (at, self._look_number, item))

    def _look_at(self, several: Iterable[Freshness], now: float) -> None:
        """Publish the signals whose validity changed, and see to the next change."""
        for fresh in several:
            reason = self._why_unknown(fresh, now)
            if reason is not fresh.reason:
                fresh.reason = reason
                fresh.frame.troubled = any(f.reason is not None for f in fresh.frame.freshness)
                for signal in fresh.signals:
                    self._announce(signal, now)
                self._derive_from([signal.path for signal in fresh.signals], now)
            at = fresh.frame.check.changes_at(now, fresh.limit_s)
            if at is not None and not fresh.waits:
                fresh.waits = True
                self._plan_look(fresh, at)

    def _why_unknown(self, fresh: Freshness, now: float) -> Reason | None:
        bus = fresh.frame.bus
        if all(self._off) if bus is None else self._off[bus]:
            return Reason.BUS_OFF
        if fresh.frame.absent:
            return Reason.NOT_AVAILABLE
        return fresh.frame.check.reason(now, fresh.limit_s)

    def _announce(self, signal: LiveSignal, now: float) -> None:
        reading = self._direct(signal, now)
        signal.settle()
        self._publish((signal.path, reading, now))

    def _judge(self, doubt: Doubt, now: float) -> None:
        signal, spec = self._signals[doubt.spec.path], doubt.spec
        if doubt.look(self._fresh(signal, now), self._near(doubt, now), now):
            self._announce(signal, now)
            self._derive_from([spec.path], now)
        elif signal.unsure:
            signal.settle()
        self._plan_look(doubt, now + doubt.period_s)

    def _derive_from(self, paths: Iterable[str], now: float) -> None:
        """Derive again what has one of these inputs; each once."""
        followers = {d.path: d for path in paths for d in self._followers.get(path, ())}
        for derivation in followers.values():
            reading = self._derive(derivation, now)
            said = reading.reason if isinstance(reading, Unknown) else reading.value
            if said != derivation.said:
                derivation.said = said
                self._publish((derivation.path, reading, now))

    def read(self, path: str, now: float) -> Reading:
        """The reading of a path; KeyError if the vehicle has no such signal."""
        signal = self._signals.get(path)
        return self._direct(signal, now) if signal else self._derive(self._derived[path], now)

    def snapshot(self, now: float) -> dict[str, Reading]:
        """Every path at one moment."""
        return {path: self.read(path, now) for path in self._paths}

    def _derive(self, derivation: Derivation, now: float) -> Reading:
        return derivation.reading([self.read(path, now) for path in derivation.inputs])

    def _direct(self, signal: LiveSignal, now: float) -> Reading:
        reading = self._fresh(signal, now)
        if not signal.doubts or isinstance(reading, Unknown):
            return reading
        return UNKNOWN[Reason.IMPLAUSIBLE] if self._is_doubted(signal, reading, now) else reading

    def _is_doubted(self, signal: LiveSignal, reading: Reading, now: float) -> bool:
        """One that never agreed is compared whenever it is read, so that it is never believed once."""
        return any(
            doubt.stands
            or (not doubt.agreed and doubt.agrees(reading, self._near(doubt, now)) is False)
            for doubt in signal.doubts
        )

    def _near(self, doubt: Doubt, now: float) -> list[Reading]:
        return [self._fresh(self._signals[path], now) for path in doubt.spec.near]

    def _fresh(self, signal: LiveSignal, now: float) -> Reading:
        """What the signal says, if its frame is fresh, whether it is doubted or not."""
        reason = self._why_unknown(signal.freshness, now)
        return signal.aged(now) if reason is None else UNKNOWN[reason]
