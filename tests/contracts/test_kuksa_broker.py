"""A broker that says what a test wants: what the vehicle over it believes, and what it does not."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
import pytest
from kuksa.val.v2 import types_pb2 as types
from kuksa.val.v2 import val_pb2 as val
from kuksa.val.v2 import val_pb2_grpc as grpc_v2

from assistant.adapters.kuksa_address import broker_address
from assistant.adapters.kuksa_vehicle import KuksaVehicle
from assistant.errors import BusError, UsageError
from assistant.events import Known, Reading, Reason, Unknown
from tests import aster

ROOT = Path(__file__).resolve().parents[2]
SPEED = "Vehicle.Speed"
OUTSIDE = "Vehicle.Exterior.AirTemperature"
GEAR = "Vehicle.Powertrain.Transmission.SelectedGear"
DOOR = "Vehicle.Derived.AnyDoorOpen"


class Broker(grpc_v2.VALServicer):  # type: ignore[misc]
    """The databroker as far as the adapter uses it."""

    def __init__(self) -> None:
        self.units: dict[str, str] = {SPEED: "km/h", GEAR: "", DOOR: ""}
        self._said: dict[str, tuple[Any, float | None]] = {}

    def say(self, path: str, age_s: float | None = 0.0, **value: Any) -> None:
        """From now on the value of a path is always this old; None: it has no time."""
        self._said[path] = (types.Value(**value) if value else None, age_s)

    def _point(self, path: str) -> Any:
        value, age_s = self._said.get(path, (None, None))
        point = types.Datapoint(value=value)
        if age_s is not None:
            point.timestamp.FromNanoseconds(int((time.time() - age_s) * 1e9))
        return point

    def ListMetadata(self, request: Any, context: Any) -> Any:
        entries = [types.Metadata(path=path, unit=unit) for path, unit in self.units.items()]
        return val.ListMetadataResponse(metadata=entries)

    def GetValues(self, request: Any, context: Any) -> Any:
        paths = [signal.path for signal in request.signal_ids]
        if not set(paths) <= self.units.keys():
            context.abort(grpc.StatusCode.NOT_FOUND, "no such path")
        points = [self._point(path) for path in paths]
        return val.GetValuesResponse(data_points=points)


class Running:
    """A broker on a socket, that can go away and come back."""

    def __init__(self, socket: Path) -> None:
        self.broker = Broker()
        self.spec = f"kuksa:unix:{socket}"
        self._socket = socket
        self.start()

    def start(self) -> None:
        self._threads = ThreadPoolExecutor(4)
        self._server = grpc.server(self._threads)
        grpc_v2.add_VALServicer_to_server(self.broker, self._server)
        self._server.add_insecure_port(f"unix:{self._socket}")
        self._server.start()

    def stop(self) -> None:
        self._server.stop(0).wait()
        self._threads.shutdown()


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    running = Running(tmp_path / "broker")
    yield running
    running.stop()


@pytest.fixture
def vehicle(running: Running) -> Iterator[KuksaVehicle]:
    vehicle = KuksaVehicle(aster.FOLDER, running.spec, 10.0)
    vehicle.open()
    yield vehicle
    vehicle.close()


def becomes(vehicle: KuksaVehicle, path: str, kind: type[Reading]) -> Reading:
    """The first reading of that kind; the broker is asked again after an instant."""
    for _ in range(200):
        reading = vehicle.read(path)
        if isinstance(reading, kind):
            return reading
        time.sleep(0.05)
    raise AssertionError(reading)


def test_values_of_each_type_are_read(vehicle: KuksaVehicle, running: Running) -> None:
    running.broker.say(SPEED, float=21.1)
    running.broker.say(GEAR, string="drive")
    running.broker.say(DOOR, bool=False)
    values = [becomes(vehicle, path, Known) for path in (SPEED, GEAR, DOOR)]
    assert [value.value for value in values if isinstance(value, Known)] == [21.1, "drive", False]


@pytest.mark.parametrize("field", ["double", "int32", "uint32", "int64", "uint64"])
def test_a_number_may_have_any_type(vehicle: KuksaVehicle, running: Running, field: str) -> None:
    running.broker.say(SPEED, **{field: 50})
    reading = becomes(vehicle, SPEED, Known)
    assert isinstance(reading, Known) and reading.value == 50.0


@pytest.mark.parametrize(
    ("age_s", "value", "reason"),
    [
        (0.0, {}, Reason.NOT_AVAILABLE),
        (None, {"float": 50.0}, Reason.NOT_AVAILABLE),
        (3600.0, {"float": 50.0}, Reason.STALE),
        (-3600.0, {"float": 50.0}, Reason.IMPLAUSIBLE),
        (0.0, {"float": 5000.0}, Reason.OUT_OF_RANGE),
        (0.0, {"float": float("nan")}, Reason.OUT_OF_RANGE),
        (0.0, {"string": "fast"}, Reason.OUT_OF_RANGE),
        (0.0, {"bool": True}, Reason.OUT_OF_RANGE),
        (0.0, {"float_array": {"values": [50.0]}}, Reason.NOT_AVAILABLE),
    ],
)
def test_what_cannot_be_said_is_unknown(
    vehicle: KuksaVehicle, running: Running, age_s: float | None, value: Any, reason: Reason
) -> None:
    running.broker.say(SPEED, age_s, **value)
    time.sleep(0.1)  # longer than an answer of the broker is kept
    assert vehicle.read(SPEED) == Unknown(reason)


def test_a_word_that_the_car_has_not_is_out_of_range(
    vehicle: KuksaVehicle, running: Running
) -> None:
    running.broker.say(GEAR, string="warp")
    time.sleep(0.1)
    assert vehicle.read(GEAR) == Unknown(Reason.OUT_OF_RANGE)


def test_a_path_that_the_broker_has_not_is_not_available(vehicle: KuksaVehicle) -> None:
    assert vehicle.read(OUTSIDE) == Unknown(Reason.NOT_AVAILABLE)


def test_a_value_in_another_unit_is_not_said(
    running: Running, caplog: pytest.LogCaptureFixture
) -> None:
    running.broker.units = {SPEED: "m/s"}
    running.broker.say(SPEED, float=30.0)
    vehicle = KuksaVehicle(aster.FOLDER, running.spec, 10.0)
    vehicle.open()
    assert vehicle.read(SPEED) == vehicle.read(SPEED) == Unknown(Reason.NOT_AVAILABLE)
    vehicle.close()
    assert caplog.text.count("m/s") == 1


def test_a_unit_by_its_name_in_vss_is_ours(running: Running) -> None:
    running.broker.units = {OUTSIDE: "celsius"}
    running.broker.say(OUTSIDE, float=-4.5)
    vehicle = KuksaVehicle(aster.FOLDER, running.spec, 10.0)
    vehicle.open()
    reading = vehicle.read(OUTSIDE)
    vehicle.close()
    assert isinstance(reading, Known) and (reading.value, reading.unit) == (-4.5, "°C")


def test_a_broker_that_goes_is_a_bus_off_and_comes_back(
    vehicle: KuksaVehicle, running: Running
) -> None:
    running.broker.say(SPEED, float=50.0)
    assert isinstance(becomes(vehicle, SPEED, Known), Known)
    running.stop()
    assert becomes(vehicle, SPEED, Unknown) == Unknown(Reason.BUS_OFF)
    running.broker.units = {SPEED: "km/h"}  # another car
    running.start()
    running.broker.say(SPEED, float=60.0)
    reading = becomes(vehicle, SPEED, Known)
    assert isinstance(reading, Known) and reading.value == 60.0


def test_a_broker_that_is_not_there_is_named(tmp_path: Path) -> None:
    vehicle = KuksaVehicle(aster.FOLDER, f"kuksa:unix:{tmp_path / 'nobody'}", 0.1)
    with pytest.raises(BusError, match="No broker answers") as caught:
        vehicle.open()
    assert "\n" not in str(caught.value)
    vehicle.close()


@pytest.mark.parametrize(
    "spec",
    [
        "kuksa:",
        "kuksa:unix:",
        "kuksa:192.168.1.2:55555",
        "kuksa:0.0.0.0:55555",
        "kuksa:car.example:55555",
        "kuksa:localhost:55555",
        "kuksa:127.0.0.1",
        "kuksa:127.0.0.1:0",
    ],
)
def test_a_broker_elsewhere_is_refused(spec: str) -> None:
    with pytest.raises(UsageError) as caught:
        KuksaVehicle(aster.FOLDER, spec, 0.1).open()
    assert "\n" not in str(caught.value)


def test_only_loopback_needs_the_network() -> None:
    assert not broker_address("kuksa:unix:/run/broker").is_network
    assert broker_address("kuksa:127.0.0.1:55555").is_network


def test_a_broker_on_a_unix_socket_is_read_under_the_network_lock(running: Running) -> None:
    running.broker.say(SPEED, float=50.0)
    code = f"""
import socket
from pathlib import Path
from assistant.adapters.kuksa_vehicle import KuksaVehicle
from assistant.network_lock import lock_network
locked = lock_network()
try:
    socket.socket().close()
    refused = False
except PermissionError:
    refused = True
vehicle = KuksaVehicle(Path({str(aster.FOLDER)!r}), {running.spec!r}, 10.0)
vehicle.open()
print(locked == refused, vehicle.read({SPEED!r}).value)
vehicle.close()
"""
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout == "True 50.0\n", done.stderr


def test_the_assistant_refuses_a_broker_elsewhere_before_anything_is_opened() -> None:
    command = [sys.executable, "-m", "assistant", "ask", "how fast am I?", "--bus"]
    done = subprocess.run(
        [*command, "kuksa:192.168.1.2:55555"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == UsageError.exit_code
    assert done.stderr.count("\n") == 1 and "on this machine" in done.stderr
