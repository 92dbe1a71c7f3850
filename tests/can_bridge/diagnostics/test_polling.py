"""Polling of mode 01: which value is asked for when, and what reaches the readings."""

from __future__ import annotations

import threading
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from can_bridge.diagnostics.polling import Poller, Schedule
from can_bridge.spec import POLLED

STEP_S = 5.0
PIDS = {
    b"\x01\x00": bytes.fromhex("4100 08180000"),  # 05, 0C, 0D
    b"\x01\x05": bytes.fromhex("4105 78"),
    b"\x01\x0c": bytes.fromhex("410C 1AF8"),
    b"\x01\x0d": bytes.fromhex("410D 32"),
}


class Readings:
    """What is fed, and a wait for it."""

    def __init__(self) -> None:
        self.fed: list[tuple[int, bytes | None]] = []
        self._arrived = threading.Condition()

    def feed(self, key: int, data: bytes | None) -> None:
        with self._arrived:
            self.fed.append((key, data))
            self._arrived.notify_all()

    def wait_for(self, key: int, data: bytes | None, times: int = 1) -> bool:
        with self._arrived:
            return self._arrived.wait_for(lambda: self.fed.count((key, data)) >= times, STEP_S)


def test_values_come_again_and_again_and_missing_ones_are_told(bench: Any, ecus: Any) -> None:
    engine = bench.ecu(ecus["ECM"], PIDS)
    readings = Readings()
    poller = Poller(bench.client(), {0x05: 0.1, 0x0D: 0.05, 0x42: 0.05}, readings.feed)
    poller.start()
    try:
        assert readings.wait_for(POLLED | 0x42, None)
        assert readings.wait_for(POLLED | 0x0D, b"\x32", 3)
        assert readings.wait_for(POLLED | 0x05, b"\x78", 2)
    finally:
        poller.close()
    assert b"\x01\x42" not in engine.asked


def test_a_value_is_asked_of_the_unit_that_has_it(bench: Any, ecus: Any) -> None:
    bench.ecu(ecus["ECM"], {b"\x01\x00": bytes.fromhex("4100 08000000")})
    bench.ecu(ecus["HCU"], PIDS)
    readings = Readings()
    poller = Poller(bench.client(), {0x0C: 0.05}, readings.feed)
    poller.start()
    try:
        assert readings.wait_for(POLLED | 0x0C, b"\x1a\xf8")
    finally:
        poller.close()


def test_a_unit_that_falls_silent_and_returns_is_found_again(bench: Any, ecus: Any) -> None:
    engine = bench.ecu(ecus["ECM"], PIDS)
    readings = Readings()
    poller = Poller(bench.client(), {0x0D: 0.02}, readings.feed)
    poller.start()
    try:
        assert readings.wait_for(POLLED | 0x0D, b"\x32")
        engine.close()
        returned = bench.ecu(ecus["ECM"], PIDS | {b"\x01\x0d": bytes.fromhex("410D 33")})
        assert readings.wait_for(POLLED | 0x0D, b"\x33")
        assert returned.asked
    finally:
        poller.close()


def test_closing_ends_the_thread_while_nobody_answers(bench: Any) -> None:
    poller = Poller(bench.client(), {0x0D: 0.02}, lambda key, data: None)
    before = threading.active_count()
    poller.start()
    poller.close()
    assert threading.active_count() == before


@given(
    st.dictionaries(st.integers(0, 255), st.floats(0.1, 5.0), min_size=1, max_size=12),
    st.floats(0.01, 1.0),
)
def test_with_too_much_to_ask_for_every_value_still_comes_round(
    periods_s: dict[int, float], answer_s: float
) -> None:
    schedule = Schedule(periods_s, 0.0)
    longest, shortest = max(periods_s.values()), min(periods_s.values())
    end = 2 * longest + 2 * answer_s * len(periods_s) * (longest / shortest + 1)
    now, asked = 0.0, set()
    while now < end:
        pid, wait_s = schedule.next(now) or (-1, 0.0)
        asked.add(pid)
        now += wait_s
        schedule.asked(pid, now)
        now += answer_s
    assert asked == set(periods_s)


def test_nothing_is_asked_for_before_its_time() -> None:
    schedule = Schedule({1: 1.0, 2: 0.5}, 10.0)
    for pid in (1, 2):
        schedule.asked(pid, 10.0)
    assert schedule.next(10.0) == (2, 0.5)
    assert schedule.next(10.75) == (2, 0.0)
    schedule.asked(2, 10.75)
    assert schedule.next(10.9) == (1, 11.0 - 10.9)
