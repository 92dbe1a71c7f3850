"""can_bridge: [derived] of signals.toml in, derived signals out."""

from __future__ import annotations

from can_bridge.derive import (
    BOOL_RULES,
    CONSUMPTION,
    KIND_OF_RULE,
    TWO_INPUTS,
    TYRE_RULES,
    bounds_of,
)
from can_bridge.spec import DerivedSource, SignalSpec, Tyres
from can_bridge.toml_table import Range, TomlTable
from can_bridge.vss_path import refuse_no_path

_DISTANCE_KM: Range = (0.1, 10_000)


def read_derived(
    table: TomlTable, signals: dict[str, SignalSpec], tyres: Tyres | None
) -> dict[str, DerivedSource]:
    """Read every derived signal, and add it to `signals`."""
    direct = dict(signals)
    derived: dict[str, DerivedSource] = {}
    for path in table:
        refuse_no_path(table, path)
        row = table.table(path)
        if path in direct:
            row.fail("this path is already in [signals]; remove one of them")
        rule = row.word("rule", tuple(KIND_OF_RULE))
        inputs = _inputs(row, direct, rule)
        labels = row.names("labels", inputs)
        limits = _limits(row, tyres) if rule in TYRE_RULES else ()
        needed = len(inputs) if rule in TYRE_RULES else 0
        if len(labels) != len(inputs) or len(limits) != needed:
            row.fail("expected as many labels and axles as inputs; correct the lists")
        distance_km, tank = _consumption(row) if rule == CONSUMPTION else (0.0, False)
        source = DerivedSource(rule, inputs, labels, limits, distance_km, tank)
        derived[path] = source
        low, high = bounds_of(source, [direct[name] for name in inputs])
        signals[path] = SignalSpec(
            path=path,
            unit=row.text("unit", "") or None,
            kind=KIND_OF_RULE[rule],
            description=row.text("description", ""),
            low=low,
            high=high,
            derived=True,
            labels=labels if KIND_OF_RULE[rule] == "text" else (),
        )
        row.finish()
    return derived


def _inputs(row: TomlTable, direct: dict[str, SignalSpec], rule: str) -> tuple[str, ...]:
    inputs = row.names("inputs")
    wanted = "bool" if rule in BOOL_RULES else "number"
    if not inputs:
        row.fail("expected at least one input; add one", "inputs")
    if rule in TWO_INPUTS and len(inputs) != 2:  # noqa: PLR2004
        row.fail(f"the rule {rule} takes two inputs, found {len(inputs)}; correct them", "inputs")
    for path in inputs:
        if path not in direct:
            row.fail(f"the input '{path}' is not in [signals]; correct it", "inputs")
        if direct[path].kind != wanted:
            row.fail(f"the rule {rule} takes {wanted}s, and '{path}' is none; correct it", "inputs")
    return inputs


def _limits(row: TomlTable, tyres: Tyres | None) -> tuple[float, ...]:
    if tyres is None:
        row.fail("the rule needs [tyres] in vehicle.toml; add it", "rule")
    placard = tyres.current()
    bar = {"front": placard.front_bar, "rear": placard.rear_bar}
    axles = row.texts("axles")
    for axle in axles:
        if axle not in bar:
            row.fail(f"expected 'front' or 'rear', found '{axle}'; correct it", "axles")
    return tuple(bar[axle] * tyres.low_fraction for axle in axles)


def _consumption(row: TomlTable) -> tuple[float, bool]:
    """The inputs are the odometer, and what was used or is left."""
    distance_km = row.number("distance_km", within=_DISTANCE_KM)
    return distance_km, row.word("amount", ("used", "left")) == "left"
