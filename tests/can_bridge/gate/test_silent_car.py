"""What is said of a command when the car does not tell any more what it did."""

from __future__ import annotations

from pathlib import Path

import pytest

from can_bridge import Known, Reading, Reason, Unknown, load_profile
from can_bridge.command_rules import Attempt, Cause, Outcome, Pace, Result

WINDOW, SPEED = "Vehicle.Window", "Vehicle.Speed"
COMMAND = load_profile(Path(__file__).with_name("pod")).commands[WINDOW]
FRAME_S = 0.01


class Ride:
    """A command of the window, from its first frame on; time passes by `after`."""

    def __init__(self, sends: int = 1) -> None:
        self.readings: dict[str, Reading] = {
            WINDOW: Known(20.0, "%", 0.0),
            SPEED: Known(10.0, "km/h", 0.0),
        }
        self.now = 100.0
        self.attempt = Attempt(COMMAND, 40, Pace(COMMAND.frame), self.now)
        for _ in range(sends):
            self.attempt.sending(self.now)
            self.attempt.sent(self.now)

    def after(self, seconds: float, **readings: Reading) -> Outcome | bool:
        self.now += seconds
        self.readings |= {f"Vehicle.{name}": reading for name, reading in readings.items()}
        return self.attempt.step(self.now, self.readings.__getitem__)


def ended(outcome: Outcome | bool) -> Outcome:
    assert isinstance(outcome, Outcome)
    return outcome


def test_a_limit_is_that_of_the_readings_that_confirm_it() -> None:
    profile = load_profile(Path(__file__).with_name("pod"))
    source = profile.sources[WINDOW]
    assert COMMAND.patience_s == profile.frames[source.frame].limit_of(source)
    assert COMMAND.patience_s < COMMAND.deadline_s


def test_it_ends_when_the_state_was_unknown_for_longer_than_its_limit() -> None:
    ride = Ride()
    assert not isinstance(ride.after(0.1, Window=Known(35.0, "%", 0.0)), Outcome)
    assert not isinstance(ride.after(0.1, Window=Unknown(Reason.STALE)), Outcome)
    assert not isinstance(ride.after(COMMAND.patience_s), Outcome)
    outcome = ended(ride.after(FRAME_S))
    assert (outcome.result, outcome.cause) == (Result.FAILED, Cause.STATE_UNKNOWN)
    assert outcome.text == (
        f"Vehicle.Window is not reported any more (stale), {ride.now - 100:.1f} s after the request; "
        f"whether it changed is not known"
    )


def test_a_short_gap_is_waited_out_and_what_comes_then_confirms_it() -> None:
    ride = Ride()
    ride.after(0.1, Window=Unknown(Reason.BAD_CHECKSUM))
    ride.after(COMMAND.patience_s * 0.7, Window=Known(38.0, "%", 0.0))
    ride.after(0.1, Window=Unknown(Reason.BAD_CHECKSUM))
    assert not isinstance(ride.after(COMMAND.patience_s * 0.7), Outcome)
    assert ended(ride.after(0.05, Window=Known(40.0, "%", 0.0))).result is Result.CONFIRMED


@pytest.mark.parametrize("reason", list(Reason))
def test_nobody_says_that_it_did_not_change_where_that_is_unknown(reason: Reason) -> None:
    ride = Ride()
    unknown = Unknown(reason)
    outcome = ended(ride.after(COMMAND.deadline_s, Window=unknown, Speed=unknown))
    assert outcome.result is Result.FAILED
    assert outcome.text.endswith("whether it changed is not known")
    lost = reason is Reason.BUS_OFF
    assert outcome.cause is (Cause.BUS_OFF if lost else Cause.STATE_UNKNOWN)


def test_a_state_that_moved_and_did_not_arrive_is_not_said_to_be_unchanged() -> None:
    ride = Ride()
    readings: dict[str, Reading] = {"Window": Known(35.0, "%", 0.0), "Speed": Unknown(Reason.STALE)}
    outcome = ended(ride.after(COMMAND.deadline_s, **readings))
    assert (outcome.result, outcome.cause) == (Result.FAILED, Cause.INTERLOCK)
    assert outcome.text == (
        "the car did not report Vehicle.Window as 40 % in 1 s, and Vehicle.Speed is unknown (stale)"
    )


def test_what_was_never_sent_is_refused_when_the_car_falls_silent() -> None:
    ride = Ride(sends=0)
    ride.after(0.1, Window=Unknown(Reason.STALE))
    outcome = ended(ride.after(COMMAND.patience_s + FRAME_S))
    assert (outcome.result, outcome.cause) == (Result.REFUSED, Cause.STATE_UNKNOWN)
    assert outcome.text.endswith("; nothing was sent")
