"""Error frames in a row: a bus on which anything comes between them works, seen or not."""

from __future__ import annotations

from collections.abc import Iterator

import can
import pytest

from can_bridge import BusError, BusHealth, ControllerState, VehicleProfile, frame_source
from can_bridge.bridge import open_bridge
from can_bridge.bus import open_bus, parse_bus_spec
from can_bridge.frame_source import BusReader
from can_bridge.readings import Known, Reading, Unknown
from can_bridge.transcript import Transcript, changes

WANTED, OTHER, BUS_OFF = 0x101, 0x555, 0x40
PATIENCE_S = 30.0
SPECS = ("unix:car", "virtual:car")


def data_frame(identifier: int = WANTED, *data: int) -> can.Message:
    return can.Message(arbitration_id=identifier, is_extended_id=False, data=data or (0,) * 4)


def error(identifier: int = 0x04, state: int = 0x10) -> can.Message:
    return can.Message(
        arbitration_id=identifier, is_extended_id=False, is_error_frame=True, data=(0, state)
    )


def put(bus: can.BusABC, *messages: can.Message) -> None:
    for message in messages:
        bus.send(message)


@pytest.fixture(params=SPECS)
def spec(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def reader(spec: str) -> Iterator[BusReader]:
    reader = open_bus(parse_bus_spec(spec), [WANTED], may_send=True)
    yield reader
    reader.close()


@pytest.fixture
def car(spec: str, reader: BusReader) -> Iterator[can.BusABC]:
    assert reader.sender is not None
    interface, channel = spec.split(":")
    with can.Bus(interface=interface, channel=channel) as bus:
        yield bus


def received(reader: BusReader, count: int, most: int = 400) -> list[int]:
    """The keys of at least so many frames; a filter may hide what `recv` returned without."""
    found: list[int] = []
    for _ in range(most):
        found += [frame.key for frame in reader.receive(0.05)]
        if len(found) >= count:
            break
    return found


def read_among_errors(car: can.BusABC, reader: BusReader) -> None:
    for _ in range(100):
        reader.receive(0.05)
        put(car, *[error(0x88)] * 8)


def test_a_batch_that_waited_is_whole(car: can.BusABC, reader: BusReader) -> None:
    for _ in range(40):
        put(car, error(), *[data_frame()] * 4)
    assert received(reader, 160) == [WANTED] * 160
    assert reader.health == BusHealth(40, ControllerState.PASSIVE)


@pytest.mark.parametrize("kind", [0x04, 0x88])
def test_a_frame_of_no_interest_shows_that_the_bus_works_too(
    car: can.BusABC, reader: BusReader, kind: int
) -> None:
    """Few messages are wanted, in many batches and in one that waited."""
    for _ in range(60):
        put(car, error(kind), data_frame(OTHER))
        reader.receive(0.0)
    for _ in range(60):
        put(car, error(kind), data_frame(OTHER))
    put(car, data_frame())
    assert received(reader, 1) == [WANTED]
    assert reader.health.error_frames == 120
    assert reader.health.state is not ControllerState.OFF


def test_nothing_between_them_is_a_bus_off(car: can.BusABC, reader: BusReader) -> None:
    put(car, *[data_frame(OTHER)] * 3)
    with pytest.raises(BusError, match="off the bus"):
        read_among_errors(car, reader)
    assert reader.health.state is ControllerState.OFF


@pytest.mark.parametrize("end", [[error(BUS_OFF, 0)], [error(0x88)] * 40])
def test_what_came_before_a_bus_off_is_handed_out_first(
    spec: str, car: can.BusABC, reader: BusReader, end: list[can.Message]
) -> None:
    put(car, data_frame(), data_frame(), *end)
    assert received(reader, 2) == [WANTED] * 2
    with pytest.raises(BusError, match="off the bus"):
        read_among_errors(car, reader)
    reader.receive(0.0)
    put(car, data_frame())
    assert received(reader, 1) == [WANTED]
    assert reader.health.state is ControllerState.ACTIVE


def test_frames_of_several_peers_are_in_the_order_in_which_they_were_sent() -> None:
    reader = open_bus(parse_bus_spec("unix:car"), [WANTED])
    with can.Bus("car", interface="unix") as one, can.Bus("car", interface="unix") as other:
        for _ in range(40):
            put(one, error(0x88))
            put(other, data_frame())
        assert received(reader, 40) == [WANTED] * 40
    reader.close()


class Driver(can.BusABC):
    """A driver that filters by itself, if it can; error frames have nothing to do with its filters."""

    def __init__(self, can_filter: bool = True) -> None:
        self._waiting: list[can.Message] = []
        self._can_filter, self._is_filtered = can_filter, False
        super().__init__(channel="car")

    def _apply_filters(self, filters: can.typechecking.CanFilters | None) -> None:
        self._is_filtered = self._can_filter and filters is not None

    def send(self, msg: can.Message, timeout: float | None = None) -> None:
        """Of another participant."""
        del timeout
        if not self._is_filtered or msg.is_error_frame or self._matches_filters(msg):
            self._waiting.append(msg)

    def _recv_internal(self, timeout: float | None) -> tuple[can.Message | None, bool]:
        del timeout
        return self._waiting.pop(0) if self._waiting else None, self._is_filtered


def test_filters_are_opened_while_there_are_errors_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    bus = Driver()
    reader = BusReader(lambda: bus, [WANTED])
    assert bus.filters == frame_source.filters_of([WANTED])
    put(bus, *[error()] * 20, data_frame(OTHER), data_frame())
    assert received(reader, 1) == [WANTED]
    assert bus.filters is None
    reader.accept([OTHER])
    put(bus, data_frame(), data_frame(OTHER))
    assert received(reader, 1) == [OTHER]
    assert bus.filters is None
    monkeypatch.setattr(frame_source, "_CALM_S", 0.0)
    reader.receive(0.0)
    assert bus.filters == frame_source.filters_of([OTHER])
    reader.close()


def test_a_driver_that_cannot_filter_hides_no_error_frame() -> None:
    bus = Driver(can_filter=False)
    reader = BusReader(lambda: bus, [WANTED])
    put(bus, error(0x8C), data_frame(OTHER), data_frame())
    assert received(reader, 1) == [WANTED]
    assert reader.health == BusHealth(1, ControllerState.PASSIVE)
    reader.accept([OTHER])
    put(bus, error(BUS_OFF | 0x04, 0))
    with pytest.raises(BusError, match="off the bus"):
        received(reader, 1)
    reader.close()


def drive() -> list[can.Message]:
    """A value at the begin, another at the end; between them errors and frames of no interest."""
    between = [error(), data_frame(OTHER)] * 60
    messages = [data_frame(WANTED, 0, 0, 100, 0), *between, data_frame(WANTED, 0, 0, 120, 0)]
    for number, message in enumerate(messages):
        message.timestamp = number / 1000
    return messages


def told(readings: list[Reading]) -> list[object]:
    return [r.reason if isinstance(r, Unknown) else r.value for r in readings]


def test_live_and_decoded_are_the_same(spec: str, toy: VehicleProfile) -> None:
    path = "Vehicle.Tyre"
    decoded = [c.reading for c in changes(toy, drive(), Transcript(toy)) if c.path == path]
    assert told(decoded) == [2.0, 2.4]
    interface, channel = spec.split(":")
    with open_bridge(toy, spec) as bridge, can.Bus(interface=interface, channel=channel) as car:
        live: list[Reading] = []
        with bridge.subscribe([path]) as subscription:
            put(car, *drive())
            while not (live and isinstance(live[-1], Known) and live[-1].value == 2.4):
                found, _ = subscription.take(PATIENCE_S)
                assert found
                live += [reading for _, reading, _ in found]
    assert told(live)[-2:] == told(decoded)
    assert "bus_off" not in told(live)
