"""Commands: how far a long work is comes in, one line on a terminal's stderr goes out."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")

_EVERY_S = 0.5
_EVERY_ITEMS = 512  # between two looks at the clock


def shown(items: Iterable[Item], doing: str, fraction: Callable[[], float]) -> Iterator[Item]:
    """The items, while the line is kept up to date; silent where stderr is no terminal."""
    if not sys.stderr.isatty():
        yield from items
        return
    due_s = time.monotonic() + _EVERY_S
    count = 0
    try:
        for count, item in enumerate(items, 1):
            yield item
            if count % _EVERY_ITEMS == 0 and time.monotonic() >= due_s:
                due_s = time.monotonic() + _EVERY_S
                line = f"{doing}: {fraction():4.0%}, {count} frames"
                print(f"\r{line}\x1b[K", end="", file=sys.stderr, flush=True)
    finally:
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)
