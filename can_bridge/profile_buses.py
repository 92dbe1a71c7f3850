"""can_bridge: a row that may name a bus in, its number out; 0 is the first SPEC of `--bus`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from can_bridge.bus import BusSpec
from can_bridge.errors import SpecError
from can_bridge.toml_table import TomlTable


def read_buses(table: TomlTable) -> tuple[str, ...]:
    """`names` of [bus]: the buses of the vehicle in the order of `--bus`; none if it has one."""
    return table.names("names", ())


def bus_number(row: TomlTable, buses: Sequence[str], default: int = 0) -> int:
    """The number of the bus that `bus` names; the default if it names none."""
    if "bus" not in row:
        return default
    if not buses:
        row.fail("[bus] of vehicle.toml names no buses; add names = [...] there", "bus")
    return buses.index(row.word("bus", tuple(buses)))


def check_specs(buses: Sequence[str], specs: Sequence[BusSpec], may_send: bool) -> None:
    """SpecError unless the SPECs say which bus is which: one for all of them, or one for each.

    A vehicle that names no buses may be listened to on several, but nothing is sent then.
    """
    if len(specs) == 1:
        return
    if buses and len(specs) != len(buses):
        raise SpecError(
            f"the vehicle has the buses {', '.join(buses)} and {_listed(specs)} are given; give "
            f"one SPEC for each in this order, or one for all"
        )
    if may_send and not buses:
        raise SpecError(
            f"which of {_listed(specs)} something may be sent on is not known; name the buses in "
            f"[bus] of vehicle.toml: names = [...], or give one SPEC"
        )


def _listed(specs: Iterable[BusSpec]) -> str:
    return ", ".join(map(str, specs))
