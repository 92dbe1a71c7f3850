"""Adapter room: the Microphone port out of a WAV file; the bench's ear."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.adapters.wav_file import read_wav
from assistant.cancel import CancelToken
from assistant.errors import SoundFileError
from assistant.events import SAMPLE_RATE, AudioChunk, Samples

CHUNK_SAMPLES = 320  # 20 ms, what a sound card typically delivers


@dataclass(frozen=True, slots=True)
class WavMicrophoneSettings:
    """Which file, and how it is heard."""

    path: Path
    real_time: bool = False  # paced by the clock, as a microphone would deliver it
    silence_s: float = 2.0  # digital silence after the file, so that the end of speech is found
    lead_s: float = 0.0  # digital silence before it


class WavMicrophone:
    """A Microphone that plays a file once."""

    def __init__(self, settings: WavMicrophoneSettings) -> None:
        self._settings = settings
        self._sound: Samples | None = None
        self._started_s: float | None = None

    def open(self) -> None:
        """Read the file; raises SoundFileError."""
        if self._sound is None:
            sound = read_wav(self._settings.path)
            self._sound = np.concatenate(
                [_silence(self._settings.lead_s), sound, _silence(self._settings.silence_s)]
            )

    def close(self) -> None:
        """Forget the file."""
        self._sound = None

    @property
    def dropped(self) -> int:
        """Nothing is ever lost of a file."""
        return 0

    @property
    def started_s(self) -> float | None:
        """`time.monotonic()` of the first sample; a sample n is "spoken" n/16000 s later."""
        return self._started_s

    def chunks(self, cancel: CancelToken) -> Iterator[AudioChunk]:
        """Yield the file in chunks of 20 ms, then the silence, then end."""
        sound = self._sound
        if sound is None:
            raise SoundFileError("the sound file is not open; open it before hearing")
        self._started_s = time.monotonic()
        for start in range(0, len(sound), CHUNK_SAMPLES):
            chunk = sound[start : start + CHUNK_SAMPLES]
            if self._settings.real_time:
                # A microphone delivers a chunk when its last sample has happened.
                due = self._started_s + (start + len(chunk)) / SAMPLE_RATE
                cancel.wait(max(0.0, due - time.monotonic()))
            if cancel.cancelled:
                return
            yield AudioChunk(chunk)


def _silence(seconds: float) -> Samples:
    return np.zeros(int(seconds * SAMPLE_RATE), np.int16)
