"""The model of the car: it follows from the figures of Aster, always in the same way."""

from __future__ import annotations

import dataclasses
import math

import pytest

from sim.car import Car
from sim.ecus import powertrain
from sim.energy import regeneration_kw
from sim.figures import ASTER
from sim.lamps import lamp
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


@pytest.mark.parametrize(("wanted_kmh", "slope_percent"), [(80, 0), (130, 0), (135, 0), (90, 20)])
def test_in_electric_mode_the_motor_alone_drives_and_its_power_is_the_limit(
    wanted_kmh: float, slope_percent: float
) -> None:
    car = driving(drive_mode="Electric", battery_percent=90.0, target_speed_kmh=wanted_kmh)
    car.slope_percent = slope_percent
    strongest_kw = 0.0
    for _ in range(1200):
        advance(car, STEP_S)
        assert not car.engine_running and car.engine_kw == 0.0
        strongest_kw = max(strongest_kw, car.motor_kw)
    assert strongest_kw == pytest.approx(ASTER.motor_kw)
    if slope_percent:
        assert 60 < car.speed_kmh < 80  # what 75 kW carry up
    else:
        assert car.speed_kmh == pytest.approx(wanted_kmh, abs=0.5)


REASONS: list[tuple[dict[str, object], dict[str, object]]] = [
    ({"kick_down": True}, {"kick_down": False}),
    ({"target_speed_kmh": 150.0}, {"target_speed_kmh": 135.0}),
    ({"outside_c": -12.0}, {"outside_c": -8.0}),
    ({"outside_c": -12.0}, {"fan_percent": 0.0}),
    ({"battery_c": 56.0}, {"battery_c": 50.0}),
    ({"battery_c": -16.0}, {"battery_c": -10.0}),
]


@pytest.mark.parametrize(("reason", "gone"), REASONS)
def test_the_engine_helps_in_electric_mode_while_there_is_a_reason(
    reason: dict[str, object], gone: dict[str, object]
) -> None:
    car = driving(**{"drive_mode": "Electric", "target_speed_kmh": 120.0, **reason})
    run(car, 60)
    assert car.engine_running and car.engine_kw > 0 and car.drive_mode == "Electric"
    for name, value in gone.items():
        setattr(car, name, value)
    run(car, 20)
    assert not car.engine_running and car.motor_kw > 0 and car.engine_rpm == 0.0


def test_a_kick_down_gives_the_full_power_in_electric_mode() -> None:
    gentle, hard = (
        run(driving(drive_mode="Electric", target_speed_kmh=130.0, kick_down=pressed), 15)
        for pressed in (False, True)
    )
    assert hard.speed_kmh > gentle.speed_kmh + 5


def test_electric_mode_becomes_hybrid_at_ten_percent_and_the_engine_starts() -> None:
    car = driving(drive_mode="Electric", target_speed_kmh=50.0, speed_kmh=50.0)
    car.battery_percent = 10.1
    run(car, 2)
    assert car.drive_mode == "Electric" and not car.engine_running
    run(car, 60)
    assert car.drive_mode == "Hybrid" and car.engine_running


@pytest.mark.parametrize("fields", [{"drive_mode": "Sport"}, {"battery_percent": 12.0}])
def test_at_full_throttle_the_motor_gives_what_the_engine_cannot(fields: dict[str, object]) -> None:
    car = driving(target_speed_kmh=190.0, **fields)
    engine_kw, motor_kw = set(), set()
    for _ in range(400):
        before_percent = car.battery_percent
        advance(car, STEP_S)
        assert car.engine_kw + car.motor_kw == pytest.approx(car.wheel_power_kw)
        if car.motor_kw > 0:
            assert car.battery_percent < before_percent  # it comes from the drive battery
        engine_kw.add(car.engine_kw)
        motor_kw.add(car.motor_kw)
    assert max(engine_kw) == pytest.approx(ASTER.petrol_kw)
    assert max(motor_kw) == pytest.approx(ASTER.system_kw - ASTER.petrol_kw)


def test_energy_comes_from_somewhere() -> None:
    car = run(driving(target_speed_kmh=60.0, drive_mode="Electric"), 600)
    used_kwh = (68.0 - car.battery_percent) / 100 * ASTER.usable_kwh
    assert car.trip_kwh == pytest.approx(used_kwh, rel=1e-6)
    assert 0.08 < used_kwh / car.trip_km < 0.30


