"""The simulator and the bridge share no code: neither imports the other, nor Auriga."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = [*(ROOT / "sim").rglob("*.py"), *(ROOT / "can_bridge").rglob("*.py")]


def imported(file: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_imports_stay_in_their_room(file: Path) -> None:
    rooms = {"sim", "can_bridge", "assistant", "models"}
    assert imported(file) & rooms <= {file.relative_to(ROOT).parts[0]}
