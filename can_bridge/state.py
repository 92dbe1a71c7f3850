"""can_bridge: frames and the time in, readings of every path out; pure, no thread and no bus.

Every frame is decoded when it comes.  What changed is published at once: a value, or the reason why
there is none.  Silence is a change too: `sweep` must be called when `next_look_at` has come.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable

from can_bridge.derive import Derivation
from can_bridge.frame_code import taker
from can_bridge.frame_pages import take_with_pages
from can_bridge.frame_state import Comparison, Freshness, LiveFrame, LiveSignal, Watch, live_frames
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
        self._live = tuple(
            live for f in self._frames.values() for live in (f, *(page for _, page in f.pages))
        )
        """The frames, and the pages of multiplexed ones."""
        self._watches = {fresh.watch for live in self._live for fresh in live.freshness}
        self._signals = {signal.path: signal for live in self._live for signal in live.signals}
        self._derived = {
            path: Derivation(profile.signals[path], source)
            for path, source in profile.derived.items()
        }
        for derivation in self._derived.values():
            for path in derivation.inputs:
                self._signals[path].followers += (derivation,)
        for live in self._live:
            live.mark_followed()
            live.take = taker(live, publish, self._derive_from)
        for frame in self._frames.values():
            if frame.pages:
                frame.take = take_with_pages(frame, self._look_into)
        self._paths = tuple(profile.signals)
        self._awaited = {
            key for key, spec in profile.frames.items() if spec.cycle_s is not None or key & POLLED
        }
        self._off = [False] * buses
        self.next_look_at = float("inf")
        """When `sweep` has something to do; infinity if never."""
        self._looks: list[tuple[float, int, Watch]] = []
        self._comparisons: list[tuple[float, int, Comparison]] = []
        """Heaps of what is to be looked at: when, a number that decides between two of the same time."""
        self._look_number = 0
        for number, spec in enumerate(profile.plausible, start=-len(profile.plausible)):
            signal, near = self._signals[spec.path], map(self._signals.__getitem__, spec.near)
            self._comparisons.append((0.0, number, Comparison(Doubt(spec), signal, near)))
            self.next_look_at = 0.0

    @property
    def silence_matters(self) -> bool:
        """Whether a reading could change without a frame; not so when all that was fresh has aged.

        Then a rule of [plausible] has nothing to compare either.
        """
        return any(watch.at < float("inf") for watch in self._watches)

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
        fault = frame.take(data, now, bus)
        if frame.troubled or fault is not None:
            self._look_into(frame, now)
        return fault

    def feed_all(self, frames: Iterable[tuple[int, bytes, float]], bus: int | None = 0) -> None:
        """Take (key, data, time) of many frames as `feed` takes one, and sweep whenever it is due."""
        frame_of = self._frames.get
        for key, data, at_s in frames:
            frame = frame_of(key)
            if frame is not None:
                fault = frame.take(data, at_s, bus)
                if frame.troubled or fault is not None:
                    self._look_into(frame, at_s)
            if self.next_look_at < at_s:
                self.sweep(at_s)

    def _look_into(self, frame: LiveFrame, now: float) -> None:
        """See to a frame that came, where it could make another reason out of the present one."""
        self._awaited.discard(frame.check.spec.key)
        frame.absent = False
        if not frame.freshness:  # a multiplexed message without a signal that every frame carries
            frame.troubled = False
        self._look_at(frame.freshness, now)

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
            for live in self._live:
                self._look_at(live.freshness, now)

    def sweep(self, now: float) -> None:
        """Look at what was due before now: signals that fell silent, and those in doubt."""
        looks, comparisons = self._looks, self._comparisons
        if looks and looks[0][0] < now:
            self._look_for_silence(now)
        # Last, since it relies on what is known to be fresh.
        while comparisons and comparisons[0][0] < now:
            comparison = comparisons[0][2]
            if comparison.look(now):
                self._doubt(comparison.signal, now)
            self._look_number += 1
            next_at = now + comparison.doubt.period_s
            heapq.heapreplace(comparisons, (next_at, self._look_number, comparison))
        compared_at = comparisons[0][0] if comparisons else float("inf")
        self.next_look_at = min(looks[0][0], compared_at) if looks else compared_at

    def _look_for_silence(self, now: float) -> None:
        looks, due = self._looks, []
        while looks and looks[0][0] < now:
            due.append(heapq.heappop(looks))
        for at, _, watch in due:
            if watch.at == at:  # else an earlier look was planned since
                self._look_through(watch, now)

    def _look_through(self, watch: Watch, now: float) -> None:
        limit_s, oldest, others = watch.limit_s, float("inf"), []
        for fresh in watch.members:
            valid_at = fresh.frame.check.valid_at
            if fresh.reason is not None or now - valid_at > limit_s:
                others.append(fresh)
            elif valid_at < oldest:  # as nearly always
                oldest = valid_at
        watch.at = oldest + limit_s
        if others:
            self._look_at(others, now)
        if oldest + limit_s == watch.at < float("inf"):  # else an earlier look is planned by now
            self._plan_look(watch)

    def _plan_look(self, watch: Watch) -> None:
        self._look_number += 1
        heapq.heappush(self._looks, (watch.at, self._look_number, watch))
        self.next_look_at = min(self.next_look_at, watch.at)

    def _look_at(self, several: Iterable[Freshness], now: float) -> None:
        """Publish the signals whose validity changed, and see to the next change."""
        for fresh in several:
            reason = self._why_unknown(fresh, now)
            if reason is not fresh.reason:
                fresh.reason = reason
                fresh.frame.troubled = any(f.reason is not None for f in fresh.frame.freshness)
                for signal in fresh.signals:
                    self._announce(signal, reason, now)
                self._derive_from(fresh.followed, now)
                self._compare_first(fresh, now)
            at = fresh.frame.check.changes_at(now, fresh.limit_s)
            if at is not None and at < fresh.watch.at:
                fresh.watch.at = at
                self._plan_look(fresh.watch)

    def _why_unknown(self, fresh: Freshness, now: float) -> Reason | None:
        bus = fresh.frame.bus
        if all(self._off) if bus is None else self._off[bus]:
            return Reason.BUS_OFF
        if fresh.frame.absent:
            return Reason.NOT_AVAILABLE
        return fresh.frame.check.reason(now, fresh.limit_s)

    def _announce(self, signal: LiveSignal, reason: Reason | None, now: float) -> None:
        """Publish a signal whose frame is not valid now for that reason, or is."""
        for comparison in signal.comparisons:
            if not comparison.doubt.agreed:  # never believed for a moment before it agreed
                comparison.look(now)
        signal.plain = signal.freshness.reason is None and not signal.doubted
        self._publish((signal.path, signal.said(reason, now), now))

    def _compare_first(self, fresh: Freshness, now: float) -> None:
        """Compare what had nothing yet to agree with, now that it has."""
        for signal in fresh.signals:
            for comparison in signal.compared_by:
                if not comparison.doubt.agreed and comparison.look(now):
                    self._doubt(comparison.signal, now)

    def _doubt(self, signal: LiveSignal, now: float) -> None:
        """Publish a signal that is to be believed from now on, or no more."""
        self._announce(signal, self._why_unknown(signal.freshness, now), now)
        self._derive_from([signal], now)

    def _derive_from(self, inputs: Iterable[LiveSignal], now: float) -> None:
        """Derive again what has one of these inputs; each once."""
        for derivation in dict.fromkeys(d for signal in inputs for d in signal.followers):
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
        return derivation.reading(
            self._direct(self._signals[path], now) for path in derivation.inputs
        )

    def _direct(self, signal: LiveSignal, now: float) -> Reading:
        return signal.said(self._why_unknown(signal.freshness, now), now)
