"""What every Recognizer does, on the fake, on Moonshine and on Vosk."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from assistant.adapters.moonshine_recognizer import MoonshineRecognizer
from assistant.adapters.vosk_recognizer import VoskRecognizer, VoskSettings
from assistant.errors import RecognizerError
from assistant.events import AudioChunk, Samples
from assistant.ports import Recognizer
from tests.audio import chunked, espeak, silence
from tests.fakes import FakeRecognizer

KOREAN_WORDS = ("자동차", "엔진", "타이어", "음악", "전화", "라디오", "시간", "지도")
ModelPath = Callable[[str], Path]


class RecognizerContract:
    """Override `recognizer` (open), `speech` and `words` (some that are in it)."""

    def test_it_hears_the_words(
        self, recognizer: Recognizer, speech: Samples, words: tuple[str, ...]
    ) -> None:
        recognition = recognizer.start()
        for chunk in chunked(speech):
            recognition.accept(chunk)
        transcript = recognition.result()
        for word in words:
            assert word in transcript.text.lower()
        assert transcript.confidence is None or 0.0 <= transcript.confidence <= 1.0

    def test_a_result_can_be_asked_for_twice(self, recognizer: Recognizer, speech: Samples) -> None:
        recognition = recognizer.start()
        recognition.accept(AudioChunk(speech))
        assert recognition.result() == recognition.result()

    def test_speech_may_go_on_after_a_result(
        self, recognizer: Recognizer, speech: Samples, words: tuple[str, ...]
    ) -> None:
        recognition = recognizer.start()
        recognition.accept(AudioChunk(silence(0.5)))
        assert recognition.result().text == ""
        recognition.accept(AudioChunk(speech))
        assert words[0] in recognition.result().text.lower()

    def test_partial_words_come_where_they_are_promised(
        self, recognizer: Recognizer, speech: Samples
    ) -> None:
        recognition = recognizer.start()
        partials = [recognition.accept(chunk) for chunk in chunked(speech)]
        assert any(partials) == recognizer.traits.partial_results

    def test_silence_and_nothing_are_no_words(self, recognizer: Recognizer) -> None:
        assert recognizer.start().result().text == ""
        recognition = recognizer.start()
        recognition.accept(AudioChunk(silence(1.0)))
        recognition.accept(AudioChunk(np.zeros(0, np.int16)))
        assert recognition.result().text == ""

    def test_another_rate_is_refused(self, recognizer: Recognizer) -> None:
        with pytest.raises(RecognizerError, match="16000 Hz, not 8000"):
            recognizer.start().accept(AudioChunk(silence(0.1), 8000))

    def test_it_can_be_closed_twice_and_opened_again(
        self, recognizer: Recognizer, speech: Samples, words: tuple[str, ...]
    ) -> None:
        recognizer.close()
        recognizer.close()
        with pytest.raises(RecognizerError):
            _hear(recognizer, speech)
        recognizer.open()
        recognizer.open()
        assert words[0] in _hear(recognizer, speech).lower()


def _hear(recognizer: Recognizer, speech: Samples) -> str:
    recognition = recognizer.start()
    recognition.accept(AudioChunk(speech))
    return recognition.result().text


@pytest.fixture(scope="module")
def moonshine(model_path: ModelPath) -> Iterator[MoonshineRecognizer]:
    pytest.importorskip("moonshine_voice", reason="moonshine-voice is missing")
    recognizer = MoonshineRecognizer(model_path("moonshine-tiny-en"))
    yield recognizer
    recognizer.close()


@pytest.fixture(scope="module")
def vosk(model_path: ModelPath) -> Iterator[VoskRecognizer]:
    pytest.importorskip("vosk", reason="vosk is missing")
    settings = VoskSettings(model_path("vosk-ko"), "ko", "vosk ko", KOREAN_WORDS)
    recognizer = VoskRecognizer(settings)
    yield recognizer
    recognizer.close()


class TestFakeRecognizer(RecognizerContract):
    @pytest.fixture
    def recognizer(self) -> FakeRecognizer:
        fake = FakeRecognizer(("check the oil",))
        fake.open()
        return fake

    @pytest.fixture
    def speech(self) -> Samples:
        return np.full(16_000, 5000, np.int16)

    @pytest.fixture
    def words(self) -> tuple[str, ...]:
        return ("oil",)


class TestMoonshineRecognizer(RecognizerContract):
    @pytest.fixture
    def recognizer(self, moonshine: MoonshineRecognizer) -> MoonshineRecognizer:
        moonshine.open()
        return moonshine

    @pytest.fixture
    def speech(self, question: Samples) -> Samples:
        return question

    @pytest.fixture
    def words(self) -> tuple[str, ...]:
        return ("engine oil level",)


class TestVoskRecognizer(RecognizerContract):
    """On the Korean model: no English one is on the package index."""

    @pytest.fixture
    def recognizer(self, vosk: VoskRecognizer) -> VoskRecognizer:
        vosk.open()
        return vosk

    @pytest.fixture
    def speech(self) -> Samples:
        return np.concatenate([espeak("자동차", "ko+f2"), espeak("라디오", "ko+f2")])

    @pytest.fixture
    def words(self) -> tuple[str, ...]:
        return ("자동차", "라디오")
