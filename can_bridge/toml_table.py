"""can_bridge: a TOML file in, its values out, each asked for by name and type; what is left over is
an error that names the file, the line and the key.
"""

from __future__ import annotations

import difflib
import math
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NoReturn

from can_bridge.errors import ProfileError, shown, unreadable
from can_bridge.toml_lines import Key, key_lines, last_key_line

Range = tuple[float, float]
"""From where to where a number may lie, both ends included."""
SMALLEST_FACTOR, LARGEST_FACTOR = 1e-12, 1e12
ANY: Range = (-1e20, 1e20)
"""A number that has no range of its own; what is beyond is a slip of the pen."""
_DIGITS = re.compile(r"[\d_]+")
_PLACE = re.compile(r"\s*\(at (?:line (?P<line>\d+), column \d+|end of document)\)")


class TomlTable:
    """One table of a TOML file; every key must be taken once, then `finish` is called."""

    def __init__(self, values: dict[str, Any], file: Path, lines: Mapping[Key, int]) -> None:
        """The top table; `lines` are those of all keys of the file, from 1."""
        self._values = values
        self._asked: set[str] = set()
        self._file = file
        self._lines = lines
        self._key: Key = ()

    def _below(self, values: dict[str, Any], *key: str | int) -> TomlTable:
        table = TomlTable(values, self._file, self._lines)
        table._key = (*self._key, *key)
        return table

    @property
    def name(self) -> str:
        """Where the table lies, for messages."""
        return ".".join(part for part in self._key if isinstance(part, str))

    def fail(self, problem: str, key: str = "") -> NoReturn:
        """Raise a ProfileError about `key` of this table."""
        place = ".".join(part for part in (self.name, key) if part)
        line = self._line_of(key)
        where = f"{self._file}{f', line {line}' if line else ''}"
        raise ProfileError(_one_line(f"{where}: {f'{place}: ' if place else ''}{problem}"))

    def _line_of(self, key: str) -> int | None:
        """The line of the key; that of the innermost table around it if it is not there."""
        wanted: Key = (*self._key, key)
        while wanted and wanted not in self._lines:
            wanted = wanted[:-1]
        return self._lines.get(wanted)

    def __contains__(self, key: str) -> bool:
        """Whether the key is there."""
        return key in self._values

    def __iter__(self) -> Iterator[str]:
        """The keys of a table whose keys are free, such as signal paths."""
        return iter(self._values)

    def _take(self, key: str, expected: str, kinds: tuple[type, ...], default: Any) -> Any:
        self._asked.add(key)
        if key not in self._values:
            if default is None:
                self.fail(f"expected {expected} under the key '{key}', found none; add it")
            return default
        value = self._values[key]
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            self.fail(f"expected {expected}, found {shown(value)}; correct it", key)
        return value

    def text(self, key: str, default: str | None = None) -> str:
        """A string."""
        return str(self._take(key, "a text", (str,), default))

    def label(self, key: str, default: str | None = None) -> str:
        """A string with something in it, since it is said or shown to people."""
        value = self.text(key, default)
        if not value.strip():
            self.fail("expected a text that is not blank; correct it", key)
        return value

    def number(self, key: str, default: float | None = None, within: Range = ANY) -> float:
        """A number in the range; the default need not be."""
        value = self._take(key, "a number", (int, float), default)
        return self._within(value, key, within) if key in self._values else float(value)

    def factor(self, key: str, default: float | None = None) -> float:
        """A number that something is multiplied by: neither 0 nor beyond all sense."""
        value = self.number(key, default)
        if not SMALLEST_FACTOR <= abs(value) <= LARGEST_FACTOR:
            self.fail(
                f"expected a factor, at least {SMALLEST_FACTOR:g} and at most {LARGEST_FACTOR:g} or "
                f"the same below 0, found {value:g}; correct it",
                key,
            )
        return value

    def _within(self, value: float, key: str, within: Range) -> float:
        if value != value or value in (math.inf, -math.inf):  # noqa: PLR0124  NaN is not itself
            self.fail(f"expected a finite number, found {value}; correct it", key)
        low, high = within
        if not low <= value <= high:
            self.fail(
                f"expected a number from {low:.10g} to {high:.10g}, found {shown(value)}; correct it",
                key,
            )
        return float(value)

    def integer(self, key: str, default: int | None = None, within: Range = ANY) -> int:
        """A whole number in the range; the default need not be."""
        value = self._take(key, "a whole number", (int,), default)
        if key in self._values:
            self._within(value, key, within)
        return int(value)

    def boolean(self, key: str, default: bool | None = None) -> bool:
        """True or false."""
        return bool(self._take(key, "true or false", (bool,), default))

    def word(self, key: str, allowed: tuple[str, ...], default: str | None = None) -> str:
        """One of the allowed strings."""
        value = self.text(key, default)
        if value not in allowed:
            self.fail(f"expected one of {', '.join(allowed)}, found '{value}'; correct it", key)
        return value

    def texts(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """A list of strings."""
        values = self._take(key, "a list of texts", (list, tuple), default)
        if not all(isinstance(value, str) for value in values):
            self.fail(f"expected a list of texts, found {shown(values)}; correct it", key)
        return tuple(values)

    def names(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """A list of strings, none of them blank and none there twice."""
        names = self.texts(key, default)
        for number, name in enumerate(names):
            if not name.strip():
                self.fail("expected names, found a blank one; remove it", key)
            if name in names[:number]:
                self.fail(f"'{name}' is there twice; remove one", key)
        return names

    def values(
        self, key: str, default: tuple[str | bool, ...] | None = None
    ) -> tuple[str | bool, ...]:
        """A list of texts or truths, none of them there twice."""
        values = self._take(key, "a list of texts or of true and false", (list, tuple), default)
        if not all(isinstance(value, str | bool) for value in values):
            self.fail(
                f"expected a list of texts or of true and false, found {shown(values)}; correct it",
                key,
            )
        for number, value in enumerate(values):
            if value in values[:number]:
                self.fail(f"{shown(value)} is there twice; remove one", key)
        return tuple(values)

    def integers(
        self, key: str, default: tuple[int, ...] | None = None, within: Range = ANY
    ) -> tuple[int, ...]:
        """A list of whole numbers in the range; the default need not be."""
        values = self._take(key, "a list of whole numbers", (list, tuple), default)
        if not all(isinstance(value, int) and not isinstance(value, bool) for value in values):
            self.fail(f"expected a list of whole numbers, found {shown(values)}; correct it", key)
        if key in self._values:
            for value in values:
                self._within(value, key, within)
        return tuple(values)

    def distinct_integers(
        self, key: str, default: tuple[int, ...] | None = None, within: Range = ANY
    ) -> tuple[int, ...]:
        """A list of whole numbers in the range, none of them there twice; the default need not be."""
        values = self.integers(key, default, within)
        for number, value in enumerate(values):
            if value in values[:number]:
                self.fail(f"{value} is there twice; remove one", key)
        return values

    def interval(self, key: str, within: Range = ANY) -> Range | None:
        """Two numbers in the range, the lower first; None when the key is missing."""
        values = self._take(key, "two numbers", (list, tuple), ())
        if key not in self._values:
            return None
        pair = [
            self._within(v, key, within)
            for v in values
            if isinstance(v, int | float) and not isinstance(v, bool)
        ]
        if len(pair) != len(values) or len(pair) != 2 or pair[0] > pair[1]:  # noqa: PLR2004
            self.fail(
                f"expected two numbers, the lower first, found {shown(values)}; correct it", key
            )
        return pair[0], pair[1]

    def table(self, key: str, required: bool = True) -> TomlTable:
        """A table; empty when it is missing and not required."""
        values = self._take(key, "a table", (dict,), None if required else {})
        return self._below(values, key)

    def tables(self, key: str) -> Iterator[TomlTable]:
        """A list of tables."""
        for number, values in enumerate(self._take(key, "a list of tables", (list,), None)):
            if not isinstance(values, dict):
                self.fail(f"expected a table, found {shown(values)}; correct it", key)
            yield self._below(values, key, number)

    def finish(self) -> None:
        """Raise a ProfileError if a key was never asked for."""
        for key in self._values:
            if key not in self._asked:
                near = difflib.get_close_matches(key, self._asked, 1)
                hint = f"did you mean '{near[0]}'" if near else "remove it"
                expected = ", ".join(sorted(self._asked))
                self.fail(f"this key is unknown (expected one of {expected}); {hint}", key)


def read_toml(file: Path) -> TomlTable:
    """The top table of a file; ProfileError, with the line, when it cannot be read or is no TOML."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise ProfileError(unreadable(file, error)) from error
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
        return TomlTable(tomllib.loads(text), file, key_lines(text))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ProfileError(
            f"{file}, line {line}: this is no UTF-8 text; save it as UTF-8"
        ) from error
    except tomllib.TOMLDecodeError as error:
        problem, line = _placed(str(error), text)
        raise ProfileError(
            f"{file}, line {line}: this is no TOML: {problem}; correct it"
        ) from error
    except RecursionError as error:
        raise ProfileError(
            f"{file} is nested too deeply; make its lists and tables flat"
        ) from error
    except ValueError as error:  # what tomllib leaves to Python: a number of thousands of digits
        longest = max(_DIGITS.finditer(text), key=lambda digits: len(digits[0]))
        line = text.count("\n", 0, longest.start()) + 1
        raise ProfileError(
            f"{file}, line {line}: this number has too many digits to be read; correct it"
        ) from error


def _one_line(sentence: str) -> str:
    """Names in a file may hold line ends and other marks that are not to be seen."""
    return "".join(mark if mark.isprintable() else repr(mark)[1:-1] for mark in sentence)


def _placed(sentence: str, text: str) -> tuple[str, int]:
    """What tomllib found, and in which line; at the end of the text, that of the open value."""
    found = _PLACE.search(sentence)
    problem = _PLACE.sub("", sentence).strip()
    if found is None:
        return problem, last_key_line(text)
    if found["line"] is None:
        return f"{problem} before the end of the file", last_key_line(text)
    return problem, int(found["line"])
