"""`python -m assistant` is `auriga`."""

from assistant.cli import entry

entry()
