"""Respond: `choosing.toml` comes in, how much each feature counts goes out.

The numbers are fitted on question sets by `python -m bench.fitting`; nobody sets them by hand.
"""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import SettingsError

Features = Mapping[str, float]
BIAS = "bias"  # counts always


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each feature counts; one that is not named counts nothing."""

    worth: Features  # of a part of a passage, against the other parts
    right: Features  # of the best part and its lead: how likely it answers


@dataclass(frozen=True, slots=True)
class Choosing:
    """How a part of the manual is chosen, and when none is."""

    by_examples: Weights  # where there are example questions, too
    by_meaning: Weights
    by_words: Weights  # where there is no embedder

    def weights(self, *, meaning: bool, examples: bool) -> Weights:
        """Those with an embedder, or without."""
        if not meaning:
            return self.by_words
        return self.by_examples if examples else self.by_meaning


def total(features: Features, weights: Features) -> float:
    """The weighted sum of features."""
    return sum(weights.get(name, 0.0) * value for name, value in features.items())


def probability(features: Features, weights: Features) -> float:
    """The logistic of the weighted sum, 0 to 1."""
    return 1 / (1 + math.exp(-total({BIAS: 1.0, **features}, weights)))


def load_choosing(folder: Path) -> Choosing:
    """Read a language's choosing.toml; raise SettingsError naming the file and what is wrong."""
    path = folder / "choosing.toml"
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        return Choosing(
            by_examples=_weights(table["examples"]),
            by_meaning=_weights(table["meaning"]),
            by_words=_weights(table["words"]),
        )
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"The weights {path} cannot be read: {error}.") from error
    except (KeyError, TypeError, ValueError) as error:
        raise SettingsError(
            f"{path} has a wrong or missing key ({error}); `python -m bench.fitting` writes it."
        ) from error


def _weights(table: Mapping[str, Any]) -> Weights:
    return Weights(_numbers(table["worth"]), _numbers(table["right"]))


def _numbers(table: Mapping[str, Any]) -> Features:
    return {str(name): float(value) for name, value in table.items()}
