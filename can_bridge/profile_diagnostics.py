"""can_bridge: [diagnostics] of vehicle.toml in, whom to ask and where answers come out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from can_bridge.profile_buses import bus_number
from can_bridge.spec import EXTENDED, CommandSpec, DiagnosticsSpec, EcuSpec, FrameSpec
from can_bridge.toml_table import TomlTable

_STANDARD_MAX, _EXTENDED_MAX = 0x7FF, 0x1FFF_FFFF


def read_diagnostics(table: TomlTable, buses: Sequence[str] = ()) -> DiagnosticsSpec:
    """Read the table; ProfileError for an identifier that cannot be, or is used twice.

    A unit is on the bus that its row names, else on that of the table, else on the first.
    """
    functional = _key(table, "functional") if "functional" in table else None
    ecus: list[EcuSpec] = []
    bus = bus_number(table, buses)
    for row in table.tables("ecu"):
        ecus.append(_read_ecu(row, bus_number(row, buses, bus)))
        _refuse_twice(row, ecus, functional)
        row.finish()
    table.finish()
    return DiagnosticsSpec(functional, tuple(ecus))


def refuse_taken(
    table: TomlTable, frames: Mapping[int, FrameSpec], commands: Mapping[str, CommandSpec]
) -> None:
    """ProfileError if a request or an answer has the identifier of a message with another meaning."""
    sent = {command.frame.key: command.frame.name for command in commands.values()}
    used = [(row, name) for row in table.tables("ecu") for name in ("request", "response")]
    if "functional" in table:
        used.append((table, "functional"))
    for row, name in used:
        key = _key(row, name)
        role = "an answer" if name == "response" else "a request"
        if key in frames:
            row.fail(f"the car itself sends {frames[key].name}; it cannot be {role}", name)
        if key in sent:
            row.fail(f"{sent[key]} is sent as a command; it cannot be {role}", name)


def _read_ecu(row: TomlTable, bus: int) -> EcuSpec:
    name = row.label("id")
    return EcuSpec(
        id=name,
        name=row.label("name", name),
        request=_key(row, "request"),
        response=_key(row, "response"),
        obd=row.boolean("obd", False),
        bus=bus,
    )


def _key(table: TomlTable, name: str) -> int:
    """An identifier as a frame key; above 0x7FF it has 29 bits."""
    identifier = table.integer(name)
    if not 0 <= identifier <= _EXTENDED_MAX:
        table.fail(
            f"expected a CAN identifier of 0 to 0x1FFFFFFF, found {identifier:#x}; correct it", name
        )
    return identifier if identifier <= _STANDARD_MAX else identifier | EXTENDED


def _refuse_twice(row: TomlTable, ecus: list[EcuSpec], functional: int | None) -> None:
    last, others = ecus[-1], ecus[:-1]
    if last.id in (other.id for other in others):
        row.fail(f"the control unit {last.id} is there twice; remove one", "id")
    taken = {key for other in others for key in (other.request, other.response)} | {functional}
    for name, key in (("request", last.request), ("response", last.response)):
        if key in taken or last.request == last.response:
            row.fail(
                f"the identifier {key & ~EXTENDED:#x} of {last.id} is used twice; correct it", name
            )
