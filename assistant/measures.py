"""Measures: a question comes in, what the figure that answers it looks like goes out."""

import re
from dataclasses import dataclass

from assistant.lexicon import stem, words

ANY_NUMBER = r"\d"
_TIME = r"\d\s*(h|min|s|hours?|minutes?|seconds?|days?|weeks?|months?|years?)\b"
_AGE = r"\d\s*(years?|months?)\b"
_MASS = r"\d\s*(kg|t|tonnes?|g)\b"
_LENGTH = r"\d\s*(mm|cm|m|metres?|inch(es)?)\b"
_DISTANCE = r"\d\s*(mm|cm|m|km|metres?|inch(es)?)\b"
_VOLUME = r"\d\s*(l|litres?|ml|kWh|GB)\b"
_ENERGY = r"\d\s*(kWh|Ah)\b"
_SPEED = r"\d\s*(km/h|mph)"
_TURNS = r"\d\s*rpm\b"
_POWER = r"\d\s*k?W\b"
_TORQUE = r"\d\s*Nm\b"
_INTERVAL = (
    r"\d\s*(km|months?|years?|days?|weeks?)\b|\b(?:once|twice) an? |\bevery (?:day|week|month|year)"
    r"|\b[Nn]o limit\b|\b[Ff]illed for life\b|\b[Mm]aintenance-free\b"
)
# The name of a kind: "0W-20", "DOT 4", "95 RON", "PY21W", "OAT", but not the marks MIN and MAX.
_KIND = (
    r"\b(?=[\w-]*\d)(?=[\w-]*[A-Z])[\w-]+|\bDOT \d|\d RON|\b(?!MIN\b|MAX\b|AUTO\b|SET\b)[A-Z]{3,}\b"
)
_SIZE = rf"{_KIND}|\d\s*(?:mm|cm|inch(?:es)?)\b|\d-inch|{_ENERGY}"
_WEIGHING = "heavy weigh weight load mass limit maximum max most much kilo kilogram"
MEASURES = tuple(
    (re.compile(asked), re.compile(figure), frozenset(map(stem, answered.split())))
    for asked, figure, answered in (
        (r"\b(who|(what|which) number)\b.* (call|ring|dial|phone)", r"\b\d{3}\b", "number who"),
        (
            r"\bhow (fast|quick|quickly|long)\b.* to (100|a hundred|60)\b|"
            r"\b(0|zero|nought) to (100|a hundred|60)\b",
            _TIME,
            "fast quick long time",
        ),
        (
            r"\bhow long (is|are|does|do|will) .*\b(good|valid|usable|last|lasts|keep)\b",
            _TIME,
            "long time good last",
        ),
        (r"\b(idle|engine) speed|\brev limit|\brpm\b", _TURNS, "rpm"),
        (
            r"\bhow (fast|quick)|\b(top|maximum|highest|what|max) speed|\bspeed limit",
            _SPEED,
            "fast quick speed maximum max limit",
        ),
        (
            r"\bhow (often|frequently)|\bintervals?\b|\bwhen (do|does|must|should|is|are|has|have)\b.*"
            r"\b(chang|replac|renew|due|service|check)",
            _INTERVAL,
            "often interval due every need",
        ),
        (r"\bhow old\b|\bwhat age\b", _AGE, "old age"),
        (
            r"\bhow long (does|do|will|did|can|should|must|may|have)|\bhow (many|much) "
            r"(time|minutes|hours|seconds)|\bwhen does .* off\b",
            _TIME,
            "long time minute hour second",
        ),
        (
            r"\bhow (far|many met).*\b(behind|away|from|apart|ahead|in front)\b",
            _LENGTH,
            "far distance metre",
        ),
        (r"\bhow (far|many kilomet|many miles)", r"\d\s*km\b", "far distance kilometre mile"),
        (
            r"\bpressures?\b|\bpump (up|to|the|my|it|them)\b|\bhow much air\b",
            r"\d\s*(bar|kPa|psi)\b",
            "pump air much pressure",
        ),
        (r"\bhow (tight|tightly)|\btorque\b.*\b(engine|motor)\b|\btorque\b|\btighten", _TORQUE,
         "tight tighten torque"),
        (r"\bhow heavy (is|are)\b|\b(does|do) .*\bweigh\b", _MASS, _WEIGHING),
        (
            r"\bhow (heavy|much (does|do) .* weigh)|\b(weight|load|payload|weigh|weighs|heaviest|"
            r"kilos?|kilograms?)\b|\bhow much (can|may|could|is allowed|will|should|weight) .*\b("
            r"tow|pull|carry|load|put)\b",
            _MASS,
            _WEIGHING,
        ),
        (
            r"\bhow (deep|high|tall|wide|thick|big is the (gap|distance))|\bhow long are\b|"
            r"\b(length|width|height|depth|clearance|thickness|wheelbase|tread)\b",
            _LENGTH,
            "deep high tall wide thick length width height depth",
        ),
        (r"\bhow long is\b", _DISTANCE, "long length"),
        (
            r"\bbattery\b.*\bcapacity|\bcapacity\b.*\bbattery|\bhow (big|large)\b.*\bbattery",
            _ENERGY,
            "big large capacity",
        ),
        (
            r"\bhow (big|large|much)\b.*\b(tank|oil|coolant|fluid|fuel|petrol|boot|luggage|compartment|"
            r"washer)\b|\bcapacity\b|\bhow many lit",
            _VOLUME,
            "big large capacity litre",
        ),
        (r"\bhow (hot|cold|warm)|\btemperature\b", r"\d\s*°C", "hot cold warm temperature"),
        (r"\bamps?\b|\bamperes?\b", r"\d\s*A\b", "amp ampere"),
        (r"\b(voltage|volts)\b", r"\d\s*V\b", "voltage volt"),
        (
            r"\b(power|kilowatts?|watts?)\b.*\b(charg|socket|maximum|max|output)|\bhow powerful|"
            r"\bpower of\b|\b(charging|engine|motor) power\b|\bhorsepower\b|\bhow much power\b",
            _POWER,
            "power powerful kilowatt watt maximum max output horsepower",
        ),
        (r"\b(what|which)( \w+)? size\b|\bsize (is|are|of)\b", _SIZE, "size"),
        (
            r"\b(what|which) (type|kind|grade|sort|spec|specification)\b|\b(what|which)( \w+)? (oil|"
            r"fuel|petrol|bulb|battery|coolant|brake fluid|refrigerant)\b(?! (lamp|light|level|tank))",
            _KIND,
            "type kind grade sort spec specification",
        ),
        (r"\bhow (much|many)\b|\bwhat (percentage|number)", ANY_NUMBER, ""),
    )
)  # fmt: skip
"""What a question asks the measure of, what that measure looks like, and which of the question's
words such a figure answers ("how heavy" by kilograms); the first match counts."""
WITHOUT_FIGURE = frozenset({"how_to", "where", "meaning"})  # asks that no figure answers

