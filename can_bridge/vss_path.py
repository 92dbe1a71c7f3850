"""can_bridge: a key of a vehicle's files in, refused unless it can be the path of a signal."""

from __future__ import annotations

import re

from can_bridge.toml_table import TomlTable

_PATH = re.compile(r"[A-Za-z]\w*(\.\w+)*", re.ASCII)
_WORD = re.compile(r"\w+", re.ASCII)


def refuse_no_path(table: TomlTable, path: str) -> None:
    """ProfileError unless the key of the table is made like a name of VSS, be it one or not."""
    if not _PATH.fullmatch(path):
        table.fail(
            f"'{path}' is no path of a signal; expected words of letters and digits with dots "
            f"between them, such as Vehicle.Body.Hood.IsOpen; correct it",
            path,
        )


def refuse_no_word(table: TomlTable, word: str) -> None:
    """ProfileError unless the key of the table can be the last word of a path."""
    if not _WORD.fullmatch(word):
        table.fail(
            f"'{word}' cannot end a path; expected letters and digits, such as LowFuel; correct it",
            word,
        )
