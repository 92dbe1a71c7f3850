"""Speak: an answer's text comes in, the same text as a person would read it aloud goes out.

A row of rules, each a pattern and what it is replaced by; the more special come first, and what
a rule has worded holds no digit any more, so that no later rule touches it. English only.
"""

import re
import unicodedata
from collections.abc import Callable

from assistant.speak.numbers import (
    decimal,
    dotted,
    ordinal,
    pairs,
    spell_digits,
    whole,
    year,
)
from assistant.speak.units import THINGS, UNIT_PATTERN, said

Rule = tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


NUMBER = r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?"
SIGN = r"(?<![\w.)])(?:[-+](?=[0-9])|±\s?)"
ALONE = r"(?<![\w.,/])"  # not inside a word or a number
UNIT = rf"(?:{UNIT_PATTERN})(?![\w²³°Ω])(?!/[a-z0-9])"
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
UNITS_ALONE = "km/h|mph|kWh/100 km|l/100 km|g/km|kWh|kW|kPa|psi|rpm|Nm|Ah|km|cm|mm|kg"
FRACTIONS = {"1/2": "a half", "1/3": "a third", "2/3": "two thirds", "1/4": "a quarter",
             "3/4": "three quarters"}  # fmt: skip
SIGNS = {"-": "minus", "+": "plus", "±": "plus or minus"}
MAX_HOUR, MAX_MINUTE, NOON = 23, 59, 12
MAX_MONTH, MAX_DAY = 12, 31
MAX_DIGITS_AS_NUMBER = 3  # in a name such as CR2032

SPELLED = _words(
    "AAC ABS AEB AC ACC ACEA ADAS AGM API AM AWD BSM CAN CD CO DAB DC DPF DRL DTC EBD ECU EPS ESC ESP"
    " EU EV FM FWD GPF GPS HEV HUD ICE ID ISO LED LKA LCD LPG MIL NFC OAT OBD OEM PHEV PTT PY RES"
    " RON MON RWD SAE SOS SRS SUV TPMS TSC TWI UK US USA USB VIN WD"
)
READ = {"FAT": "fat", "OK": "okay", "WIFI": "wi-fi", "SUVS": "S U Vs"}

ABBREVIATIONS = {
    r"e\.\s?g\.?": "for example",
    r"i\.\s?e\.?": "that is",
    r"approx\.?": "approximately",
    r"incl\.": "including",
    r"max\.": "maximum",
    r"min\.": "minimum",
    r"vs\.?": "versus",
    r"temp\.": "temperature",
    r"(?:no|nos|nr)\.(?=\s?[0-9])": "number",
    r"figs?\.(?=\s?[0-9])": "figure",
    r"(?-i:pp?)\.(?=\s?[0-9])": "page",
    r"sect?\.(?=\s?[0-9])": "section",
    r"ch(?:ap)?\.(?=\s?[0-9])": "chapter",
    r"etc\.(?=\s+[a-z,])": "and so on",
    r"etc(?=\.|\b)": "and so on",
}

# Dashes and the minus sign, apostrophes and the Greek letter that stands for the micro sign.
SAME = str.maketrans(
    {**dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-"), "\u2014": ", ", "\u2019": "'",
     "\u2032": "'", "\u03bc": "\u00b5", "\u2126": "\u03a9"}
)  # fmt: skip
SYMBOLS = {
    "&": " and ", "§": " section ", "\u00d7": " by ", "≤": " at most ", "≥": " at least ",
    "≈": " about ", "~": " about ", "=": " equals ", "→": ", ", "•": ", ", "|": ", ",
    "…": ".", "½": " a half ", "¼": " a quarter ", "¾": " three quarters ",
}  # fmt: skip


def spoken(text: str) -> str:
    """The text in words: no digit, unit sign or mark-up is left. Never raises."""
    text = _plain(text)
    for pattern, replacement in RULES:
        text = pattern.sub(replacement, text)
    return _tidy(text)


# --- before and after the rules --------------------------------------------------------------


