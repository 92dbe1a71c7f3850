"""Drafting: `concepts.toml` in, what is looked for in a DBC out: words, unit, values and VSS path."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

_TABLE = Path(__file__).with_name("concepts.toml")
_WORD_SETS = ("veto", "true_words", "false_words", "needs_any", "or_beside")


@dataclass(frozen=True, slots=True)
class Concept:
    """One kind of signal.  `{corner}` or `{side}` in the path is filled from the words of the name."""

    path: str
    patterns: tuple[frozenset[str], ...]
    """Every word of one of them must be in the name."""
    kind: str = "number"
    """`number`; `bool`; `gear` and `turn`, enumerations by the names of their values."""
    unit: str = ""
    low: float = 0.0
    high: float = 0.0
    """Plausible values in that unit; also the range of the drafted signal."""
    veto: frozenset[str] = frozenset()
    """With one of these words it is something else."""
    place: str = ""
    """`wheel`, `door`, `seat`, `side`: which place the name must name; "" if none."""
    true_words: frozenset[str] = frozenset()
    false_words: frozenset[str] = frozenset()
    """Of a bool: words in the name, or of a value, that say which value means true."""
    polarity_needed: bool = False
    """Leave it out unless a word says what 1 means."""
    needs_any: frozenset[str] = frozenset()
    """One of these words must be in the name or in that of the message."""
    or_beside: frozenset[str] = frozenset()
    """... or one of these in the name of another signal of the message."""
    signed: bool = False
    """It is negative to one side; a signal without a sign is only its amount."""
    lively: bool = False
    """It moves while driving: one that does is preferred to one that stands still."""
    telltale: tuple[str, str] = ("", "")
    """Name and colour, if it is a lamp of the cluster."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _concept(row: Mapping[str, Any]) -> Concept:
    """One row; `vehicle speed | speed` are two patterns."""
    fields: dict[str, Any] = {
        name: _words(value) if name in _WORD_SETS else value for name, value in row.items()
    }
    fields["patterns"] = tuple(map(_words, row["patterns"].split("|")))
    if "telltale" in row:
        fields["telltale"] = tuple(row["telltale"])
    return Concept(**fields)


_table = tomllib.loads(_TABLE.read_text(encoding="utf-8"))

NEVER = _words(_table["words"]["never"])
"""Words that no signal of the car's own state has, whatever it is."""
NEVER_IN_MESSAGE = _words(_table["words"]["never_in_message"])
NEUTRAL = _words(_table["words"]["neutral"])
"""Words that change nothing."""
CONCEPTS = tuple(map(_concept, _table["concept"]))
GEAR_WORDS: Mapping[str, str] = MappingProxyType(_table["gear_words"])
"""Names of a gear value -> word of Vehicle.Powertrain.Transmission.SelectedGear."""
