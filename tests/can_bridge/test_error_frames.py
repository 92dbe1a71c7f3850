"""Error frames, and what they say of the controller of a bus."""

from __future__ import annotations

import json

import pytest

from can_bridge import BusHealth, ControllerState
from can_bridge.error_frames import ErrorFrames
from can_bridge.monitor import bus_lines

PROTOCOL, CONTROLLER, BUS_OFF, RESTARTED = 0x88, 0x04, 0x40, 0x100


@pytest.mark.parametrize(
    ("identifier", "data", "state"),
    [
        (PROTOCOL, bytes(8), ControllerState.ACTIVE),
        (CONTROLLER, b"\0\x04", ControllerState.WARNING),
        (CONTROLLER, b"\0\x08", ControllerState.WARNING),
        (CONTROLLER, b"\0\x10", ControllerState.PASSIVE),
        (CONTROLLER, b"\0\x24", ControllerState.PASSIVE),
        (CONTROLLER | PROTOCOL, b"\0\x20", ControllerState.PASSIVE),
        (CONTROLLER, b"", ControllerState.ACTIVE),
        (BUS_OFF, bytes(8), ControllerState.OFF),
    ],
)
def test_an_error_frame_says_how_the_controller_fares(
    identifier: int, data: bytes, state: ControllerState
) -> None:
    errors = ErrorFrames()
    assert errors.take(identifier, data) is (state is ControllerState.OFF)
    assert errors.health == BusHealth(1, state)


def test_the_state_stays_until_another_is_told() -> None:
    errors = ErrorFrames()
    errors.take(CONTROLLER, b"\0\x10")
    errors.take(PROTOCOL, bytes(8))
    errors.data_came()
    assert errors.health == BusHealth(2, ControllerState.PASSIVE)
    errors.take(CONTROLLER, b"\0\x40")
    assert errors.health.state is ControllerState.ACTIVE
    errors.take(CONTROLLER, b"\0\x10")
    errors.take(RESTARTED, bytes(8))
    assert errors.health.state is ControllerState.ACTIVE


def test_so_many_that_nothing_comes_through_are_a_bus_off_until_something_does() -> None:
    errors = ErrorFrames()
    assert [errors.take(PROTOCOL, bytes(8)) for _ in range(16)] == [False] * 15 + [True]
    assert errors.health.state is ControllerState.OFF
    errors.data_came()
    assert errors.health == BusHealth(16, ControllerState.ACTIVE)


def test_a_bus_that_was_opened_again_is_what_its_first_frames_say() -> None:
    errors = ErrorFrames()
    assert errors.take(BUS_OFF, bytes(8))
    errors.see(all_frames=True)
    assert errors.health.state is ControllerState.OFF  # nothing came yet
    assert not errors.take(PROTOCOL, bytes(8))
    assert errors.health == BusHealth(2, ControllerState.ACTIVE)
    errors.take(CONTROLLER, b"\0\x10")
    errors.see(all_frames=True)
    errors.data_came()
    assert errors.health == BusHealth(3, ControllerState.ACTIVE)


def test_a_bus_with_error_frames_has_a_line() -> None:
    buses = [("unix:a", BusHealth()), ("unix:b", BusHealth(12, ControllerState.PASSIVE))]
    assert bus_lines(buses, as_json=False) == "bus unix:b: error passive, 12 error frames"
    assert json.loads(bus_lines(buses, as_json=True)) == {
        "bus": "unix:b",
        "state": "error_passive",
        "error_frames": 12,
    }
