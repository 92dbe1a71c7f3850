"""What all tests share: where the models are, and that nothing is left behind."""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import hypothesis
import pytest

from models import ModelStoreError, Store, default_folder, load_manifest

pytest_plugins = ("tests.socket_guard",)

# Fixed before any test gives itself another home, so that it holds for child processes as well.
os.environ.setdefault("XDG_DATA_HOME", str(Path.home() / ".local" / "share"))
STORE = Store(default_folder(), load_manifest())

# A shell starts what it runs in the background with Ctrl-C ignored, and tests send it.
signal.signal(signal.SIGINT, signal.default_int_handler)

# How long a generated example takes says how busy the machine is, and nothing about the code.
hypothesis.settings.register_profile(
    "auriga", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("auriga")


@pytest.fixture(scope="session")
def model_path() -> Callable[[str], Path]:
    """The file or folder of a model by its name; skips where it is not on this machine."""

    @cache
    def find(name: str) -> Path:
        try:
            return STORE.find(name)
        except ModelStoreError as error:
            pytest.skip(str(error))

    return find


@pytest.fixture(autouse=True)
def signals_are_python_s_own() -> None:
    """A command that ran in the process of the tests, maybe in a fixture of a whole module, handles
    them until its process ends.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture(autouse=True)
def nothing_is_left_behind() -> Iterator[None]:
    """No thread and no child process of a test outlives it."""
    threads, children = set(threading.enumerate()), _children()
    yield
    deadline = time.monotonic() + 3.0
    while time.monotonic() < deadline and _left(threads, children):
        time.sleep(0.02)
    assert not _left(threads, children)


def _left(threads: set[threading.Thread], children: set[str]) -> list[str]:
    names = [thread.name for thread in set(threading.enumerate()) - threads]
    return names + [f"child {number}" for number in _children() - children]


def _children() -> set[str]:
    found: set[str] = set()
    for path in Path("/proc/self/task").glob("*/children"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # the thread just ended
            found.update(path.read_text().split())
    return found
