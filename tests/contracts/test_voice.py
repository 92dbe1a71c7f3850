"""What every Voice does, on the fake and on Piper in its process."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from assistant.adapters.piper_voice import PiperSettings, PiperVoice
from assistant.cancel import CancelToken
from assistant.ports import Voice
from tests.audio import pitch
from tests.fakes import FakeVoice

LONG = "Stop the car where it is safe. Switch the engine off. Wait until it is cold. Then look."


class VoiceContract:
    """Override `voice` (open)."""

    def test_a_text_becomes_sound(self, voice: Voice) -> None:
        chunks = list(voice.synthesize("The tyres are fine.", CancelToken()))
        assert 0.5 < sum(chunk.seconds for chunk in chunks) < 4.0
        assert {chunk.samples.dtype for chunk in chunks} == {np.dtype(np.int16)}
        assert len({chunk.rate for chunk in chunks}) == 1
        assert all(chunk.samples.ndim == 1 and len(chunk.samples) for chunk in chunks)
        sound = np.concatenate([chunk.samples for chunk in chunks])
        assert np.abs(sound.astype(np.int32)).max() > 1000
        assert 50 < pitch(sound, chunks[0].rate) < 4000

    def test_no_text_is_no_sound(self, voice: Voice) -> None:
        assert list(voice.synthesize("", CancelToken())) == []
        assert list(voice.synthesize("  \n", CancelToken())) == []

    def test_a_cancelled_turn_makes_no_sound(self, voice: Voice) -> None:
        cancel = CancelToken()
        cancel.cancel()
        assert list(voice.synthesize("Hello.", cancel)) == []

    def test_cancelling_ends_it_early(self, voice: Voice) -> None:
        cancel = CancelToken()
        chunks = voice.synthesize(LONG, cancel)
        first = next(chunks)
        cancel.cancel()
        rest = sum(chunk.seconds for chunk in chunks)
        whole = sum(chunk.seconds for chunk in voice.synthesize(LONG, CancelToken()))
        assert first.seconds + rest < whole / 2

    def test_an_abandoned_text_does_not_come_into_the_next(self, voice: Voice) -> None:
        short = sum(chunk.seconds for chunk in voice.synthesize("Yes.", CancelToken()))
        abandoned = voice.synthesize(LONG, CancelToken())
        next(abandoned)
        del abandoned
        again = sum(chunk.seconds for chunk in voice.synthesize("Yes.", CancelToken()))
        assert again < short + 1.0

    def test_it_can_be_closed_twice_and_speaks_after_being_opened_again(self, voice: Voice) -> None:
        voice.close()
        voice.close()
        voice.open()
        voice.open()
        assert list(voice.synthesize("Yes.", CancelToken()))
        voice.close()


class TestFakeVoice(VoiceContract):
    @pytest.fixture
    def voice(self) -> FakeVoice:
        return FakeVoice()


@pytest.fixture(scope="module")
def piper_voice(model_path: Callable[[str], Path]) -> Iterator[PiperVoice]:
    pytest.importorskip("piper", reason="piper-tts is missing")
    voice = PiperVoice(PiperSettings(model_path("piper-joe")))
    voice.open()
    yield voice
    voice.close()


class TestPiperVoice(VoiceContract):
    @pytest.fixture
    def voice(self, piper_voice: PiperVoice) -> PiperVoice:
        piper_voice.open()
        return piper_voice
