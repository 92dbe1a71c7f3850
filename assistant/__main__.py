"""The `auriga` console script, also `python -m assistant`.

Ctrl-C waits until the command line is imported: some libraries take whatever happens while they are
imported for a part of theirs that is missing, and go on without it.
"""

import os
import signal
import sys

INTERRUPTED = 130
ENDINGS = (signal.SIGINT, signal.SIGTERM)
NOT_WHOLE = 2  # exit code where the installation lacks something


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


def entry() -> None:
    """Run the command line and end the process with its exit code.

    SIGTERM ends it as Ctrl-C does: nothing is left behind.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDINGS)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    _open_standard_streams()
    try:
        from assistant.cli import run_command  # noqa: PLC0415

        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDINGS)
        code = run_command()
    except KeyboardInterrupt:
        print("\nauriga: interrupted.", file=sys.stderr)  # noqa: T201
        code = INTERRUPTED
    except (ImportError, MemoryError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        print(f"auriga: it cannot start ({reason}); install it again.", file=sys.stderr)  # noqa: T201
        code = NOT_WHOLE
    sys.exit(code)


if __name__ == "__main__":
    entry()
