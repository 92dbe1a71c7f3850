"""The gate against a car's controller on the real Unix-socket bus, with a witness."""

from __future__ import annotations

import itertools
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from can_bridge import Known, VehicleProfile, find_vehicle, load_profile, open_bridge
from can_bridge.command_rules import Cause, Result, reports
from can_bridge.errors import TransmitError
from can_bridge.gate import open_gate
from can_bridge.ledger import Ledger
from can_bridge.spec import CommandFrame
from can_bridge.transmit import Transmitter

ASTER = load_profile(find_vehicle("aster"))


def ended(outcome: Any) -> tuple[Result, Cause]:
    return outcome.result, outcome.cause


CONFIRMED = (Result.CONFIRMED, Cause.REPORTED)


def sent(street: Any, count: int) -> None:
    """Note that the message of most commands was sent so often, a second ago."""
    with Ledger(street.bridge.bus_name).turn(frame_of(street)) as turn:
        for _ in range(count):
            turn.note(time.monotonic() - 1)


def frame_of(street: Any) -> CommandFrame:
    frame: CommandFrame = street.gate.commands["Vehicle.Window"].frame
    return frame


def test_a_command_is_confirmed_when_the_car_reports_it(street: Any) -> None:
    outcome = street.gate.set("Vehicle.Window", 40)
    assert ended(outcome) == CONFIRMED
    assert outcome.text == "Vehicle.Window is now 40 %"
    assert street.bridge.read("Vehicle.Window").value == 40


def test_a_frame_asks_for_one_thing_and_for_nothing_else(street: Any) -> None:
    street.gate.set("Vehicle.Window", 40)
    asked = street.car.asked[0]
    assert (asked["WindowAsk"], asked["ModeAsk"], asked["LampAsk"]) == (40, 15, 3)


def test_words_and_truths_can_be_asked_for(street: Any) -> None:
    assert ended(street.gate.set("Vehicle.Lamp", True)) == CONFIRMED
    street.drive()
    assert ended(street.gate.set("Vehicle.Mode", "sport")) == CONFIRMED


def test_a_command_of_several_readings_needs_all_of_them(street: Any) -> None:
    assert ended(street.gate.set("Vehicle.IsLocked", True)) == CONFIRMED
    street.drive(Lock1=0, Lock2=0)
    street.car.obeys = False
    street.drive(Lock2=1)
    outcome = street.gate.set("Vehicle.IsLocked", True)
    assert ended(outcome) == (Result.FAILED, Cause.TIMEOUT)


def test_a_state_that_is_there_already_is_confirmed_without_a_frame(street: Any) -> None:
    outcome = street.gate.set("Vehicle.Window", 0.4)
    assert ended(outcome) == (Result.CONFIRMED, Cause.ALREADY)
    assert street.seen() == []


@pytest.mark.parametrize(
    ("path", "value", "cause"),
    [
        ("Vehicle.Speed", 50, Cause.NOT_LISTED),
        ("Vehicle.Lock1", True, Cause.NOT_LISTED),
        ("Vehicle.Nothing", True, Cause.NOT_LISTED),
        ("Vehicle.Window", 80.5, Cause.BAD_VALUE),
        ("Vehicle.Window", -1, Cause.BAD_VALUE),
        ("Vehicle.Window", float("nan"), Cause.BAD_VALUE),
        ("Vehicle.Window", float("inf"), Cause.BAD_VALUE),
        ("Vehicle.Window", True, Cause.BAD_VALUE),
        ("Vehicle.Window", "40", Cause.BAD_VALUE),
        ("Vehicle.Lamp", 1, Cause.BAD_VALUE),
        ("Vehicle.Lamp", "on", Cause.BAD_VALUE),
        ("Vehicle.Mode", "snow", Cause.BAD_VALUE),
        ("Vehicle.Mode", 1, Cause.BAD_VALUE),
        ("Vehicle.Mode", "no_request", Cause.BAD_VALUE),
        ("Vehicle.Mode", "sport", Cause.INTERLOCK),
    ],
)
def test_what_is_not_allowed_is_refused_and_nothing_is_sent(
    street: Any, path: str, value: Any, cause: Cause
) -> None:
    outcome = street.gate.set(path, value)
    assert ended(outcome) == (Result.REFUSED, cause)
    assert outcome.text.endswith("nothing was sent")
    assert street.seen() == []


def test_an_interlock_refuses_and_says_why(street: Any) -> None:
    street.drive(Speed=80)
    outcome = street.gate.set("Vehicle.Window", 50)
    assert ended(outcome) == (Result.REFUSED, Cause.INTERLOCK)
    assert outcome.text == "the car is moving (Vehicle.Speed is 80 km/h); nothing was sent"
    assert street.seen() == []


def test_an_interlock_that_guards_some_values_lets_others_pass(street: Any) -> None:
    street.drive(Window=50, Speed=80)
    assert ended(street.gate.set("Vehicle.Window", 0)) == CONFIRMED


def test_an_unknown_reading_satisfies_no_interlock(street: Any) -> None:
    street.drive(Speed=6553.5)
    outcome = street.gate.set("Vehicle.Window", 50)
    assert ended(outcome) == (Result.REFUSED, Cause.INTERLOCK)
    assert "Vehicle.Speed is unknown (not_available)" in outcome.text


def test_a_state_that_the_car_does_not_report_is_not_asked_for(street: Any) -> None:
    street.drive(Window=255)
    outcome = street.gate.set("Vehicle.Window", 50)
    assert ended(outcome) == (Result.REFUSED, Cause.STATE_UNKNOWN)
    assert street.seen() == []