def _plain(text: str) -> str:
    """Mark-up off; one kind of space, dash, quote and digit; a line's end ends a sentence."""
    text = re.sub(r"^\s*(?:#+\s+|>\s?(?![\s0-9])|[-*•]\s+)", "", text, flags=re.MULTILINE)
    text = re.sub(r"(?<=[^\s.!?:;,])[ \t]*\n+", ". ", text.strip())
    text = re.sub(r"\*\*|__|`|(?<!\w)[*_]|[*_](?!\w)", "", text)
    text = "".join(map(_plain_character, text.translate(SAME)))
    text = re.sub(r"(?<=[0-9])([½¼¾])", r" and \1", text)
    text = re.sub(r"(?<=[0-9])[\u00a0\u202f\u2009](?=[0-9]{3}(?![0-9]))", ",", text)
    for symbol, words in SYMBOLS.items():
        text = text.replace(symbol, words)
    return re.sub(r"\s+", " ", text)


def _plain_character(character: str) -> str:
    if character.isspace():
        return character
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    category = unicodedata.category(character)
    if category == "No" and character not in "²³½¼¾":
        return " " + unicodedata.normalize("NFKC", character).replace("\u2044", "/")
    return "" if category in {"Cc", "Cf", "Cs", "Co"} else character


def _tidy(text: str) -> str:
    text = re.sub(r"[\[\](){}<>]", ", ", text)
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r"\s+(?=[,.;:!?])", "", text)
    text = re.sub(r"[,;:]+(?=[.!?])", "", text)
    text = re.sub(r"[,;]+(?=:)", "", text)
    text = re.sub(r"(?<=[^\W\d_]),(?=[^\W\d_])", ", ", text)
    text = re.sub(r"([,;:])(?:\s*[,;])+", r"\1", text)
    return text.strip(" ,;")


# --- rules -----------------------------------------------------------------------------------


def _number(text: str) -> str:
    return decimal(text.replace(",", ""))


def _signed(sign: str | None, number: str) -> str:
    word = SIGNS[sign.strip()] + " " if sign else ""
    return word + _number(number)


def _quantity(match: re.Match[str]) -> str:
    sign, number, unit, thing = match["sign"], match["number"], match["unit"], match["thing"]
    name = said(unit, number.replace(",", ""), bool(thing))
    return f"{_signed(sign, number)} {name}{' ' + thing if thing else ''}"


def _range(match: re.Match[str]) -> str:
    low, high = match["low"], match["high"]
    if float(low.replace(",", "")) < float(high.replace(",", "")):
        return f"{low} to {high}"
    return f"{low} {high}"


def _slashed(match: re.Match[str]) -> str:
    pair = match[0].replace(" ", "")
    if pair in FRACTIONS and not match["unit"]:
        return FRACTIONS[pair]
    link = " and " if match["unit"] or "." in pair else " slash "
    return link.join(match[0].strip().split("/"))


def _trouble_code(match: re.Match[str]) -> str:
    signs = (spell_digits(sign) if sign.isdecimal() else _letters(sign) for sign in match[0])
    return " ".join(signs)


def _tyre(match: re.Match[str]) -> str:
    words = (
        f"{_letters(match['use'] or '')} {pairs(match['width'])} {whole(match['height'])}".strip()
    )
    words += f" {_letters(match['type'])} {whole(match['rim'])}"
    if match["load"]:
        words += f" {pairs(match['load'])} {_letters(match['speed'])}"
    return words


def _time(match: re.Match[str]) -> str:
    hour, minute = int(match[1]), int(match[2])
    if hour > MAX_HOUR or minute > MAX_MINUTE:
        return f"{whole(match[1])} to {whole(match[2])}"  # a mixture, such as 25:75
    name = whole(str(hour))
    if minute == 0:
        return f"{name} o'clock" if hour <= NOON else f"{name} hundred"
    after = f"oh {whole(str(minute))}" if match[2].startswith("0") else whole(match[2])
    return f"{name} {after}"


