"""can_bridge: the text of a TOML file in, the line of each of its keys out.

tomllib gives values without their places.  This goes through the same text for the places alone: what is
no TOML is tomllib's to say, and only leads to fewer keys here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

Key = tuple[str | int, ...]
"""The keys from the top, with the number of a table in a list of tables: ("tyres", "placard", 0)."""

_TOKEN = re.compile(
    r"""
      (?P<comment>\#[^\n]*)
    | (?P<newline>\n)
    | (?P<string>"{3}(?:\\.|[^\\])*?"{3,5}|'{3}.*?'{3,5}|"{3}.*|'{3}.*|"(?:\\.|[^"\\\n])*"?|'[^'\n]*'?)
    | (?P<mark>[\[\]{}=,.])
    | (?P<bare>[^\s\[\]{}=,.\#"']+)
    """,
    re.VERBOSE | re.DOTALL,
)


class _Token(NamedTuple):
    kind: str
    text: str
    line: int


def key_lines(text: str) -> Mapping[Key, int]:
    """Each key and table -> the line, from 1, in which it is opened."""
    return _Scanner(text).scan()


def last_key_line(text: str) -> int:
    """The line of the last key: that of the value that is not closed where a text ends too early."""
    return max(key_lines(text).values(), default=1)


class _Scanner:
    """Goes through the tokens once."""

    def __init__(self, text: str) -> None:
        self._tokens = list(_tokens(text))
        self._at = 0
        self._lines: dict[Key, int] = {}
        self._counts: dict[Key, int] = {}

    def scan(self) -> Mapping[Key, int]:
        table: Key = ()
        while (token := self._peek()) is not None:
            if token.text == "[" and token.kind == "mark":
                table = self._header()
            elif token.kind in ("bare", "string"):
                self._pair(table)
            else:
                self._at += 1
        return self._lines

    def _peek(self) -> _Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _is(self, mark: str) -> bool:
        token = self._peek()
        return token is not None and token.kind == "mark" and token.text == mark

    def _header(self) -> Key:
        """`[a.b]` or `[[a.b]]`."""
        self._at += 1
        is_list = self._is("[")
        self._at += is_list
        line = self._tokens[self._at - 1].line
        key: Key = ()
        parts = self._parts()
        for number, part in enumerate(parts, 1):
            key = (*key, part)
            self._lines.setdefault(key, line)
            is_new = is_list and number == len(parts)
            if is_new or key in self._counts:  # else in the newest table of a list above it
                count = self._counts[key] = self._counts.get(key, 0) + is_new
                key = (*key, count - 1)
                self._lines.setdefault(key, line)
        while self._is("]"):
            self._at += 1
        return key

    def _parts(self) -> list[str]:
        """`a."b".c`"""
        parts = []
        while (token := self._peek()) is not None and (
            token.kind in ("bare", "string") or token.text == "."
        ):
            self._at += 1
            if token.kind != "mark":
                parts.append(token.text.strip("\"'") if token.kind == "string" else token.text)
        return parts

    def _pair(self, table: Key) -> None:
        """`a.b = value`; each part is noted."""
        key, line = table, self._tokens[self._at].line
        for part in self._parts():
            key = (*key, part)
            self._lines.setdefault(key, line)
        if self._is("="):
            self._at += 1
            self._value(key)

    def _value(self, key: Key) -> None:
        if self._is("{"):
            self._inside(key, "}")
        elif self._is("["):
            self._inside(key, "]")
        else:
            while (token := self._peek()) is not None and (
                token.kind in ("bare", "string") or token.text == "."
            ):
                self._at += 1

    def _inside(self, key: Key, end: str) -> None:
        """An inline table, or a list, whose items are known by their number."""
        self._at += 1
        number = 0
        while (token := self._peek()) is not None and not self._is(end):
            if token.kind in ("comment", "newline") or token.text in ("=", ",", ".", "]", "}"):
                self._at += 1
            elif end == "}":
                self._pair(key) if token.kind != "mark" else self._value(key)
            else:
                self._lines.setdefault((*key, number), token.line)
                self._value((*key, number))
                number += 1
        self._at += 1


def _tokens(text: str) -> Iterator[_Token]:
    line = 1
    for found in _TOKEN.finditer(text):
        kind = str(found.lastgroup)
        yield _Token(kind, found[0], line)
        line += found[0].count("\n")
