"""Validation of the frames of one message: pure, the time is passed in."""

from __future__ import annotations

import pytest

from can_bridge import Reason
from can_bridge.frame_check import FrameCheck
from can_bridge.spec import BitField, FrameSpec, Protection

LIMIT_S = 0.5


@pytest.fixture
def check() -> FrameCheck:
    counter = BitField(big_endian=False, shift=8, bits=4, signed=False)
    protection = Protection(counter, 3, 0, "xor8", ())
    return FrameCheck(FrameSpec(0x100, "Motion", 4, 0.1, LIMIT_S, protection))


def current(check: FrameCheck, now: float) -> float | Reason:
    """The age of the newest valid frame, or why there is none now."""
    return check.reason(now, LIMIT_S) or check.age_s(now)


def frame(counter: int, value: int = 0) -> bytes:
    body = bytes((counter % 16, value, 0))
    return bytes((body[0] ^ body[1] ^ body[2],)) + body


def damaged(counter: int) -> bytes:
    good = frame(counter)
    return bytes((good[0] ^ 1,)) + good[1:]


def test_nothing_came(check: FrameCheck) -> None:
    assert current(check, 0.0) is Reason.NEVER_SEEN
    assert not check.seen


def test_a_value_holds_until_its_limit_and_no_longer(check: FrameCheck) -> None:
    check.feed(frame(0, 7), 10.0)
    assert current(check, 10.0) == 0.0
    assert current(check, 10.0 + LIMIT_S) == LIMIT_S
    assert current(check, 10.0 + LIMIT_S + 1e-6) is Reason.STALE


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (damaged(1), Reason.BAD_CHECKSUM),
        (frame(0), Reason.BAD_COUNTER),
        (frame(1)[:3], Reason.IMPLAUSIBLE),
        (frame(1) + b"\0", Reason.IMPLAUSIBLE),
        (b"", Reason.IMPLAUSIBLE),
    ],
    ids=["damaged", "repeated", "short", "long", "empty"],
)
def test_a_refused_frame_neither_replaces_the_value_nor_prolongs_it(
    check: FrameCheck, bad: bytes, reason: Reason
) -> None:
    check.feed(frame(0, 7), 0.0)
    assert check.feed(bad, 0.4) is reason
    assert current(check, 0.45) == 0.45
    assert current(check, 0.6) is reason
    assert current(check, 0.4 + LIMIT_S + 0.01) is Reason.STALE


def test_only_refused_frames_ever(check: FrameCheck) -> None:
    check.feed(damaged(0), 0.0)
    assert current(check, 0.1) is Reason.BAD_CHECKSUM
    assert current(check, 1.0) is Reason.STALE


def test_a_frozen_counter_is_refused_every_time(check: FrameCheck) -> None:
    check.feed(frame(5), 0.0)
    assert [check.feed(frame(5), 0.1 * n) for n in range(1, 5)] == [Reason.BAD_COUNTER] * 4


def test_lost_frames_are_forgiven_within_the_step(check: FrameCheck) -> None:
    counters = [14, 15, 0, 3, 4]
    assert [check.feed(frame(c), 0.1 * n) for n, c in enumerate(counters)] == [None] * 5


def test_a_jump_costs_one_frame(check: FrameCheck) -> None:
    check.feed(frame(0), 0.0)
    assert check.feed(frame(8), 0.1) is Reason.BAD_COUNTER
    assert check.feed(frame(9), 0.2) is None


def test_after_a_pause_any_counter_begins_again(check: FrameCheck) -> None:
    check.feed(frame(5), 0.0)
    assert check.feed(frame(5), LIMIT_S + 0.01) is None


def test_a_damaged_frame_does_not_move_the_counter(check: FrameCheck) -> None:
    check.feed(frame(5), 0.0)
    check.feed(damaged(6), 0.1)
    assert check.feed(frame(7), 0.2) is None


def test_a_clock_that_steps_back_makes_no_negative_age(check: FrameCheck) -> None:
    check.feed(frame(0), 5.0)
    assert current(check, 4.0) == 0.0
