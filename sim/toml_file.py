"""sim: a TOML file in, its tables out, and the line of each for whoever must correct it."""

from __future__ import annotations

import bisect
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.errors import SimError


@dataclass(frozen=True, slots=True)
class TomlFile:
    """What a file holds."""

    path: Path
    text: str
    table: dict[str, Any]

    def place(self, header: str = "", number: int = 0, key: str = "") -> str:
        """The file, and the line of a key in the `number`-th [header] or [[header]], or of that.

        What has no line of its own, such as an inline table, is named by the file alone.
        """
        lines = self.text.splitlines()
        line = _line_of(lines, header, number, key)
        return str(self.path) if line is None else f"{self.path}, line {line + 1}"


def read_toml(file: Path, kind: type[SimError]) -> TomlFile:
    """Read a file; an error of `kind` says where it is no TOML. OSError is the caller's."""
    try:
        text = file.read_text(encoding="utf-8")
        return TomlFile(file, text, tomllib.loads(text))
    except UnicodeDecodeError as error:
        raise kind(f"{file} is not UTF-8 text; save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise kind(f"{file} is no TOML: {error}; correct it") from error
    except (ValueError, RecursionError) as error:  # what tomllib leaves to Python
        line = _unreadable_line(text)
        problem = "is nested too deep" if isinstance(error, RecursionError) else "is no number"
        raise kind(f"{file}, line {line}: what is written there {problem}; correct it") from error


def _unreadable_line(text: str) -> int:
    """The first line up to which the text cannot be read, for a reason that is not its grammar."""
    lines = text.splitlines(keepends=True)

    def is_bad(line: int) -> bool:
        try:
            tomllib.loads("".join(lines[:line]))
        except tomllib.TOMLDecodeError:  # such as a list that goes on
            return False
        except (ValueError, RecursionError):
            return True
        return False

    return bisect.bisect_left(range(len(lines)), True, key=is_bad)


def _line_of(lines: list[str], header: str, number: int, key: str) -> int | None:
    """The line of the key, from 0; that of the header if the key is not there."""
    name = rf"""["']?{re.escape(key)}["']?"""
    if not header:
        return _nth(lines, rf"\s*({name}\s*=|\[\[?\s*{name}\s*[\].])", 0) if key else None
    at = _nth(lines, rf"\s*\[\[?\s*{re.escape(header)}\s*\]", number)
    if at is None:
        inline = rf"\s*{re.escape(header)}\s*=.*[{{,]\s*{name}\s*="
        below = rf"\s*\[\[?\s*{re.escape(header)}\.{name}\s*[\].]"
        return _nth(lines, f"{inline}|{below}", 0) if key and not number else None
    if not key:
        return at
    after = lines[at + 1 :]
    end = _nth(after, rf"\s*\[\[?\s*(?!{re.escape(header)}\.)[A-Za-z_]", 0)
    found = _nth(after[:end], rf"(.*[{{,.])?\s*{name}\s*[=\].]", 0)
    return at if found is None else at + 1 + found


def _nth(lines: list[str], pattern: str, number: int) -> int | None:
    found = [index for index, line in enumerate(lines) if re.match(pattern, line)]
    return found[number] if number < len(found) else None
