"""Contract of a CAN bus, run on python-can's `virtual` bus and on our `unix` one."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator

import can
import pytest

OpenBus = Callable[..., can.BusABC]
STEP_S = 2.0  # a frame that should come is waited for so long
QUIET_S = 0.05  # a frame that should not come is waited for so long


@pytest.fixture(params=["virtual", "unix"])
def open_bus(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenBus]:
    """Opens participants of one channel, and closes them all."""
    folder = tempfile.mkdtemp(prefix="au")
    monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
    channel = uuid.uuid4().hex[:8]
    with contextlib.ExitStack() as stack:

        def open_one(**options: object) -> can.BusABC:
            bus = can.Bus(interface=request.param, channel=channel, **options)  # type: ignore[arg-type]
            return stack.enter_context(bus)

        yield open_one
    shutil.rmtree(folder)


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

    def test_both_directions_work(self, open_bus: OpenBus) -> None:
        first, second = open_bus(), open_bus()
        first.send(frame(0x1))
        second.send(frame(0x2))
        assert content(second.recv(STEP_S))[0] == 0x1
        assert content(first.recv(STEP_S))[0] == 0x2

    def test_no_own_frames_unless_asked_for(self, open_bus: OpenBus) -> None:
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
    def test_a_frame_arrives_as_it_was_sent(self, open_bus: OpenBus, sent: can.Message) -> None:
        options = {"protocol": can.CanProtocol.CAN_FD} if sent.is_fd else {}
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
        with pytest.raises(can.CanError):
            bus.send(frame())
        with pytest.raises(can.CanError):
            bus.recv(QUIET_S)
