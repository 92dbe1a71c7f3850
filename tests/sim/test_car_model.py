"""The model of the car: it follows from the figures of Aster, always in the same way."""

from __future__ import annotations

import dataclasses

import pytest

from sim.car import Car
from sim.figures import ASTER
from sim.physics import advance

STEP_S = 0.05


def run(car: Car, seconds: float) -> Car:
    for _ in range(round(seconds / STEP_S)):
        advance(car, STEP_S)
    return car


def driving(**fields: object) -> Car:
    car = Car(ready=True, selector="Drive", parking_brake=False)
    for name, value in fields.items():
        setattr(car, name, value)
    return car


def test_the_same_start_gives_the_same_car() -> None:
    first, second = (run(driving(target_speed_kmh=90.0), 60) for _ in range(2))
    assert dataclasses.asdict(first) == dataclasses.asdict(second)


def test_it_reaches_the_wanted_speed_and_stops_again() -> None:
    car = run(driving(target_speed_kmh=80.0), 60)
    assert car.speed_kmh == pytest.approx(80, abs=1)
    car.target_speed_kmh = 0.0
    assert run(car, 60).speed_kmh == 0.0


@pytest.mark.parametrize("held", [{"parking_brake": True}, {"selector": "Park"}, {"ready": False}])
def test_it_does_not_move_while_something_holds_it(held: dict[str, object]) -> None:
    assert run(driving(target_speed_kmh=50.0, **held), 5).speed_kmh == 0.0


def test_in_town_it_drives_electrically_and_on_the_motorway_it_burns_petrol() -> None:
    town = run(driving(target_speed_kmh=40.0), 60)
    assert not town.engine_running and town.trip_fuel_l < 0.01 and town.battery_percent < 68.0
    motorway = run(driving(target_speed_kmh=150.0), 120)
    assert motorway.engine_running and motorway.fuel_l < 31.0 and motorway.engine_rpm > 2000


def test_energy_comes_from_somewhere() -> None:
    car = run(driving(target_speed_kmh=60.0, drive_mode="Electric"), 600)
    used_kwh = (68.0 - car.battery_percent) / 100 * ASTER.usable_kwh
    assert car.trip_kwh == pytest.approx(used_kwh, rel=1e-6)
    assert 0.08 < used_kwh / car.trip_km < 0.30


def test_an_empty_tank_does_not_go_below_empty() -> None:
    car = run(driving(target_speed_kmh=130.0, fuel_l=0.01, battery_percent=1.0), 120)
    assert car.fuel_l == 0.0 and not car.engine_running and car.battery_percent >= 0.0


@pytest.mark.parametrize(("station_kw", "minutes"), [(2.3, 375), (3.7, 230), (6.6, 135)])
def test_charging_takes_the_time_of_the_manual(station_kw: float, minutes: int) -> None:
    car = Car(system="Off", cable_connected=True, station_kw=station_kw, battery_percent=0.0)
    taken = 0
    while car.battery_percent < 98.0:
        run(car, 60)
        taken += 1
    assert taken == pytest.approx(minutes * 0.98, rel=0.06)
    assert car.charging_kw <= ASTER.onboard_charger_kw


def test_charging_ends_at_the_limit() -> None:
    car = Car(cable_connected=True, station_kw=6.6, battery_percent=79.9, charge_limit_percent=80.0)
    run(car, 120)
    assert car.battery_percent == pytest.approx(80.0) and car.charging_kw == 0.0


def test_an_engine_warms_up_and_one_without_cooling_overheats() -> None:
    warm = run(driving(target_speed_kmh=70.0, drive_mode="BatteryHold"), 900)
    assert 85 <= warm.coolant_c <= 105
    hot = run(driving(target_speed_kmh=70.0, drive_mode="BatteryHold", cooling_failed=True), 300)
    assert hot.coolant_c > 118


def test_tyres_follow_the_gas_law() -> None:
    car = Car()
    car.tyre_c["front_left"] = 20.0
    assert car.tyre_bar("front_left") == pytest.approx(2.4)
    car.tyre_c["front_left"] = -9.3  # a tenth less absolute temperature
    assert car.tyre_bar("front_left") == pytest.approx((2.4 + 1.013) * 0.9 - 1.013, abs=0.01)


def test_a_leak_empties_one_tyre_only() -> None:
    car = Car()
    car.leak_bar_per_min["rear_right"] = 60.0
    run(car, 10)
    assert car.tyre_bar("rear_right") < 0.01
    assert car.tyre_bar("rear_left") > 2.2
