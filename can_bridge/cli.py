"""can_bridge: arguments in, what a command prints and its exit code out."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence

from can_bridge.commands import (
    check,
    decode,
    diagnose,
    draft,
    monitor,
    record,
    replay,
    serve,
    set_value,
)
from can_bridge.commands.options import Parser
from can_bridge.errors import BridgeError
from can_bridge.stop import Stop, Stopped

_COMMANDS = (monitor, diagnose, set_value, serve, record, replay, decode, draft, check)
_EPILOG = """exit codes: 0 done, 2 bad usage or configuration, 4 the bus cannot be opened.
'python -m can_bridge COMMAND --help' shows a command's options, with examples.
"""


def main(arguments: Sequence[str]) -> int:
    """Run a command; returns the exit code."""
    options = _parser().parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        if getattr(options, "json", False):
            sys.stdout.reconfigure(encoding="utf-8")  # RFC 8259, whatever the locale says
        sys.stdout.reconfigure(errors="replace")  # a unit such as °C in an ASCII locale
    stop = Stop()
    try:
        stop.install()
        code = int(options.run(options))
        sys.stdout.flush()
    except BridgeError as error:
        return _told(error, stop)
    except Stopped:
        return 0
    except BrokenPipeError:  # such as `| head`: nothing more can be written, not at exit either
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code


def _told(error: BridgeError, stop: Stop) -> int:
    """Say what went wrong, unless it did because a signal was swallowed; the exit code."""
    try:
        stop.check()
    except Stopped:
        return 0
    print(f"can_bridge: {error}", file=sys.stderr)
    return error.exit_code


def _parser() -> Parser:
    parser = Parser(
        prog="python -m can_bridge",
        description="Read a vehicle's CAN bus, live or from a recording.",
        epilog=_EPILOG,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for command in _COMMANDS:
        command.add_parser(commands)
    return parser
