"""The whole assistant as a command, with its own data folder and the machine's models."""

from collections.abc import Callable
from pathlib import Path

import pytest

from models import default_folder, load_manifest
from tests.command import Auriga


@pytest.fixture(scope="session")
def models_folder(model_path: Callable[[str], Path]) -> Path:
    """The folder of the models; skips where one that the default settings use is missing."""
    for spec in load_manifest().models.values():
        if spec.default:
            model_path(spec.name)
    return default_folder()


@pytest.fixture(scope="session")
def auriga(models_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Auriga:
    """The command."""
    home = tmp_path_factory.mktemp("home")
    (home / "data" / "auriga").mkdir(parents=True)
    (home / "data" / "auriga" / "models").symlink_to(models_folder)
    return Auriga(home)


@pytest.fixture(scope="session")
def quick(auriga: Auriga) -> Auriga:
    """The command without its language model, which most tests do not need, and with patience for a
    voice on a busy machine.
    """
    folder = auriga.home / "quick" / "auriga"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text(
        "[respond]\nuse_model = false\n[speak]\nvoice_timeout_s = 60.0\n"
    )
    return Auriga(auriga.home, {"XDG_CONFIG_HOME": str(folder.parent)})
