"""can_bridge: a TOML file in, its values out, each asked for by name and type; what is left over is
an error that names the file, the line and the key.
"""

from __future__ import annotations

import contextlib
import difflib
import math
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NoReturn

from can_bridge.errors import ProfileError, unreadable
from can_bridge.toml_lines import Key, key_lines, last_key_line

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
        raise ProfileError(f"{where}: {f'{place}: ' if place else ''}{problem}")

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
            self.fail(f"expected {expected}, found {value!r}; correct it", key)
        return value

    def text(self, key: str, default: str | None = None) -> str:
        """A string."""
        return str(self._take(key, "a text", (str,), default))

    def number(self, key: str, default: float | None = None) -> float:
        """A finite number."""
        value = self._take(key, "a number", (int, float), default)
        return self._finite(value, key) if key in self._values else float(value)

    def _finite(self, value: float, key: str) -> float:
        number = math.inf
        with contextlib.suppress(OverflowError):
            number = float(value)
        if not math.isfinite(number):
            self.fail(f"expected a finite number, found {value}; correct it", key)
        return number

    def integer(self, key: str, default: int | None = None) -> int:
        """A whole number."""
        return int(self._take(key, "a whole number", (int,), default))

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
            self.fail(f"expected a list of texts, found {values!r}; correct it", key)
        return tuple(values)

    def values(
        self, key: str, default: tuple[str | bool, ...] | None = None
    ) -> tuple[str | bool, ...]:
        """A list of texts or truths."""
        values = self._take(key, "a list of texts or of true and false", (list, tuple), default)
        if not all(isinstance(value, str | bool) for value in values):
            self.fail(
                f"expected a list of texts or of true and false, found {values!r}; correct it", key
            )
        return tuple(values)

    def integers(self, key: str, default: tuple[int, ...] | None = None) -> tuple[int, ...]:
        """A list of whole numbers."""
        values = self._take(key, "a list of whole numbers", (list, tuple), default)
        if not all(isinstance(value, int) and not isinstance(value, bool) for value in values):
            self.fail(f"expected a list of whole numbers, found {values!r}; correct it", key)
        return tuple(values)

    def interval(self, key: str) -> tuple[float, float] | None:
        """Two numbers, the lower first; None when the key is missing."""
        values = self._take(key, "two numbers", (list, tuple), ())
        if key not in self._values:
            return None
        pair = [
            self._finite(v, key)
            for v in values
            if isinstance(v, int | float) and not isinstance(v, bool)
        ]
        if len(pair) != len(values) or len(pair) != 2 or pair[0] > pair[1]:  # noqa: PLR2004
            self.fail(f"expected two numbers, the lower first, found {values!r}; correct it", key)
        return pair[0], pair[1]

    def table(self, key: str, required: bool = True) -> TomlTable:
        """A table; empty when it is missing and not required."""
        values = self._take(key, "a table", (dict,), None if required else {})
        return self._below(values, key)

    def tables(self, key: str) -> Iterator[TomlTable]:
        """A list of tables."""
        for number, values in enumerate(self._take(key, "a list of tables", (list,), None)):
            if not isinstance(values, dict):
                self.fail(f"expected a table, found {values!r}; correct it", key)
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


def _placed(sentence: str, text: str) -> tuple[str, int]:
    """What tomllib found, and in which line; at the end of the text, that of the open value."""
    found = _PLACE.search(sentence)
    problem = _PLACE.sub("", sentence).strip()
    if found is None:
        return problem, last_key_line(text)
    if found["line"] is None:
        return f"{problem} before the end of the file", last_key_line(text)
    return problem, int(found["line"])
