"""Changes of readings, as a subscriber on another thread gets them."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from pathlib import Path

import can
import pytest
from hypothesis import given
from hypothesis import strategies as st

from can_bridge import Bridge, Known, Reading, Reason, Unknown, VehicleProfile, open_bridge
from can_bridge.frame_source import Frame
from can_bridge.subscription import Subscription
from tests.can_bridge.test_bridge import FakeBus

STEP_S = 5.0
ANGLE = "Vehicle.Angle"


@pytest.fixture
def fake() -> FakeBus:
    return FakeBus()


@pytest.fixture
def bridge(toy: VehicleProfile, fake: FakeBus) -> Iterator[Bridge]:
    with Bridge(toy, fake) as bridge:
        yield bridge


def angle(bridge: Bridge, raw: int) -> Frame:
    return Frame(257, raw.to_bytes(2, "big") + bytes(2), bridge._clock())


def next_change(subscription: Subscription) -> Reading:
    """The newest reading of the next changes; fails when none comes."""
    changes, _ = subscription.take(STEP_S)
    assert changes
    return changes[-1][1]


def test_a_subscription_begins_with_the_present_and_goes_on_with_changes(
    bridge: Bridge, fake: FakeBus
) -> None:
    with bridge.subscribe([ANGLE]) as subscription:
        assert next_change(subscription) == Unknown(Reason.NEVER_SEEN)
        bridge.start()
        for raw in (100, 100, 200):
            fake.items.put(angle(bridge, raw))
        told = []
        while not told or told[-1] != 20.0:
            reading = next_change(subscription)
            assert isinstance(reading, Known)
            told.append(reading.value)
        assert told in ([10.0, 20.0], [20.0])


def test_silence_is_told_without_anybody_asking(bridge: Bridge, fake: FakeBus) -> None:
    bridge.start()
    with bridge.subscribe([ANGLE]) as subscription:
        next_change(subscription)
        old = angle(bridge, 100)
        fake.items.put(old._replace(at_s=old.at_s - 4.7))  # stale after 5 s
        assert isinstance(next_change(subscription), Known)
        assert next_change(subscription) == Unknown(Reason.STALE)


def test_a_bus_that_goes_is_told_and_its_return_too(bridge: Bridge, fake: FakeBus) -> None:
    bridge.start()
    with bridge.subscribe([ANGLE]) as subscription:
        next_change(subscription)
        fake.items.put(angle(bridge, 100))
        assert isinstance(next_change(subscription), Known)
        fake.items.put(can.CanOperationError("gone"))
        assert next_change(subscription) == Unknown(Reason.BUS_OFF)
        fake.items.put(angle(bridge, 100))
        assert isinstance(next_change(subscription), Known)


def test_who_is_slow_loses_the_oldest_and_is_told_how_many(bridge: Bridge) -> None:
    subscription = bridge.subscribe([ANGLE], size=3)
    subscription.put([(ANGLE, Known(float(n), None, 0.0), 0.0) for n in range(5)])
    changes, lost = subscription.take(0.0)
    values = [reading.value for _, reading, _ in changes if isinstance(reading, Known)]
    assert (values, lost) == ([2.0, 3.0, 4.0], 3)  # the reading that it began with is lost too
    assert subscription.take(0.0) == ([], 0)
    subscription.close()


def test_others_are_not_told(bridge: Bridge, fake: FakeBus) -> None:
    bridge.start()
    with bridge.subscribe(["Vehicle.Tyre"]) as subscription:
        subscription.take(0.0)
        fake.items.put(angle(bridge, 100))
        changes, _ = subscription.take(STEP_S)
        assert [path for path, _, _ in changes] == ["Vehicle.Tyre"]


def test_an_unknown_path_cannot_be_subscribed_to(bridge: Bridge) -> None:
    with pytest.raises(KeyError):
        bridge.subscribe(["Vehicle.Nonsense"])


def test_a_loop_is_woken_when_something_came(bridge: Bridge, fake: FakeBus) -> None:
    woken = threading.Event()
    with bridge.subscribe([ANGLE], wake=woken.set) as subscription:
        subscription.take(0.0)
        bridge.start()
        fake.items.put(angle(bridge, 100))
        assert woken.wait(STEP_S)


def test_closing_wakes_who_waits(bridge: Bridge) -> None:
    subscription = bridge.subscribe([ANGLE])
    subscription.take(0.0)
    waiting = threading.Thread(target=subscription.take, args=(60.0,))
    waiting.start()
    subscription.close()
    waiting.join(STEP_S)
    assert not waiting.is_alive()


def test_a_bus_that_disappears_and_returns_is_joined_again(
    toy: VehicleProfile, runtime_folder: Path
) -> None:
    """The real bus: its folder is removed while the bridge listens, and made again."""
    with (
        open_bridge(toy, "unix:returns") as bridge,
        bridge.subscribe([ANGLE]) as subscription,
    ):
        _send_until(subscription, known=True)
        folder = runtime_folder / "auriga" / "returns"
        folder.rename(folder.with_name("away"))
        changes: list[Reading] = []
        while Unknown(Reason.BUS_OFF) not in changes:
            changes += [reading for _, reading, _ in subscription.take(STEP_S)[0]]
        _send_until(subscription, known=True)


def _send_until(subscription: Subscription, known: bool) -> None:
    with can.Bus(interface="unix", channel="returns") as car:
        for count in itertools.count(1):
            data = count.to_bytes(2, "big") + bytes(2)
            car.send(can.Message(arbitration_id=257, data=data, is_extended_id=False))
            changes, _ = subscription.take(0.1)
            if any(isinstance(reading, Known) == known for _, reading, _ in changes[-1:]):
                return


@given(
    st.lists(st.lists(st.tuples(st.sampled_from("ABC"), st.integers(0, 99)), max_size=9)),
    st.integers(1, 6),
)
def test_who_is_slow_never_loses_the_newest_of_a_path(
    batches: list[list[tuple[str, int]]], size: int
) -> None:
    subscription = Subscription("ABC", size, lambda _: None)
    for batch in batches:
        subscription.put([(path, Known(float(n), None, 0.0), 0.0) for path, n in batch])
    changes, lost = subscription.take(0.0)
    told = [
        (path, int(reading.value)) for path, reading, _ in changes if isinstance(reading, Known)
    ]
    everything = [change for batch in batches for change in batch]
    assert dict(told) == dict(everything)
    assert len(told) + lost == len(everything)
    newest = min(len(everything), max(size, 3))
    assert told[len(told) - newest :] == everything[len(everything) - newest :]
    assert len(told) <= max(size, 3) + 3
