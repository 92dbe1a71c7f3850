"""can_bridge: arguments in, what a command prints and its exit code out."""

from __future__ import annotations

import argparse
import io
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
from can_bridge.output import settle
from can_bridge.stop import Stop, Stopped

_COMMANDS = (monitor, diagnose, set_value, serve, record, replay, decode, draft, check)
_EPILOG = """exit codes: 0 done, 2 bad usage or configuration, or what is written cannot be, 4 the bus cannot be
opened, 130 Ctrl-C (143 SIGTERM, 129 SIGHUP) before it was done; what runs until Ctrl-C (monitor, record,
serve, replay --loop) ends with 0.
'python -m can_bridge COMMAND --help' shows a command's options, with examples.
"""


def main(arguments: Sequence[str]) -> int:
    """Run a command; returns the exit code."""
    stop = Stop()
    options = argparse.Namespace()
    try:
        code = _run(arguments, options, stop)
        sys.stdout.flush()
    except BridgeError as error:
        return _told(error, options, stop)
    except Stopped as stopped:
        return _stopped(stopped, options, stop)
    except BrokenPipeError:  # such as `| head`: nothing more can be written
        return 0
    finally:
        settle()
    return code


def _run(arguments: Sequence[str], options: argparse.Namespace, stop: Stop) -> int:
    try:
        _parser().parse_args(arguments, options)
    except SystemExit as ended:  # help was printed, or what was wrong with them
        return int(ended.code or 0)
    if isinstance(sys.stdout, io.TextIOWrapper):
        if getattr(options, "json", False):
            sys.stdout.reconfigure(encoding="utf-8")  # RFC 8259, whatever the locale says
        sys.stdout.reconfigure(errors="replace")  # a unit such as °C in an ASCII locale
    stop.install()
    return int(options.run(options))


def _told(error: BridgeError, options: argparse.Namespace, stop: Stop) -> int:
    """Say what went wrong, unless it did because a signal was swallowed; the exit code."""
    try:
        stop.check()
    except Stopped as stopped:
        return _stopped(stopped, options, stop)
    print(f"can_bridge: {error}", file=sys.stderr)
    return error.exit_code


def _stopped(stopped: Stopped, options: argparse.Namespace, stop: Stop) -> int:
    """0 for what runs until it is stopped; else say that it did not get done."""
    if options.lasts(options):
        return 0
    print(f"can_bridge: {str(stopped) or options.unfinished(options)}", file=sys.stderr)
    return stop.exit_code


def _parser() -> Parser:
    parser = Parser(
        prog="python -m can_bridge",
        description="Read a vehicle's CAN bus, live or from a recording.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(
        lasts=lambda _options: False, unfinished=lambda _options: "stopped before it was done"
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for command in _COMMANDS:
        command.add_parser(commands)
    return parser
