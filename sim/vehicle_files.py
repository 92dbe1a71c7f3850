"""sim: the folder of a vehicle in, its messages and bit rate out."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

import cantools
from cantools.database.can import Database, Message

from sim.diagnostics.unit import Address, Diagnostics
from sim.errors import VehicleFileError

ASSISTANT = "AUR"
"""Node of the DBC that commands come from."""
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
    folder = Path(name) if Path(name).is_dir() else config_folder("vehicles") / name
    file = folder / "vehicle.toml"
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
        bus = table["bus"]
        names, bitrate = list(bus["dbc"]), int(bus.get("bitrate", 500_000))
    except OSError as error:
        known = sorted(p.parent.name for p in config_folder("vehicles").glob("*/vehicle.toml"))
        raise VehicleFileError(
            f"there is no vehicle '{name}' ({file} cannot be read); give a folder or one of: "
            f"{', '.join(known) or 'none'}"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError, ValueError) as error:
        raise VehicleFileError(
            f"{file} needs a table [bus] with the list `dbc` and a whole number `bitrate`: {error}"
        ) from error
    messages = [message for name in names for message in _read_dbc(folder / name).messages]
    return VehicleFiles(
        bitrate=bitrate,
        messages=tuple(message for message in messages if ASSISTANT not in message.senders),
        commands=tuple(message for message in messages if ASSISTANT in message.senders),
        diagnostics=_diagnostics(table.get("diagnostics"), file),
    )


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
    if not file.exists():
        return {}
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise VehicleFileError(f"{file} cannot be used: {error}; correct it") from error
    vin = str(table.pop("vin", ""))
    return {
        ecu: {"vin": vin, **{str(key): str(value) for key, value in row.items()}}
        for ecu, row in table.items()
        if isinstance(row, dict)
    }


def _read_dbc(file: Path) -> Database:
    try:
        database = cantools.database.load_file(file, database_format="dbc")
    except (OSError, cantools.Error, ValueError, KeyError, TypeError) as error:
        first = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise VehicleFileError(f"{file} is no valid DBC: {first}; correct it") from error
    assert isinstance(database, Database)
    return database
