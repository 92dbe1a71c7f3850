"""`auriga doctor`: every line is true, and the exit code follows from the lines."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import aster
from tests.commands.conftest import Run
from tests.conftest import STORE


def test_the_doctor_says_what_is_missing_and_what_helps(run: Run) -> None:
    ran = run("doctor")
    assert ran.code == 3
    assert "Traceback" not in ran.error
    for name in ("recognizer", "language model", "voice", "vehicle", "manual", "microphone"):
        assert re.search(rf"^  (ok |!! ) {name}", ran.out, re.MULTILINE), name
    assert "auriga models fetch moonshine-tiny-en" in ran.out


def own_weights(folder: Path, content: bytes | None) -> str:
    """Settings that name a voice and a language model of one's own."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {"voice_file": "mine.onnx", "language_model_file": "mine.gguf"}
    if content is not None:
        for name in (*files.values(), "mine.onnx.json"):
            (folder / name).write_bytes(content)
    return "".join(f'{key} = "{folder / name}"\n' for key, name in files.items())


@pytest.mark.parametrize("content", [None, b"", b"garbage"])
def test_the_doctor_opens_weights_of_ones_own(
    run: Run, quick: Path, tmp_path: Path, content: bytes | None
) -> None:
    quick.write_text("[models]\n" + own_weights(tmp_path / "mine", content))
    ran = run("doctor")
    assert ran.code == 3
    assert re.search(
        r"^  !!  language model +.*mine\.gguf.*models\.language", ran.out, re.MULTILINE
    )
    assert re.search(r"^  !!  voice +.*mine\.onnx.*models\.voice_file", ran.out, re.MULTILINE)
    assert "models fetch" not in ran.out.partition("language model")[2]


@pytest.fixture
def all_models(home: Path, model_path: Callable[[str], Path]) -> None:
    """The machine's models in the data folder of the test."""
    for name in ("moonshine-tiny-en", "smollm2-135m-instruct", "piper-joe"):
        model_path(name)
    (home / "data" / "auriga").mkdir(parents=True)
    (home / "data" / "auriga" / "models").symlink_to(STORE.folder)


@pytest.mark.usefixtures("all_models")
def test_the_doctor_is_content_where_everything_opens(run: Run) -> None:
    ran = run("doctor")
    assert (ran.code, ran.error) == (0, "")
    for name in ("recognizer", "language model", "voice", "vehicle bus"):
        assert re.search(rf"^  ok  {name} .*opens", ran.out, re.MULTILINE), ran.out


def test_the_doctor_does_not_ask_for_what_is_not_used(run: Run, quick: Path) -> None:
    ran = run("doctor")
    assert "ok  language model  not used: respond.use_model is false" in ran.out


@pytest.mark.usefixtures("all_models")
def test_a_vehicle_without_a_manual_is_well_enough_for_the_doctor(run: Run, tmp_path: Path) -> None:
    car = shutil.copytree(aster.FOLDER, tmp_path / "car", ignore=shutil.ignore_patterns("manual"))
    ran = run("doctor", "--vehicle", car)
    assert re.search(r"^  !!  manual .*brings none; put Markdown", ran.out, re.MULTILINE)
    assert ran.code == 0
