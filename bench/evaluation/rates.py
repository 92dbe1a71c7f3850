"""Evaluation: counts come in, shares with their confidence intervals go out; pure."""

import math
import statistics
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

Z = 1.959964  # two-sided 95 % of the normal distribution


def rate(count: int, of: int) -> dict[str, Any]:
    """`count` of `of`, as a share with its 95 % interval; the share of nothing is None."""
    if not of:
        return {"count": count, "of": 0, "share": None, "low": None, "high": None}
    low, high = wilson(count, of)
    return {
        "count": count,
        "of": of,
        "share": round(count / of, 4),
        "low": round(low, 4),
        "high": round(high, 4),
    }


def share_of(flags: Iterable[bool]) -> dict[str, Any]:
    """The rate of those that are true."""
    listed = list(flags)
    return rate(sum(listed), len(listed))


def wilson(count: int, of: int) -> tuple[float, float]:
    """The 95 % score interval of a binomial share.

    E. B. Wilson, Probable inference, the law of succession, and statistical inference, Journal of
    the American Statistical Association 22 (1927), 209-212. `of` must not be 0.
    """
    share, spread = count / of, Z * Z / of
    middle = (share + spread / 2) / (1 + spread)
    half = Z / (1 + spread) * math.sqrt(share * (1 - share) / of + spread / (4 * of))
    return max(0.0, middle - half), min(1.0, middle + half)


def spread(values: Sequence[float], digits: int = 1) -> dict[str, float] | None:
    """Median and 95th percentile; None of nothing."""
    if not values:
        return None
    return {
        "median": round(statistics.median(values), digits),
        "p95": round(float(np.percentile(values, 95)), digits),
    }
