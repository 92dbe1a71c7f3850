"""sim: what somebody wrote in, whether it is a number a car can have, and how to show it out."""

from __future__ import annotations

_TOO_GREAT = 1e9
_LONGEST_SHOWN = 60


def is_number(value: object) -> bool:
    """A finite number of a size that arithmetic can bear; no text, no truth."""
    return (
        isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _TOO_GREAT
    )


def shown(value: object) -> str:
    """A value for a sentence, not longer than anybody reads."""
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # a whole number of thousands of digits, a deep nest
        return "what is written there"
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
