"""`auriga models`, and what the other commands say of a model that is missing, changed or none."""

import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.audio import tone
from tests.command import write_wav
from tests.commands.conftest import QUICK, Run


@pytest.mark.parametrize(
    ("words", "model"),
    [
        (["ask", "hello"], "smollm2-135m-instruct"),
        (["ask", "--wav", "x.wav"], "moonshine-tiny-en"),
        (["say", "hello", "--out", "x.wav"], "piper-joe"),
    ],
    ids=str,
)
def test_a_missing_model_is_exit_code_3_and_says_which_command_helps(
    run: Run,
    quick: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    model: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    if words == ["ask", "hello"]:
        quick.unlink()
    ran = run(*words)
    assert ran.code == 3
    assert f"auriga models fetch {model}" in ran.sentence
    assert not (tmp_path / "x.wav").exists()


def test_a_changed_model_is_exit_code_3(
    run: Run, home: Path, model_path: Callable[[str], Path]
) -> None:
    source = model_path("piper-joe").parent
    target = home / "data" / "auriga" / "models" / "piper-joe"
    target.mkdir(parents=True)
    for path in source.iterdir():
        (target / path.name).symlink_to(path)
    (target / "MODEL_CARD").unlink()
    (target / "MODEL_CARD").write_text("another")
    ran = run("say", "hello", "--out", home / "x.wav")
    assert ran.code == 3
    assert "MODEL_CARD" in ran.sentence
    assert "auriga models fetch piper-joe" in ran.sentence
    ran = run("models", "verify")
    assert ran.code == 3
    assert "MODEL_CARD" in ran.sentence


@pytest.mark.parametrize("content", [None, b"", b"no weights at all"])
def test_weights_of_ones_own_that_are_none_are_exit_code_3(
    run: Run, quick: Path, tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "mine.gguf"
    if content is not None:
        path.write_bytes(content)
    quick.write_text(f'[models]\nlanguage_model_file = "{path}"\n')
    ran = run("ask", "hello", "--bus", "unix:nobody")
    assert ran.code == 3
    assert "mine.gguf" in ran.sentence


@pytest.mark.parametrize("name", ["recognizer", "language_model", "embedder", "voice"])
def test_a_model_that_the_manifest_has_not_is_named(run: Run, home: Path, name: str) -> None:
    path = home / "mine.toml"
    home.mkdir()
    path.write_text(f'[models]\n{name} = "nope"\n' + (QUICK if name != "language_model" else ""))
    words = ["--wav", "x.wav"] if name == "recognizer" else ["hello", "--say", str(home / "r.wav")]
    ran = run("ask", *words, "--config", path, "--bus", "unix:nobody")
    assert ran.code == 2
    assert f"models.{name}: There is no model called 'nope'" in ran.sentence


@pytest.mark.parametrize(
    ("role", "fitting"), [("recognizer", "moonshine-tiny-en"), ("embedder", "all-minilm-l6-v2")]
)
def test_a_model_of_another_role_is_named(run: Run, home: Path, role: str, fitting: str) -> None:
    home.mkdir()
    path = home / "mine.toml"
    path.write_text(f'[models]\n{role} = "piper-joe"\n' + QUICK)
    ran = run("ask", "--wav", "x.wav", "--config", path, "--bus", "unix:nobody")
    assert ran.code == 2
    assert f"'piper-joe', which is no {role}; choose one of: {fitting}" in ran.sentence


def test_the_models_are_listed(run: Run) -> None:
    ran = run("models", "list")
    assert (ran.code, ran.error) == (0, "")
    for name in ("moonshine-tiny-en", "piper-joe", "smollm2-135m-instruct", "vosk-en"):
        assert name in ran.out
    assert "licence: " in ran.out


def test_a_damaged_record_hides_no_other_model(run: Run, home: Path) -> None:
    place = home / "data" / "auriga" / "models" / "piper-joe"
    place.mkdir(parents=True)
    (place / "receipt.json").write_text("{")
    ran = run("models", "list")
    assert ran.code == 3
    assert re.search(r"^piper-joe +damaged ", ran.out, re.MULTILINE)
    for name in ("moonshine-tiny-en", "smollm2-135m-instruct", "vosk-en"):
        assert name in ran.out
    assert "receipt.json cannot be read; run `auriga models fetch piper-joe`" in ran.sentence
    assert "receipt.json" in run("models", "verify").sentence


def test_a_folder_of_garbage_is_not_added(run: Run, home: Path, tmp_path: Path) -> None:
    pytest.importorskip("vosk", reason="vosk is missing")
    for name in ("am/final.mdl", "conf/model.conf"):
        (tmp_path / "mine" / name).parent.mkdir(parents=True)
        (tmp_path / "mine" / name).write_bytes(b"garbage")
    ran = run("models", "add", "vosk-en", tmp_path / "mine")
    assert ran.code == 3
    assert "is not a Vosk model; nothing was installed; give another" in ran.sentence
    assert list((home / "data" / "auriga" / "models").iterdir()) == []


def test_a_model_by_hand_that_is_none_is_told_what_helps(run: Run, quick: Path, home: Path) -> None:
    pytest.importorskip("vosk", reason="vosk is missing")
    place = home / "data" / "auriga" / "models" / "vosk-en"
    files = {}
    for name in ("am/final.mdl", "conf/model.conf"):
        (place / name).parent.mkdir(parents=True)
        (place / name).write_bytes(b"garbage")
        files[name] = hashlib.sha256(b"garbage").hexdigest()
    (place / "receipt.json").write_text(json.dumps({"source": "by hand", "files": files}))
    write_wav(home / "x.wav", tone(0.5))
    ran = run("ask", "--wav", home / "x.wav", "--bus", "unix:nobody")
    assert ran.code == 3
    assert "is not a Vosk model; run `auriga models add vosk-en PATH`" in ran.sentence
    ran = run("doctor")
    assert ran.code == 3
    assert re.search(r"^  !!  recognizer .*is not a Vosk model", ran.out, re.MULTILINE)


def test_what_is_left_of_a_model_is_neither_installed_nor_passed_over(run: Run, home: Path) -> None:
    folder = home / "data" / "auriga" / "models" / "vosk-en"
    folder.mkdir(parents=True)
    (folder / "README").write_text("left")
    listed = run("models", "list")
    assert (listed.code, "receipt.json cannot be read" in listed.sentence) == (3, True)
    assert re.search(r"^vosk-en +damaged ", listed.out, re.MULTILINE)
    verified = run("models", "verify")
    assert (verified.code, "receipt.json cannot be read" in verified.sentence) == (3, True)


@pytest.mark.parametrize("key", ["recognizer", "language_model", "embedder", "voice"])
def test_a_wrong_name_is_seen_whatever_is_asked(run: Run, tmp_path: Path, key: str) -> None:
    config = tmp_path / "c.toml"
    config.write_text(f'[models]\n{key} = "vosc-en"\n')
    ran = run("models", "list", "--config", config)
    assert (ran.code, f"models.{key}: " in ran.sentence) == (2, True)


def test_nothing_installed_verifies_as_nothing(run: Run) -> None:
    ran = run("models", "verify")
    assert ran.code == 0
    assert "auriga models fetch" in ran.out


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["add", "vosk-en", "/dev/null"], "folder"),
    ],
    ids=str,
)
def test_a_model_that_cannot_be_installed_is_named(run: Run, words: list[str], named: str) -> None:
    ran = run("models", *words)
    assert ran.code == 3
    assert named in ran.sentence
