"""What every Microphone does: the fake, a WAV file, and PortAudio on a null sink's monitor."""

import time
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from assistant.adapters.sounddevice_microphone import SounddeviceMicrophone
from assistant.adapters.wav_microphone import WavMicrophone, WavMicrophoneSettings
from assistant.cancel import CancelToken
from assistant.errors import AurigaError
from assistant.events import SAMPLE_RATE, AudioChunk
from assistant.ports import Microphone
from tests.audio import PulseServer, chunked, tone
from tests.fakes import ScriptedMicrophone


class MicrophoneContract:
    """Override `microphone` (not open); it delivers at least 0.5 s."""

    def test_sound_comes_as_16_khz_mono(self, microphone: Microphone) -> None:
        microphone.open()
        cancel, got = CancelToken(), 0
        for chunk in microphone.chunks(cancel):
            assert chunk.rate == SAMPLE_RATE
            assert chunk.samples.dtype == np.int16
            assert chunk.samples.ndim == 1
            got += len(chunk.samples)
            if got >= SAMPLE_RATE // 2:
                break
        microphone.close()
        assert got >= SAMPLE_RATE // 2
        assert microphone.dropped == 0

    def test_cancelling_ends_it_soon(self, microphone: Microphone) -> None:
        microphone.open()
        cancel = CancelToken()
        chunks = microphone.chunks(cancel)
        assert isinstance(next(chunks), AudioChunk)
        cancel.cancel()
        began = time.monotonic()
        assert len(list(chunks)) <= 1
        assert time.monotonic() - began < 0.5
        microphone.close()

    def test_a_closed_one_says_so(self, microphone: Microphone) -> None:
        microphone.close()
        with pytest.raises(AurigaError, match="open it"):
            next(microphone.chunks(CancelToken()))

    def test_it_can_be_closed_twice_and_opened_again(self, microphone: Microphone) -> None:
        microphone.open()
        microphone.open()
        microphone.close()
        microphone.close()
        microphone.open()
        assert len(next(microphone.chunks(CancelToken())).samples)
        microphone.close()


class TestScriptedMicrophone(MicrophoneContract):
    @pytest.fixture
    def microphone(self) -> ScriptedMicrophone:
        return ScriptedMicrophone(list(chunked(tone(1.0))))


class TestWavMicrophone(MicrophoneContract):
    @pytest.fixture(params=[False, True], ids=["at once", "real time"])
    def microphone(self, tmp_path: Path, request: pytest.FixtureRequest) -> WavMicrophone:
        with wave.open(str(tmp_path / "tone.wav"), "wb") as file:
            file.setparams((1, 2, 22_050, 0, "NONE", ""))
            file.writeframes(tone(1.0, rate=22_050).tobytes())
        return WavMicrophone(WavMicrophoneSettings(tmp_path / "tone.wav", request.param))


class TestSounddeviceMicrophone(MicrophoneContract):
    @pytest.fixture
    def microphone(self, sound_server: PulseServer) -> Iterator[SounddeviceMicrophone]:
        microphone = SounddeviceMicrophone()
        yield microphone
        microphone.close()