# How heavy a thing is says nothing of what it carries, nor the other way round.
WEIGHS = re.compile(r"\bhow heavy (is|are)\b|\b(does|do) .*\bweigh\b")
CARRIES = re.compile(r"\b(load|loaded|payload|carry|carries)\b", re.IGNORECASE)
NOTHING = re.compile(r"(?!)")
HOW_MANY = re.compile(r"\bhow many (?:more )?([a-z]+)")
COUNTED = (
    r"\b(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten)(?: [a-z-]+)? {0}"
    r"|\bnumber of (?:[a-z]+ )?{0}\w*; \d"
)


@dataclass(frozen=True, slots=True)
class Measure:
    """What a question asks the figure of."""

    figure: re.Pattern[str]
    answered: frozenset[str]  # stems of the question's words that such a figure answers
    unlike: re.Pattern[str] = NOTHING  # what a text with such a figure may not be about


def measure_of(question: str, ask: str = "") -> Measure | None:
    """What the answer's figure looks like, where the question asks for one."""
    if ask in WITHOUT_FIGURE:
        return None
    plain = " ".join(words(question))
    found = next(
        (Measure(figure, answered) for asked, figure, answered in MEASURES if asked.search(plain)),
        None,
    )
    if found and WEIGHS.search(plain):
        return Measure(found.figure, found.answered, CARRIES)
    counted = HOW_MANY.search(plain)
    if counted and (found is None or found.figure.pattern == ANY_NUMBER):
        noun = re.escape(stem(counted.group(1)))
        return Measure(re.compile(COUNTED.format(noun), re.IGNORECASE), frozenset())
    return found
