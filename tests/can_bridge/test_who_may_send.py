"""Where in can_bridge a frame can leave, read from the source itself."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2] / "can_bridge"
SENDERS = {
    "transmit.py",  # the only caller of python-can
    "unix_bus.py",  # is a bus: sends on its sockets
    "gate.py",  # asks transmit
    "diagnostics/answers.py",  # asks can-isotp, which asks diagnostics/outlet.py
    "commands/replay.py",  # the bench's own tool, which refuses a bus with a car on it
}
SENDING_BUS = {
    "bridge.py",  # has it
    "frame_source.py",  # keeps it
    "gate.py",  # both hand it to transmit
    "diagnostics/client.py",
    "dbc_lines.py",  # the node that sends a message of a DBC, another thing
    "dbc_repair.py",
}


def _files_that_use(attribute: str, called: bool) -> set[str]:
    found = set()
    for file in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            target = node.func if called and isinstance(node, ast.Call) else node
            is_use = isinstance(node, ast.Call) or not called
            if is_use and isinstance(target, ast.Attribute) and target.attr == attribute:
                found.add(file.relative_to(ROOT).as_posix())
    return found


def test_nothing_else_calls_send() -> None:
    senders = _files_that_use("send", called=True)
    assert senders <= SENDERS
    assert "transmit.py" in senders
    assert not _files_that_use("send_periodic", called=False)


def test_nothing_else_asks_for_a_bus_to_send_on() -> None:
    assert _files_that_use("sender", called=False) <= SENDING_BUS
