"""Drafting: the frames of a recording come in, what was seen of each message and candidate goes out.

One pass, and constant memory: values are counted up to a limit, and sampled ever more rarely.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import can
from cantools.database.can import Message

from can_bridge.dbc import bit_field, frame_key, page_of
from can_bridge.drafting.protecting import ProtectionFinder
from can_bridge.frame_plan import float_reader
from can_bridge.recording import frame_key as key_of
from can_bridge.spec import BitField, Page

_MOST_VALUES = 4096
_MOST_SAMPLES = 2048
_MOST_INTERVALS = 4096


@dataclass
class Pace:
    """How frames follow each other."""

    intervals: list[float] = field(default_factory=list)
    longest_gap_s: float = 0.0
    _last_s: float | None = None

    def take(self, at_s: float) -> None:
        """One more frame."""
        if self._last_s is not None:
            gap_s = max(0.0, at_s - self._last_s)
            self.longest_gap_s = max(self.longest_gap_s, gap_s)
            if len(self.intervals) < _MOST_INTERVALS:
                self.intervals.append(gap_s)
        self._last_s = at_s

    def cycle_s(self) -> float | None:
        """The median interval if they are periodic, else None."""
        if len(self.intervals) < 10:  # noqa: PLR2004
            return None
        ordered = sorted(self.intervals)
        median = ordered[len(ordered) // 2]
        late = ordered[len(ordered) * 9 // 10]
        early = ordered[len(ordered) // 10]
        periodic = median > 0 and late <= 2.0 * median and early >= 0.3 * median
        return round(median, 3 if median >= 0.0095 else 4) if periodic else None  # noqa: PLR2004


@dataclass
class SignalSeen:
    """The raw values of one signal."""

    field_: BitField
    page: Page | None = None
    """Of a multiplexed signal: the frames that carry it."""
    pace: Pace = field(default_factory=Pace)
    """Of those frames."""
    counts: Counter[int] = field(default_factory=Counter)
    """Raw value -> how often, for the first few thousand different ones."""
    samples: list[tuple[float, int]] = field(default_factory=list)
    """(time, raw value), evenly spread over the recording."""
    changes: int = 0
    _last: int | None = None
    _next_s: float = 0.0
    _period_s: float = 0.0

    def __post_init__(self) -> None:
        """What its bits are as a number, if they are not a whole one."""
        place = self.field_
        self._number_of = float_reader(place.bits) if place.is_float else None

    def take(self, data: bytes, at_s: float) -> None:
        """Count the value of a frame, if it carries one."""
        if self.page is not None:
            if not self.page.holds(data):
                return
            self.pace.take(at_s)
        raw = self.field_.extract(data)
        if self._number_of is not None and not math.isfinite(self._number_of(raw)):
            return
        if raw in self.counts or len(self.counts) < _MOST_VALUES:
            self.counts[raw] += 1
        if raw != self._last:
            self.changes += 1
            self._last = raw
        if at_s >= self._next_s:
            self.samples.append((at_s, raw))
            if len(self.samples) >= _MOST_SAMPLES:
                self.samples = self.samples[::2]
                span_s = self.samples[-1][0] - self.samples[0][0]
                self._period_s = max(2 * self._period_s, span_s / len(self.samples))
            self._next_s = at_s + self._period_s


@dataclass
class MessageSeen:
    """The frames of one message."""

    message: Message
    count: int = 0
    lengths: Counter[int] = field(default_factory=Counter)
    pace: Pace = field(default_factory=Pace)
    signals: dict[str, SignalSeen] = field(default_factory=dict)
    finder: ProtectionFinder | None = None

    def take(self, data: bytes, at_s: float) -> None:
        """Count a frame; values only of those with the DBC's length."""
        self.count += 1
        self.lengths[len(data)] += 1
        self.pace.take(at_s)
        if len(data) != self.message.length:
            return
        for seen in self.signals.values():
            seen.take(data, at_s)
        if self.finder is not None:
            self.finder.take(data)


@dataclass
class Seen:
    """Everything that the recording shows."""

    messages: dict[int, MessageSeen]
    strangers: Counter[int] = field(default_factory=Counter)
    """Keys of frames that are not in the DBC -> how many."""
    channels: Counter[str] = field(default_factory=Counter)
    frames: int = 0
    first_s: float | None = None
    last_s: float = 0.0

    @property
    def seconds(self) -> float:
        """How long the recording is."""
        return self.last_s - (self.first_s if self.first_s is not None else self.last_s)


def observe(
    frames: Iterable[can.Message], messages: Iterable[Message], wanted: dict[int, list[str]]
) -> Seen:
    """Go through the recording once; `wanted` names the signals of each message to be counted."""
    seen = Seen({frame_key(m): _prepared(m, wanted.get(frame_key(m), [])) for m in messages})
    for frame in frames:
        if frame.is_error_frame or frame.is_remote_frame:
            continue
        seen.frames += 1
        at_s = frame.timestamp
        if seen.first_s is None:
            seen.first_s = at_s
        seen.last_s = max(seen.last_s, at_s)
        key = key_of(frame)
        seen.channels[str(frame.channel)] += 1
        known = seen.messages.get(key)
        if known is None:
            seen.strangers[key] += 1
        else:
            known.take(bytes(frame.data), at_s)
    return seen


def _prepared(message: Message, names: Iterable[str]) -> MessageSeen:
    prepared = MessageSeen(message)
    for signal in message.signals:
        if signal.name in names:
            place, page = bit_field(signal, message.length), page_of(message, signal)
            prepared.signals[signal.name] = SignalSeen(place, page)
    if prepared.signals:
        prepared.finder = ProtectionFinder(message)
    return prepared


def paired(first: SignalSeen, second: SignalSeen) -> Iterator[tuple[int, int]]:
    """The raw values that two signals had at the same time."""
    others = iter(second.samples)
    current = next(others, None)
    following = next(others, None)
    for at_s, raw in first.samples:
        while following is not None and following[0] <= at_s:
            current, following = following, next(others, None)
        if current is not None and current[0] <= at_s:
            yield raw, current[1]