def test_a_car_that_does_not_obey_fails_the_command_and_is_left_alone_after_the_deadline(
    street: Any,
) -> None:
    street.car.obeys = False
    outcome = street.gate.set("Vehicle.Window", 50)
    assert ended(outcome) == (Result.FAILED, Cause.TIMEOUT)
    assert outcome.sends == len(street.seen()) == 3
    time.sleep(0.3)
    assert street.seen() == []


def test_a_car_that_falls_silent_after_the_command_has_confirmed_nothing(street: Any) -> None:
    street.car.obeys = False
    street.drive(Window=49)  # what it last reported is not what was asked for ...
    done: list[Any] = []
    thread = threading.Thread(target=lambda: done.append(street.gate.set("Vehicle.Window", 60)))
    thread.start()
    street.car.reports = False
    thread.join()
    assert done[0].result is Result.FAILED


def test_a_report_that_is_older_than_the_frame_does_not_count(
    pod: VehicleProfile, street: Any
) -> None:
    """The reading equals the target but is not newer: that is no success."""
    command = pod.commands["Vehicle.Window"]

    def read(path: str) -> Known:
        return Known(50.0, "%", 0.2)

    assert reports(command, 50, read, now=10.0, after=9.7)
    assert not reports(command, 50, read, now=10.0, after=9.9)


def test_an_interlock_that_is_lost_under_way_stops_the_sending(street: Any) -> None:
    street.car.obeys = False
    done: list[Any] = []
    thread = threading.Thread(target=lambda: done.append(street.gate.set("Vehicle.Window", 50)))
    street.car.state["Speed"] = 20
    thread.start()
    while not street.car.asked:
        time.sleep(0.005)
    street.car.state["Speed"] = 90
    thread.join()
    assert ended(done[0]) == (Result.FAILED, Cause.INTERLOCK)
    assert done[0].sends < 3


def test_a_second_command_of_a_message_that_is_under_way_is_refused_and_not_queued(
    street: Any,
) -> None:
    street.car.obeys = False
    thread = threading.Thread(target=lambda: street.gate.set("Vehicle.Window", 50))
    thread.start()
    while not street.car.asked:
        time.sleep(0.005)
    assert ended(street.gate.set("Vehicle.Lamp", True)) == (Result.REFUSED, Cause.BUSY)
    street.car.obeys = True
    assert ended(street.gate.set("Vehicle.IsLocked", True)) == CONFIRMED  # another message
    thread.join()
    assert all(asked.get("LampAsk", 3) == 3 for asked in street.car.asked)


def test_too_many_in_a_minute_are_refused(street: Any) -> None:
    sent(street, 30)
    assert ended(street.gate.set("Vehicle.Lamp", True)) == (Result.REFUSED, Cause.TOO_SOON)
    assert street.seen() == []


def test_a_closed_gate_refuses_and_ends_what_is_under_way(street: Any) -> None:
    street.car.obeys = False
    done: list[Any] = []
    thread = threading.Thread(target=lambda: done.append(street.gate.set("Vehicle.Window", 50)))
    thread.start()
    while not street.car.asked:
        time.sleep(0.005)
    street.gate.close()
    thread.join()
    assert ended(done[0]) == (Result.FAILED, Cause.CLOSED)
    assert ended(street.gate.set("Vehicle.Lamp", True)) == (Result.REFUSED, Cause.CLOSED)


def test_on_a_bus_that_only_receives_nothing_is_sent(street: Any, pod: VehicleProfile) -> None:
    with open_bridge(pod, f"unix:{street.channel}") as bridge, open_gate(bridge) as gate:
        bridge.wait_ready(5.0)
        assert ended(gate.set("Vehicle.Lamp", True)) == (Result.FAILED, Cause.BUS_OFF)
    assert street.seen() == []


def test_counters_rise_from_frame_to_frame(street: Any) -> None:
    street.car.obeys = False
    street.gate.set("Vehicle.Window", 50)
    counters = [frame.data[1] & 0xF for frame in street.seen()]
    assert [(b - a) % 16 for a, b in itertools.pairwise(counters)] == [1, 1]


def test_without_commands_toml_everything_is_refused(pod_folder: Any, street: Any) -> None:
    folder: Path = pod_folder()
    (folder / "commands.toml").unlink()
    profile = load_profile(folder)
    assert profile.commands == {}
    with open_bridge(profile, f"unix:{street.channel}", may_send=True) as bridge:
        gate = open_gate(bridge)
        for path in profile.signals:
            assert ended(gate.set(path, 1)) == (Result.REFUSED, Cause.NOT_LISTED)
    assert street.seen() == []


def test_everything_else_of_aster_and_every_other_cars_commands_are_refused(
    street: Any, pod: VehicleProfile
) -> None:
    with open_bridge(ASTER, f"unix:{street.channel}", may_send=True) as bridge:
        gate = open_gate(bridge)
        others = set(ASTER.signals) - set(ASTER.commands)
        assert len(others) > 100
        for path in (*others, *(set(pod.commands) - set(ASTER.commands))):
            for value in (0, 1.0, True, "on"):
                assert ended(gate.set(path, value)) == (Result.REFUSED, Cause.NOT_LISTED)
    for path in ASTER.commands:  # and Aster's at the other car
        assert street.gate.set(path, 1).result is Result.REFUSED
    assert street.seen() == []


def test_no_identifier_but_those_of_the_commands_can_be_sent(street: Any) -> None:
    keys = {command.frame.key for command in ASTER.commands.values()}
    transmitter = Transmitter(street.bridge.sender, dict.fromkeys(keys, (0,)))
    for key in (*(set(range(0x800)) - keys), *ASTER.frames, 1 << 31 | 0x4A0, -1):
        with pytest.raises(TransmitError, match="nothing was sent"):
            transmitter.send(key, bytes(8))
    assert street.seen() == []
