"""kuksa: targets that a client asks for in, a confirmation of the car or a Refusal out.

It decides nothing: what may be asked, and when, is the gate's business alone.
"""

from __future__ import annotations

from collections.abc import Sequence

import grpc

from can_bridge.command_frame import asked_value, is_on_a_step
from can_bridge.command_rules import Cause, Outcome, Read, Result, decide
from can_bridge.gate import Gate
from can_bridge.kuksa.border import Refusal, denied, invalid
from can_bridge.kuksa.catalogue import Entry
from can_bridge.readings import Value
from can_bridge.spec import CommandSpec

CODES = {
    Cause.NOT_LISTED: grpc.StatusCode.PERMISSION_DENIED,
    Cause.BAD_VALUE: grpc.StatusCode.INVALID_ARGUMENT,
    Cause.STATE_UNKNOWN: grpc.StatusCode.UNAVAILABLE,
    Cause.INTERLOCK: grpc.StatusCode.FAILED_PRECONDITION,
    Cause.BUSY: grpc.StatusCode.ABORTED,
    Cause.TOO_SOON: grpc.StatusCode.RESOURCE_EXHAUSTED,
    Cause.TIMEOUT: grpc.StatusCode.DEADLINE_EXCEEDED,
    Cause.BUS_OFF: grpc.StatusCode.UNAVAILABLE,
    Cause.CLOSED: grpc.StatusCode.UNAVAILABLE,
    Cause.NO_LEDGER: grpc.StatusCode.UNAVAILABLE,
}
"""Why the gate did not confirm a command -> the status that the client gets."""

Target = tuple[Entry, Value]


class Actuator:
    """Hands targets to the gate and waits for the car."""

    def __init__(self, gate: Gate | None, read: Read) -> None:
        """Without a gate every target is refused."""
        self._gate = gate
        self._read = read

    def set(self, targets: Sequence[Target]) -> None:
        """Ask for one value after another, and return when the car reports all of them.

        Of several, none is sent unless all may be sent now.  Raises Refusal for the first that is
        refused or fails; those before it are done.
        """
        gate = self._listed(targets)
        if len(targets) > 1:
            self._all_allowed(gate, targets)
        for done, (entry, value) in enumerate(targets):
            outcome = gate.set(entry.path, value)
            if outcome.result is not Result.CONFIRMED:
                raise _refusal(outcome, done, len(targets))

    def _listed(self, targets: Sequence[Target]) -> Gate:
        if not targets:
            raise invalid("expected at least one target, found none")
        if self._gate is None:
            raise denied("this server only reads; nothing was sent")
        for entry, _ in targets:
            if not entry.settable:
                text = f"{entry.path} is not in the vehicle's commands.toml; nothing was sent"
                raise denied(text, entry.path)
        for entry, value in targets:
            _on_a_step(self._gate.commands[entry.path], value)
        return self._gate

    def _all_allowed(self, gate: Gate, targets: Sequence[Target]) -> None:
        paths = {entry.path for entry, _ in targets}
        if len(paths) < len(targets):
            raise invalid("expected each path once, found one twice; nothing was sent")
        for entry, value in targets:
            verdict = decide(gate.commands[entry.path], value, self._read)
            if verdict is not None and verdict.result is not Result.CONFIRMED:
                raise _refusal(verdict)


def _on_a_step(command: CommandSpec, value: Value) -> None:
    """The gate takes the nearest step and says so; an answer of `kuksa.val` has no place for that."""
    if not is_on_a_step(command, value):
        unit = f" {command.unit}" if command.unit else ""
        text = (
            f"{command.path} has steps of {command.factor:g}{unit}: expected one, such as "
            f"{asked_value(command, value):g}, found {value:g}; nothing was sent"
        )
        raise invalid(text, command.path)


def _refusal(outcome: Outcome, done: int = 0, of: int = 1) -> Refusal:
    text = f"{outcome.path} {outcome.result.value}: {outcome.text}"
    if of > 1 and done:
        text += f"; {done} of {of} targets were reached before"
    return Refusal(CODES[outcome.cause], text, outcome.path)
