"""Subscribers of kuksa that do not keep up, or leave in the middle."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from kuksa.val.v1 import types_pb2
from kuksa.val.v1 import val_pb2 as val_v1
from kuksa.val.v1 import val_pb2_grpc as grpc_v1
from kuksa.val.v2 import val_pb2 as val
from kuksa.val.v2 import val_pb2_grpc as grpc_v2

from can_bridge import Bridge, Known, VehicleProfile
from can_bridge.frame_source import Frame
from can_bridge.kuksa import open_server, parse_endpoint
from can_bridge.kuksa.server import KuksaServer
from can_bridge.kuksa.streams import LOST

ANGLE, TYRE = "Vehicle.Angle", "Vehicle.Tyre"
TIMEOUT_S = 30.0
FRAMES, PER_READ = 60_000, 200  # more than gRPC's own windows hold
OTHERS, LAST = 5000, 7000  # raw values of the angle; the last comes once
Open = Callable[[Any], Iterator[dict[str, float]]]


class FloodedBus:
    """A bus on which the angle changes with every frame, and the tyre pressure only with the first."""

    def __init__(self) -> None:
        self.sender = None
        self.flood = False
        self._number = 0

    def receive(self, timeout_s: float) -> list[Frame]:
        if not self.flood or self._number >= FRAMES:
            time.sleep(min(timeout_s, 0.02))
            return []
        first, self._number = self._number + 1, self._number + PER_READ
        at_s = time.monotonic()
        return [
            Frame(257, raw.to_bytes(2, "big") + bytes((120, 0)), at_s)
            for raw in map(_angle, range(first, self._number + 1))
        ]

    def accept(self, keys: object) -> None:
        """Everything comes."""

    def close(self) -> None:
        """Nothing is open."""


def _angle(number: int) -> int:
    return LAST if number == FRAMES else number % OTHERS


@pytest.fixture
def flooded() -> FloodedBus:
    return FloodedBus()


@pytest.fixture
def bridge(toy: VehicleProfile, flooded: FloodedBus) -> Iterator[Bridge]:
    with Bridge(toy, flooded) as bridge:  # type: ignore[arg-type]
        bridge.start()
        yield bridge


@pytest.fixture
def server(bridge: Bridge, tmp_path: Path) -> Iterator[KuksaServer]:
    with open_server(bridge, None, parse_endpoint(f"unix:{tmp_path / 's'}")) as server:
        yield server


def subscribe(channel: grpc.Channel, version: str) -> Any:
    if version == "v2":
        return grpc_v2.VALStub(channel).Subscribe(val.SubscribeRequest(signal_paths=[ANGLE, TYRE]))
    wanted = [
        val_v1.SubscribeEntry(path=path, fields=[types_pb2.FIELD_VALUE]) for path in (ANGLE, TYRE)
    ]
    return grpc_v1.VALStub(channel).Subscribe(val_v1.SubscribeRequest(entries=wanted))


def values(response: Any) -> dict[str, float]:
    if isinstance(response, val.SubscribeResponse):
        return {path: point.value.float for path, point in response.entries.items()}
    return {update.entry.path: update.entry.value.float for update in response.updates}


def known(bridge: Bridge, path: str) -> object:
    reading = bridge.read(path)
    return reading.value if isinstance(reading, Known) else None


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_a_slow_client_holds_nothing_up_and_knows_the_present_in_the_end(
    bridge: Bridge, server: KuksaServer, flooded: FloodedBus, version: str
) -> None:
    with grpc.insecure_channel(server.target) as channel:
        stream = subscribe(channel, version)
        next(stream)
        flooded.flood = True
        end = time.monotonic() + TIMEOUT_S
        while known(bridge, ANGLE) != LAST / 10 and time.monotonic() < end:
            time.sleep(0.02)
        assert known(bridge, ANGLE) == LAST / 10
        told: dict[str, float] = {}
        count = 0
        for response in stream:
            told |= values(response)
            count += 1
            if told.get(ANGLE) == pytest.approx(LAST / 10) and count > 1:
                break
        assert told[TYRE] == pytest.approx(known(bridge, TYRE))
        assert count < FRAMES
        server.close()
        assert list(stream) == []
        lost = dict(stream.trailing_metadata())[LOST]
        assert 0 < int(lost) < FRAMES


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_clients_that_leave_in_the_middle_leave_no_subscription_behind(
    bridge: Bridge, server: KuksaServer, flooded: FloodedBus, version: str
) -> None:
    flooded.flood = True
    for _ in range(3):
        with grpc.insecure_channel(server.target) as channel:
            stream = subscribe(channel, version)
            next(stream)  # the channel closes under it, with changes under way
    end = time.monotonic() + TIMEOUT_S
    while bridge.subscribers and time.monotonic() < end:
        time.sleep(0.02)
    assert bridge.subscribers == 0
