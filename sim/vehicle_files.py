"""sim: the folder of a vehicle in, its messages and bit rate out."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import cantools
from cantools.database.can import Database, Message

from sim.diagnostics.unit import Address, Diagnostics
from sim.errors import VehicleFileError
from sim.toml_file import TomlFile, read_toml

ASSISTANT = "AUR"
"""Node of the DBC that commands come from."""
SLOWEST, FASTEST = 10_000, 1_000_000
"""Bit rates of a bus, in bit/s."""
_CONFIG = Path(__file__).resolve().parent.parent / "config"


@dataclass(frozen=True, slots=True)
class VehicleFiles:
    """What the simulator needs of a vehicle."""

    bitrate: int
    messages: tuple[Message, ...]
    """What the car sends."""
    commands: tuple[Message, ...] = ()
    """What the assistant may send to it."""
    diagnostics: Diagnostics | None = None


def config_folder(name: str) -> Path:
    """A folder of config/, here or where this code lies."""
    here = Path("config") / name
    return here if here.is_dir() else _CONFIG / name


def load_vehicle(name: str) -> VehicleFiles:
    """Read vehicle.toml and its DBC files; `name` is an id in config/vehicles or a folder."""
    folder = config_folder("vehicles") / name
    if os.path.isdir(name) or "/" in name:  # noqa: PTH112 (False where this user may not look)
        folder = Path(name)
    file = folder / "vehicle.toml"
    try:
        toml = read_toml(file, VehicleFileError)
    except FileNotFoundError as error:
        known = sorted(p.parent.name for p in config_folder("vehicles").glob("*/vehicle.toml"))
        raise VehicleFileError(
            f"there is no vehicle '{name}' ({file} is missing); give a folder or one of: "
            f"{', '.join(known) or 'none'}"
        ) from error
    except OSError as error:
        raise VehicleFileError(f"{file} cannot be read ({error.strerror}); correct it") from error
    names, bitrate = _bus(toml)
    messages = [message for name in names for message in _read_dbc(folder / name).messages]
    return VehicleFiles(
        bitrate=bitrate,
        messages=tuple(message for message in messages if ASSISTANT not in message.senders),
        commands=tuple(message for message in messages if ASSISTANT in message.senders),
        diagnostics=_diagnostics(toml.table.get("diagnostics"), file),
    )


def _bus(toml: TomlFile) -> tuple[list[str], int]:
    """The DBC files and the bit rate that [bus] names."""
    bus = toml.table.get("bus")
    if not isinstance(bus, dict):
        _unexpected(toml, "", "bus", "a table [bus]", bus)
    names, bitrate = bus.get("dbc"), bus.get("bitrate", 500_000)
    if not isinstance(names, list) or not names or not all(isinstance(n, str) for n in names):
        _unexpected(toml, "bus", "dbc", "a list of DBC files, `dbc`, in [bus]", names)
    if type(bitrate) is not int or not SLOWEST <= bitrate <= FASTEST:
        expected = f"a whole number of bit/s, `bitrate`, from {SLOWEST} to {FASTEST} in [bus]"
        _unexpected(toml, "bus", "bitrate", expected, bitrate)
    return names, bitrate


def _unexpected(toml: TomlFile, header: str, key: str, expected: str, found: object) -> NoReturn:
    told = "none; add it" if found is None else f"{found!r}; correct it"
    raise VehicleFileError(f"{toml.place(header, key=key)}: expected {expected}, found {told}")


def _diagnostics(table: object, file: Path) -> Diagnostics | None:
    """[diagnostics] of vehicle.toml, with the texts of ecus.toml beside it."""
    if table is None:
        return None
    try:
        assert isinstance(table, dict)
        addresses = tuple(
            Address(
                ecu=str(row["id"]),
                name=str(row["name"]),
                request=int(row["request"]),
                response=int(row["response"]),
                obd=bool(row.get("obd", False)),
            )
            for row in table["ecu"]
        )
        functional = int(table["functional"])
    except (AssertionError, KeyError, TypeError, ValueError) as error:
        raise VehicleFileError(
            f"{file}: [diagnostics] needs `functional` and for each [[diagnostics.ecu]] `id`, "
            f"`name`, `request` and `response`: {error}; correct it"
        ) from error
    return Diagnostics(functional, addresses, _texts(file.with_name("ecus.toml")))


def _texts(file: Path) -> dict[str, dict[str, str]]:
    if not os.path.lexists(file):
        return {}
    try:
        table = read_toml(file, VehicleFileError).table
    except OSError as error:
        raise VehicleFileError(f"{file} cannot be read ({error.strerror}); correct it") from error
    vin = str(table.pop("vin", ""))
    return {
        ecu: {"vin": vin, **{str(key): str(value) for key, value in row.items()}}
        for ecu, row in table.items()
        if isinstance(row, dict)
    }


def _read_dbc(file: Path) -> Database:
    try:
        database = cantools.database.load_file(file, database_format="dbc")
    except OSError as error:
        raise VehicleFileError(
            f"{file}, which vehicle.toml names, cannot be read ({error.strerror}); add the file "
            "or correct `dbc` in [bus]"
        ) from error
    except (cantools.Error, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        first = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise VehicleFileError(f"{file} is no valid DBC: {first}; correct it") from error
    assert isinstance(database, Database)
    return database
