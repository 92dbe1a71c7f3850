"""An open bus as the bridge sees it, on the real Unix-socket bus."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator

import can
import pytest

from can_bridge import BusError, BusHealth, ControllerState
from can_bridge.bus import open_bus, parse_bus_spec, parse_bus_specs
from can_bridge.frame_source import BusReader
from can_bridge.spec import EXTENDED
from can_bridge.unix_bus import UnixBus, channel_folder
from tests.contracts.test_can_bus import multicast_works

STEP_S = 5.0
SPEC = parse_bus_spec("unix:car")


@pytest.fixture
def car() -> Iterator[UnixBus]:
    with UnixBus("car") as bus:
        yield bus


@pytest.fixture
def reader(car: UnixBus) -> Iterator[BusReader]:
    reader = open_bus(SPEC, [0x100, 0x101 | EXTENDED])
    yield reader
    reader.close()


def send(bus: can.BusABC, identifier: int, **options: object) -> None:
    options.setdefault("is_extended_id", False)
    bus.send(can.Message(arbitration_id=identifier, data=b"\x01", **options))  # type: ignore[arg-type]


def keys(reader: BusReader, count: int) -> list[int]:
    """The keys of so many frames, however many of them come at once."""
    found: list[int] = []
    for _ in range(100):
        found += [frame.key for frame in reader.receive(STEP_S if len(found) < count else 0.0)]
        if len(found) >= count:
            break
    return found


def read_on(reader: BusReader) -> None:
    for _ in range(20):
        reader.receive(0.2)


def test_many_frames_come_at_once_and_only_those_asked_for(car: UnixBus, reader: BusReader) -> None:
    for identifier in (0x100, 0x101, 0x7E8, 0x100):
        send(car, identifier)
    send(car, 0x101, is_extended_id=True)
    send(car, 0x100, is_remote_frame=True)
    assert keys(reader, 3) == [0x100, 0x100, 0x101 | EXTENDED]
    reader.accept([0x7E8])
    send(car, 0x100)
    send(car, 0x7E8)
    assert keys(reader, 1) == [0x7E8]


@pytest.mark.parametrize("stamp_s", [0.0, 3600.0, -3600.0, float("nan")])
def test_a_frame_never_comes_from_the_future_nor_from_long_ago(
    car: UnixBus, reader: BusReader, monkeypatch: pytest.MonkeyPatch, stamp_s: float
) -> None:
    wall_s = time.time()
    with monkeypatch.context() as patch:  # the sender's clock, or one that was set in between
        patch.setattr(time, "time", lambda: wall_s + stamp_s)
        send(car, 0x100)
    before_s = time.monotonic()
    (frame,) = reader.receive(STEP_S)
    assert before_s - STEP_S < frame.at_s <= time.monotonic()


def test_a_flood_is_handed_over_in_parts(car: UnixBus, reader: BusReader) -> None:
    for _ in range(270):
        send(car, 0x100)
    assert car.dropped == 0
    assert len(reader.receive(STEP_S)) <= 256
    assert len(reader.receive(STEP_S)) >= 14


def test_a_bus_that_is_opened_to_receive_hands_out_no_sender(reader: BusReader) -> None:
    assert reader.sender is None


def test_a_bus_that_was_opened_to_send_too_can_send(car: UnixBus) -> None:
    reader = open_bus(SPEC, [0x100], may_send=True)
    assert reader.sender is not None
    send(reader.sender, 0x123)
    received = car.recv(STEP_S)
    assert received is not None and received.arbitration_id == 0x123
    reader.close()
    assert reader.sender is None


def test_a_bus_off_is_told_and_the_bus_is_opened_again(car: UnixBus, reader: BusReader) -> None:
    send(car, 0x40, is_error_frame=True)
    with pytest.raises(BusError, match="the bus was lost"):
        read_on(reader)
    assert list(reader.receive(0.0)) == []
    send(car, 0x100)
    assert keys(reader, 1) == [0x100]


def test_single_error_frames_mean_nothing_but_many_in_a_row_do(
    car: UnixBus, reader: BusReader
) -> None:
    for _ in range(20):
        send(car, 0x4, is_error_frame=True)
        send(car, 0x100)
        assert keys(reader, 1) == [0x100]

    for _ in range(16):
        send(car, 0x4, is_error_frame=True)
    with pytest.raises(BusError, match="the bus was lost"):
        read_on(reader)


def test_a_channel_that_vanishes_is_lost_and_made_again(reader: BusReader) -> None:
    shutil.rmtree(channel_folder("car"))
    with pytest.raises(BusError, match="is gone"):
        read_on(reader)
    reader.receive(0.0)
    with UnixBus("car") as other:
        send(other, 0x100)
        assert keys(reader, 1) == [0x100]


def test_the_filters_of_other_buses_let_in_the_same_frames() -> None:
    reader = open_bus(parse_bus_spec("virtual:car"), [0x100])
    with can.Bus(interface="virtual", channel="car") as other:
        for identifier in (0x100, 0x101, 0x100):
            send(other, identifier)
        assert keys(reader, 2) == [0x100, 0x100]
        send(other, 0x40, is_error_frame=True)
        with pytest.raises(BusError, match="the bus was lost"):
            read_on(reader)


def test_several_buses_are_named_with_commas() -> None:
    found = parse_bus_specs("unix:powertrain,unix:body,vector:0,1@500000")
    assert [str(spec) for spec in found] == ["unix:powertrain", "unix:body", "vector:0,1@500000"]


@pytest.mark.parametrize("spec", ["unix:car", "virtual:car"])
def test_error_frames_are_counted_and_say_how_the_controller_fares(spec: str) -> None:
    reader = open_bus(parse_bus_spec(spec), [0x100])
    interface, channel = spec.split(":")
    with can.Bus(interface=interface, channel=channel) as car:
        passive = can.Message(
            arbitration_id=0x4, is_extended_id=False, is_error_frame=True, data=b"\0\x10"
        )
        car.send(passive)
        send(car, 0x100)
        assert keys(reader, 1) == [0x100]
    assert reader.health == BusHealth(1, ControllerState.PASSIVE)
    reader.close()


@pytest.mark.parametrize("interface", ["unix", "virtual", "udp_multicast"])
@pytest.mark.parametrize(
    ("identifier", "state"),
    [
        (0x44, ControllerState.OFF),
        (0x240, ControllerState.OFF),
        (0x8C, ControllerState.PASSIVE),
        (0x0, ControllerState.ACTIVE),  # of a driver that tells no kind
    ],
)
def test_error_frames_of_every_kind_are_let_in(
    interface: str, identifier: int, state: ControllerState
) -> None:
    if interface == "udp_multicast" and not multicast_works():
        pytest.skip("no route for multicast: udp_multicast reaches nobody on this machine")
    channel = "239.74.163.11" if interface == "udp_multicast" else "car"
    reader = open_bus(parse_bus_spec(f"{interface}:{channel}"), [0x100])
    told = can.Message(
        arbitration_id=identifier, is_extended_id=False, is_error_frame=True, data=b"\0\x10"
    )
    with can.Bus(interface=interface, channel=channel) as car:
        car.send(told)
        send(car, 0x101)
        send(car, 0x100)
        if state is ControllerState.OFF:
            with pytest.raises(BusError, match="off the bus"):
                read_on(reader)
        else:
            assert keys(reader, 1) == [0x100]
    assert reader.health == BusHealth(1, state)
    reader.close()


def test_a_bus_that_is_off_is_not_off_for_good(car: UnixBus, reader: BusReader) -> None:
    send(car, 0x40, is_error_frame=True)
    with pytest.raises(BusError, match="off the bus"):
        read_on(reader)
    reader.receive(0.0)
    send(car, 0x88, is_error_frame=True)
    send(car, 0x100)
    assert keys(reader, 1) == [0x100]
    assert reader.health == BusHealth(2, ControllerState.ACTIVE)
