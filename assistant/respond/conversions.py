"""Respond: figures in a car's or a manual's units come in, the same in the driver's units go out.

What the car reports is said in the driver's unit alone; what a manual says stays as it stands, with
the driver's unit after it ("2.3 bar (about 33 psi)").  Each is cited as derived from what it was
worked out from.  Factors: BIPM SI brochure (9th edition), NIST SP 811, both exact but for psi.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from assistant.events import (
    Answer,
    DerivedEvidence,
    Facts,
    Known,
    ManualEvidence,
    Outcome,
    Reading,
    SignalEvidence,
)
from assistant.respond.numbers import rounded


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: `value * factor + offset` is in the SI unit of its measure, or 1 / that."""

    measure: str
    factor: float
    digits: int  # decimals that are said
    offset: float = 0.0
    inverse: bool = False  # distance by volume, where the measure is volume by distance


US_GALLON, UK_GALLON, MILE = 3.785411784e-3, 4.54609e-3, 1609.344  # m³, m³, m
UNITS: Mapping[str, Unit] = MappingProxyType(
    {
        "bar": Unit("pressure", 1e5, 1),
        "kPa": Unit("pressure", 1e3, 0),
        "psi": Unit("pressure", 6894.757293168, 0),
        "km/h": Unit("speed", 1 / 3.6, 0),
        "mph": Unit("speed", 0.44704, 0),
        "km": Unit("distance", 1000.0, 0),
        "miles": Unit("distance", MILE, 0),
        "°C": Unit("temperature", 1.0, 0, 273.15),
        "°F": Unit("temperature", 5 / 9, 0, 273.15 - 32 * 5 / 9),
        "l/100 km": Unit("consumption", 1e-8, 1),
        "US mpg": Unit("consumption", MILE / US_GALLON, 0, inverse=True),
        "mpg": Unit("consumption", MILE / UK_GALLON, 0, inverse=True),
        "litres": Unit("volume", 1e-3, 1),
        "US gallons": Unit("volume", US_GALLON, 1),
        "kg": Unit("mass", 1.0, 0),
        "pounds": Unit("mass", 0.45359237, 0),
        "Nm": Unit("torque", 1.0, 0),
        "pound-feet": Unit("torque", 1.3558179483314, 0),
        "m": Unit("length", 1.0, 1),
        "feet": Unit("length", 0.3048, 0),
        "cm": Unit("size", 1e-2, 0),
        "mm": Unit("size", 1e-3, 0),
        "inches": Unit("size", 0.0254, 1),
    }
)
SPELLINGS = {"l/100km": "l/100 km", "l": "litres", "litre": "litres", "liters": "litres"}
"""Unit as a car or a manual may write it -> ours, where they differ."""

_US = ("psi", "mph", "miles", "°F", "US mpg", "US gallons", "pounds", "pound-feet", "feet")
REGIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "car": (),
        "metric": ("bar", "km/h", "km", "°C", "l/100 km", "litres", "kg", "Nm", "m", "mm"),
        "uk": ("psi", "mph", "miles", "mpg"),
        "us": (*_US, "inches"),
    }
)
"""Setting `respond.units` -> the units that are said, one for a measure; `car`: as they come."""

_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_WRITTEN = "|".join(sorted(map(re.escape, (*UNITS, *SPELLINGS)), key=len, reverse=True))
_FIGURE = re.compile(
    rf"(?<![\w.,/-])(?P<low>[-−]?(?:{_NUMBER}))(?:(?P<to>\s?(?:to|and|-|–)\s?)"
    rf"(?P<high>[-−]?(?:{_NUMBER})))?\s?(?P<unit>{_WRITTEN})(?![\w/²³·]|\s?\()"
)
# "Rises by 10 °C", "5 °C warmer": a difference is not a temperature.
_DIFFERENCE = re.compile(r"\b(?:by|each|per|every|of)\s*$", re.IGNORECASE)
_COMPARED = re.compile(
    r"^\s*(?:warmer|colder|cooler|hotter|higher|lower|more|less|above|below)\b", re.IGNORECASE
)


def in_units(facts: Facts, wanted: tuple[str, ...]) -> Facts:
    """The readings in the wanted units, each naming its path as what it was worked out from."""
    readings = tuple((path, _converted(path, reading, wanted)) for path, reading in facts.readings)
    return replace(facts, readings=readings)


def with_units(answer: Answer, wanted: tuple[str, ...]) -> Answer:
    """The answer with each figure of a manual in the wanted unit too; a refusal stays as it is."""
    if not wanted or answer.outcome is not Outcome.ANSWERED:
        return answer
    derived: dict[tuple[float, str], DerivedEvidence] = {}

    def added(text: str) -> str:
        return _FIGURE.sub(lambda found: _with_unit(found, wanted, answer, derived), text)

    text, short = added(answer.text), added(answer.short)
    steps = tuple(map(added, answer.steps))
    evidence = (*answer.evidence, *derived.values())
    return replace(answer, text=text, short=short, steps=steps, evidence=evidence)


def readings_of(facts: Facts, converted: Facts) -> Iterator[SignalEvidence]:
    """The readings as the car gave them, of those that are said in another unit."""
    for (path, given), (_, said) in zip(facts.readings, converted.readings, strict=True):
        if given != said:
            yield SignalEvidence(path, given)


def _converted(path: str, reading: Reading, wanted: tuple[str, ...]) -> Reading:
    if not isinstance(reading, Known) or isinstance(reading.value, bool | str):
        return reading
    given = SPELLINGS.get(reading.unit or "", reading.unit or "")
    target = _target(given, wanted)
    if target is None or (reading.value == 0 and not UNITS[given].offset):  # "standing still"
        return reading
    value = _value(float(reading.value), given, target)
    return Known(value, target, reading.age_s, reading.sources or (path,))


def _with_unit(
    found: re.Match[str],
    wanted: tuple[str, ...],
    answer: Answer,
    derived: dict[tuple[float, str], DerivedEvidence],
) -> str:
    given = SPELLINGS.get(found["unit"], found["unit"])
    target = _target(given, wanted)
    if target is None or (UNITS[given].offset and _is_difference(found)):
        return found[0]
    said = []
    for figure in filter(None, (found["low"], found["high"])):
        value = _value(float(figure.replace(",", "").replace("−", "-")), given, target)
        text = rounded(value, UNITS[target].digits)
        said.append(text)
        cited = (one for one in answer.evidence if isinstance(one, ManualEvidence))
        sources = tuple(dict.fromkeys(f"section {one.section}" for one in cited))
        name = f"{figure} {given} in {target}"
        derived[value, target] = DerivedEvidence(name, Known(value, target, 0.0, sources))
    if UNITS[given].inverse != UNITS[target].inverse:
        said.reverse()  # the more litres, the fewer miles
    return f"{found[0]} (about {' to '.join(said)} {target})"


def _is_difference(found: re.Match[str]) -> bool:
    before, after = found.string[: found.start()], found.string[found.end() :]
    return bool(_DIFFERENCE.search(before) or _COMPARED.search(after))


def _target(given: str, wanted: tuple[str, ...]) -> str | None:
    """The wanted unit of the same measure, if it is another one."""
    unit = UNITS.get(given)
    if unit is None or given in wanted:
        return None
    return next((name for name in wanted if UNITS[name].measure == unit.measure), None)


def _value(value: float, given: str, target: str) -> float:
    source, into = UNITS[given], UNITS[target]
    standard = value * source.factor + source.offset
    if source.inverse != into.inverse:
        standard = 1 / standard if standard else 0.0
    return (standard - into.offset) / into.factor
