"""The recognizers: what Vosk hears of real speech, and what a missing or broken model says."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from assistant.adapters.moonshine_recognizer import MoonshineRecognizer
from assistant.adapters.vosk_recognizer import VoskRecognizer, VoskSettings
from assistant.errors import ModelError
from assistant.events import AudioChunk, Samples
from tests.audio import chunked, espeak, silence

ModelPath = Callable[[str], Path]
WORDS = ("자동차", "엔진", "타이어", "음악", "전화", "라디오", "시간", "지도")


def hear(recognizer: VoskRecognizer, sound: Samples) -> str:
    recognition = recognizer.start()
    for chunk in chunked(sound):
        recognition.accept(chunk)
    return recognition.result().text


def test_vosk_tells_the_words_of_a_list_apart(model_path: ModelPath) -> None:
    pytest.importorskip("vosk", reason="vosk is missing")
    settings = VoskSettings(model_path("vosk-ko"), "ko", words=WORDS)
    recognizer = VoskRecognizer(settings)
    recognizer.open()
    heard = {word: hear(recognizer, espeak(word, "ko+f2")) for word in WORDS}
    recognizer.close()
    right = [word for word, text in heard.items() if word in text.split()]
    assert len(right) >= len(WORDS) - 1, heard


def test_vosk_hears_freely_and_is_sure_of_it(model_path: ModelPath) -> None:
    pytest.importorskip("vosk", reason="vosk is missing")
    recognizer = VoskRecognizer(VoskSettings(model_path("vosk-ko"), "ko"))
    recognizer.open()
    recognition = recognizer.start()
    recognition.accept(AudioChunk(espeak("라디오", "ko+f2")))
    transcript = recognition.result()
    recognizer.close()
    assert transcript.text == "라디오"
    assert transcript.confidence is not None
    assert transcript.confidence > 0.5


def test_vosk_is_silent_on_stderr(model_path: ModelPath, capfd: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("vosk", reason="vosk is missing")
    recognizer = VoskRecognizer(VoskSettings(model_path("vosk-ko"), "ko", words=("없는말", "엔진")))
    recognizer.open()
    hear(recognizer, silence(0.5))
    recognizer.close()
    assert capfd.readouterr().err == ""


def test_moonshine_hears_at_a_pause_and_again_after_it(
    model_path: ModelPath, question: Samples
) -> None:
    pytest.importorskip("moonshine_voice", reason="moonshine-voice is missing")
    recognizer = MoonshineRecognizer(model_path("moonshine-tiny-en"))
    recognizer.open()
    recognition = recognizer.start()
    recognition.accept(AudioChunk(question))
    first = recognition.result().text
    recognition.accept(AudioChunk(np.concatenate([silence(0.4), question])))
    second = recognition.result().text
    recognizer.close()
    assert first.lower().count("oil") == 1
    assert second.lower().count("oil") == 2


@pytest.mark.parametrize("threads", [1, 2])
def test_moonshine_runs_on_any_number_of_threads(
    model_path: ModelPath, question: Samples, threads: int
) -> None:
    pytest.importorskip("moonshine_voice", reason="moonshine-voice is missing")
    recognizer = MoonshineRecognizer(model_path("moonshine-tiny-en"), threads)
    recognizer.open()
    assert "engine oil" in recognizer.transcribe(question).lower()
    recognizer.close()


def test_a_missing_model_says_what_helps(tmp_path: Path) -> None:
    for recognizer in (
        MoonshineRecognizer(tmp_path, remedy="look elsewhere"),
        VoskRecognizer(VoskSettings(tmp_path, remedy="look elsewhere")),
    ):
        with pytest.raises(ModelError, match="is missing; look elsewhere"):
            recognizer.open()
        recognizer.close()


@pytest.mark.parametrize("file", ["encoder_model.ort", "decoder_model_merged.ort", "tokenizer.bin"])
def test_a_broken_moonshine_model_is_a_model_error(
    tmp_path: Path, model_path: ModelPath, file: str
) -> None:
    pytest.importorskip("moonshine_voice", reason="moonshine-voice is missing")
    folder = tmp_path / "model"
    shutil.copytree(model_path("moonshine-tiny-en"), folder)
    (folder / file).write_bytes((folder / file).read_bytes()[:1000])
    with pytest.raises(ModelError, match="not a Moonshine tiny model"):
        MoonshineRecognizer(folder).open()


def test_a_broken_vosk_model_is_a_model_error_and_nothing_else_is_printed(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("vosk", reason="vosk is missing")
    for name in ("am/final.mdl", "conf/model.conf"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_bytes(b"garbage")
    with pytest.raises(ModelError, match="not a Vosk model; name the folder of another"):
        VoskRecognizer(VoskSettings(tmp_path)).open()
    assert capfd.readouterr() == ("", "")
