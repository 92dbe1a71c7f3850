"""A bar on a terminal, and nothing anywhere else."""

import io
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.adapters.tqdm_progress import TqdmProgress

END = "the end"


def work() -> None:
    with TqdmProgress() as progress:
        for done in range(5):
            progress.pages(Path("folder/mine.pdf"), done, 4)
        for done in range(4):
            progress.passages(done, 3)


def on_a_terminal(monkeypatch: pytest.MonkeyPatch, task: Callable[[], None]) -> str:
    """What a task shows on a terminal that does not know its size."""
    screen, ours = os.openpty()
    try:
        with os.fdopen(ours, "w", encoding="utf-8") as stream:
            monkeypatch.setattr("sys.stderr", stream)
            task()
            stream.write(END)
            stream.flush()
            shown = b""
            while not shown.endswith(END.encode()):  # what was written arrives a moment later
                shown += os.read(screen, 1 << 16)
            return shown.decode().removesuffix(END)
    finally:
        os.close(screen)


def test_a_terminal_shows_the_file_and_then_the_passages(monkeypatch: pytest.MonkeyPatch) -> None:
    text = on_a_terminal(monkeypatch, work)
    assert text.index("mine.pdf:   0%") < text.index("search by meaning:   0%")
    assert "/2.0" in text
    assert "/3 [" in text


def test_elsewhere_there_is_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    file = io.StringIO()
    monkeypatch.setattr("sys.stderr", file)
    work()
    assert file.getvalue() == ""


def test_a_terminal_where_nothing_is_done_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing() -> None:
        with TqdmProgress():
            pass

    assert on_a_terminal(monkeypatch, nothing) == ""
