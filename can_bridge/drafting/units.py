"""Drafting: the unit that a DBC states comes in, what it measures and its conversion go out.

Conversions are to the units of Auriga's vehicle files: km/h, rpm, °C, bar, km, l, %, V, A, kW, degrees,
degrees/s, m/s^2, min.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Unit:
    """value in `name` = value in the DBC's unit * scale + shift."""

    name: str
    scale: float = 1.0
    shift: float = 0.0


_TABLE = """
km/h 1 0: km/h kph kmh kmph km-h kilometer/hour kilometerperhour kilometersperhour km^h
km/h 1.609344 0: mph mi/h mileperhour milesperhour
km/h 3.6 0: m/s mps m/sec meters/sec meter/sec meterpersecond ms-1
rpm 1 0: rpm 1/min u/min umin r/min min-1 minutinver revolutions/min rev/min revpermin
°C 1 0: °c c degc degcelsius degreec degreesc degcelsi degrecelsi celsius cel deg.c degreecelsius
°C 0.5555555556 -17.7777777778: °f f degf fahrenheit degreesf degreef
bar 1 0: bar
bar 0.01 0: kpa kpag kilopascal
bar 0.0689475729 0: psi psig
bar 0.001 0: mbar millibar hpa
km 1 0: km kilometer kilometers kilometre
km 1.609344 0: mi mile miles
km 0.001 0: m meter meters metre
l 1 0: l liter litre liters litres
l 0.001 0: ml milliliter
% 1 0: % percent percentage pct
V 1 0: v volt volts
V 0.001 0: mv millivolt
A 1 0: a amp amps ampere
kW 1 0: kw
kW 0.001 0: w watt watts
degrees 1 0: deg degree degrees ° degreofarc degreeofarc grad
degrees 57.2957795131 0: rad radian radians
degrees/s 1 0: deg/s degree/s degrees/s °/s deg/sec degreofarcpersecon degreepersecond grad/s
degrees/s 57.2957795131 0: rad/s rad/sec
m/s^2 1 0: m/s^2 m/s2 m/s² mps2 m/s/s meters/sec/sec meterperseconsquar meterpersquaresecond
m/s^2 9.80665 0: g
min 1 0: min minute minutes minut
"""


def _units() -> Mapping[str, Unit]:
    found: dict[str, Unit] = {}
    for line in _TABLE.strip().splitlines():
        left, names = line.split(": ", 1)
        name, scale, shift = left.split()
        found |= {alias: Unit(name, float(scale), float(shift)) for alias in names.split()}
    return MappingProxyType(found)


_UNITS = _units()


def unit_of(text: str) -> Unit | None:
    """What a DBC's unit text means; None if it is empty or not known."""
    plain = re.sub(r"^unit_|\s+", "", text.strip().lower())
    return _UNITS.get(plain)
