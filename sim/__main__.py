"""sim: `python -m sim` in, the exit code out."""

import sys

from sim.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