def test_an_empty_tank_does_not_go_below_empty() -> None:
    car = run(driving(target_speed_kmh=130.0, fuel_l=0.01, battery_percent=1.0), 120)
    assert car.fuel_l == 0.0 and not car.engine_running and car.battery_percent >= 0.0


def test_with_nothing_left_the_car_rolls_out() -> None:
    car = driving(target_speed_kmh=90.0, speed_kmh=90.0, fuel_l=0.0, battery_percent=0.0)
    run(car, 20)
    assert 50 < car.speed_kmh < 85 and car.wheel_power_kw == pytest.approx(0.0, abs=1e-6)
    assert run(car, 300).speed_kmh == 0.0 and car.motor_kw == 0.0


@pytest.mark.parametrize(("fuel_l", "top_kmh"), [(31.0, 195.0), (0.0, 135.0)])
def test_it_drives_no_faster_than_the_manual_says(fuel_l: float, top_kmh: float) -> None:
    car = driving(target_speed_kmh=300.0, speed_kmh=120.0, fuel_l=fuel_l, slope_percent=-4.0)
    assert run(car, 120).speed_kmh == pytest.approx(top_kmh, abs=0.5)


def test_in_neutral_the_car_only_rolls() -> None:
    car = driving(selector="Neutral", target_speed_kmh=90.0, speed_kmh=50.0)
    before = car.battery_percent
    run(car, 20)
    assert 35 < car.speed_kmh < 49
    assert car.wheel_power_kw == car.motor_kw == car.friction_kw == 0.0
    assert car.battery_percent < before  # nothing comes back
    assert run(car, 200).speed_kmh == 0.0
    car.parking_brake, car.slope_percent = True, -8.0
    assert run(car, 5).speed_kmh == 0.0


@pytest.mark.parametrize(("slope", "backwards"), [(8.0, True), (-8.0, False)])
def test_in_neutral_it_rolls_down_a_slope_unless_it_is_braked(
    slope: float, backwards: bool
) -> None:
    car = run(driving(selector="Neutral", slope_percent=slope), 10)
    assert 15 < car.speed_kmh < 40 and car.backwards is backwards
    assert car.altitude_m < 404.0
    assert (car.longitude < 9.6921) is backwards
    car.parking_brake = True
    assert run(car, 15).speed_kmh == 0.0


def test_what_rolls_up_a_slope_turns_round() -> None:
    car = run(driving(selector="Neutral", slope_percent=8.0, speed_kmh=20.0), 20)
    assert car.backwards and car.speed_kmh > 10


def test_reverse_goes_backwards_and_slowly() -> None:
    car = run(driving(selector="Reverse", target_speed_kmh=80.0), 30)
    assert car.speed_kmh == pytest.approx(ASTER.reverse_limit_kmh, abs=0.5)
    assert car.backwards and car.gear == -1 and car.longitude < 9.6921
    car.selector = "Drive"  # a car that moves the other way is braked first
    run(car, 1)
    assert car.backwards and car.speed_kmh < 25
    assert not run(car, 20).backwards and car.speed_kmh > 40


@pytest.mark.parametrize(("station_kw", "minutes"), [(2.3, 375), (3.7, 230), (6.6, 135)])
def test_charging_takes_the_time_of_the_manual(station_kw: float, minutes: int) -> None:
    car = Car(system="Off", cable_connected=True, station_kw=station_kw, battery_percent=0.0)
    taken = 0
    while car.battery_percent < 98.0:
        run(car, 60)
        taken += 1
    assert taken == pytest.approx(minutes * 0.98, rel=0.06)
    assert car.charging_kw <= ASTER.onboard_charger_kw


@pytest.mark.parametrize("battery_c", [20.0, -10.0])
@pytest.mark.parametrize(
    ("from_percent", "limit_percent"), [(20, 100), (50, 80), (60, 98), (99, 100)]
)
def test_the_time_that_the_car_says_is_the_time_that_charging_takes(
    battery_c: float, from_percent: float, limit_percent: float
) -> None:
    car = Car(system="Off", cable_connected=True, station_kw=6.6, battery_percent=from_percent)
    car.battery_c, car.outside_c, car.charge_limit_percent = battery_c, battery_c - 6, limit_percent
    assert powertrain.charging(car)["TimeToFull"] is None
    run(car, 3)
    said_min = powertrain.charging(car)["TimeToFull"]
    taken_s = 0.0
    while car.charging_kw > 0:
        advance(car, 0.1)
        taken_s += 0.1
    assert taken_s / 60 == pytest.approx(said_min, rel=0.01)


