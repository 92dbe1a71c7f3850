"""Ingest: characters as a file holds them come in, text as a person reads it goes out."""

import re
import unicodedata
from collections.abc import Iterable

# Only these compatibility characters are taken apart: "m²" must not become "m2".
LIGATURES = {
    "ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st",
}  # fmt: skip
SPACES = dict.fromkeys("\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u2028\u2029", " ")
BULLET = "•"
# Symbol fonts put their bullets, squares and arrows into the private use area.
PRIVATE_BULLETS = "\uf0b7\uf0a7\uf06e\uf0a8\uf0d8\uf076\uf0fc\uf0e0"
CIRCLED = {chr(0x2460 + number): f"{number + 1}. " for number in range(20)}
CIRCLED |= {chr(0x2776 + number): f"{number + 1}. " for number in range(10)}
TABLE = str.maketrans(LIGATURES | SPACES | dict.fromkeys(PRIVATE_BULLETS, BULLET) | CIRCLED)
SOFT_HYPHEN = "\u00ad"
# Letters and marks that show nothing, and that Unicode does not count as control characters.
BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0") | {
    chr(code) for code in (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))
}
HYPHENS = ("-", SOFT_HYPHEN, "\u2010", "\u2011")
HYPHENATED = re.compile(r"\b[a-z]+-[a-z]+\b", re.IGNORECASE)
LAST_WORD = re.compile(r"[^\W\d_]+$")
FIRST_WORD = re.compile(r"^[^\W\d_]+")


def clean(text: str) -> str:
    """Ligatures taken apart; control, format and private characters gone; white space single."""
    text = text.translate(TABLE)
    kept = (c for c in text if c.isascii() or c == SOFT_HYPHEN or _is_shown(c))
    return " ".join("".join(c for c in kept if c >= " " and c != "\x7f").split())


def printed(text: str) -> str:
    """The same without the soft hyphens inside words."""
    return clean(text).replace(SOFT_HYPHEN, "")


def join_lines(lines: Iterable[str], compounds: frozenset[str] = frozenset()) -> str:
    """One text of the lines of a paragraph; words divided at line ends are whole again.

    `compounds` are words that the document hyphenates within a line: they keep their hyphen.
    """
    out = ""
    for line in lines:
        out = _joined(out, line, compounds) if out else line
    return out.replace(SOFT_HYPHEN, "")


def compounds_of(lines: Iterable[str]) -> frozenset[str]:
    """The hyphenated words that stand within lines, in lower case."""
    found: set[str] = set()
    for line in lines:
        found.update(word.lower() for word in HYPHENATED.findall(line))
    return frozenset(found)


def _joined(text: str, line: str, compounds: frozenset[str]) -> str:
    if not text.endswith(HYPHENS):
        return f"{text} {line}"
    before, after = LAST_WORD.search(text[:-1]), FIRST_WORD.match(line)
    if before is None or after is None:
        return f"{text} {line}" if text[-2:-1].isspace() else f"{text}{line}"
    whole = f"{before.group()}-{after.group()}".lower()
    if not text.endswith(SOFT_HYPHEN) and (whole in compounds or not after.group()[0].islower()):
        return f"{text}{line}"
    return f"{text[:-1]}{line}"


def _is_shown(character: str) -> bool:
    hidden = unicodedata.category(character) in {"Cc", "Cf", "Co", "Cs", "Cn"}
    return not hidden and character not in BLANK
