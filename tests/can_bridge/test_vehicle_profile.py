"""The files of a vehicle: what Aster's say, and what is said when files are wrong."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import cantools
import pytest

from can_bridge import ProfileError, VehicleProfile, find_vehicle, load_profile
from can_bridge.lint import lint
from can_bridge.state import VehicleState
from can_bridge.toml_lines import Key, key_lines
from tests.can_bridge.conftest import DBC

ToyFolder = Callable[..., Path]

TELLTALES = {
    "red": "BrakeSystem OilPressure CoolantTemperature Charging12V HighVoltage PowerSteering "
    "Airbag SeatBelt DoorOpen ParkingBrake",
    "amber": "CheckEngine ABS StabilityControl StabilityOff TyrePressure LowFuel LowCharge "
    "ReducedPower ParticulateFilter OilLevel WasherFluid BulbFailure RearFog LaneKeeping "
    "FrontAssist ServiceDue KeyBattery Frost",
    "green": "Ready ChargeCable Indicators SideLights DippedBeam FrontFog CruiseControl AutoHold",
    "blue": "MainBeam ColdCoolant",
}


def test_aster_has_every_lamp_of_its_manual(aster: VehicleProfile) -> None:
    found: dict[str, list[str]] = {}
    for lamp in aster.telltales:
        found.setdefault(lamp.colour, []).append(lamp.id)
    assert found == {colour: ids.split() for colour, ids in TELLTALES.items()}
    sections = [lamp.section for lamp in aster.telltales]
    assert sections == [f"3.{number}" for number in range(3, 41)]
    assert all(aster.signals[t.path].values == ("off", "on", "flashing") for t in aster.telltales)


@pytest.mark.parametrize(
    "path",
    [
        "Vehicle.Speed",
        "Vehicle.Powertrain.Transmission.SelectedGear",
        "Vehicle.Chassis.Axle.Row1.Wheel.Left.Tire.Pressure",
        "Vehicle.Exterior.AirTemperature",
        "Vehicle.Powertrain.FuelSystem.AbsoluteLevel",
        "Vehicle.Powertrain.TractionBattery.StateOfCharge.Displayed",
        "Vehicle.Powertrain.CombustionEngine.EngineCoolant.Temperature",
        "Vehicle.Cabin.Door.Row1.DriverSide.IsOpen",
        "Vehicle.Body.Hood.IsOpen",
        "Vehicle.Cabin.HVAC.Station.Row1.Driver.Temperature",
        "Vehicle.Service.DistanceToService",
        "Vehicle.TraveledDistance",
    ],
)
def test_aster_has_the_signals_that_drivers_ask_for(aster: VehicleProfile, path: str) -> None:
    assert len(aster.sources) >= 75
    assert path in aster.signals


def test_every_cyclic_frame_of_aster_that_matters_is_protected(aster: VehicleProfile) -> None:
    unprotected = {f.name for f in aster.frames.values() if f.protection is None}
    assert unprotected == {
        "TPM_Temperatures",
        "BCM_Windows",
        "BCM_Wipers",
        "ICL_Distance",
        "ICL_Averages",
        "ICL_Service",
        "HVC_Climate",
        "SWM_Buttons",
        "IVI_Position",
        "IVI_Heading",
    }


def test_bits_are_where_cantools_finds_them(aster: VehicleProfile) -> None:
    """Walking ones through every frame; cantools decodes the same raw values."""
    folder = find_vehicle("aster")
    database = cantools.database.Database()
    for file in folder.glob("*.dbc"):
        database.add_dbc_file(str(file))
    table = tomllib.loads((folder / "signals.toml").read_text())
    for path, row in table["signals"].items():
        source = aster.sources[path]
        message = database.get_message_by_frame_id(source.frame)
        for bit in range(message.length * 8):
            data = (1 << bit).to_bytes(message.length, "little")
            decoded = message.decode(data, decode_choices=False, scaling=False)
            assert isinstance(decoded, dict)
            assert source.field.extract(data) == decoded[row["signal"]], path


def test_an_empty_bus_says_never_seen_of_everything(aster: VehicleProfile) -> None:
    reasons = {getattr(r, "reason", None) for r in VehicleState(aster).snapshot(0.0).values()}
    assert reasons == {"never_seen", "input_unknown"}


@pytest.mark.parametrize(
    "last", ["BO_ 12 broken", "BO_ 12 ", "BO_ 12 Foo: 8", "BO_", "VAL_ 256 Gear", 'CM_ "x"', "BA_"]
)
def test_a_dbc_that_breaks_off_in_its_last_statement_is_no_valid_one(
    toy_folder: ToyFolder, last: str
) -> None:
    folder = toy_folder(dbc=(DBC, f"{DBC}{last}\n"))
    with pytest.raises(ProfileError) as caught:
        load_profile(folder)
    assert f"toy.dbc, line {DBC.count(chr(10)) + 1}: this is no valid DBC" in str(caught.value)


@pytest.mark.parametrize(
    ("change", "parts"),
    [
        ({"vehicle": ('id = "toy"', "")}, ["vehicle.toml", "'id'", "add it"]),
        ({"vehicle": ("bitrate", "bitrates")}, ["line 5", "bitrates", "did you mean 'bitrate'"]),
        ({"vehicle": ('id = "toy"', "id = 7")}, ["vehicle.toml, line 2", "a text", "7"]),
        ({"vehicle": ('name = "Toy"', "name = ")}, ["vehicle.toml", "line 3"]),
        ({"vehicle": ("toy.dbc", "none.dbc")}, ["none.dbc", "cannot be read"]),
        ({"vehicle": ('"R17"\nload = "normal"\nlow', '"R20"\nload = "normal"\nlow')}, ["R20"]),
        (
            {"dbc": ("SG_ Speed :", "SG_ Speed ")},
            ["toy.dbc, line 9", "no valid DBC", "expected 'SG_ Signal : start|bits"],
        ),
        (
            {"dbc": ("BO_ 257", "BO_ 12 broken\nBO_ 257")},
            ["toy.dbc, line 13", "'BO_ identifier Message", "'BO_ 12 broken', which breaks off"],
        ),
        (
            {"dbc": ("SG_ Gear :", "SG_ Half : 1\n SG_ Gear :")},
            ["toy.dbc, line 10", "found 'SG_ Half : 1', which breaks off"],
        ),
        ({"dbc": ("BU_: ", "BU_: 2")}, ["toy.dbc, line", "'BU_: Node Node', found '2"]),
        ({"dbc": ("BA_DEF_ ", "hello ")}, ["toy.dbc, line 16", "BO_, SG_ or VAL_, found 'hello"]),
        (
            {"dbc": ("0 10000;", "0 10000")},
            ["toy.dbc, line 16", "a semicolon at the end of BA_DEF_"],
        ),
        (
            {"dbc": ('BA_DEF_ BO_ "GenMsgCycleTime"', 'BA_DEF_ BO_ "Gen"')},
            ["toy.dbc, line 17", "expected a BA_DEF_ statement for the attribute"],
        ),
        ({"dbc": ("VAL_ 256 Gear", "VAL_ 256 Gir")}, ["toy.dbc, line 20", "Gir"]),
        ({"dbc": ("BO_ 257", "BO_ 256")}, ["toy.dbc", "Slow", "Motion"]),
        ({"dbc": ("32|3@1+", "17|3@1+")}, ["toy.dbc", "overlapping"]),
        ({"signals": ("sig", "sgi")}, ["signals.toml"]),
        (
            {"signals": ('signal = "Speed"', 'signal = "Sped"')},
            ["signals.toml, line 8", "Vehicle.Speed", "Motion has no signal 'Sped'", "'Speed'"],
        ),
        (
            {
                "signals": (
                    'message = "Slow", signal = "Angle"',
                    'message = "Slo", signal = "Angle"',
                )
            },
            ["no DBC has the message 'Slo'", "did you mean 'Slow'"],
        ),
        ({"signals": ('unit = "km/h"', 'units = "km/h"')}, ["units", "did you mean 'unit'"]),
        ({"signals": ('counter = "Cnt"', 'counter = "Count"')}, ["no signal 'Count'", "'Cnt'"]),
        ({"signals": ('checksum = "Crc"', 'checksum = "Cnt"')}, ["one whole byte"]),
        ({"signals": ("crc8_sae_j1850", "crc8_magic")}, ["crc8_magic", "crc8_sae_j1850"]),
        ({"signals": ("crc8_sae_j1850", "crc8_autosar_p2")}, ["16 data IDs"]),
        ({"signals": ("Motion = {", "Moton = {")}, ["no DBC has the message 'Moton'"]),
        ({"signals": ("cycles = 5", "cycle = 5")}, ["freshness", "did you mean 'cycles'"]),
        ({"signals": ("invalid = [7]", "invalid = [6]")}, ["raw value 7", "SNA"]),
        (
            {"signals": ("range = [-800, 800]", "range = [800, -800]")},
            ["line 12", "the lower first"],
        ),
        (
            {"signals": ("range = [-800, 800]", "range = [nan, 800]")},
            ["line 12", "a finite number"],
        ),
        ({"signals": ("range = [-800, 800]", "range = [0, inf]")}, ["line 12", "a finite number"]),
        ({"signals": ("minimum_s = 0.2", "minimum_s = nan")}, ["line 4", "a finite number"]),
        ({"vehicle": ("front_bar = 2.4", 'front_bar = "2.4"')}, ["line 14", "placard.front_bar"]),
        ({"vehicle": ('dbc = ["toy.dbc"]', 'dbc = ["toy.dbc"')}, ["vehicle.toml, line", "no TOML"]),
        (
            {"vehicle": ("rear_bar = 2.0", "rear_bar = [")},
            ["line 15", "before the end of the file"],
        ),
        ({"vehicle": ("rear_bar = 2.0", 'rear_bar = """2')}, ["vehicle.toml, line 15", "no TOML"]),
        ({"vehicle": ("bitrate = ", "dbc = 1\nbitrate = ")}, ["vehicle.toml, line 7", "no TOML"]),
        ({"signals": ("[telltales]", "[signals]")}, ["signals.toml, line 14", "no TOML"]),
        ({"signals": ('kind = "enum"', 'kind = "word"')}, ["number, bool, enum"]),
        ({"signals": ('signal = "BootOpen", kind = "bool"', 'signal = "BootOpen"')}, ["bool"]),
        ({"signals": ('["Vehicle.Tyre"]', '["Vehicle.Tire"]')}, ["Vehicle.Tire"]),
        ({"signals": ('axles = ["rear"]', 'axles = ["middle"]')}, ["'front' or 'rear'"]),
        ({"signals": ("list_true", "sum")}, ["takes numbers"]),
        ({"signals": ("[telltales]", "[tell_tales]")}, ["tell_tales", "unknown"]),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(
    toy_folder: ToyFolder, change: dict[str, tuple[str, str]], parts: list[str]
) -> None:
    with pytest.raises(ProfileError) as caught:
        load_profile(toy_folder(**change))
    message = str(caught.value)
    assert "\n" not in message
    for part in parts:
        assert part in message