def test_charging_ends_at_the_limit() -> None:
    car = Car(cable_connected=True, station_kw=6.6, battery_percent=79.9, charge_limit_percent=80.0)
    run(car, 120)
    assert car.battery_percent == pytest.approx(80.0) and car.charging_kw == 0.0


def test_the_lamp_of_the_charging_cable_flashes_while_the_car_charges() -> None:
    car = Car(system="Off", station_kw=6.6, battery_percent=79.9, charge_limit_percent=80.0)
    assert lamp(car, "ChargeCable") == "off"
    car.cable_connected = True
    assert lamp(run(car, 1), "ChargeCable") == "on"
    assert lamp(run(car, 5), "ChargeCable") == "flashing"
    assert lamp(run(car, 120), "ChargeCable") == "on"


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


def test_uphill_costs_and_downhill_pays() -> None:
    level, up, down = (
        run(driving(target_speed_kmh=50.0, slope_percent=slope, drive_mode="Electric"), 300)
        for slope in (0.0, 6.0, -6.0)
    )
    assert up.battery_percent < level.battery_percent - 5 < level.battery_percent
    assert down.battery_percent > level.battery_percent and down.battery_kw > 0
    climbed = (up.trip_km * 1000) * 6.0 / 100
    assert up.altitude_m - 404.0 == pytest.approx(climbed, rel=0.01)


def test_on_a_slope_the_power_is_that_of_the_weight_lifted() -> None:
    up, level = (
        run(driving(target_speed_kmh=50.0, slope_percent=slope), 120) for slope in (8.0, 0.0)
    )
    lifted_kw = ASTER.mass_kg * 9.81 * math.sin(math.atan(0.08)) * up.speed_kmh / 3600
    assert up.wheel_power_kw - level.wheel_power_kw == pytest.approx(lifted_kw, rel=0.05)


def test_a_trailer_is_felt() -> None:
    alone, towing = (
        run(driving(target_speed_kmh=80.0, trailer_kg=kg, drive_mode="BatteryHold"), 300)
        for kg in (0.0, 1200.0)
    )
    assert 1.2 < towing.trip_fuel_l / alone.trip_fuel_l < 2.0  # the manual: up to a half more


@pytest.mark.parametrize(
    ("fields", "least", "most"),
    [
        ({}, 39.9, 40.1),
        ({"battery_percent": 100.0}, 0.0, 0.1),
        ({"battery_percent": 98.0}, 10.0, 30.0),
        ({"battery_c": -10.0}, 1.0, 15.0),
        ({"battery_c": 54.0}, 1.0, 10.0),
    ],
)
def test_regeneration_is_weaker_when_the_battery_is_full_cold_or_hot(
    fields: dict[str, float], least: float, most: float
) -> None:
    assert least <= regeneration_kw(driving(**fields), ASTER) <= most


def test_the_12_volt_battery_drains_and_an_empty_one_starts_nothing() -> None:
    car = Car(low_voltage_ah=0.8, voltage_v=7.0)
    car.ready = True
    assert not run(car, 1).ready
    parked = Car(light_switch="Beam", low_voltage_ah=14.0)
    before_v = run(parked, 10).voltage_v
    assert run(parked, 3600).voltage_v < before_v - 1.0
    jumped = Car(low_voltage_ah=50.0)
    jumped.ready = True
    assert run(jumped, 10).ready and jumped.voltage_v == pytest.approx(14.2, abs=0.1)


@pytest.mark.parametrize(
    ("fields", "hours"),
    [
        ({"light_switch": "Position"}, 20.0),  # 3.34: within about 20 hours
        ({"light_switch": "Beam"}, 6.0),
        ({"light_switch": "Beam", "low_voltage_ah": 51.0}, 5.2),
    ],
)
def test_lamps_that_are_left_on_empty_the_12_volt_battery(
    fields: dict[str, object], hours: float
) -> None:
    car = Car(system="Lock")
    for name, value in fields.items():
        setattr(car, name, value)
    taken_s = 0
    while car.voltage_v > 10.5:
        advance(car, 1.0)
        taken_s += 1
    assert taken_s / 3600 == pytest.approx(hours, rel=0.15)


def test_the_automatic_dipped_beam_draws_as_much_as_one_that_is_switched_on() -> None:
    by_itself, switched, day = (
        run(Car(light_switch=switch, dark=dark), 60).low_voltage_ah
        for switch, dark in (("Auto", True), ("Beam", True), ("Auto", False))
    )
    assert by_itself == pytest.approx(switched) and by_itself < day


