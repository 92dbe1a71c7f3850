"""can_bridge: known readings in, the value that a rule makes of them out; pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from can_bridge.readings import Known, Reading, Reason, Unknown, Value
from can_bridge.spec import DerivedSource


def _numbers(values: Sequence[Value]) -> list[float]:
    return [float(value) for value in values]


def _any_true(source: DerivedSource, values: Sequence[Value]) -> Value:
    return any(value is True for value in values)


def _list_true(source: DerivedSource, values: Sequence[Value]) -> Value:
    chosen = zip(source.labels, values, strict=True)
    return ", ".join(label for label, value in chosen if value is True)


def _any_below(source: DerivedSource, values: Sequence[Value]) -> Value:
    return any(v < limit for v, limit in zip(_numbers(values), source.limits, strict=True))


def _list_below(source: DerivedSource, values: Sequence[Value]) -> Value:
    chosen = zip(source.labels, _numbers(values), source.limits, strict=True)
    return ", ".join(label for label, value, limit in chosen if value < limit)


def _sum(source: DerivedSource, values: Sequence[Value]) -> Value:
    return round(sum(_numbers(values)), 6)


Rule = Callable[[DerivedSource, Sequence[Value]], Value]

_RULES: Mapping[str, tuple[Rule, str]] = MappingProxyType(
    {
        "any_true": (_any_true, "bool"),
        "list_true": (_list_true, "text"),
        "any_tyre_low": (_any_below, "bool"),
        "list_tyre_low": (_list_below, "text"),
        "sum": (_sum, "number"),
    }
)
KIND_OF_RULE: Mapping[str, str] = MappingProxyType(
    {name: kind for name, (_, kind) in _RULES.items()}
)
TYRE_RULES = frozenset({"any_tyre_low", "list_tyre_low"})


def derive(source: DerivedSource, unit: str | None, inputs: Sequence[Reading]) -> Reading:
    """The derived reading; unknown if one of the inputs is, since then it could be anything."""
    known = [reading for reading in inputs if isinstance(reading, Known)]
    if len(known) != len(inputs):
        return Unknown(Reason.INPUT_UNKNOWN)
    value = _RULES[source.rule][0](source, [reading.value for reading in known])
    age_s = max(reading.age_s for reading in known)
    return Known(value, unit, age_s, source.inputs)
