"""What every Loudspeaker does: the fake, a WAV file, silence, and PortAudio on a null sink."""

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from assistant.adapters.sounddevice_loudspeaker import SounddeviceLoudspeaker
from assistant.adapters.wav_loudspeaker import WavLoudspeaker, WavLoudspeakerSettings
from assistant.cancel import CancelToken
from assistant.errors import AudioDeviceError
from assistant.events import AudioChunk
from assistant.ports import Loudspeaker
from tests.audio import PulseServer, tone
from tests.fakes import FakeLoudspeaker

RATES = (8_000, 16_000, 22_050, 48_000)


class LoudspeakerContract:
    """Override `loudspeaker` (open)."""

    def test_the_first_sample_is_timed(self, loudspeaker: Loudspeaker) -> None:
        asked = time.monotonic()
        loudspeaker.play(AudioChunk(tone(0.3, rate=22_050), 22_050))
        loudspeaker.play(AudioChunk(tone(0.2, rate=22_050), 22_050))
        loudspeaker.wait(CancelToken())
        first = loudspeaker.first_sample_s
        assert first is not None
        assert asked <= first < asked + 1.5
        loudspeaker.play(AudioChunk(tone(0.1, rate=22_050), 22_050))
        loudspeaker.wait(CancelToken())
        again = loudspeaker.first_sample_s
        assert again is not None
        assert again > first

    def test_stopping_forgets_what_was_queued(self, loudspeaker: Loudspeaker) -> None:
        loudspeaker.play(AudioChunk(tone(5.0)))
        loudspeaker.stop()
        began = time.monotonic()
        loudspeaker.wait(CancelToken())
        assert time.monotonic() - began < 0.5

    def test_cancelling_ends_the_wait(self, loudspeaker: Loudspeaker) -> None:
        loudspeaker.play(AudioChunk(tone(5.0)))
        cancel = CancelToken()
        cancel.cancel()
        began = time.monotonic()
        loudspeaker.wait(cancel)
        assert time.monotonic() - began < 0.2
        loudspeaker.stop()

    def test_it_takes_any_rate(self, loudspeaker: Loudspeaker) -> None:
        for rate in RATES:
            loudspeaker.play(AudioChunk(tone(0.05, rate=rate), rate))
        loudspeaker.play(AudioChunk(np.zeros(0, np.int16)))
        loudspeaker.wait(CancelToken())

    def test_a_closed_one_says_so(self, loudspeaker: Loudspeaker) -> None:
        loudspeaker.close()
        loudspeaker.close()
        loudspeaker.stop()
        with pytest.raises(AudioDeviceError):
            loudspeaker.play(AudioChunk(tone(0.1)))


class TestFakeLoudspeaker(LoudspeakerContract):
    @pytest.fixture
    def loudspeaker(self) -> FakeLoudspeaker:
        fake = FakeLoudspeaker()
        fake.open()
        return fake


class TestWavLoudspeaker(LoudspeakerContract):
    @pytest.fixture(params=[False, True], ids=["at once", "real time"])
    def loudspeaker(
        self, tmp_path: Path, request: pytest.FixtureRequest
    ) -> Iterator[WavLoudspeaker]:
        settings = WavLoudspeakerSettings(tmp_path / "reply.wav", request.param)
        loudspeaker = WavLoudspeaker(settings)
        loudspeaker.open()
        yield loudspeaker
        loudspeaker.close()


class TestSilentLoudspeaker(LoudspeakerContract):
    @pytest.fixture
    def loudspeaker(self) -> Iterator[WavLoudspeaker]:
        loudspeaker = WavLoudspeaker(WavLoudspeakerSettings(real_time=True))
        loudspeaker.open()
        yield loudspeaker
        loudspeaker.close()


class TestSounddeviceLoudspeaker(LoudspeakerContract):
    @pytest.fixture
    def loudspeaker(self, sound_server: PulseServer) -> Iterator[SounddeviceLoudspeaker]:
        loudspeaker = SounddeviceLoudspeaker()
        loudspeaker.open()
        yield loudspeaker
        loudspeaker.close()
