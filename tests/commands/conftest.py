"""Commands run inside the test's process, with folders of their own."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from assistant.cli import main


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    error: str

    @property
    def sentence(self) -> str:
        """The only line on stderr."""
        lines = self.error.strip().splitlines()
        assert len(lines) == 1, self.error
        assert lines[0].startswith("auriga: ")
        assert "Traceback" not in self.error
        return lines[0].removeprefix("auriga: ")


Run = Callable[..., Ran]
QUICK = "[respond]\nuse_model = false\n"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Empty folders for data and configuration."""
    home = tmp_path / "home"
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    return home


@pytest.fixture
def run(home: Path, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run a command to its end."""

    def execute(*words: object) -> Ran:
        code = main([str(word) for word in words])
        out, error = capfd.readouterr()
        return Ran(code, out, error)

    return execute


@pytest.fixture
def quick(home: Path) -> Path:
    """Settings without a language model; nothing else that a text question needs is a download."""
    path = home / "config" / "auriga" / "config.toml"
    path.parent.mkdir(parents=True)
    path.write_text(QUICK)
    return path
