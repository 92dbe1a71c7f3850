"""can_bridge: the text of a DBC file in, its statements, each with its line, out.

A DBC of the grammar ends its statements with a semicolon or a line.  Files in the wild leave
semicolons out, open strings that they never close, and put two statements into one line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

KEYWORDS = (
    "VERSION NS_ NS_DESC_ BS_ BU_ BU_SG_REL_ BU_EV_REL_ BU_BO_REL_ VAL_TABLE_ BO_ SG_ BO_TX_BU_ EV_ "
    "EV_DATA_ ENVVAR_DATA_ SGTYPE_ SGTYPE_VAL_ SIG_GROUP_ SIG_VALTYPE_ SIG_TYPE_REF_ SIGTYPE_VALTYPE_ "
    "SG_MUL_VAL_ CM_ BA_ BA_DEF_ BA_DEF_DEF_ BA_REL_ BA_DEF_REL_ BA_DEF_DEF_REL_ BA_SGTYPE_ "
    "BA_DEF_SGTYPE_ BA_DEF_DEF_SGTYPE_ VAL_ CAT_ CAT_DEF_ FILTER"
).split()

_OPENS = re.compile(rf"\s*({'|'.join(sorted(KEYWORDS, key=len, reverse=True))})(?![A-Za-z0-9_])")
# What a line inside a comment hardly begins with, but a statement after a forgotten quote does.
_SURELY_OPENS = re.compile(
    r'\s*(BO_\s+\w+\s+\S+?\s*:|SG_\s+\S+.*:\s*\d+\s*\||VAL_\s+\d+\s|VAL_TABLE_\s|BA_\s+"|BA_DEF_'
    r'|CM_\s+(SG_|BO_|BU_|EV_|")|SIG_VALTYPE_\s|SG_MUL_VAL_\s)'
)
_ENDS_WITH_SEMICOLON = frozenset(
    "VAL_TABLE_ CM_ BA_ BA_DEF_ BA_DEF_DEF_ VAL_ SIG_VALTYPE_ SG_MUL_VAL_".split()
)
_NEXT_IN_LINE = re.compile(rf";\s*(?={'|'.join(KEYWORDS[5:])}\s)")


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement as it stands in the file, without its semicolon."""

    keyword: str
    text: str
    line: int


class Splitter:
    """Goes through a text once; `warnings` are (line, sentence)."""

    def __init__(self, text: str) -> None:
        """Nothing is read yet."""
        self._lines = text.splitlines()
        self.warnings: list[tuple[int, str]] = []

    def statements(self) -> Iterator[Statement]:
        """Every statement that begins with a known keyword."""
        keyword, parts, start, in_string = "", [""], 0, False
        for number, line in enumerate(self._lines, 1):
            if in_string and _SURELY_OPENS.match(line):
                self.warnings.append((start, "a text is not closed; closed at the end of its line"))
                parts = [parts[0] + '"']
                in_string = False
            opened = None if in_string else _OPENS.match(line)
            if opened is None:
                parts.append(line)
            else:
                yield from self._split(keyword, parts, start)
                keyword, parts, start = opened[1], [line], number
            in_string ^= _quotes(line) % 2 == 1
        if in_string:
            self.warnings.append((start, "a text is not closed; closed at the end of its line"))
            parts = [parts[0] + '"']
        yield from self._split(keyword, parts, start)

    def _split(self, keyword: str, parts: list[str], line: int) -> Iterator[Statement]:
        """A statement, or several that share one line."""
        text = "\n".join(parts).strip()
        if not keyword:
            return
        bare = text == keyword  # in the list of NS_
        if keyword in _ENDS_WITH_SEMICOLON and not bare and not text.endswith(";"):
            self.warnings.append((line, "the semicolon is missing; added"))
        for piece in _outside_strings(text):
            opened = _OPENS.match(piece)
            yield Statement(
                opened[1] if opened else keyword, piece.strip().rstrip("; \t\r\n"), line
            )


def _quotes(line: str) -> int:
    return len(re.findall(r'(?<!\\)"', line))


def _outside_strings(text: str) -> list[str]:
    """Cut at a semicolon that another statement follows."""
    if not _NEXT_IN_LINE.search(text):
        return [text]
    pieces, last = [], 0
    for found in _NEXT_IN_LINE.finditer(text):
        if _quotes(text[last : found.start()]) % 2 == 0:
            pieces.append(text[last : found.start()])
            last = found.end()
    return [*pieces, text[last:]]
