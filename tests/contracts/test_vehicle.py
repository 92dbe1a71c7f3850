"""What every Vehicle does, on the fake and on can_bridge with a real simulated car."""

import os
import re
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

import can_bridge
from assistant.adapters.can_bridge_vehicle import CanBridgeVehicle
from assistant.adapters.kuksa_vehicle import KuksaVehicle
from assistant.adapters.sim_process import SimProcess
from assistant.errors import BusError, UsageError, VehicleProfileError
from assistant.events import Known, Reason, Unknown
from assistant.ports import Vehicle
from can_bridge.kuksa import open_server, parse_endpoint
from tests import aster
from tests.fakes import FakeVehicle
from tests.turns import known

SPEED = "Vehicle.Speed"
RANGE = "Vehicle.Powertrain.Range"
BUS = f"unix:contract-{os.getpid()}"
ROOT = Path(__file__).resolve().parents[2]


class VehicleContract:
    """Override `vehicle`: open, an Aster at 120 km/h with its doors closed and no lamp lit."""

    def test_a_value_comes_with_its_unit_and_its_age(self, vehicle: Vehicle) -> None:
        reading = vehicle.read(SPEED)
        assert isinstance(reading, Known)
        assert reading.value == pytest.approx(120.0, abs=2.0)
        assert reading.unit == "km/h"
        assert 0.0 <= reading.age_s < 5.0

    def test_every_signal_can_be_read(self, vehicle: Vehicle) -> None:
        for path in vehicle.signals:
            assert isinstance(vehicle.read(path), Known | Unknown)

    def test_a_signal_knows_its_path_and_its_unit(self, vehicle: Vehicle) -> None:
        assert all(signal.path == path for path, signal in vehicle.signals.items())
        assert vehicle.signals[SPEED].unit == "km/h"

    def test_a_path_that_the_vehicle_has_not_is_a_key_error(self, vehicle: Vehicle) -> None:
        with pytest.raises(KeyError):
            vehicle.read("Vehicle.Flux.Capacitor")

    def test_every_lamp_is_a_signal(self, vehicle: Vehicle) -> None:
        assert vehicle.telltales
        for lamp in vehicle.telltales:
            assert lamp.path in vehicle.signals
            reading = vehicle.read(lamp.path)
            assert isinstance(reading, Unknown) or reading.value in {"off", "on", "flashing"}

    def test_the_driver_sits_on_a_side(self, vehicle: Vehicle) -> None:
        assert vehicle.driver_side in {"left", "right"}

    def test_the_size_of_the_wheels_is_written_as_in_a_manual(self, vehicle: Vehicle) -> None:
        assert re.fullmatch(r"(R\d\d)?", vehicle.tyre_size)

    def test_a_healthy_car_has_stored_no_trouble_code(self, vehicle: Vehicle) -> None:
        found = vehicle.trouble_codes()
        assert (found.codes, found.unread) == ((), ())

    def test_it_may_be_closed_twice(self, vehicle: Vehicle) -> None:
        vehicle.close()
        vehicle.close()


class TestFakeVehicle(VehicleContract):
    @pytest.fixture
    def vehicle(self) -> FakeVehicle:
        return aster.car(Vehicle__Speed=known(120.0, "km/h"))