def _date(match: re.Match[str]) -> str:
    month, day = int(match["month"]), int(match["day"])
    if not (1 <= month <= MAX_MONTH and 1 <= day <= MAX_DAY):
        return " ".join(map(spell_digits, match.groups()))
    return f"the {ordinal(str(day))} of {MONTHS.split('|')[month - 1]} {year(match['year'])}"


def _name(match: re.Match[str]) -> str:
    """A name of letters and digits: F12, E85, W5W, P0301, CR2032, 4WD."""
    return " ".join(map(_name_part, re.findall(r"[0-9]+|[^\W\d_]+", match[0])))


def _name_part(part: str) -> str:
    if not part[0].isdecimal():
        read = READ.get(part) or _letters(part)
        return read if part.isupper() or len(part) == 1 else part
    if part.startswith("0") or len(part) > MAX_DIGITS_AS_NUMBER + 1:
        return spell_digits(part)
    return pairs(part) if len(part) > MAX_DIGITS_AS_NUMBER else whole(part)


def _letters(text: str) -> str:
    # A lone A would be taken for the article.
    return " ".join("ay" if letter == "A" else letter for letter in text)


def _capitals(match: re.Match[str]) -> str:
    word, plural = match[1], match[2]
    if word in READ:
        return READ[word]
    if word in SPELLED or not re.search(r"[AEIOUY]", word):
        return _letters(word) + plural
    return word.lower() + plural


def _rule(pattern: str, replacement: str | Callable[[re.Match[str]], str]) -> Rule:
    return re.compile(pattern), replacement


def _abbreviations() -> list[Rule]:
    return [
        (re.compile(rf"(?<![\w.]){pattern}(?!\w)", re.IGNORECASE), words)
        for pattern, words in ABBREVIATIONS.items()
        if pattern != r"min\."
    ]


