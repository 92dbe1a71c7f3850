"""Speak: numbers as they are written come in, words as they are said go out (British English)."""

from num2words import num2words

LONGEST = 12  # digits said as one number; a longer row is read digit by digit
DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
HUNDRED, THOUSAND = 100, 1000


def spell_digits(digits: str) -> str:
    """Digit by digit: "112" is "one one two"."""
    return " ".join(DIGITS[int(digit)] for digit in digits if digit.isdecimal())


def whole(digits: str) -> str:
    """A whole number: "1250" is "one thousand two hundred and fifty", "007" digit by digit."""
    if len(digits) > LONGEST or (len(digits) > 1 and digits.startswith("0")):
        return spell_digits(digits)
    return str(num2words(int(digits))).replace(",", "")


def decimal(text: str) -> str:
    """A number with or without decimals: "2.50" is "two point five zero"."""
    before, dot, after = text.partition(".")
    return f"{whole(before)} point {spell_digits(after)}" if dot else whole(before)


def dotted(text: str) -> str:
    """A section or version: "11.10" is "eleven point ten", "1.2.3" "one point two point three"."""
    return " point ".join(whole(part) for part in text.split(".") if part)


def ordinal(digits: str) -> str:
    """A rank: "2" is "second"."""
    if len(digits) > LONGEST:
        return spell_digits(digits)
    return str(num2words(int(digits), to="ordinal")).replace(",", "")


def pairs(digits: str) -> str:
    """Two by two, as names are: "215" "two fifteen", "205" "two oh five", "1234" "twelve ..."."""
    head, tail = digits[:-2], digits[-2:]
    if not head:
        return whole(tail)
    if tail == "00":
        if len(head) > 1 and head.endswith("0"):
            return f"{whole(head[:-1])} thousand" if head[0] != "0" else spell_digits(digits)
        return f"{whole(head)} hundred"
    after = f"oh {DIGITS[int(tail[1])]}" if tail[0] == "0" else whole(tail)
    return f"{whole(head)} {after}"


def year(digits: str) -> str:
    """Four digits as a year: "2024" is "twenty twenty-four", "2005" "two thousand and five"."""
    number = int(digits)
    if number % THOUSAND < HUNDRED // 10 and number >= THOUSAND:
        return whole(digits)
    return pairs(digits)
