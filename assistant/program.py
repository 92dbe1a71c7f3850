"""The process of the `auriga` command: it starts, ends with an exit code, and leaves nothing."""

import os
import sys

from assistant.stop import INTERRUPTED, Stop
from assistant.streams import open_standard_streams, settle_output

NOT_WHOLE = 2  # exit code where the installation lacks something


def run_process() -> None:
    """Run the command line and end the process with its exit code.

    SIGTERM and SIGHUP, of a closed terminal, end it as Ctrl-C does: nothing is left behind.
    """
    stop = Stop()
    stop.install()
    open_standard_streams()
    code = INTERRUPTED
    try:
        try:
            code = _run(stop)
        finally:
            stop.finish()
    except KeyboardInterrupt:
        stop.finish()
    if stop.came:  # also where it was lost in the command's last moments
        stop.say()
        code = INTERRUPTED
    _end(code)


def _run(stop: Stop) -> int:
    try:
        from assistant.cli import run_command  # noqa: PLC0415

        stop.release()
        return run_command()
    except (ImportError, MemoryError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        print(f"auriga: it cannot start ({reason}); install it again.", file=sys.stderr)  # noqa: T201
        return NOT_WHOLE


def _end(code: int) -> None:
    from assistant.adapters.native_noise import thread_was_left  # noqa: PLC0415

    settle_output()
    sys.stderr.flush()
    if thread_was_left():
        os._exit(code)
    sys.exit(code)
