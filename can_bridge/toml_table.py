"""can_bridge: a TOML file in, its values out, each asked for by name and type; what is left over is
an error that names the file, the line and the key.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

from can_bridge.errors import ProfileError


class TomlTable:
    """One table of a TOML file; every key must be taken once, then `finish` is called."""

    def __init__(self, values: dict[str, Any], file: Path, text: str, name: str = "") -> None:
        """`name` is the table's own key, for messages."""
        self._values = values
        self._asked: set[str] = set()
        self._file = file
        self._text = text
        self.name = name

    def fail(self, problem: str, key: str = "") -> NoReturn:
        """Raise a ProfileError about `key` of this table."""
        place = ".".join(part for part in (self.name, key) if part)
        line = self._line_of(key)
        where = f"{self._file}{f', line {line}' if line else ''}"
        raise ProfileError(f"{where}: {f'{place}: ' if place else ''}{problem}")

    def _line_of(self, key: str) -> int | None:
        """The line of the key in this table; that of the table if the key is not there."""
        lines = self._text.splitlines()
        name = self.name.removeprefix("signals.").removeprefix("derived.")
        own = _first_line(lines, name, 0)
        found = _first_line(lines, key, own or 0)
        number = own if found is None else found
        return None if number is None else number + 1

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
        """A number."""
        return float(self._take(key, "a number", (int, float), default))

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
        pair = [float(v) for v in values if isinstance(v, int | float) and not isinstance(v, bool)]
        if len(pair) != len(values) or len(pair) != 2 or pair[0] > pair[1]:  # noqa: PLR2004
            self.fail(f"expected two numbers, the lower first, found {values!r}; correct it", key)
        return pair[0], pair[1]

    def table(self, key: str, required: bool = True) -> TomlTable:
        """A table; empty when it is missing and not required."""
        values = self._take(key, "a table", (dict,), None if required else {})
        name = f"{self.name}.{key}" if self.name else key
        return TomlTable(values, self._file, self._text, name)

    def tables(self, key: str) -> Iterator[TomlTable]:
        """A list of tables."""
        for values in self._take(key, "a list of tables", (list,), None):
            if not isinstance(values, dict):
                self.fail(f"expected a table, found {values!r}; correct it", key)
            yield TomlTable(values, self._file, self._text, key)

    def finish(self) -> None:
        """Raise a ProfileError if a key was never asked for."""
        for key in self._values:
            if key not in self._asked:
                near = difflib.get_close_matches(key, self._asked, 1)
                hint = f"did you mean '{near[0]}'" if near else "remove it"
                expected = ", ".join(sorted(self._asked))
                self.fail(f"this key is unknown (expected one of {expected}); {hint}", key)


def _first_line(lines: list[str], key: str, start: int) -> int | None:
    """The index of the first line from `start` on that opens the key or gives it a value."""
    pattern = re.compile(
        rf'^\s*(\[.*)?["\']?{re.escape(key)}["\']?\s*[\]=]|["\'{{,\s]{re.escape(key)}\s*='
    )
    for number, line in enumerate(lines[start:], start):
        if key and pattern.search(line):
            return number
    return None


def read_toml(file: Path) -> TomlTable:
    """The top table of a file; ProfileError when it cannot be read or is no TOML."""
    try:
        text = file.read_text(encoding="utf-8")
        return TomlTable(tomllib.loads(text), file, text)
    except OSError as error:
        raise ProfileError(f"{file} cannot be read ({error.strerror}); add the file") from error
    except UnicodeDecodeError as error:
        raise ProfileError(f"{file} is not UTF-8 text; save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise ProfileError(f"{file} is no TOML: {error}; correct it") from error
