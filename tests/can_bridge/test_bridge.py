"""The receiving thread, on a small fake of a bus."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable, Iterator

import can
import pytest

from can_bridge import Bridge, BusHealth, Known, Reason, Unknown, VehicleProfile
from can_bridge.frame_source import Frame

STEP_S = 5.0


class FakeBus:
    """Frames and errors that a test puts in come out in order."""

    def __init__(self) -> None:
        self.items: queue.Queue[Frame | can.CanError] = queue.Queue()
        self.closed = False
        self.keys: set[int] = set()
        self.sender: can.BusABC | None = None
        self.health = BusHealth()
        self.name = "fake:bus"

    def receive(self, timeout_s: float) -> list[Frame]:
        try:
            item = self.items.get(timeout=timeout_s)
        except queue.Empty:
            return []
        if isinstance(item, can.CanError):
            raise item
        return [item]

    def accept(self, keys: Iterable[int]) -> None:
        self.keys = set(keys)

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def fake() -> FakeBus:
    return FakeBus()


@pytest.fixture
def bridge(toy: VehicleProfile, fake: FakeBus) -> Iterator[Bridge]:
    with Bridge(toy, fake, clock=lambda: 1.0) as bridge:
        bridge.start()
        yield bridge


def wait_for(condition: threading.Event, bridge: Bridge, reason: Reason | None) -> bool:
    for _ in range(200):
        reading = bridge.read("Vehicle.Angle")
        if (reading.reason if isinstance(reading, Unknown) else None) == reason:
            return True
        condition.wait(0.02)
    return False


def test_frames_become_readings(bridge: Bridge, fake: FakeBus) -> None:
    assert not bridge.wait_ready(0.0)
    fake.items.put(Frame(256, bytes(8), 1.0))
    fake.items.put(Frame(257, bytes.fromhex("03E87800"), 0.75))
    assert bridge.wait_ready(STEP_S)
    assert bridge.read("Vehicle.Angle") == Known(100.0, "degrees", 0.25)
    assert bridge.snapshot()["Vehicle.Angle"] == Known(100.0, "degrees", 0.25)
    assert bridge.counts() == (1, 1)


def test_a_failing_bus_is_bus_off_until_frames_come_again(bridge: Bridge, fake: FakeBus) -> None:
    fake.items.put(Frame(257, bytes(4), 1.0))
    fake.items.put(can.CanOperationError("gone"))
    pause = threading.Event()
    assert wait_for(pause, bridge, Reason.BUS_OFF)
    fake.items.put(Frame(257, bytes(4), 1.0))
    assert wait_for(pause, bridge, None)


def test_closing_ends_the_thread_and_the_bus(toy: VehicleProfile, fake: FakeBus) -> None:
    before = threading.active_count()
    bridge = Bridge(toy, fake)
    bridge.start()
    bridge.close()
    bridge.close()
    assert fake.closed
    assert threading.active_count() == before
    assert bridge.read("Vehicle.Speed") == Unknown(Reason.BUS_OFF)


def test_frames_that_are_listened_for_come_as_they_are(bridge: Bridge, fake: FakeBus) -> None:
    with bridge.listen([0x7E8]) as responses:
        assert fake.keys == {256, 257, 0x7E8}
        fake.items.put(Frame(257, bytes(4), 1.0))
        fake.items.put(Frame(0x7E8, b"\x02\x50\x03", 1.0))
        assert responses.get(STEP_S) == Frame(0x7E8, b"\x02\x50\x03", 1.0)
        assert responses.get(0.0) is None
    assert fake.keys == {256, 257}
    assert bridge.counts() == (1, 0)


def test_a_full_queue_of_frames_loses_its_oldest(bridge: Bridge) -> None:
    responses = bridge.listen([0x7E8], size=2)
    for number in range(3):
        responses.put(Frame(0x7E8, bytes((number,)), 0.0))
    assert [responses.get(0.0), responses.get(0.0)] == [
        Frame(0x7E8, b"\x01", 0.0),
        Frame(0x7E8, b"\x02", 0.0),
    ]
    assert responses.lost == 1
