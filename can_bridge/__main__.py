"""can_bridge: `python -m can_bridge` in, the exit code out."""

import sys

from can_bridge.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
