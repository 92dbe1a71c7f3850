"""can_bridge: scale, shift and range of a row of signals.toml in, the numbers that they give out."""

from __future__ import annotations

import math
from typing import NamedTuple

from cantools.database.can import Signal

from can_bridge.toml_table import LARGEST_FACTOR, SMALLEST_FACTOR, Range, TomlTable


class Scaling(NamedTuple):
    """value = raw * factor + offset."""

    factor: float
    offset: float

    def span(self, lowest: float, highest: float) -> Range:
        """From where to where the value goes while the raw one goes between these."""
        low, high = sorted(
            (lowest * self.factor + self.offset, highest * self.factor + self.offset)
        )
        return low, high

    @property
    def is_usable(self) -> bool:
        """Whether values can be told apart and calculated with."""
        return SMALLEST_FACTOR <= abs(self.factor) <= LARGEST_FACTOR and math.isfinite(self.offset)


def scaling_of(signal: Signal) -> Scaling:
    """What the DBC says."""
    return Scaling(float(signal.scale), float(signal.offset))


def refuse_unusable(row: TomlTable, key: str, signal: Signal) -> None:
    """ProfileError, about this key, if the DBC scales the signal so that no value is left of it."""
    if not scaling_of(signal).is_usable:
        row.fail(
            f"the DBC gives {signal.name} the factor {signal.scale:g} and the offset "
            f"{signal.offset:g}; correct it there",
            key,
        )


def read_scaling(row: TomlTable, stated: Scaling) -> tuple[Scaling, Scaling]:
    """`scale` and `shift`: from the stated unit to the reading's, and from the raw value to it."""
    own = Scaling(row.factor("scale", 1.0), row.number("shift", 0.0))
    whole = Scaling(stated.factor * own.factor, stated.offset * own.factor + own.offset)
    if not whole.is_usable:
        row.fail(
            f"with the factor {stated.factor:g} of its source, one step of the raw value would be "
            f"{whole.factor:g}; correct the scale",
            "scale",
        )
    return own, whole


def read_range(row: TomlTable, reach: Range | None) -> Range | None:
    """`range`, if it is there: some of the values that there can be, `reach`, must lie in it."""
    interval = row.interval("range")
    if interval is None:
        return None
    low, high = interval
    if low == high:
        row.fail(f"expected a range of more than the one value {low:g}; correct it", "range")
    if reach is not None and (high < reach[0] or low > reach[1]):
        row.fail(
            f"the range {low:g} to {high:g} holds none of the values that its bits can have, "
            f"{reach[0]:g} to {reach[1]:g}; correct the range or the scaling",
            "range",
        )
    return interval
