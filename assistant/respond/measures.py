"""Respond: a question comes in, what the figure that answers it looks like goes out."""

import re

from assistant.lexicon import stem, words

ANY_NUMBER = r"\d"
_TIME = r"\d\s*(h|min|s|hours?|minutes?|seconds?|days?|weeks?|months?|years?)\b"
_MASS = r"\d\s*(kg|t|tonnes?|g)\b"
_LENGTH = r"\d\s*(mm|cm|m|km|metres?|inch(es)?)\b"
_VOLUME = r"\d\s*(l|litres?|ml|kWh|GB)\b"
_SPEED = r"\d\s*(km/h|mph|rpm)"
_INTERVAL = r"\d\s*(km|months?|years?|days?|weeks?)\b"
MEASURES = tuple(
    (re.compile(asked), re.compile(unit))
    for asked, unit in (
        (r"\bhow (fast|quick)|\b(top|maximum|highest|what) speed|\bspeed limit", _SPEED),
        (
            r"\bhow (often|frequently)|\bintervals?\b|\bwhen (do|does|must|should|is|are|has|have)\b.*"
            r"\b(chang|replac|renew|due|service|check)",
            _INTERVAL,
        ),
        (
            r"\bhow long (does|do|will|did|can|should|must|may|have)|\bhow (many|much) "
            r"(time|minutes|hours|seconds)|\bwhen does .* off\b",
            _TIME,
        ),
        (r"\bhow (far|many kilomet|many miles)", r"\d\s*km\b"),
        (r"\bpressure\b|\bpump\b", r"\d\s*(bar|kPa|psi)\b|\(bar\)"),
        (r"\bhow (tight|tightly)|\btorque\b|\btighten", r"\d\s*Nm\b|\(Nm\)"),
        (
            r"\bhow (heavy|much (does|do) .* weigh)|\b(weight|load|payload|weigh|weighs|heaviest|"
            r"kilos?|kilograms?)\b",
            _MASS + r"|Unit: kg",
        ),
        (
            r"\bhow (deep|high|tall|wide|thick|big is the (gap|distance))|\bhow long (is|are)\b|"
            r"\b(length|width|height|depth|clearance|thickness|wheelbase|tread)\b",
            _LENGTH + r"|Unit: mm",
        ),
        (r"\bbattery\b.*\bcapacity|\bcapacity\b.*\bbattery", r"\d\s*(kWh|Ah)\b"),
        (
            r"\bhow (big|large|much)\b.*\b(tank|oil|coolant|fluid|fuel|petrol|boot|luggage|compartment|"
            r"washer)\b|\bcapacity\b|\bhow many lit",
            _VOLUME,
        ),
        (r"\bhow (hot|cold|warm)|\btemperature\b", r"\d\s*°C"),
        (r"\b(voltage|volts)\b", r"\d\s*V\b"),
        (
            r"\b(power|kilowatts?|watts?)\b.*\b(charg|socket|maximum|max|output)|\bhow powerful",
            r"\d\s*k?W\b",
        ),
        (
            r"\b(what|which) (type|kind|grade|sort|spec|specification|oil|fuel|petrol|bulb|battery|"
            r"coolant|brake fluid|refrigerant)\b",
            r"\b(?=[\w-]*\d)(?=[\w-]*[A-Z])[\w-]+|\bDOT \d|\d RON",
        ),
        (r"\bhow (much|many)\b|\bwhat (percentage|number)", ANY_NUMBER),
    )
)
"""What a question asks the measure of, and what that measure looks like; the first match counts."""

HOW_MANY = re.compile(r"\bhow many (?:more )?([a-z]+)")
COUNTED = r"\b(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten)(?: [a-z-]+)? %s"


def measure_of(question: str) -> re.Pattern[str] | None:
    """What the answer's measure looks like, where the question asks for one."""
    plain = " ".join(words(question))
    found = next((unit for asked, unit in MEASURES if asked.search(plain)), None)
    counted = HOW_MANY.search(plain)
    if counted and (found is None or found.pattern == ANY_NUMBER):
        return re.compile(COUNTED % re.escape(stem(counted.group(1))), re.IGNORECASE)
    return found
