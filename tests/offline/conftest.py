"""What the offline tests share: a spoken question, and the check of a turn that answered it."""

import json
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from models import load_manifest
from tests.audio import piper, silence
from tests.command import write_wav
from tests.offline.isolation import auriga, run

QUESTION = "How fast am I going?"


@pytest.fixture(scope="session")
def question_wav(
    model_path: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A question, spoken by the voice; skips without the models."""
    for spec in load_manifest().models.values():
        if spec.default:
            model_path(spec.name)
    wav = tmp_path_factory.mktemp("offline") / "question.wav"
    sound = piper(model_path("piper-joe"), [QUESTION])[QUESTION]
    return write_wav(wav, np.concatenate([silence(0.3), sound, silence(0.3)]))


@pytest.fixture
def asked(question_wav: Path, tmp_path: Path) -> Callable[..., None]:
    """Ask the question in a simulated car, below a command; the answer must be right and audible."""

    def ask(*below: str) -> None:
        reply = tmp_path / "reply.wav"
        options = ("--wav", question_wav, "--scenario", "highway", "--say", reply, "--json")
        turn = json.loads(run(*below, *auriga("ask", *options)))
        assert turn["request"]["kind"] == "vehicle", turn["heard"]
        assert turn["answer"]["outcome"] == "answered"
        assert [e["path"] for e in turn["evidence"] if "value" in e] == ["Vehicle.Speed"]
        _is_speech(reply)

    return ask


def _is_speech(path: Path) -> None:
    with wave.open(str(path)) as file:
        seconds = file.getnframes() / file.getframerate()
        sound = np.frombuffer(file.readframes(file.getnframes()), np.int16)
    assert seconds > 0.5
    assert np.abs(sound).max() > 1000
