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


MAY_SEND = {
    "vehicle.py",  # to ask for the values of a vehicle whose signals.toml has rows with `pid`
    "commands/set_value.py",
    "commands/serve.py",
    "commands/diagnose.py",
    "commands/replay.py",
    "bridge.py",  # hand it on
    "bus.py",
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


def _calls(file: Path) -> list[ast.Call]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call)]


def test_nothing_else_opens_a_bus_to_send_on() -> None:
    openers = {"open_bridge": 2, "open_vehicle": 2, "open_bus": 2, "open_python_can": 1, "_open": 2}
    found = set()
    for file in ROOT.rglob("*.py"):
        for call in _calls(file):
            position = openers.get(getattr(call.func, "id", ""))
            asked = [word.value for word in call.keywords if word.arg == "may_send"]
            asked += call.args[position : position + 1] if position is not None else []
            if any(not (isinstance(one, ast.Constant) and one.value is False) for one in asked):
                found.add(file.relative_to(ROOT).as_posix())
    assert found == MAY_SEND


def test_buses_of_python_can_are_made_in_one_place() -> None:
    made = {
        file.relative_to(ROOT).as_posix()
        for file in ROOT.rglob("*.py")
        for call in _calls(file)
        if isinstance(call.func, ast.Attribute) and call.func.attr in {"Bus", "ThreadSafeBus"}
    }
    assert made == {"bus.py"}
    for name in ("sendto", "sendall", "sendmsg", "BusABC.send", "send_periodic"):
        assert not _files_that_use(name, called=False)


def test_the_assistant_opens_no_bus_to_send_on() -> None:
    for file in (ROOT.parent / "assistant").rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        assert not any(word in text for word in ("may_send", "open_gate", "open_diagnostics")), file
