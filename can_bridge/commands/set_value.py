"""Commands: a path and a value come in, what came of asking the car for it goes out."""

from __future__ import annotations

import argparse
import json

from can_bridge.bridge import Bridge, open_bridge
from can_bridge.command_frame import asked_value
from can_bridge.command_rules import Outcome, Result
from can_bridge.commands.options import Parser, add_bus, add_command, add_vehicle, seconds
from can_bridge.gate import Gate, open_gate
from can_bridge.profile import find_vehicle, load_profile
from can_bridge.readings import Value
from can_bridge.spec import CommandSpec, VehicleProfile

_EPILOG = """examples:
  python -m can_bridge set --vehicle aster --bus unix:aster                    # what can be set
  python -m can_bridge set Vehicle.Cabin.Sunroof.Position 0 --bus unix:aster
  python -m can_bridge set Vehicle.Body.Lights.LightSwitch auto --bus unix:aster --json

Only what the vehicle's commands.toml lists can be set, and only while its interlocks hold.  The exit code is 0
when the car reports the value, and 1 when it was refused or failed.  Ctrl-C ends with 130 and says whether the car was
asked.
"""

_UNFINISHED = "stopped before it was done; nothing was sent"


def add_parser(commands: argparse._SubParsersAction[Parser]) -> None:
    """Describe the command."""
    parser = add_command(commands, "set", "ask the car for something, through the gate", _EPILOG)
    parser.add_argument("path", nargs="?", help="what to set; none: list what can be set")
    parser.add_argument("value", nargs="?", help="a number, a word, or true and false")
    add_vehicle(parser)
    add_bus(parser)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument(
        "--wait",
        type=seconds,
        default=3.0,
        metavar="SECONDS",
        help="wait so long for every message of the car first (default: 3)",
    )
    parser.set_defaults(run=run, request=None, unfinished=_unfinished)


def run(options: argparse.Namespace) -> int:
    """Ask once, or list what may be asked."""
    profile = load_profile(find_vehicle(options.vehicle))
    if options.path is None:
        print(_listed(profile, options.json))
        return 0
    request = options.request = _Request(profile.commands.get(options.path), options)
    with open_bridge(profile, options.bus, may_send=request.command is not None) as bridge:
        outcome = request.ask(bridge)
    return 0 if outcome.result is Result.CONFIRMED else 1


def _unfinished(options: argparse.Namespace) -> str:
    """What came of it, whenever it is stopped: also while its outcome is printed."""
    return _UNFINISHED if options.request is None else str(options.request.so_far)


class _Request:
    """What is asked of the car, and what came of it so far."""

    def __init__(self, command: CommandSpec | None, options: argparse.Namespace) -> None:
        self.command = command
        self._options = options
        self._gate: Gate | None = None
        self._outcome: Outcome | None = None

    def ask(self, bridge: Bridge) -> Outcome:
        """Ask, and print what came of it."""
        command, options = self.command, self._options
        if command is not None:
            bridge.wait_ready(options.wait)
        with open_gate(bridge) as self._gate:
            outcome = self._outcome = self._gate.set(options.path, _value(command, options.value))
        asked = outcome.requested if command is None else asked_value(command, outcome.requested)
        print(_json(outcome, asked) if options.json else f"{outcome.result.value}: {outcome.text}")
        return outcome

    @property
    def so_far(self) -> str:
        """For whoever does not wait for the end."""
        if self._outcome is not None:
            return f"stopped, when it had ended: {self._outcome.result.value}: {self._outcome.text}"
        if self._gate is not None and self._gate.sends:
            path = self._options.path
            return f"{path} was asked for and not yet confirmed; the car may still do it"
        return _UNFINISHED


def _value(command: CommandSpec | None, text: str | None) -> Value:
    """What was typed, as the kind that the command takes; the gate judges it."""
    if text is None or command is None or command.kind == "enum":
        return text or ""
    if command.kind == "bool":
        truths: dict[str, Value] = {"true": True, "on": True, "false": False, "off": False}
        return truths.get(text.lower(), text)
    try:
        return float(text)
    except ValueError:
        return text


def _json(outcome: Outcome, asked: Value) -> str:
    return json.dumps(
        {
            "path": outcome.path,
            "requested": outcome.requested,
            "asked": asked,
            "outcome": outcome.result.value,
            "reason": outcome.cause.value,
            "text": outcome.text,
            "frames": outcome.sends,
        },
        ensure_ascii=False,
    )


def _listed(profile: VehicleProfile, as_json: bool) -> str:
    if not profile.commands:
        return f"nothing of {profile.name} can be set: it has no commands.toml"
    lines = []
    for command in profile.commands.values():
        allowed = _allowed(command)
        if as_json:
            lines.append(json.dumps({"path": command.path, "allowed": allowed}, ensure_ascii=False))
        else:
            lines.append(f"{command.path:<60} {allowed}")
    return "\n".join(lines)


def _allowed(command: CommandSpec) -> str:
    if command.kind == "number":
        unit = f" {command.unit}" if command.unit else ""
        return f"{command.low:g} to {command.high:g}{unit}"
    if command.kind == "bool":
        return "true, false"
    return ", ".join(str(value) for value in command.choices)
