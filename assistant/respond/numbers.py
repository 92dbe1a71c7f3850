"""Respond: values and texts come in, the numbers in them as a driver reads them go out."""

import re

from assistant.events import Known, Value

NUMBER = re.compile(r"(?:(?<![\w.,])[-−])?(?:\d+(?:[.,]\d+)*|(?<!\d)\.\d+)")
THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?")
UNITS = {"l": "litres", "d": "days", "l/100km": "l/100 km", "kWh/100km": "kWh/100 km"}
"""Units that are said otherwise than the signal table writes them."""


WHOLE = frozenset({"psi", "kPa", "mph", "miles", "°F", "mpg", "US mpg", "pounds", "feet"})
"""Units so small that no decimal of a car's value in them says anything."""


def numbers_in(text: str) -> frozenset[str]:
    """All numbers of a text in one form: "1,250" is "1250", "2.40" is "2.4", "½" is itself."""
    figures = (canonical(found) for found in NUMBER.findall(text))
    return frozenset(figures) | {c for c in text if c.isnumeric() and not c.isdecimal()}


def canonical(number: str) -> str:
    """One form for one number."""
    plain = number.replace("−", "-")
    sign = "-" if plain.startswith("-") else ""
    plain = plain.removeprefix("-")
    if THOUSANDS.fullmatch(plain):
        plain = plain.replace(",", "")
    if plain.count(".") == 1 and "," not in plain:
        plain = plain.rstrip("0").removesuffix(".")
    plain = plain.lstrip("0") or "0"
    plain = f"0{plain}" if plain.startswith(".") else plain
    return plain if plain == "0" else f"{sign}{plain}"


def value_text(reading: Known, digits: int, style: str) -> str:
    """A value with its unit: "2.4 bar", "12,400 km", "2 h 15 min", "14:05", "electric"."""
    value = reading.value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value.replace("_", " ")
    if style == "duration":
        return _duration(value)
    if style == "clock":
        hours, minutes = divmod(round(value), 60)
        return f"{hours % 24:02}:{minutes:02}"
    unit = UNITS.get(reading.unit or "", reading.unit or "")
    return f"{rounded(value, 0 if unit in WHOLE else digits)} {unit}".strip()


def rounded(value: Value, digits: int) -> str:
    """A number at the precision at which it is said; never "-0"."""
    text = f"{float(value):,.{digits}f}"
    return text.removeprefix("-") if float(text.replace(",", "")) == 0 else text


def _duration(minutes: float) -> str:
    hours, rest = divmod(round(minutes), 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest} min" if rest else f"{hours} h"
