"""Spoken questions through the whole loop: sound in, sound out."""

import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from assistant.events import SAMPLE_RATE, Samples
from tests.audio import espeak, piper, silence, tone
from tests.command import Auriga, read_wav, write_wav
from tests.scenarios.evidence import unfounded
from tests.turns import REPLIES

# What is asked, of which car, and what it must be taken for.
QUESTIONS = {
    "How fast am I going?": ("highway", "vehicle", "speed"),
    "Is any door open?": ("door_ajar", "vehicle", "doors"),
    "How much charge do I have left?": ("city", "vehicle", "charge"),
    "How far can I drive?": ("low_fuel", "vehicle", "range"),
    "What is the front left tyre pressure?": ("low_tyre", "vehicle", "tyre_pressure"),
    "Is anything wrong?": ("overheating", "warning", "telltale"),
    "Where is the jack?": ("parked", "manual", "where"),
}
BY_ESPEAK = (
    "How fast am I going?",
    "How much charge do I have left?",
    "What is the front left tyre pressure?",
)
Speak = Callable[[str], Samples]


@pytest.fixture(scope="module")
def spoken(model_path: Callable[[str], Path]) -> Speak:
    """Speech of the voice at 16 kHz."""
    return piper(model_path("piper-joe"), QUESTIONS).__getitem__


def spoken_turn(auriga: Auriga, folder: Path, question: str, sound: Samples) -> None:
    """Ask by WAV; the request, the answer and the sound of the reply must be right."""
    scenario, kind, name = QUESTIONS[question]
    wav = write_wav(folder / "question.wav", np.concatenate([silence(0.4), sound, silence(0.3)]))
    reply = folder / "reply.wav"
    result = auriga("ask", "--wav", wav, "--scenario", scenario, "--say", reply, "--json")
    assert (result.code, result.error) == (0, "")
    (turn,) = result.turns
    assert (turn["request"]["kind"], turn["request"]["name"]) == (kind, name), turn["heard"]
    assert turn["answer"]["outcome"] == "answered"
    assert turn["evidence"]
    assert unfounded(turn) == []
    assert turn["timings_ms"]["recognize"] > 0
    assert turn["timings_ms"]["first_audio"] > 0
    heard, rate = read_wav(reply)
    assert len(heard) / rate > 0.15 * len(turn["answer"]["spoken"].split())
    assert np.abs(heard.astype(np.int32)).max() > 2000


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_by_the_voice_is_answered_aloud(
    quick: Auriga, spoken: Speak, tmp_path: Path, question: str
) -> None:
    spoken_turn(quick, tmp_path, question, spoken(question))


@pytest.mark.parametrize("question", BY_ESPEAK)
def test_a_question_by_another_voice_is_answered_aloud(
    quick: Auriga, tmp_path: Path, question: str
) -> None:
    spoken_turn(quick, tmp_path, question, espeak(question, "en-gb"))


def test_the_language_model_may_listen_too(auriga: Auriga, spoken: Speak, tmp_path: Path) -> None:
    spoken_turn(auriga, tmp_path, "Where is the jack?", spoken("Where is the jack?"))


def noise(seconds: float, amplitude: int) -> Samples:
    source = np.random.default_rng(7)
    return source.normal(0, amplitude, int(seconds * SAMPLE_RATE)).clip(-32768, 32767).astype("i2")


def cough() -> Samples:
    burst = noise(0.12, 6000) * np.hanning(int(0.12 * SAMPLE_RATE))
    return np.concatenate([silence(1.0), burst.astype(np.int16), silence(1.0)])


def test_every_sort_of_sound_completes_its_turn(
    quick: Auriga, spoken: Speak, tmp_path: Path
) -> None:
    question = "How fast am I going?"
    said = spoken(question)
    at_44k = np.repeat(said, 3)[:: len(said) * 3 // int(len(said) * 44_100 / SAMPLE_RATE)]
    whole = write_wav(tmp_path / "whole.wav", said).read_bytes()
    (tmp_path / "cut.wav").write_bytes(whole[: len(whole) - 2001])  # an odd number of bytes
    (tmp_path / "empty.wav").write_bytes(b"")
    sounds = {
        "silence.wav": silence(3.0),
        "noise.wav": noise(3.0, 300),
        "loud_noise.wav": noise(3.0, 9000),
        "tone.wav": tone(2.0),
        "cough.wav": cough(),
        "late.wav": np.concatenate([silence(10.0), said, silence(0.5)]),
        "two_minutes.wav": np.tile(said, int(120 * SAMPLE_RATE / len(said)) + 1),
    }
    for name, sound in sounds.items():
        write_wav(tmp_path / name, sound)
    write_wav(tmp_path / "stereo.wav", at_44k.astype(np.int16), 48_000, channels=2)
    names = [*sounds, "stereo.wav", "cut.wav", "empty.wav", "missing.wav", "whole.wav"]
    batch = tmp_path / "batch.txt"
    batch.write_text("\n".join(str(tmp_path / name) for name in names))
    result = quick("ask", "--batch", batch, "--scenario", "highway", "--json")
    assert result.code == 2  # of the files that cannot be read
    unread = [line for line in result.error.splitlines() if line.startswith("auriga: ")]
    broken = ("cut.wav", "empty.wav", "missing.wav")
    assert [name in line for name, line in zip(broken, unread, strict=True)] == [True] * 3
    assert "is cut off" in unread[0]
    turns = dict(zip(names, result.turns, strict=True))
    answers = {name: turn["answer"]["text"] for name, turn in turns.items()}
    outcomes = {name: turn["answer"]["outcome"] for name, turn in turns.items()}
    for name in ("whole.wav", "stereo.wav", "late.wav"):
        assert turns[name]["request"]["name"] == "speed", (name, turns[name]["heard"])
        assert outcomes[name] == "answered"
    for name in ("silence.wav", "noise.wav", "cough.wav", "tone.wav"):
        assert answers[name] == REPLIES.refuse["nothing_heard"], name
    assert outcomes["loud_noise.wav"] == "refused"
    assert answers["two_minutes.wav"] == REPLIES.refuse["too_long"]
    for name in broken:
        assert outcomes[name] == "failed"
        assert answers[name]


CUT = b"RIFF\x24\xfa\x00\x00WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 16_000, 32_000, 2, 16)
CUT += b"data" + struct.pack("<I", 64_000) + bytes(32_000)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.wav", b"", "is empty"),
        ("cut.wav", CUT, "cut off: of the 2.00 s that it promises, 1.00 s"),
        ("header.wav", b"RIFF\x24\x00\x00\x00WAVEfmt \x10\x00", "cut off"),
        ("text.wav", b"this is no sound at all", "is not a WAV"),
        ("missing.wav", None, "cannot be read"),
    ],
)
def test_a_file_that_is_no_sound_is_named(
    quick: Auriga, tmp_path: Path, name: str, content: bytes | None, words: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    result = quick("ask", "--wav", path, "--bus", "unix:nobody")
    assert result.code == 2
    assert result.out == ""
    assert words in result.sentence
    assert name in result.sentence
