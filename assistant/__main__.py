"""The `auriga` console script, also `python -m assistant`.

Imports nothing that Python has not loaded already: until a handler stands, Python would end a
SIGINT with a traceback of its own.
"""

import _signal  # type: ignore[import-not-found]  # what `signal` takes milliseconds to wrap


def entry() -> None:
    """Run the command line and end the process with its exit code."""
    _end_silently()
    from assistant.program import run_process  # noqa: PLC0415

    run_process()


def _end_silently() -> None:
    """Let a SIGINT end the process without a word until there is a handler that says one.

    One that the parent had us ignore stays ignored.
    """
    if _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler:
        _signal.signal(_signal.SIGINT, _signal.SIG_DFL)


if __name__ == "__main__":
    entry()