def test_a_file_that_is_not_utf_8_is_said_with_its_line(toy_folder: ToyFolder) -> None:
    file = toy_folder() / "vehicle.toml"
    file.write_bytes(file.read_bytes().replace(b'name = "Toy"', b'name = "T\xf6y"'))
    with pytest.raises(ProfileError, match=r"vehicle\.toml, line 3: this is no UTF-8 text"):
        load_profile(file.parent)


@pytest.mark.parametrize("name", ["vehicle.toml", "signals.toml", "toy.dbc"])
def test_a_folder_in_place_of_a_file_is_called_one(toy_folder: ToyFolder, name: str) -> None:
    file = toy_folder() / name
    file.unlink()
    file.mkdir()
    with pytest.raises(ProfileError, match=f"{name} is a folder; put a file there"):
        load_profile(file.parent)


def test_a_file_in_place_of_the_folder_is_called_one(toy_folder: ToyFolder) -> None:
    with pytest.raises(ProfileError, match="is a file; give the vehicle's folder"):
        find_vehicle(str(toy_folder() / "vehicle.toml"))


def test_limits_of_the_dbc_that_are_the_wrong_way_round_are_none(toy_folder: ToyFolder) -> None:
    folder = toy_folder(dbc=("[0|5]", "[5|0]"))
    assert load_profile(folder).signals["Vehicle.Tyre"].low is None
    assert any("has no range" in str(finding) for finding in lint(folder))


@pytest.mark.parametrize(
    "file", sorted((find_vehicle("aster").parents[1]).rglob("*.toml")), ids=lambda file: file.stem
)
def test_every_key_of_a_toml_file_has_a_line(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    lines = key_lines(text)
    assert set(lines) == set(_keys(tomllib.loads(text), ()))
    for key, line in lines.items():
        if isinstance(key[-1], str):
            assert key[-1] in text.splitlines()[line - 1]


def _keys(value: object, above: Key) -> Iterator[Key]:
    items: Iterable[tuple[str | int, object]] = ()
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    for key, inner in items:
        yield (*above, key)
        yield from _keys(inner, (*above, key))


def test_a_folder_without_files_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match=re.escape("vehicle.toml cannot be read")):
        load_profile(tmp_path)


def test_a_vehicle_is_found_by_id_or_by_folder(toy_folder: ToyFolder) -> None:
    folder = toy_folder()
    assert find_vehicle(str(folder)) == folder
    assert load_profile(find_vehicle("aster")).id == "aster"
    with pytest.raises(ProfileError, match="aster"):
        find_vehicle("nothing")
