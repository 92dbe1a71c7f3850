"""The `auriga` console script, also `python -m assistant`.

The command line is imported here, inside, so that Ctrl-C in the first moments is no traceback either.
"""

import os
import sys
from typing import NoReturn

INTERRUPTED = 130


def _open_standard_streams() -> None:
    """A stream that was closed before we started goes nowhere.

    Without this, Python has no `sys.stdout`, and the next file that is opened takes its number.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free: this one
            stream = open(number, "r" if number == 0 else "w", closefd=False)  # noqa: SIM115
            setattr(sys, name, stream)


def entry() -> NoReturn:
    """Run the command line and end the process with its exit code."""
    _open_standard_streams()
    try:
        from assistant.cli import run_command  # noqa: PLC0415

        code = run_command()
    except KeyboardInterrupt:
        print("\nauriga: interrupted.", file=sys.stderr)  # noqa: T201
        code = INTERRUPTED
    sys.exit(code)


if __name__ == "__main__":
    entry()