RULES: tuple[Rule, ...] = (
    # "5 min." is five minutes, "min. 5" is a minimum.
    _rule(r"(?<=[0-9])(\s?)min\.(?=\s+[a-z])", r"\1min"),
    _rule(r"(?i)(?<![\w.])(?<![0-9] )min\.(?=\s?[0-9a-z])", "minimum"),
    *_abbreviations(),
    # Names that are made of numbers.
    _rule(r"\b(?P<use>T|P|LT|C)?(?P<width>[0-9]{3})/(?P<height>[0-9]{2})\s?(?P<type>Z?R)\s?(?P<rim>[0-9]{2})\b"
          r"(?:\s(?P<load>[0-9]{2,3})(?P<speed>[A-Z])\b)?", _tyre),
    _rule(r"\b[PCBU][0-3][0-9A-F]{3}\b", _trouble_code),
    _rule(r"\b([0-9]{1,2})W-?([0-9]{2})\b", lambda m: f"{whole(m[1])} W {whole(m[2])}"),
    _rule(r"\bR-?([0-9]{3,4})(yf|ze|a|A|b|c|f)?\b",
          lambda m: f"R {pairs(m[1])} {_letters((m[2] or '').upper())}".strip()),
    _rule(r"(?i)\b(call|dial|phone|ring)\s([0-9]{3,})\b",
          lambda m: f"{m[1]} {spell_digits(m[2])}"),
    # Emergency numbers, where something is done with a number: "on 112", "the number is 999".
    _rule(rf"\b(on|or|is|to|press|number)\s(112|911|999)(?![\w/-]|[.,:][0-9]|\s?{UNIT}|\s[a-z]+s\b)",
          lambda m: f"{m[1]} {spell_digits(m[2])}"),
    _rule(r"(?<![\w/])(?<![0-9] )(?<![0-9])((?:kWh|l)/100 km)\b",
          lambda m: said(m[1], "", thing_follows=False)),
    _rule(r"(?<![\w.])\+([0-9][0-9 ]{6,}[0-9])\b", lambda m: "plus " + spell_digits(m[1])),
    _rule(r"\b(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})\b", _date),
    _rule(r"(?<![:\w.,])([0-9]{1,2}):([0-9]{2})\b(?![:.,][0-9])", _time),
    _rule(r"(?i)\b(sections?|chapters?|see|figure)\s([0-9]+(?:\.[0-9]+)+)",
          lambda m: f"{m[1]} {dotted(m[2])}"),
    _rule(rf"(?<![\w.])([0-9]+\.[0-9]+)(?!\s{UNIT})(?=\s[A-Z][a-z]+\s[a-z])",
          lambda m: dotted(m[1])),
    _rule(r"(?<![\w.])([0-9]+(?:\.[0-9]+){2,})", lambda m: dotted(m[1])),
    _rule(r"(?i)\b(in|since|from|until|year|model|by|of|before|after"
          rf"|{MONTHS})\s((?:19|20)[0-9]{{2}})\b"
          rf"(?!\s?{UNIT}|[.,][0-9]|\s[a-z]+s\b)", lambda m: f"{m[1]} {year(m[2])}"),
    _rule(r"\b([0-9]+)(?:st|nd|rd|th)\b", lambda m: ordinal(m[1])),
    # Numbers that belong together.
    _rule(rf"(?<!-){ALONE}(?P<low>{NUMBER})\s?-\s?(?P<high>{NUMBER})(?![-\w]|[.,][0-9])"
          rf"(?=\s?{UNIT}|[\s.,;:!?)]|$)", _range),
    _rule(rf"{ALONE}(?:{NUMBER})(?:\s?/\s?(?:{NUMBER}))(?!/)(?P<unit>(?=\s?{UNIT})\s?)?", _slashed),
    _rule(r"(?<=[0-9])\sx\s(?=[A-Za-z])", " "),
    _rule(r"(?<=[0-9J])\s?[x*]\s?(?=[0-9])", " by "),
    _rule(rf"[<](?=\s?(?:{NUMBER}))", " less than "),
    _rule(rf"[>](?=\s?(?:{NUMBER}))", " more than "),
    # Quantities, then what is left of numbers.
    _rule(rf"(?P<sign>{SIGN})?{ALONE}(?P<number>{NUMBER})[\s-]?(?P<unit>{UNIT})"
          rf"(?:[\s-](?P<thing>{THINGS})\b)?", _quantity),
    _rule(r"(?<![0-9][.,])\b(?=[0-9A-Za-z]*[0-9])(?=[0-9A-Za-z]*[A-Za-z])[0-9A-Za-z]+\b", _name),
    _rule(rf"(?P<sign>{SIGN})(?P<number>{NUMBER})", lambda m: _signed(m["sign"], m["number"])),
    _rule(rf"#\s?(?={NUMBER})", "number "),
    _rule(NUMBER, lambda m: f" {_number(m[0])} " if _touches_word(m) else _number(m[0])),
    # Words.
    _rule(rf"(?<![\w/])(?:{UNITS_ALONE})(?![\w/])", lambda m: said(m[0], "", thing_follows=False)),
    _rule(r"°\s?C\b", " degrees Celsius"),
    _rule(r"°\s?F\b", " degrees Fahrenheit"),
    _rule("°", " degrees "),
    _rule("%", " per cent "),
    _rule(r"\+", " plus "),
    _rule("#", " "),
    _rule(r"\b([A-Z]{2,})(s?)\b", _capitals),
    _rule(r"(?<=\b[A-Z])-(?=[A-Z]\b)", " "),
    _rule("²", " squared "),
    _rule("³", " cubed "),
    _rule(r"(?<=[^\W\d_])\s?/\s?(?=[^\W\d_])", " "),
    _rule(r"[/\\^_*\"“”]", " "),
    _rule(r"(?<=\w)\s-\s(?=\w)", ", "),
    _rule(r"(?<!\w)-(?=\s|$)|(?<=\s)-(?=\w)", " "),
)  # fmt: skip


def _touches_word(match: re.Match[str]) -> bool:
    """Whether a letter stands right beside the number, so that words need a space."""
    text, start, end = match.string, match.start(), match.end()
    before = text[start - 1 : start]
    return before.isalpha() or text[end : end + 1].isalpha()
