"""can_bridge: the folder of a vehicle in, its frozen VehicleProfile out."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from can_bridge.dbc import DbcMessages, load_dbc_files
from can_bridge.errors import ProfileError, unreadable
from can_bridge.profile_buses import read_buses
from can_bridge.profile_commands import CommandReader
from can_bridge.profile_derived import read_derived
from can_bridge.profile_diagnostics import read_diagnostics, refuse_taken
from can_bridge.profile_plausible import read_plausible
from can_bridge.profile_signals import SignalReader
from can_bridge.spec import BITRATES, TyrePlacard, Tyres, VehicleProfile
from can_bridge.toml_table import Range, TomlTable, read_toml

_BAR: Range = (0.5, 15)
_LOW_FRACTION: Range = (0.1, 1)
_UNITS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "speed": ("km/h", "mph"),
        "distance": ("km", "mi"),
        "pressure": ("bar", "kPa", "psi"),
        "temperature": ("°C", "°F"),
        "volume": ("l", "gal"),
        "energy": ("kWh",),
        "consumption": ("l/100km", "km/l", "mpg"),
    }
)
"""Measure -> the units that a car may show it in."""
_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_CONFIG = Path(__file__).resolve().parent.parent / "config" / "vehicles"


def find_vehicle(name: str) -> Path:
    """The folder of a vehicle: an id in config/vehicles, or the folder itself."""
    folder = Path(name)
    mode = _mode(folder)
    if stat.S_ISDIR(mode):
        return folder
    if mode:
        raise ProfileError(f"{name} is a file; give the vehicle's folder, the one it lies in")
    for vehicles in (Path("config/vehicles"), _CONFIG):
        if stat.S_ISDIR(_mode(vehicles / name)):
            return vehicles / name
    known = sorted(path.parent.name for path in _CONFIG.glob("*/vehicle.toml"))
    raise ProfileError(
        f"there is no vehicle '{name}'; give a folder or one of: {', '.join(known) or 'none'}"
    )


def _mode(path: Path) -> int:
    """What lies there; 0 for nothing, ProfileError where this user may not look."""
    try:
        return path.stat().st_mode
    except PermissionError as error:
        raise ProfileError(unreadable(path, error)) from error
    except OSError:
        return 0


def load_profile(folder: Path) -> VehicleProfile:
    """Read vehicle.toml, the DBC files that it lists, signals.toml and commands.toml.

    Raises ProfileError, one sentence with the file and the line or key, for whatever is missing,
    unknown or contradictory: a profile that loads can be used.
    """
    vehicle = read_toml(folder / "vehicle.toml")
    bus = vehicle.table("bus")
    messages = load_dbc_files(folder, bus.names("dbc"), bus.boolean("repair", False))
    bitrate = bus.integer("bitrate", 500_000, BITRATES)
    buses = read_buses(bus)
    bus.finish()
    diagnostics = None
    if "diagnostics" in vehicle:
        diagnostics = read_diagnostics(vehicle.table("diagnostics"), buses)
    profile = VehicleProfile(
        id=_id(vehicle),
        name=vehicle.label("name"),
        spoken_name=vehicle.label("spoken_name", vehicle.label("name")),
        region=_region(vehicle.table("region", required=False)),
        units=_units(vehicle.table("units", required=False)),
        bitrate=bitrate,
        tyres=_read_tyres(vehicle.table("tyres")) if "tyres" in vehicle else None,
        diagnostics=diagnostics,
        buses=buses,
    )
    vehicle.finish()
    profile = _with_signals(profile, folder, messages)
    if diagnostics is not None:
        refuse_taken(vehicle.table("diagnostics"), profile.frames, profile.commands)
    return profile


def _with_signals(profile: VehicleProfile, folder: Path, messages: DbcMessages) -> VehicleProfile:
    """What signals.toml and commands.toml say, added."""
    table = read_toml(folder / "signals.toml")
    reader = SignalReader(table, messages)
    signals, sources = reader.read_signals()
    telltales = reader.read_telltales(signals, sources)
    frames = reader.read_frames(sources)
    derived = read_derived(table.table("derived", required=False), signals, profile.tyres)
    plausible = read_plausible(table.table("plausible", required=False), sources, frames, signals)
    table.finish()
    commands = {}
    if os.path.lexists(folder / "commands.toml"):
        rows = read_toml(folder / "commands.toml")
        reader_of_commands = CommandReader(rows, messages, reader, signals, sources)
        commands = reader_of_commands.read(frames, profile.buses)
    return replace(
        profile,
        signals=MappingProxyType(signals),
        telltales=telltales,
        frames=MappingProxyType(frames),
        sources=MappingProxyType(sources),
        derived=MappingProxyType(derived),
        polls=MappingProxyType(dict(reader.polled.every_s)),
        commands=MappingProxyType(commands),
        plausible=plausible,
    )


def _id(vehicle: TomlTable) -> str:
    """The vehicle's id, of which file names are made."""
    text = vehicle.text("id")
    if not _ID.fullmatch(text):
        vehicle.fail(
            f"'{text}' is no id of a vehicle; use lower-case letters, digits, '-' and '_'", "id"
        )
    return text


def _words(table: TomlTable) -> Mapping[str, str]:
    return MappingProxyType({key: table.label(key) for key in table})


def _units(table: TomlTable) -> Mapping[str, str]:
    chosen = {
        measure: table.word(measure, units) for measure, units in _UNITS.items() if measure in table
    }
    for measure in table:
        if measure not in _UNITS:
            table.fail(f"this is no measure; expected one of {', '.join(_UNITS)}", measure)
    return MappingProxyType(chosen)


def _region(table: TomlTable) -> Mapping[str, str]:
    if "driver_position" in table:
        table.word("driver_position", ("left", "right"))
    return _words(table)


def _read_tyres(table: TomlTable) -> Tyres:
    placard: list[TyrePlacard] = []
    for row in table.tables("placard"):
        tyre, load = row.label("tyre"), row.label("load")
        if (tyre, load) in ((other.tyre, other.load) for other in placard):
            row.fail(f"{tyre} under the load '{load}' is there twice; remove one", "tyre")
        front_bar, rear_bar = (
            row.number("front_bar", within=_BAR),
            row.number("rear_bar", within=_BAR),
        )
        placard.append(TyrePlacard(tyre, load, front_bar, rear_bar))
        row.finish()
    tyres = Tyres(
        fitted=table.text("fitted"),
        load=table.text("load"),
        low_fraction=table.number("low_fraction", 0.9, _LOW_FRACTION),
        placard=tuple(placard),
    )
    try:
        tyres.current()
    except KeyError:
        table.fail(
            f"the placard has no row for {tyres.fitted} under the load '{tyres.load}'; add one",
            "fitted",
        )
    table.finish()
    return tyres
