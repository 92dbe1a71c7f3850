"""Is every number of an answer in its evidence? Written without a look at respond/verify.py."""

import re
from decimal import Decimal
from typing import Any

FIGURE = re.compile(r"(?<![\d.,\w])[-−+]?\d+(?:,\d{3})*(?:\.\d+)*|\d+")
NAMES = re.compile(r"\b12-volt\b")
DURATION = re.compile(r"(?:(\d+) h)? ?(?:(\d+) min)?")


def unfounded(turn: dict[str, Any]) -> list[str]:
    """The numbers of a turn's text that no evidence of it holds."""
    text = NAMES.sub("", turn["answer"]["text"])
    quoted: set[str] = set()
    measured: list[Decimal] = []
    for piece in turn["evidence"]:
        # Where nothing is quoted, the place is what is offered.
        place = ("section", "title") if piece.get("quote") else ("section", "title", "page")
        for key in ("quote", "unit", *place):
            quoted |= {_plain(found) for found in FIGURE.findall(str(piece.get(key, "")))}
        value = piece.get("value")
        if isinstance(value, str):
            quoted |= {_plain(found) for found in FIGURE.findall(value)}
        elif isinstance(value, float | int) and not isinstance(value, bool):
            measured.append(Decimal(str(value)))
            if piece.get("unit") == "min":
                measured += [Decimal(part) for part in divmod(round(value), 60)]
    return [
        found
        for found in FIGURE.findall(text)
        if _plain(found) not in quoted and not any(_rounds_to(m, found) for m in measured)
    ]


def _plain(figure: str) -> str:
    return figure.replace(",", "").replace("−", "-").lstrip("+")


def _rounds_to(measured: Decimal, figure: str) -> bool:
    said = Decimal(_plain(figure))
    digits = -int(said.as_tuple().exponent)
    return abs(measured - said) <= Decimal(5).scaleb(-digits - 1)
