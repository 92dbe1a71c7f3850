"""`auriga doctor`: every line is true, and the exit code follows from the lines."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.adapters.onnxruntime_embedder import OnnxruntimeEmbedder
from tests import aster
from tests.commands.conftest import QUICK, Run
from tests.conftest import STORE

EMBEDDER = "all-minilm-l6-v2"


def test_the_doctor_says_what_is_missing_and_what_helps(run: Run) -> None:
    ran = run("doctor")
    assert ran.code == 3
    assert "Traceback" not in ran.error
    names = "recognizer", "language model", "embedder", "voice", "vehicle", "manual", "microphone"
    for name in names:
        assert re.search(rf"^  (ok |!! ) {name}", ran.out, re.MULTILINE), name
    assert "auriga models fetch moonshine-tiny-en" in ran.out


def small(folder: Path) -> Path:
    """The Aster with a manual of one sentence."""
    shutil.copytree(aster.FOLDER, folder, ignore=shutil.ignore_patterns("manual"))
    (folder / "manual").mkdir()
    (folder / "manual" / "1.md").write_text(
        "# 1 Wheels\n\n## 1.1 The jack\n\nThe jack lies under the floor.\n"
    )
    return folder


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
    quick.write_text('[models]\nembedder = ""\n' + own_weights(tmp_path / "mine", content))
    ran = run("doctor")
    assert ran.code == 3
    assert re.search(
        r"^  !!  language model +.*mine\.gguf.*models\.language", ran.out, re.MULTILINE
    )
    assert re.search(r"^  !!  voice +.*mine\.onnx.*models\.voice_file", ran.out, re.MULTILINE)
    assert "models fetch" not in ran.out.partition("language model")[2]


@pytest.fixture
def models(home: Path, model_path: Callable[[str], Path]) -> Path:
    """The machine's models, but for the embedder, in the data folder of the test."""
    folder = home / "data" / "auriga" / "models"
    folder.mkdir(parents=True)
    for name in ("moonshine-tiny-en", "smollm2-135m-instruct", "piper-joe"):
        model_path(name)
        (folder / name).symlink_to(STORE.place(name))
    return folder


@pytest.fixture
def all_models(models: Path, model_path: Callable[[str], Path]) -> None:
    """The embedder as well."""
    model_path(EMBEDDER)
    (models / EMBEDDER).symlink_to(STORE.place(EMBEDDER))


@pytest.mark.usefixtures("all_models")
def test_the_doctor_is_content_where_everything_opens(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    car = small(tmp_path / "car")
    ran = run("doctor", "--vehicle", car)
    assert (ran.code, ran.error) == (0, ""), ran.out
    names = "recognizer", "language model", "embedder", "voice", "manual", "vehicle bus"
    for name in names:
        assert re.search(rf"^  ok  {name} .*opens", ran.out, re.MULTILINE), ran.out
    assert "searched by words and by meaning" in ran.out
    opened = []
    real = OnnxruntimeEmbedder.open
    monkeypatch.setattr(OnnxruntimeEmbedder, "open", lambda self: (opened.append(1), real(self)))
    run("doctor", "--vehicle", car)
    assert opened == [1]


@pytest.mark.usefixtures("models")
def test_without_an_embedder_all_works_and_the_doctor_says_how(run: Run, tmp_path: Path) -> None:
    car = small(tmp_path / "car")
    ran = run("doctor", "--vehicle", car)
    assert (ran.code, ran.error) == (0, ""), ran.out
    assert re.search(r"^  !!  embedder .*auriga models fetch all-minilm", ran.out, re.MULTILINE)
    assert "searched by words alone" in ran.out
    asked = run("ask", "where is the jack", "--vehicle", car, "--bus", "unix:nobody")
    assert (asked.code, asked.error) == (0, "")
    assert "The jack lies under the floor" in asked.out


@pytest.mark.usefixtures("models")
def test_an_embedder_that_is_none_is_told(run: Run, home: Path, tmp_path: Path) -> None:
    place = home / "data" / "auriga" / "models" / EMBEDDER
    place.mkdir()
    (place / "receipt.json").write_text("{")
    ran = run("doctor", "--vehicle", small(tmp_path / "car"))
    assert ran.code == 3
    for name in ("embedder", "manual"):
        assert re.search(rf"^  !!  {name} .*fetch {EMBEDDER}", ran.out, re.MULTILINE), ran.out


def test_an_embedder_that_is_not_wanted_is_not_missed(run: Run, quick: Path) -> None:
    quick.write_text(f'[models]\nembedder = ""\n{QUICK}')
    ran = run("doctor")
    assert "ok  embedder        not used: models.embedder is empty" in ran.out
    assert "searched by words alone" in ran.out


def test_the_doctor_does_not_ask_for_what_is_not_used(run: Run, quick: Path) -> None:
    ran = run("doctor")
    assert "ok  language model  not used: respond.use_model is false" in ran.out


@pytest.mark.usefixtures("all_models")
def test_a_vehicle_without_a_manual_is_well_enough_for_the_doctor(run: Run, tmp_path: Path) -> None:
    car = shutil.copytree(aster.FOLDER, tmp_path / "car", ignore=shutil.ignore_patterns("manual"))
    ran = run("doctor", "--vehicle", car)
    assert re.search(r"^  !!  manual .*brings none; put Markdown", ran.out, re.MULTILINE)
    assert ran.code == 0
