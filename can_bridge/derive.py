"""can_bridge: readings in, what a rule derives from them out; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType

from can_bridge.consumption import Consumption, most_consumed
from can_bridge.frame_plan import UNKNOWN
from can_bridge.readings import Known, Reading, Reason, Unknown, Value
from can_bridge.spec import DerivedSource, SignalSpec

Rule = Callable[[Sequence[Value]], Value | Reason]
"""Values of the inputs -> the derived value, or why there is none."""


def _numbers(values: Sequence[Value]) -> list[float]:
    return [float(value) for value in values]


def _any_true(source: DerivedSource) -> Rule:
    return lambda values: any(value is True for value in values)


def _list_true(source: DerivedSource) -> Rule:
    def rule(values: Sequence[Value]) -> Value:
        chosen = zip(source.labels, values, strict=True)
        return ", ".join(label for label, value in chosen if value is True)

    return rule


def _first_not_second(source: DerivedSource) -> Rule:
    return lambda values: values[0] is True and values[1] is not True


def _any_below(source: DerivedSource) -> Rule:
    def rule(values: Sequence[Value]) -> Value:
        return any(v < limit for v, limit in zip(_numbers(values), source.limits, strict=True))

    return rule


def _list_below(source: DerivedSource) -> Rule:
    def rule(values: Sequence[Value]) -> Value:
        chosen = zip(source.labels, _numbers(values), source.limits, strict=True)
        return ", ".join(label for label, value, limit in chosen if value < limit)

    return rule


def _sum(source: DerivedSource) -> Rule:
    return lambda values: round(sum(_numbers(values)), 6)


def _consumption(source: DerivedSource) -> Rule:
    meter = Consumption(source.distance_km, source.tank)
    return lambda values: meter.take(*_numbers(values))


def bounds_of(
    source: DerivedSource, inputs: Sequence[SignalSpec]
) -> tuple[float | None, float | None]:
    """From where to where a derived number can go, by the ranges of its inputs; None: not known."""
    ranges = [(spec.low, spec.high) for spec in inputs]
    if source.rule == "sum":
        lows, highs = zip(*ranges, strict=True)
        return _summed(lows), _summed(highs)
    if source.rule == CONSUMPTION:
        low, high = ranges[1]
        if low is None or high is None:
            return 0.0, None
        return 0.0, most_consumed(high - low, source.distance_km)
    return None, None


def _summed(ends: Sequence[float | None]) -> float | None:
    known = [end for end in ends if end is not None]
    return round(sum(known), 6) if len(known) == len(ends) else None


_RULES: Mapping[str, tuple[Callable[[DerivedSource], Rule], str]] = MappingProxyType(
    {
        "any_true": (_any_true, "bool"),
        "list_true": (_list_true, "text"),
        "first_not_second": (_first_not_second, "bool"),
        "any_tyre_low": (_any_below, "bool"),
        "list_tyre_low": (_list_below, "text"),
        "sum": (_sum, "number"),
        "consumption": (_consumption, "number"),
    }
)
KIND_OF_RULE: Mapping[str, str] = MappingProxyType(
    {name: kind for name, (_, kind) in _RULES.items()}
)
TYRE_RULES = frozenset({"any_tyre_low", "list_tyre_low"})
CONSUMPTION = "consumption"
BOOL_RULES = frozenset({"any_true", "list_true", "first_not_second"})
TWO_INPUTS = frozenset({CONSUMPTION, "first_not_second"})


class Derivation:
    """One derived signal."""

    def __init__(self, spec: SignalSpec, source: DerivedSource) -> None:
        """Nothing was derived yet."""
        self.path = spec.path
        self.inputs = source.inputs
        self.said: Value | Reason | None = None
        """What was published of it."""
        self._unit = spec.unit
        self._rule = _RULES[source.rule][0](source)

    def reading(self, inputs: Iterable[Reading]) -> Reading:
        """The derived reading; unknown if one of the inputs is, since then it could be anything.

        No more inputs are asked for then.
        """
        known = []
        for reading in inputs:
            if isinstance(reading, Unknown):
                return UNKNOWN[Reason.INPUT_UNKNOWN]
            known.append(reading)
        value = self._rule([reading.value for reading in known])
        if isinstance(value, Reason):
            return UNKNOWN[value]
        age_s = max(reading.age_s for reading in known)
        return Known(value, self._unit, age_s, self.inputs)
