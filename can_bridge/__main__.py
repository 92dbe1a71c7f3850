"""can_bridge: `python -m can_bridge` in, the exit code out."""

import sys

from can_bridge.output import guard
from can_bridge.stop import hold


def entry() -> int:
    """Import the command line while signals wait, and run it."""
    hold()
    guard()
    from can_bridge.cli import main  # noqa: PLC0415

    return main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(entry())
