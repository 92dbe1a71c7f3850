"""Adapter: how far a manual is built comes in, a bar on the terminal goes out; elsewhere nothing."""

import sys
from pathlib import Path
from shutil import get_terminal_size

from tqdm import tqdm


class _Bar(tqdm):  # type: ignore[type-arg]  # the class takes no parameter when it runs
    monitor_interval = 0  # no thread that watches bars


class TqdmProgress:
    """The `BuildProgress` of `manuals` on stderr; a bar appears with the first thing to do."""

    def __init__(self) -> None:
        self._bar: _Bar | None = None
        self._shown = ""

    def __enter__(self) -> "TqdmProgress":
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def pages(self, path: Path, done: int, total: int) -> None:
        """Show how far a file is read; half of the steps are reading, half are layout."""
        self._show(path.name, "page", done / 2, total / 2)

    def passages(self, done: int, total: int) -> None:
        """Show how many passages have their vectors."""
        self._show("search by meaning", "passage", done, total)

    def _show(self, what: str, unit: str, done: float, total: float) -> None:
        if not sys.stderr.isatty():
            return
        if self._bar is None or self._shown != what:
            self._close()
            # A serial line says that it has no columns and no rows, and tqdm would show nothing.
            columns, rows = get_terminal_size()
            self._bar = _Bar(
                desc=what, unit=unit, total=total, leave=False, ncols=columns, nrows=rows
            )
            self._shown = what
        self._bar.total = total
        self._bar.update(done - self._bar.n)

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None
