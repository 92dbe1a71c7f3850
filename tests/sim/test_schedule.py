"""When frames are sent: pure, the time is passed in."""

from __future__ import annotations

from collections import Counter

import pytest

from sim.frame import FrameBuilder
from sim.schedule import Schedule, frame_seconds
from sim.vehicle_files import load_vehicle

VEHICLE = load_vehicle("aster")
BUILDERS = [FrameBuilder(message) for message in VEHICLE.messages]


def sent_until(end_s: float, step_s: float = 0.001) -> list[tuple[float, str]]:
    schedule = Schedule(BUILDERS, 0.0)
    sent = []
    for tick in range(round(end_s / step_s)):
        now_s = tick * step_s
        while schedule.next_due_s() <= now_s:
            sent.append((now_s, schedule.take(now_s).name))
    return sent


def test_every_message_is_sent_at_the_start_and_then_at_its_cycle_time() -> None:
    sent = sent_until(11.0)
    assert {name for at, name in sent if at == 0.0} == {b.name for b in BUILDERS}
    counts = Counter(name for at, name in sent if at >= 1.0)
    for builder in BUILDERS:
        assert counts[builder.name] == pytest.approx(10.0 / builder.cycle_s, abs=1)


def test_the_bus_is_far_from_full() -> None:
    load = sum(frame_seconds(b.length, b.extended, VEHICLE.bitrate) / b.cycle_s for b in BUILDERS)
    assert load < 0.5


def test_after_a_pause_nothing_is_sent_in_a_burst() -> None:
    schedule = Schedule(BUILDERS, 0.0)
    while not schedule.all_sent_once:
        schedule.take(0.0)
    burst = []
    while schedule.next_due_s() <= 30.0:
        burst.append(schedule.take(30.0).name)
    assert max(Counter(burst).values()) <= 2


@pytest.mark.parametrize(("size", "low", "high"), [(0, 47, 55), (8, 111, 135)])
def test_a_frame_takes_its_bits(size: int, low: int, high: int) -> None:
    assert low <= frame_seconds(size, False, 1) <= high