def test_without_its_charger_the_12_volt_battery_ends_the_drive() -> None:
    car = driving(target_speed_kmh=50.0, defects=["dcdc"], low_voltage_ah=11.5, fan_percent=100.0)
    assert run(car, 60).ready and car.speed_kmh > 45
    run(car, 1200)
    assert not car.ready and car.speed_kmh == 0.0 and car.voltage_v < 10.6


@pytest.mark.parametrize(("outside_c", "cooling"), [(-8.0, False), (34.0, True)])
def test_the_cabin_reaches_what_was_chosen_and_it_costs_range(
    outside_c: float, cooling: bool
) -> None:
    car = driving(outside_c=outside_c, cabin_c=outside_c, coolant_c=outside_c)
    run(car, 1800)
    assert car.cabin_c == pytest.approx(21.0, abs=1.5)
    assert 0.1 < car.hvac_kw < 3.0
    off = driving(outside_c=outside_c, cabin_c=outside_c, coolant_c=outside_c, fan_percent=0.0)
    run(off, 1800)
    assert off.cabin_c == pytest.approx(outside_c, abs=0.1)
    assert off.battery_percent > car.battery_percent + 1
    if cooling:
        warm = driving(outside_c=outside_c, cabin_c=outside_c, air_conditioning=False)
        assert run(warm, 1800).cabin_c > 30


def test_charging_is_slower_in_frost_and_stops_in_great_cold() -> None:
    def charged(**fields: float) -> float:
        car = Car(system="Off", cable_connected=True, station_kw=6.6, battery_percent=20.0)
        for name, value in fields.items():
            setattr(car, name, value)
        return run(car, 600).battery_percent - 20.0

    mild = charged()
    assert charged(battery_c=-10.0, outside_c=-10.0) == pytest.approx(0.75 * mild, rel=0.02)
    assert charged(outside_c=-25.0) == 0.0
    assert charged(voltage_v=8.0, low_voltage_ah=1.0) == 0.0  # 9.13: jump start the car first


def test_a_broken_inverter_lets_it_limp_home() -> None:
    car = run(driving(target_speed_kmh=120.0, defects=["inverter"]), 120)
    assert car.speed_kmh == pytest.approx(80.0, abs=1) and lamp(car, "ReducedPower") == "on"


def test_belts_are_asked_for_more_urgently_at_speed() -> None:
    car = driving(occupied=["driver", "rear_left"])
    assert lamp(car, "SeatBelt") == "on"
    run(car, 1)
    car.target_speed_kmh = 30.0
    run(car, 30)
    assert lamp(car, "SeatBelt") == "flashing"
    car.belted = ["driver", "rear_left"]
    assert lamp(car, "SeatBelt") == "off"


def test_doors_lock_themselves_at_15_kmh_unless_one_is_open() -> None:
    assert not run(driving(target_speed_kmh=12.0), 20).locked
    assert run(driving(target_speed_kmh=20.0), 20).locked
    assert not run(driving(target_speed_kmh=20.0, open=["boot"]), 20).locked


def test_fog_lamps_go_out_with_the_side_lights() -> None:
    car = Car(light_switch="Beam", front_fog=True, rear_fog=True)
    assert lamp(car, "RearFog") == lamp(car, "FrontFog") == "on"
    car.light_switch = "Off"
    assert lamp(car, "RearFog") == lamp(car, "FrontFog") == "off"


def test_some_things_switch_themselves_off() -> None:
    car = Car(recirculation=True, rear_defroster=True, low_voltage_ah=60.0)
    run(car, 590)
    assert car.recirculation and car.rear_defroster
    run(car, 20)
    assert car.recirculation and not car.rear_defroster
    run(car, 600)
    assert not car.recirculation


def test_service_counters_and_the_route_go_on_with_the_distance() -> None:
    car = run(driving(target_speed_kmh=90.0, route_km=20.0, drive_mode="Sport"), 600)
    assert car.service_km == pytest.approx(8600.0 - car.trip_km)
    assert car.service_days == pytest.approx(210.0 - 600 / 86400)
    assert car.oil_condition_percent < 61.0
    assert car.route_km == pytest.approx(20.0 - car.trip_km)
    assert car.clock_min == pytest.approx(610.0)
    assert car.longitude > 9.6921 and car.latitude > 47.5512
