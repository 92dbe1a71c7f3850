"""The files of a vehicle: what Aster's say, and what is said when files are wrong."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import cantools
import pytest

from can_bridge import ProfileError, VehicleProfile, find_vehicle, load_profile
from can_bridge.state import VehicleState

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
    ("change", "parts"),
    [
        ({"vehicle": ('id = "toy"', "")}, ["vehicle.toml", "'id'", "add it"]),
        ({"vehicle": ("bitrate", "bitrates")}, ["line 5", "bitrates", "did you mean 'bitrate'"]),
        ({"vehicle": ('id = "toy"', "id = 7")}, ["vehicle.toml, line 2", "a text", "7"]),
        ({"vehicle": ('name = "Toy"', "name = ")}, ["vehicle.toml", "line 3"]),
        ({"vehicle": ("toy.dbc", "none.dbc")}, ["none.dbc", "cannot be read"]),
        ({"vehicle": ('"R17"\nload = "normal"\nlow', '"R20"\nload = "normal"\nlow')}, ["R20"]),
        ({"dbc": ("SG_ Speed :", "SG_ Speed ")}, ["toy.dbc", "no valid DBC", "line 9"]),
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
        ({"signals": ('checksum = "Crc"', 'checksum = "Speed"')}, ["one whole byte"]),
        ({"signals": ("crc8_sae_j1850", "crc8_magic")}, ["crc8_magic", "crc8_sae_j1850"]),
        ({"signals": ("crc8_sae_j1850", "crc8_autosar_p2")}, ["16 data IDs"]),
        ({"signals": ("Motion = {", "Moton = {")}, ["no DBC has the message 'Moton'"]),
        ({"signals": ("cycles = 5", "cycle = 5")}, ["freshness", "did you mean 'cycles'"]),
        ({"signals": ("invalid = [7]", "invalid = [6]")}, ["raw value 7", "SNA"]),
        ({"signals": ("range = [-800, 800]", "range = [800, -800]")}, ["the lower first"]),
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


def test_a_folder_without_files_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match=re.escape("vehicle.toml cannot be read")):
        load_profile(tmp_path)


def test_a_vehicle_is_found_by_id_or_by_folder(toy_folder: ToyFolder) -> None:
    folder = toy_folder()
    assert find_vehicle(str(folder)) == folder
    assert load_profile(find_vehicle("aster")).id == "aster"
    with pytest.raises(ProfileError, match="aster"):
        find_vehicle("nothing")
