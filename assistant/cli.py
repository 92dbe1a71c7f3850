"""The `auriga` command line: words come in, an exit code goes out.

0 a turn was completed (a refusal is one), 1 an engine failed in mid-turn, 2 bad usage or configuration, 3 a model is missing or
changed, 4 the vehicle bus cannot be opened, 5 no audio device, 130 interrupted. An error is one
sentence on stderr, never a traceback.
"""

import argparse
import io
import logging
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn

from assistant import __version__
from assistant.adapters.kuksa_address import broker_address, is_broker
from assistant.commands import ask, bench, demo, doctor, eval, manual, models, run, say
from assistant.commands.options import settings_of
from assistant.errors import AurigaError, DiskFullError, UsageError, is_full
from assistant.network_lock import lock_network
from assistant.streams import drop_output

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

COMMANDS = (run, ask, say, models, manual, eval, bench, doctor, demo)
IP_BUSES = ("udp_multicast", "socketcand", "cannelloni")  # buses of python-can that are networks


class _Parser(argparse.ArgumentParser):
    """Says what was wrong in one sentence and where help is."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message[:1].upper()}{message[1:]}; see `{self.prog} --help`.")

    def _print_message(self, message: str, file: "SupportsWrite[str] | None" = None) -> None:
        """Help and version, an output like any other; argparse would hide that it was not written."""
        (file or sys.stdout).write(message)


def main(arguments: Sequence[str] | None = None, *, lock: bool = False) -> int:
    """Run one command and return its exit code.

    With `lock` the process first gives up the network for good, unless the command is the one that
    fetches models or the vehicle bus is itself a network.
    """
    if logging.lastResort is not None:  # what is used while nobody configures logging
        logging.lastResort.setFormatter(logging.Formatter("auriga: %(message)s"))
    try:
        code = _run(arguments, lock)
        sys.stdout.flush()
        return code
    except AurigaError as error:
        print(f"auriga: {error}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:  # the reader of our output went away, e.g. `| head`
        drop_output()
        return 0
    except OSError as error:  # a full disk, a read-only one, a folder that is a file, …
        drop_output()
        print(f"auriga: {_os_sentence(error)}", file=sys.stderr)
        return DiskFullError.exit_code


def _run(arguments: Sequence[str] | None, lock: bool) -> int:
    try:
        options = _parser().parse_args(arguments)
    except SystemExit as ended:  # help or the version was printed
        return int(ended.code or 0)
    if getattr(options, "json", False) and isinstance(sys.stdout, io.TextIOWrapper):
        # RFC 8259, whatever the locale says; a question may hold bytes that are no text.
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    if lock and not options.online:
        _lock(options)
    return int(options.execute(options))


def _os_sentence(error: OSError) -> str:
    """What the system refused, why, and what helps."""
    where = error.filename or "the output"
    reason = error.strerror or type(error).__name__
    if is_full(error):
        return f"{where} cannot be written ({reason}); free some space or name another place."
    return f"{where} cannot be used ({reason}); make it usable or name another place."


def _lock(options: argparse.Namespace) -> None:
    if hasattr(options, "config") and _is_network(settings_of(options).vehicle_bus.spec):
        return
    if not lock_network():
        print(
            "auriga: this kernel cannot lock the network out; nothing here uses it, but a "
            "library might.",
            file=sys.stderr,
        )


def _is_network(spec: str) -> bool:
    """Whether the vehicle bus needs what the lock refuses; a broker elsewhere is a UsageError."""
    return broker_address(spec).is_network if is_broker(spec) else spec.startswith(IP_BUSES)


def run_command() -> int:
    """Run the console script's command and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a question may hold bytes that are no text
    return main(lock=True)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="auriga",
        description="A voice assistant that lives in the car and never leaves it.",
    )
    parser.set_defaults(online=False)
    parser.add_argument("--version", action="version", version=f"auriga {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.add(commands)
    return parser
