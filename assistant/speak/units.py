"""Speak: the units a manual or a car uses, as they are written and as they are said."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unit:
    """How a unit is said after one and after any other number."""

    one: str
    many: str


def _regular(name: str) -> Unit:
    return Unit(name, f"{name}s")


def _same(name: str) -> Unit:
    return Unit(name, name)


# By what is written. "litres" and the like need no entry: they are read as they are.
UNITS: dict[str, Unit] = {
    "bar": _same("bar"),
    "mbar": _same("millibar"),
    "psi": _same("P S I"),
    "Pa": _regular("pascal"),
    "hPa": _regular("hectopascal"),
    "kPa": _regular("kilopascal"),
    "MPa": _regular("megapascal"),
    "km/h": Unit("kilometre per hour", "kilometres per hour"),
    "mph": Unit("mile per hour", "miles per hour"),
    "m/s": Unit("metre per second", "metres per second"),
    "m/s²": Unit("metre per second squared", "metres per second squared"),
    "°C": Unit("degree Celsius", "degrees Celsius"),
    "°F": Unit("degree Fahrenheit", "degrees Fahrenheit"),
    "°": _regular("degree"),
    "%": _same("per cent"),
    "kWh": _regular("kilowatt hour"),
    "Wh": _regular("watt hour"),
    "kWh/100 km": Unit(
        "kilowatt hour per hundred kilometres", "kilowatt hours per hundred kilometres"
    ),
    "l/100 km": Unit("litre per hundred kilometres", "litres per hundred kilometres"),
    "km/l": Unit("kilometre per litre", "kilometres per litre"),
    "g/km": Unit("gram per kilometre", "grams per kilometre"),
    "mpg": Unit("mile per gallon", "miles per gallon"),
    "MW": _regular("megawatt"),
    "kW": _regular("kilowatt"),
    "W": _regular("watt"),
    "hp": _same("horsepower"),
    "bhp": _same("brake horsepower"),
    "PS": _same("metric horsepower"),
    "kV": _regular("kilovolt"),
    "V": _regular("volt"),
    "mV": _regular("millivolt"),
    "A": _regular("amp"),
    "mA": _regular("milliamp"),
    "Ah": _regular("amp hour"),
    "mAh": _regular("milliamp hour"),
    "Ω": _regular("ohm"),
    "kΩ": _regular("kilohm"),
    "l": _regular("litre"),
    "L": _regular("litre"),
    "dl": _regular("decilitre"),
    "cl": _regular("centilitre"),
    "ml": _regular("millilitre"),
    "cc": _same("C C"),
    "cm³": _regular("cubic centimetre"),
    "m³": _regular("cubic metre"),
    "m²": _regular("square metre"),
    "cm²": _regular("square centimetre"),
    "mm²": _regular("square millimetre"),
    "km": _regular("kilometre"),
    "m": _regular("metre"),
    "cm": _regular("centimetre"),
    "mm": _regular("millimetre"),
    "µm": _regular("micrometre"),
    "mi": _regular("mile"),
    "ft": Unit("foot", "feet"),
    "Nm": _regular("newton metre"),
    "kN": _regular("kilonewton"),
    "N": _regular("newton"),
    "lb-ft": _same("pound-feet"),
    "t": _regular("tonne"),
    "kg": _regular("kilogram"),
    "g": _regular("gram"),
    "mg": _regular("milligram"),
    "lb": _regular("pound"),
    "lbs": _regular("pound"),
    "oz": _regular("ounce"),
    "rpm": _same("R P M"),
    "min": _regular("minute"),
    "h": _regular("hour"),
    "hr": _regular("hour"),
    "hrs": _regular("hour"),
    "s": _regular("second"),
    "sec": _regular("second"),
    "ms": _regular("millisecond"),
    "Hz": _same("hertz"),
    "kHz": _same("kilohertz"),
    "MHz": _same("megahertz"),
    "GHz": _same("gigahertz"),
    "kB": _regular("kilobyte"),
    "MB": _regular("megabyte"),
    "GB": _regular("gigabyte"),
    "TB": _regular("terabyte"),
    "kbit/s": Unit("kilobit per second", "kilobits per second"),
    "Mbit/s": Unit("megabit per second", "megabits per second"),
    "dB": _regular("decibel"),
    "dB(A)": _regular("decibel"),
    "lm": _regular("lumen"),
    "lx": _same("lux"),
    "K": _regular("kelvin"),
}

# "a 12 V battery" is twelve volt, not twelve volts.
THINGS = (
    "battery|batteries|fuse|fuses|socket|sockets|outlet|outlets|bulb|bulbs|lamp|lamps|supply|"
    "system|charger|plug|spanner|wrench|circuit|tank|motor|cable|relay|charging|charge|AC|DC|"
    "bottle|canister|sensor|drill|bit|hose|wheel|wheels|tyre|tyres"
)

# Longest first, so that "kWh/100 km" is not taken for "kWh". A plain space may be any space.
UNIT_PATTERN = "|".join(
    re.escape(symbol).replace(r"\ ", r"\s?") for symbol in sorted(UNITS, key=len, reverse=True)
)


def said(symbol: str, number: str, thing_follows: bool) -> str:
    """The unit after a number as it is written ("1" or "2.4"), maybe before a thing."""
    unit = UNITS[re.sub(r"/100\s*", "/100 ", symbol)]
    return unit.one if thing_follows or number == "1" else unit.many
