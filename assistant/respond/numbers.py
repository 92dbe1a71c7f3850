"""Respond: values and texts come in, the numbers in them as a driver reads them go out."""

import re

from assistant.events import Known, Value

NUMBER = re.compile(r"(?<![\w.])[-−]?\d+(?:,\d{3})*(?:\.\d+)?|(?<=[A-Za-z])\d+(?:\.\d+)?")
UNITS = {"l": "litres", "d": "days", "l/100km": "l/100 km", "kWh/100km": "kWh/100 km"}
"""Units that are said otherwise than the signal table writes them."""


def numbers_in(text: str) -> frozenset[str]:
    """All numbers of a text in one form: "1,250" is "1250", "2.40" is "2.4"."""
    return frozenset(canonical(found) for found in NUMBER.findall(text))


def canonical(number: str) -> str:
    """One form for one number."""
    plain = number.replace(",", "").replace("−", "-")
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return plain.lstrip("0") or "0" if not plain.startswith(("-", "0.")) else plain


def value_text(reading: Known, digits: int, style: str) -> str:
    """A value with its unit: "2.4 bar", "12,400 km", "2 h 15 min", "electric"."""
    value = reading.value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value.replace("_", " ")
    if style == "duration":
        return _duration(value)
    unit = UNITS.get(reading.unit or "", reading.unit or "")
    return f"{rounded(value, digits)} {unit}".strip()


def rounded(value: Value, digits: int) -> str:
    """A number at the precision at which it is said; never "-0"."""
    text = f"{float(value):,.{digits}f}"
    return text.removeprefix("-") if float(text.replace(",", "")) == 0 else text


def _duration(minutes: float) -> str:
    hours, rest = divmod(round(minutes), 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest} min" if rest else f"{hours} h"
