"""The car that a question is about: real frames, received by can_bridge."""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.adapters.can_bridge_vehicle import CanBridgeVehicle
from assistant.errors import UsageError
from assistant.events import Known, Reason
from bench.evaluation.car import BUS, LiveCar
from tests import aster
from tests.bench.evaluation.cases import question
from tests.can_bridge.conftest import DBC, SIGNALS, VEHICLE

TYRE = "Vehicle.Chassis.Axle.Row1.Wheel.Left.Tire.Pressure"
LONG_S = 10.0
LAMP = "Vehicle.Cabin.Cluster.Telltale."


class Car:
    """A vehicle and what sends its frames."""

    def __init__(self, folder: Path) -> None:
        self.vehicle = CanBridgeVehicle(folder, BUS, 1.0)
        self.live = LiveCar(folder, self.vehicle)

    def values(self, *paths: str, **changes: Any) -> list[object]:
        self.live.set_up(question(("x",), **changes))
        readings = [self.vehicle.read(path) for path in paths]
        return [r.value if isinstance(r, Known) else r.reason for r in readings]


@pytest.fixture
def aster_car() -> Iterator[Car]:
    car = Car(aster.FOLDER)
    yield car
    car.live.close()


@pytest.fixture
def toy_car(tmp_path: Path) -> Iterator[Car]:
    for name, text in (("vehicle.toml", VEHICLE), ("signals.toml", SIGNALS), ("toy.dbc", DBC)):
        (tmp_path / name).write_text(text)
    car = Car(tmp_path)
    yield car
    car.live.close()


def test_the_car_of_a_question_has_its_values_and_no_other_lamps(aster_car: Car) -> None:
    state = {TYRE: 1.8, "Vehicle.Speed": 88, "Vehicle.Body.Trunk.Rear.IsOpen": True,
             "Vehicle.Powertrain.DriveMode": "sport"}  # fmt: skip
    lit = (f"{LAMP}TyrePressure",)
    lamps = [lamp.path for lamp in aster_car.vehicle.telltales]
    found = aster_car.values(*state, *lamps, state=state, lit=lit)
    assert found[0] == pytest.approx(1.8, abs=0.05)
    assert found[1:4] == [pytest.approx(88, abs=0.1), True, "sport"]
    values = dict(zip(lamps, found[4:], strict=True))
    assert [path for path, value in values.items() if value != "off"] == list(lit)


def test_a_lamp_may_flash(aster_car: Car) -> None:
    path = f"{LAMP}CheckEngine"
    assert aster_car.values(path, state={path: "flashing"}) == ["flashing"]


def test_a_question_about_the_manual_alone_finds_the_car_parked(aster_car: Car) -> None:
    assert aster_car.values("Vehicle.Speed", f"{LAMP}ParkingBrake") == [0.0, "on"]


def test_nothing_is_left_of_the_question_before(aster_car: Car) -> None:
    aster_car.values(TYRE, state={TYRE: 1.2})
    assert aster_car.values(TYRE)[0] == pytest.approx(2.4, abs=0.05)


def test_what_the_profile_compares_a_value_with_goes_along(aster_car: Car) -> None:
    wheel = "Vehicle.Chassis.Axle.Row1.Wheel.Left.Speed"
    fuel, litres = (f"Vehicle.Powertrain.FuelSystem.{n}Level" for n in ("Relative", "Absolute"))
    found = aster_car.values(wheel, litres, state={"Vehicle.Speed": 100, fuel: 50})
    assert found == [pytest.approx(100, abs=0.1), pytest.approx(21, abs=0.1)]


def test_a_derived_value_is_set_by_what_it_is_computed_from(aster_car: Car) -> None:
    whole, fuel = "Vehicle.Derived.RangeToEmptyFuel", "Vehicle.Powertrain.FuelSystem.Range"
    assert aster_car.values(whole, state={fuel: 300, whole: 300}) == [300]
    with pytest.raises(UsageError, match="it is derived"):
        aster_car.values(state={fuel: 300, whole: 400})


def test_of_another_car_what_is_not_set_is_not_available(toy_car: Car) -> None:
    found = toy_car.values("Vehicle.Speed", "Vehicle.Tyre", "Vehicle.Gear", "Vehicle.Door",
                           state={"Vehicle.Speed": 50.5, "Vehicle.Door": True})  # fmt: skip
    assert found == [50.5, Reason.NOT_AVAILABLE, Reason.NOT_AVAILABLE, True]


def test_the_frames_are_sent_again_while_a_question_is_asked(toy_car: Car) -> None:
    toy_car.values(state={"Vehicle.Speed": 50})
    deadline, renewed, before = time.monotonic() + LONG_S, 0, 0.0
    while renewed < 3 and time.monotonic() < deadline:
        reading = toy_car.vehicle.read("Vehicle.Speed")
        age = reading.age_s if isinstance(reading, Known) else before
        renewed += age < before
        before = age
    assert renewed == 3


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"state": {"Vehicle.Nothing": 1}}, "no signal 'Vehicle.Nothing'"),
        ({"state": {}, "lit": ("Vehicle.Speed",)}, "no lamp 'Vehicle.Speed'"),
        ({"state": {"Vehicle.Gear": "third"}}, "Vehicle.Gear cannot be 'third'"),
        ({"state": {"Vehicle.Door": "ajar"}}, "Vehicle.Door cannot be 'ajar'"),
        ({"state": {"Vehicle.Speed": 9999}}, "Vehicle.Speed cannot be 9999"),
        ({"state": {"Vehicle.Speed": 300}}, "reads out_of_range"),
        ({"state": {"Vehicle.Derived.Open": "boot"}}, "it is derived"),
    ],
)
def test_a_state_that_cannot_be_had_is_named(
    toy_car: Car, changes: dict[str, Any], said: str
) -> None:
    with pytest.raises(UsageError) as error:
        toy_car.values(line=7, **changes)
    assert str(error.value).startswith("set.jsonl, line 7: ")
    assert said in str(error.value)


def test_a_vehicle_that_the_simulator_does_not_know_needs_no_frames_to_be_asked(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "obd2"
    shutil.copytree(aster.FOLDER.parent / "obd2", folder)
    car = Car(folder)
    assert set(car.values(*car.vehicle.signals)) == {Reason.NEVER_SEEN}
    car.live.close()
