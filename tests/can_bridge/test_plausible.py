"""Signals that contradict one another, and what is consumed over a distance."""

from __future__ import annotations

import pytest

from can_bridge import Known, Reason, Unknown, VehicleProfile, load_profile
from can_bridge.consumption import Consumption
from can_bridge.errors import ProfileError
from can_bridge.state import Change, VehicleState
from tests.can_bridge.conftest import ToyFolder
from tests.can_bridge.test_state import MOTION, SLOW, motion

RULE = (
    '[telltales]\n[plausible]\n"Vehicle.Speed" = '
    '{ near = ["Vehicle.Angle"], absolute = 5, relative = 0.1, hold_s = 0.2 }'
)
AGREES, DISAGREES = 5000, 20000


@pytest.fixture
def doubting(toy_folder: ToyFolder) -> VehicleProfile:
    """The toy, whose speed has to be near its steering angle of 50 degrees."""
    return load_profile(toy_folder(signals=("[telltales]", RULE)))


def drive(state: VehicleState, speed: int, begin: int, end: int) -> None:
    """From tick to tick of 0.05 s with that raw speed."""
    for tick in range(begin, end):
        now = tick * 0.05
        state.feed(SLOW, (500).to_bytes(2, "big") + bytes(2), now)
        state.feed(MOTION, motion(tick, speed=speed), now)
        state.sweep(now)


def test_a_contradiction_makes_it_implausible_within_the_limit(doubting: VehicleProfile) -> None:
    published: list[Change] = []
    state = VehicleState(doubting, published.append)
    drive(state, AGREES, 0, 20)
    assert state.read("Vehicle.Speed", 1.0) == Known(50.0, "km/h", pytest.approx(0.05))
    drive(state, DISAGREES, 20, 30)
    assert state.read("Vehicle.Speed", 1.5) == Unknown(Reason.IMPLAUSIBLE)
    assert published[-1][:2] == ("Vehicle.Speed", Unknown(Reason.IMPLAUSIBLE))
    limit_s = doubting.frames[MOTION].limit_s
    assert published[-1][2] <= 1.0 + limit_s
    drive(state, AGREES, 30, 40)
    assert published[-1][:2] == ("Vehicle.Speed", Known(50.0, "km/h", pytest.approx(0.0)))


def test_a_short_difference_is_forgiven(doubting: VehicleProfile) -> None:
    state = VehicleState(doubting)
    drive(state, AGREES, 0, 20)
    drive(state, DISAGREES, 20, 22)
    drive(state, AGREES, 22, 40)
    assert isinstance(state.read("Vehicle.Speed", 2.0), Known)


def test_with_nothing_to_compare_it_is_believed(doubting: VehicleProfile) -> None:
    published: list[Change] = []
    state = VehicleState(doubting, published.append)
    for tick in range(20):
        state.feed(MOTION, motion(tick, speed=DISAGREES + tick), tick * 0.05)
        state.sweep(tick * 0.05)
    assert isinstance(state.read("Vehicle.Speed", 1.0), Known)
    told = [reading for path, reading, _ in published if path == "Vehicle.Speed"]
    assert len(told) >= 20 and isinstance(told[-1], Known)


def test_one_that_never_agreed_is_not_believed_for_a_moment(doubting: VehicleProfile) -> None:
    published: list[Change] = []
    state = VehicleState(doubting, published.append)
    drive(state, DISAGREES, 0, 10)
    assert state.read("Vehicle.Speed", 0.5) == Unknown(Reason.IMPLAUSIBLE)
    told = [reading for path, reading, _ in published if path == "Vehicle.Speed"]
    assert told and not any(isinstance(reading, Known) for reading in told)
    drive(state, AGREES, 10, 20)
    assert isinstance(state.read("Vehicle.Speed", 1.0), Known)


def test_a_doubt_outlives_a_silence(doubting: VehicleProfile) -> None:
    state = VehicleState(doubting)
    drive(state, AGREES, 0, 20)
    drive(state, DISAGREES, 20, 30)
    assert state.read("Vehicle.Speed", 1.5) == Unknown(Reason.IMPLAUSIBLE)
    for tick in range(30, 80):
        state.sweep(tick * 0.05)
    assert state.read("Vehicle.Speed", 4.0) == Unknown(Reason.STALE)
    drive(state, DISAGREES, 80, 81)
    assert state.read("Vehicle.Speed", 4.05) == Unknown(Reason.IMPLAUSIBLE)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (('"Vehicle.Angle"], abs', '"Vehicle.Nonsense"], abs'), "Vehicle.Nonsense"),
        (('"Vehicle.Angle"], abs', '"Vehicle.Gear"], abs'), "Vehicle.Gear"),
        (("near = [", "near = [], far = ["), "at least one"),
        (("hold_s = 0.2", "hold_s = 9"), "hold_s"),
        (("hold_s = 0.2", "hold = 0.2"), "hold"),
    ],
)
def test_a_rule_that_cannot_work_is_refused(
    toy_folder: ToyFolder, change: tuple[str, str], says: str
) -> None:
    with pytest.raises(ProfileError, match=says):
        load_profile(toy_folder(signals=("[telltales]", RULE.replace(*change))))


def test_a_signal_may_have_a_limit_of_its_own(toy_folder: ToyFolder) -> None:
    text = 'signal = "DoorOpen",'
    toy = load_profile(toy_folder(signals=(text, text + " timeout_s = 2,")))
    state = VehicleState(toy)
    state.feed(MOTION, motion(0), 0.0)
    assert state.read("Vehicle.Speed", 1.0) == Unknown(Reason.STALE)
    assert isinstance(state.read("Vehicle.Door", 1.0), Known)
    assert state.read("Vehicle.Door", 2.1) == Unknown(Reason.STALE)


def test_consumption_is_told_after_the_distance_and_again_after_refuelling() -> None:
    meter = Consumption(distance_km=10, tank=True)
    tank_l = [40 - 0.06 * km for km in range(31)]
    told = [meter.take(1000.0 + km, litres) for km, litres in enumerate(tank_l)]
    assert told[:10] == [Reason.NOT_AVAILABLE] * 10
    assert told[10:] == [6.0] * 21
    assert meter.take(1030.0, 42.0) is Reason.NOT_AVAILABLE
    assert meter.take(1035.0, 41.7) is Reason.NOT_AVAILABLE
    assert meter.take(1040.0, 41.4) == 6.0


def test_consumption_does_not_believe_an_odometer_that_jumps() -> None:
    meter = Consumption(distance_km=10, tank=False)
    assert meter.take(1000.0, 0.0) is Reason.NOT_AVAILABLE
    assert meter.take(1010.0, 0.7) == 7.0
    assert meter.take(999.0, 0.7) is Reason.NOT_AVAILABLE
    assert meter.take(5000.0, 0.8) is Reason.NOT_AVAILABLE
