"""Contract of a CAN bus: the same on python-can's `virtual` and `udp_multicast` buses, on our `unix`
one and on the kernel's, which `make vcan-test` brings along where this kernel has none.
"""

from __future__ import annotations

import contextlib
import random
import shutil
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import can
import pytest

OpenBus = Callable[..., can.BusABC]
STEP_S = 30.0  # a frame that should come is waited for so long; it takes no time where it comes
PROBE_S = 2.0  # one that may never come
QUIET_S = 0.05  # a frame that should not come is waited for so long


KERNEL_BUS = "vcan0"


HEARS_ITSELF = {"udp_multicast"}  # what one sends there comes back to it, and python-can says so


@pytest.fixture(params=["virtual", "unix", "udp_multicast", "socketcan"])
def interface(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def open_bus(interface: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenBus]:
    """Opens participants of one channel, and closes them all."""
    folder = tempfile.mkdtemp(prefix="au")
    monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
    channel = channel_of(interface)
    with contextlib.ExitStack() as stack:

        def open_one(**options: object) -> can.BusABC:
            bus = can.Bus(interface=interface, channel=channel, **options)  # type: ignore[arg-type]
            return stack.enter_context(bus)

        yield open_one
    shutil.rmtree(folder)


def channel_of(interface: str) -> str:
    """A channel that nobody else uses; skips where this machine has none."""
    if interface == "socketcan":
        if not Path("/sys/class/net", KERNEL_BUS).exists():
            pytest.skip(f"this kernel has no {KERNEL_BUS}: `make vcan-test` runs it in a guest")
        return KERNEL_BUS
    if interface == "udp_multicast":
        if not multicast_works():
            pytest.skip("no route for multicast: udp_multicast reaches nobody on this machine")
        return f"239.{random.randrange(1, 255)}.{random.randrange(256)}.{random.randrange(256)}"
    return uuid.uuid4().hex[:8]


@cache
def multicast_works() -> bool:
    """Whether what is sent to a group comes back to this machine."""
    try:
        with (
            can.Bus(interface="udp_multicast", channel="239.74.163.9") as sender,
            can.Bus(interface="udp_multicast", channel="239.74.163.9") as receiver,
        ):
            sender.send(frame())
            return receiver.recv(PROBE_S) is not None
    except (can.CanError, OSError):
        return False


def frame(identifier: int = 0x123, data: bytes = b"\x01\x02", **options: object) -> can.Message:
    options.setdefault("is_extended_id", False)
    return can.Message(arbitration_id=identifier, data=data, **options)  # type: ignore[arg-type]


def content(message: can.Message | None) -> tuple[int, bytes, bool]:
    assert message is not None
    return message.arbitration_id, bytes(message.data), message.is_extended_id


class TestCanBus:
    def test_a_frame_reaches_every_other_participant(self, open_bus: OpenBus) -> None:
        sender, first, second = open_bus(), open_bus(), open_bus()
        sender.send(frame())
        assert content(first.recv(STEP_S)) == (0x123, b"\x01\x02", False)
        assert content(second.recv(STEP_S)) == (0x123, b"\x01\x02", False)

    def test_both_directions_work(self, open_bus: OpenBus, interface: str) -> None:
        first, second = open_bus(), open_bus()
        first.send(frame(0x1))
        second.send(frame(0x2))
        if interface in HEARS_ITSELF:
            assert content(first.recv(STEP_S))[0] == 0x1
        assert content(second.recv(STEP_S))[0] == 0x1
        assert content(first.recv(STEP_S))[0] == 0x2

    def test_no_own_frames_unless_asked_for(self, open_bus: OpenBus, interface: str) -> None:
        if interface in HEARS_ITSELF:
            with pytest.raises(can.CanError):
                open_bus(receive_own_messages=True)
            return
        plain, echoing = open_bus(), open_bus(receive_own_messages=True)
        plain.send(frame(0x10))
        assert plain.recv(QUIET_S) is None
        assert content(echoing.recv(STEP_S))[0] == 0x10
        echoing.send(frame(0x11))
        assert content(echoing.recv(STEP_S))[0] == 0x11
        assert echoing.recv(QUIET_S) is None

    @pytest.mark.parametrize(
        "sent",
        [
            frame(0x7FF, b""),
            frame(0x1ABCDEF0, bytes(range(8)), is_extended_id=True),
            frame(0x20, b"", is_remote_frame=True, dlc=4),
            frame(0x21, bytes(64), is_fd=True, bitrate_switch=True),
        ],
        ids=["empty", "extended", "remote", "flexible data rate"],
    )
    def test_a_frame_arrives_as_it_was_sent(
        self, open_bus: OpenBus, interface: str, sent: can.Message
    ) -> None:
        options: dict[str, object] = {}
        if sent.is_fd:
            named = interface in {"virtual", "unix"}
            options = {"protocol": can.CanProtocol.CAN_FD} if named else {"fd": True}
        sender, receiver = open_bus(**options), open_bus(**options)
        sender.send(sent)
        received = receiver.recv(STEP_S)
        assert received is not None
        assert received.equals(
            sent, timestamp_delta=None, check_channel=False, check_direction=False
        )

    def test_the_timestamp_is_the_wall_clock(self, open_bus: OpenBus) -> None:
        sender, receiver = open_bus(), open_bus()
        before = time.time()
        sender.send(frame())
        received = receiver.recv(STEP_S)
        assert received is not None
        assert before <= received.timestamp <= time.time()

    def test_filters(self, open_bus: OpenBus) -> None:
        filters = [{"can_id": 0x100, "can_mask": 0x7FF, "extended": False}]
        sender, receiver = open_bus(), open_bus(can_filters=filters)
        for identifier in (0x0FF, 0x100, 0x101):
            sender.send(frame(identifier))
        sender.send(frame(0x100, is_extended_id=True))
        assert content(receiver.recv(STEP_S))[0] == 0x100
        assert receiver.recv(QUIET_S) is None

    def test_order_is_kept(self, open_bus: OpenBus) -> None:
        sender, receiver = open_bus(), open_bus()
        for number in range(100):
            sender.send(frame(data=bytes([number])))
        assert [content(receiver.recv(STEP_S))[1][0] for _ in range(100)] == list(range(100))

    def test_silence_is_none(self, open_bus: OpenBus) -> None:
        open_bus()
        assert open_bus().recv(QUIET_S) is None

    def test_one_that_left_does_not_disturb(self, open_bus: OpenBus) -> None:
        sender, leaving, staying = open_bus(), open_bus(), open_bus()
        leaving.shutdown()
        sender.send(frame(0x30))
        sender.send(frame(0x31))
        assert content(staying.recv(STEP_S))[0] == 0x30
        assert content(staying.recv(STEP_S))[0] == 0x31

    def test_one_that_comes_late_hears_from_then_on(self, open_bus: OpenBus) -> None:
        sender = open_bus()
        sender.send(frame(0x40))
        late = open_bus()
        sender.send(frame(0x41))
        assert content(late.recv(STEP_S))[0] == 0x41

    def test_shutting_down_twice_is_fine_and_using_it_then_is_an_error(
        self, open_bus: OpenBus
    ) -> None:
        bus = open_bus()
        bus.shutdown()
        bus.shutdown()
        # Of a socket that is closed, python-can's own interfaces say either.
        with pytest.raises((can.CanError, ValueError, OSError)):
            bus.send(frame())
        with pytest.raises((can.CanError, ValueError, OSError)):
            bus.recv(QUIET_S)
