"""The scenarios in config, and what is said about wrong ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.car import Car
from sim.errors import ScenarioError, VehicleFileError
from sim.frame import FrameBuilder
from sim.lamps import NAMES, lamp
from sim.scenario import Scenario, Step, load_scenario
from sim.vehicle_files import config_folder, load_vehicle
from sim.world import World

BUILDERS = [FrameBuilder(message) for message in load_vehicle("aster").messages]
ALL = sorted(path.stem for path in config_folder("scenarios").glob("*.toml"))
DRIVING = {"Ready"}

LAMPS = {
    # (scenario, seconds): the lamps that are not off
    ("parked", 1): {"ParkingBrake"},
    ("highway", 1): {"Ready", "CruiseControl"},
    ("city", 1): DRIVING,
    ("city", 46): {"Ready", "Indicators"},
    ("charging_at_home", 5): {"ChargeCable"},
    ("low_tyre", 1): {"Ready", "TyrePressure"},
    ("low_fuel", 1): {"Ready", "LowFuel"},
    ("overheating", 1): {"Ready", "CoolantTemperature"},
    ("door_ajar", 1): {"Ready", "ParkingBrake", "DoorOpen"},
    ("ecu_dropout", 1): DRIVING,
    ("winter_morning", 1): {
        "Ready",
        "ParkingBrake",
        "Frost",
        "SideLights",
        "DippedBeam",
        "ColdCoolant",
    },
    ("cold_start", 8): {
        "Ready",
        "ParkingBrake",
        "ReducedPower",
        "Frost",
        "SideLights",
        "DippedBeam",
        "ColdCoolant",
    },
    ("low_charge", 1): {"Ready", "LowCharge"},
    ("trailer", 10): DRIVING,
    ("child_in_the_back", 1): DRIVING,
    ("child_in_the_back", 6): {"Ready", "SeatBelt"},
    ("night_rain", 3): {"Ready", "SideLights", "DippedBeam", "FrontFog"},
    ("night_rain", 20): {"Ready", "SideLights", "DippedBeam", "FrontFog", "MainBeam"},
    ("limp_home", 1): DRIVING,
    ("limp_home", 12): {"Ready", "ReducedPower", "CheckEngine"},
    ("dead_12v_battery", 6): {"ParkingBrake", "Charging12V", "Frost"},
    ("dead_12v_battery", 60): {"ParkingBrake", "Ready", "Frost"},
    ("demo_drive", 1): {"ParkingBrake", "DoorOpen", "SeatBelt"},
    ("demo_drive", 40): {"Ready", "TyrePressure", "ColdCoolant"},
    ("demo_drive", 50): {"Ready", "TyrePressure", "ColdCoolant", "LowFuel"},
    ("demo_drive", 79): {"ParkingBrake", "DoorOpen", "SeatBelt", "TyrePressure", "LowFuel"},
}


def car_at(scenario: Scenario, seconds: float) -> Car:
    world = World(scenario, BUILDERS)
    for _ in world.run_to(seconds):
        pass
    return world.car


def lit(car: Car) -> set[str]:
    return {name for name in NAMES if lamp(car, name) != "off"}


@pytest.mark.parametrize(("name", "seconds"), LAMPS)
def test_lamps_follow_the_state(name: str, seconds: int) -> None:
    assert lit(car_at(load_scenario(name), seconds)) == LAMPS[name, seconds]


@pytest.mark.parametrize("name", ALL)
def test_every_scenario_runs_and_builds_every_frame(name: str) -> None:
    scenario = load_scenario(name)
    assert scenario.name == name and scenario.description
    world = World(scenario, BUILDERS)
    for seconds in range(0, 120, 10):
        for _ in world.run_to(seconds):
            pass
        for builder in BUILDERS:
            frame = world.frame(builder)
            assert frame is None or len(frame) == builder.length


def test_there_are_the_scenarios_that_were_asked_for() -> None:
    wanted = (
        "cold_start highway low_tyre low_fuel low_charge overheating charging_at_home trailer "
        "child_in_the_back night_rain limp_home dead_12v_battery ecu_dropout"
    )
    assert set(wanted.split()) <= set(ALL)


@pytest.mark.parametrize("name", ALL)
def test_every_scenario_says_what_should_be_said(name: str) -> None:
    expectations = load_scenario(name).expectations
    assert any(expectation.ask for expectation in expectations)


def test_a_profile_is_followed_in_straight_lines_and_then_left() -> None:
    car = car_at(load_scenario("trailer"), 10)
    assert car.slope_percent == pytest.approx(5.0, abs=0.05)
    car = car_at(load_scenario("trailer"), 145)
    assert car.slope_percent == pytest.approx(-6.0, abs=0.05)


def test_in_the_city_the_motor_alone_drives() -> None:
    world = World(load_scenario("city"), BUILDERS)
    for second in range(121):
        for _ in world.run_to(second):
            pass
        assert not world.car.engine_running
    assert world.car.trip_fuel_l == pytest.approx(0.05)  # as it started


def test_with_a_low_charge_hybrid_mode_has_taken_over() -> None:
    scenario = load_scenario("low_charge")
    car = car_at(scenario, 1)
    assert car.battery_percent < 10 and car.drive_mode == "Hybrid" and car.engine_running
    assert scenario.start["drive_mode"] == "Hybrid"  # it does not change on the way


def test_demo_drive_tells_its_story_in_order() -> None:
    scenario = load_scenario("demo_drive")
    world = World(scenario, BUILDERS)
    happened: list[Step] = []
    for tenth in range(900):
        for step in world.run_to(tenth / 10):
            assert step.at_s == pytest.approx(world.time_s, abs=0.06)
            happened.append(step)
    assert happened == list(scenario.steps)
    assert 60 <= happened[-1].at_s <= 90


def test_a_lamp_that_the_scenario_sets_goes_before_the_rules() -> None:
    scenario = Scenario("x", "", {"lamps": {"CheckEngine": "flashing", "ParkingBrake": "off"}}, ())
    car = car_at(scenario, 1)
    assert lamp(car, "CheckEngine") == "flashing" and lamp(car, "ParkingBrake") == "off"


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("name = ", "no TOML"),
        ("nmae = 'x'", "did you mean 'name'"),
        ("[start]\nspeed = 3.0", "'speed'"),
        ("[start]\nspeed_kmh = 'fast'", "speed_kmh"),
        ("[start]\nready = 1", "ready"),
        ("[start]\nlamps = { Chek = 'on' }", "lamps"),
        ("[start]\nleak_bar_per_min = { left = 1.0 }", "leak_bar_per_min"),
        ("[[step]]\nname = 'x'", "at_s"),
        ("[[step]]\nat_s = 2\nname = 'b'\n[[step]]\nat_s = 1\nname = 'a'", "order"),
        ("[[step]]\nat_s = 1\nname = 'x'\nfaults = [{ kind = 'magic' }]", "silent"),
        ("[[step]]\nat_s = 1\nname = 'x'\nfaults = [{ kind = 'silent' }]", "an ecu or a message"),
        ("[[step]]\nat_s = 1\nname = 'x'\nfaults = [{ kind = 'sna' }]", "message, signal"),
        ("[start]\nselector = 'Fly'", "selector"),
        ("[start]\nspeed_kmh = nan", "speed_kmh"),
        ("[profile]\nready = [[0, 1], [2, 3]]", "no number of the car"),
        ("[profile]\nspeed_kmh = [[0, 1]]", "two or more pairs"),
        ("[profile]\nspeed_kmh = [[5, 1], [2, 1]]", "order of time"),
        ("[profile]\nspeed_kmh = [[0, 'a'], [2, 1]]", "two or more pairs"),
        ("[step]\nat_s = 1\nname = 'x'", "two brackets"),
        ("[[expect]]\nask = 'how fast'", "`ask` and `answer`"),
        ("[[expect]]\nask = 'how fast'\nanswer = '('", "regular expression"),
        ("[[expect]]\nat = 3", "'at'"),
        ("[start]\nopen = ['window']", "open"),
        ("[start]\noutside_c = 151", "from -60 to 150"),
        ("[start]\ntyre_c = { rear_left = nan }", "tyre_c"),
        ("[start]\ngear = true", "gear"),
        ("[profile]\nspeed_kmh = [[0, 1], [2, nan]]", "from 0 to 195"),
        ("[profile]\nspeed_kmh = [[0, 1], [2, 500]]", "from 0 to 195"),
        ("[profile]\nspeed_kmh = [[0, 1], [inf, 5]]", "two or more pairs"),
        ("[profile]\nspeed_kmh = [[0, 1], [nan, 5]]", "two or more pairs"),
        ("[profile]\nspeed_kmh = [[0, true], [2, 5]]", "two or more pairs"),
        ("[profile]\nspeed_kmh = [[-1, 2], [2, 5]]", "two or more pairs"),
        ("[profile]\nspeed_kmh = [[0, 1, 2], [2, 5]]", "two or more pairs"),
        ("[[step]]\nat_s = nan\nname = 'x'", "from 0 on"),
        ("[[step]]\nat_s = inf\nname = 'x'", "from 0 on"),
        ("[[step]]\nat_s = -1\nname = 'x'", "from 0 on"),
        ("[[step]]\nat_s = true\nname = 'x'", "from 0 on"),
        ("[[step]]\nat_s = 1\nname = 'x'\nclear_faults = 'no'", "true or false"),
        (
            "[[step]]\nat_s = 1\nname = 'x'\nfaults = [{ kind = 'drop', ecu = 'EMU', share = nan }]",
            "share",
        ),
        ("[[expect]]\nat_s = nan", "from 0 on"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(tmp_path: Path, text: str, part: str) -> None:
    file = tmp_path / "wrong.toml"
    file.write_text(text)
    with pytest.raises(ScenarioError, match=part) as caught:
        load_scenario(str(file))
    assert "\n" not in str(caught.value) and str(file) in str(caught.value)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("name = 'x'\n[start]\nspeed_kmh = 9..0", "line 3, column"),
        ("name = 'x'\n\n[start]\nspeed_kmh = 'fast'", "wrong.toml, line 4: speed_kmh"),
        ("[start]\nready = true\n'fuel_l' = -1", "wrong.toml, line 3: fuel_l"),
        ("start = { ready = true, fuel_l = -1 }", "wrong.toml, line 1: fuel_l"),
        ("[start.tyre_c]\nfront_left = 900", "wrong.toml, line 1: tyre_c"),
        ("[start]\n[start.tyre_c]\nfront_left = 900", "wrong.toml, line 2: tyre_c"),
        ("name = 'x'\nnmae = 'y'", "wrong.toml, line 2: .*'nmae'"),
        ("name = 'x'\n[strat]\nready = true", "wrong.toml, line 2: .*'strat'"),
        ("[profile]\nspeed_kmh = [[0, 1]]", "wrong.toml, line 2: speed_kmh"),
        (
            "[profile]\nslope_percent = [\n  [0, 1],\n  [9, 1],\n]\nspeed_kmh = [[0, 1]]",
            "wrong.toml, line 6: speed_kmh",
        ),
        (
            "[[step]]\nat_s = 1\nname = 'a'\nset = { ready = true, fuel_l = -1 }\n"
            "[start]\nfuel_l = 3",
            "wrong.toml, line 4: fuel_l",
        ),
        (
            "[[step]]\nat_s = 1\nname = 'a'\n[step.set]\nready = true\nfuel_l = -1",
            "wrong.toml, line 6: fuel_l",
        ),
        (
            "[[step]]\nat_s = 1\nname = 'a'\nfaults = [{ kind = 'magic' }]",
            "wrong.toml, line 4: the step 'a'",
        ),
        ("[[expect]]\nask = 'a'\nanswer = '('", "line 3: .*regular"),
        ("[[step]]\nat_s = 1\nname = 'a'\n[[step]]\nat_s = 'soon'\nname = 'b'", "line 5: .*'soon'"),
        ("[[step]]\nat_s = 2\nname = 'b'\n[[step]]\nat_s = 1\nname = 'a'", "line 5: .*order"),
        ("[[expect]]\nat_s = 1\n[[expect]]\nask = 'a'", "line 4: .*`answer`"),
        ("\n[step]\nat_s = 1", "line 2: .*two brackets"),
        ("step = [{ at_s = 1 }]", "wrong.toml: a .*found 1 and none"),
        ("name = 'x'\n[start]\nfuel_l = " + "9" * 5000, "line 3: .*is no number"),
        ("name = 'x'\n[start]\nopen = " + "[" * 5000, "line 3: .*nested too deep"),
        ("[start]\ngear = 0x" + "f" * 5000, "line 2: gear"),
    ],
)
def test_the_line_of_what_is_wrong_is_said(tmp_path: Path, text: str, part: str) -> None:
    file = tmp_path / "wrong.toml"
    file.write_text(text)
    with pytest.raises(ScenarioError, match=part):
        load_scenario(str(file))


def test_a_scenario_that_cannot_be_read_is_not_called_missing(tmp_path: Path) -> None:
    folder = tmp_path / "folder.toml"
    folder.mkdir()
    with pytest.raises(ScenarioError, match=r"folder\.toml cannot be read \(Is a directory\)"):
        load_scenario(str(folder))


VEHICLE = '[bus]\ndbc = ["a.dbc"]\n'


@pytest.mark.parametrize(
    ("vehicle", "dbc", "part"),
    [
        ("[bus]\n[[[", None, r"vehicle\.toml is no TOML: .*line 2"),
        ("\xff", None, r"vehicle\.toml is not UTF-8 text"),
        ("id = 'x'", None, r"vehicle\.toml: expected a table \[bus\], found none; add it"),
        ("\nbus = 3", None, r"vehicle\.toml, line 2: expected a table \[bus\], found 3"),
        ("[bus]\nbitrate = 1", None, r"vehicle\.toml, line 1: expected a list of DBC files.*none"),
        ("[bus]\ndbc = 'a.dbc'", None, r"line 2: expected a list of DBC files.*found 'a\.dbc'"),
        (VEHICLE + "bitrate = 0", None, r"line 3: expected a whole number.*found 0; correct it"),
        (VEHICLE + f"bitrate = {10**12}", None, r"from 10000 to 1000000.*found 1000000000000"),
        (VEHICLE + "bitrate = 'x'", None, r"line 3: expected a whole number of bit/s.*found 'x'"),
        (VEHICLE, None, r"a\.dbc, which vehicle\.toml names, cannot be read \(No such file"),
        (VEHICLE, "BO_ x 3", r"a\.dbc is no valid DBC: .*line 1"),
    ],
)
def test_a_vehicle_that_is_wrong_is_said_with_its_file_and_line(
    tmp_path: Path, vehicle: str, dbc: str | None, part: str
) -> None:
    (tmp_path / "vehicle.toml").write_text(vehicle, encoding="latin-1")
    if dbc is not None:
        (tmp_path / "a.dbc").write_text(dbc)
    with pytest.raises(VehicleFileError, match=part) as caught:
        load_vehicle(str(tmp_path))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("fault", "part"),
    [
        ("kind = 'silent', ecu = 'XYZ'", "ECM"),
        ("kind = 'freeze_counter', message = 'Nothing'", "ESC_Speed"),
        ("kind = 'sna', message = 'ESC_Speed', signal = 'Sped'", "VehicleSpeed"),
        (
            "kind = 'raw', message = 'ESC_Speed', signal = 'VehicleSpeed', raw = 70000",
            "70000 does not fit the 16 bits of VehicleSpeed of ESC_Speed; give one from 0 to 65535",
        ),
    ],
)
def test_a_fault_of_what_the_vehicle_lacks_is_refused(
    tmp_path: Path, fault: str, part: str
) -> None:
    file = tmp_path / "fault.toml"
    file.write_text(f"[[step]]\nat_s = 1\nname = 'x'\nfaults = [{{ {fault} }}]")
    with pytest.raises(ScenarioError, match=rf"fault\.toml, line 4: .*{part}"):
        World(load_scenario(str(file)), BUILDERS)


def test_a_step_that_shifts_at_speed_says_that_the_car_does_not() -> None:
    steps = (Step(1.0, "shifts", {"selector": "Reverse", "main_beam": True}, (), False),)
    start = {"ready": True, "selector": "Drive", "parking_brake": False, "speed_kmh": 80.0}
    world = World(Scenario("x", "", start | {"target_speed_kmh": 80.0}, steps), BUILDERS)
    (step,) = world.run_to(2.0)
    assert "does not shift to Reverse" in step.refused
    assert world.car.selector == "Drive" and world.car.main_beam
