"""sim: `python -m sim` in, the exit code out."""

import sys

from sim.output import guard
from sim.stop import hold


def entry() -> int:
    """Import the command line while signals wait, and run it."""
    hold()
    guard()
    from sim.cli import main  # noqa: PLC0415

    return main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(entry())
