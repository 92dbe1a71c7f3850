"""The `auriga` console script, also `python -m assistant`.

The command line is imported here, inside, so that Ctrl-C in the first moments is no traceback either.
"""

import sys
from typing import NoReturn

INTERRUPTED = 130


def entry() -> NoReturn:
    """Run the command line and end the process with its exit code."""
    try:
        from assistant.cli import run_command  # noqa: PLC0415

        code = run_command()
    except KeyboardInterrupt:
        print("\nauriga: interrupted.", file=sys.stderr)  # noqa: T201
        code = INTERRUPTED
    sys.exit(code)


if __name__ == "__main__":
    entry()