@pytest.fixture(scope="module")
def motorway() -> Iterator[SimProcess]:
    """A simulated car on the motorway, on a bus of its own."""
    folder = Path(tempfile.mkdtemp(prefix="au"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(folder))
        try:
            with SimProcess("highway", aster.FOLDER, BUS) as car:
                yield car
        finally:
            shutil.rmtree(folder)


class TestCanBridgeVehicle(VehicleContract):
    @pytest.fixture
    def vehicle(self, motorway: SimProcess) -> Iterator[CanBridgeVehicle]:
        vehicle = CanBridgeVehicle(aster.FOLDER, BUS, 10.0)
        vehicle.open()
        yield vehicle
        vehicle.close()

    def test_every_signal_of_a_driving_car_becomes_known(self, vehicle: CanBridgeVehicle) -> None:
        absent = {
            path
            for path in vehicle.signals
            if isinstance(reading := vehicle.read(path), Unknown)
            and reading.reason not in {Reason.NOT_AVAILABLE, Reason.INPUT_UNKNOWN}
        }
        assert absent == set()

    def test_a_derived_value_names_what_it_is_worked_out_from(
        self, vehicle: CanBridgeVehicle
    ) -> None:
        reading = vehicle.read(RANGE)
        assert isinstance(reading, Known)
        parts = [vehicle.read(path) for path in reading.sources]
        values = [part.value for part in parts if isinstance(part, Known)]
        assert len(values) == 2
        assert reading.value == pytest.approx(sum(float(value) for value in values), abs=3.0)

    def test_it_may_be_read_from_another_thread(self, vehicle: CanBridgeVehicle) -> None:
        found: list[object] = []
        thread = threading.Thread(target=lambda: found.append(vehicle.read(SPEED)))
        thread.start()
        thread.join()
        assert isinstance(found[0], Known)

    def test_a_closed_bus_cannot_be_read(self, vehicle: CanBridgeVehicle) -> None:
        vehicle.close()
        with pytest.raises(BusError, match="not open"):
            vehicle.read(SPEED)

    def test_it_can_be_opened_again(self, vehicle: CanBridgeVehicle) -> None:
        vehicle.close()
        vehicle.open()
        assert isinstance(vehicle.read(SPEED), Known)


class TestKuksaVehicle(VehicleContract):
    """Over our own server of kuksa.val.v2, which reads the simulated car."""

    @pytest.fixture
    def vehicle(self, motorway: SimProcess, tmp_path: Path) -> Iterator[KuksaVehicle]:
        endpoint = parse_endpoint(f"unix:{tmp_path / 'broker'}")
        with ExitStack() as stack:
            profile = can_bridge.load_profile(aster.FOLDER)
            bridge = stack.enter_context(can_bridge.open_bridge(profile, BUS))
            assert bridge.wait_ready(10.0)
            stack.enter_context(open_server(bridge, None, endpoint))
            vehicle = KuksaVehicle(aster.FOLDER, f"kuksa:unix:{tmp_path / 'broker'}", 10.0)
            vehicle.open()
            stack.callback(vehicle.close)
            yield vehicle

    def test_it_knows_what_the_bus_knows(self, vehicle: KuksaVehicle, motorway: SimProcess) -> None:
        direct = CanBridgeVehicle(aster.FOLDER, BUS, 10.0)
        direct.open()
        unlike = {
            path
            for path in vehicle.signals
            if isinstance(direct.read(path), Known) != isinstance(vehicle.read(path), Known)
        }
        direct.close()
        assert unlike == set()

    def test_it_can_be_opened_again(self, vehicle: KuksaVehicle) -> None:
        vehicle.close()
        with pytest.raises(BusError, match="not open"):
            vehicle.read(SPEED)
        vehicle.open()
        assert isinstance(vehicle.read(SPEED), Known)


def test_a_silent_bus_leaves_everything_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tempfile.mkdtemp(prefix="au")
    monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
    vehicle = CanBridgeVehicle(aster.FOLDER, "unix:silent", 0.0)
    vehicle.open()
    try:
        readings = {path: vehicle.read(path) for path in vehicle.signals}
    finally:
        vehicle.close()
        shutil.rmtree(folder)
    assert all(isinstance(reading, Unknown) for reading in readings.values())
    assert readings[SPEED] == Unknown(Reason.NEVER_SEEN)
    assert readings[RANGE] == Unknown(Reason.INPUT_UNKNOWN)


def test_a_car_that_goes_away_becomes_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tempfile.mkdtemp(prefix="au")
    monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
    vehicle = CanBridgeVehicle(aster.FOLDER, "unix:leaves", 10.0)
    try:
        with SimProcess("highway", aster.FOLDER, "unix:leaves"):
            vehicle.open()
            assert isinstance(vehicle.read(SPEED), Known)
        waiting = threading.Event()
        for _ in range(100):
            reading = vehicle.read(SPEED)
            if isinstance(reading, Unknown):
                break
            waiting.wait(0.1)
        assert isinstance(reading, Unknown)
    finally:
        vehicle.close()
        shutil.rmtree(folder)


@pytest.mark.parametrize(
    ("spec", "error"),
    [
        ("nope:x", BusError),
        ("socketcan:nocan9", BusError),
        ("unix:a/b", UsageError),
        ("unix:" + "x" * 300, UsageError),
        ("unix:", UsageError),
        ("unix", UsageError),
        ("", UsageError),
    ],
)
def test_a_bus_that_cannot_be_opened_is_named(spec: str, error: type[Exception]) -> None:
    vehicle = CanBridgeVehicle(aster.FOLDER, spec, 0.0)
    with pytest.raises(error) as caught:
        vehicle.open()
    assert "\n" not in str(caught.value)
    vehicle.close()


def broken(folder: Path, name: str, old: str, new: str) -> CanBridgeVehicle:
    """An Aster with one file changed."""
    target = folder / "car"
    shutil.copytree(aster.FOLDER, target)
    content = (target / name).read_bytes()
    assert old.encode() in content
    (target / name).write_bytes(content.replace(old.encode(), new.encode(), 1))
    return CanBridgeVehicle(target, BUS, 0.0)


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        ("body.dbc", "BO_ ", "BO_ x ", "body.dbc"),
        ("signals.toml", 'signal = "VehicleSpeed"', 'signal = "Velocity"', "Velocity"),
        ("signals.toml", 'message = "ESC_Speed"', 'message = "ESC_Nope"', "ESC_Nope"),
        ("vehicle.toml", "id =", "ident =", "id"),
        ("vehicle.toml", '"body.dbc"', '"missing.dbc"', "missing.dbc"),
        ("vehicle.toml", 'driver_position = "left"', "driver_position = 3", "driver_position"),
    ],
)
def test_a_folder_that_describes_no_vehicle_is_named(
    tmp_path: Path, name: str, old: str, new: str, words: str
) -> None:
    with pytest.raises(VehicleProfileError, match=words) as caught:
        broken(tmp_path, name, old, new).open()
    assert "\n" not in str(caught.value)


# --- the simulated car as a child ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("scenario", "bus", "error"),
    [("nope", BUS, UsageError), ("parked", "nope:x", BusError), ("parked", "", UsageError)],
)
def test_a_simulator_that_cannot_start_says_why(
    scenario: str, bus: str, error: type[Exception]
) -> None:
    with pytest.raises(error) as caught, SimProcess(scenario, aster.FOLDER, bus):
        pass
    assert "\n" not in str(caught.value)
    assert "Traceback" not in str(caught.value)


def test_the_simulator_ends_with_its_context(motorway: SimProcess) -> None:
    with SimProcess("parked", aster.FOLDER, f"{BUS}-other") as car:
        number = car.process_id
        assert Path(f"/proc/{number}").exists()
    assert not Path(f"/proc/{number}").exists()


def test_the_steps_of_a_scenario_are_told() -> None:
    with SimProcess("demo_drive", aster.FOLDER, f"{BUS}-steps", 79.5) as car:
        waiting = threading.Event()
        steps = ""
        for _ in range(100):
            steps += "".join(car.steps())
            if "the end of the drive" in steps:
                break
            waiting.wait(0.1)
    assert "parked with the front left door open" in steps
    assert "the end of the drive" in steps
