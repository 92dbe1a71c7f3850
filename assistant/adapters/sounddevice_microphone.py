"""Adapter room: the Microphone port on PortAudio; the driver's sound comes in at 16 kHz mono."""

import queue
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from assistant.adapters.sounddevice_device import DeviceStream, Wish
from assistant.cancel import CancelToken
from assistant.errors import AudioDeviceError
from assistant.events import SAMPLE_RATE, AudioChunk, Samples

LOOK_S = 0.05  # how often a wait looks whether it is still wanted
BLOCKS_PER_S = 100  # PortAudio may deliver blocks as short as 10 ms


@dataclass(frozen=True, slots=True)
class MicrophoneSettings:
    """Which device, and how much may wait."""

    device: str | int | None = None  # a part of its name, its index, or None for the default
    queue_s: float = 5.0  # sound that waits to be fetched; what comes after it is dropped
    latency_s: float = 0.03  # asked of PortAudio


class SounddeviceMicrophone:
    """A Microphone. The callback only copies; resampling happens where chunks are fetched."""

    def __init__(self, settings: MicrophoneSettings | None = None) -> None:
        settings = settings or MicrophoneSettings()
        wish = Wish("input", settings.device, (SAMPLE_RATE,), settings.latency_s)
        self._stream = DeviceStream(wish, self._captured)
        self._blocks: queue.Queue[Samples] = queue.Queue(int(settings.queue_s * BLOCKS_PER_S))
        self._dropped_frames = 0  # at the device's rate

    def open(self) -> None:
        """Start to record; raises AudioDeviceError."""
        if not self._stream.is_open:
            while not self._blocks.empty():
                self._blocks.get_nowait()
            self._dropped_frames = 0
            self._stream.open()

    def close(self) -> None:
        """Stop recording; a running `chunks` ends."""
        self._stream.close()

    @property
    def dropped(self) -> int:
        """Samples at 16 kHz that were lost since open()."""
        choice = self._stream.choice
        return self._dropped_frames * SAMPLE_RATE // choice.rate if choice else 0

    def chunks(self, cancel: CancelToken) -> Iterator[AudioChunk]:
        """Yield sound until cancelled or closed; raises AudioDeviceError within 2 s of a loss."""
        choice = self._stream.choice
        if choice is None or not self._stream.is_open:
            raise AudioDeviceError("the microphone is closed; open it before hearing")
        resampler = _resampler(choice.rate)
        while not cancel.cancelled and self._stream.is_open:
            try:
                samples = self._blocks.get(timeout=LOOK_S)
            except queue.Empty:
                self._stream.check()
                continue
            if resampler is not None:
                samples = resampler.resample_chunk(samples)
            if len(samples):
                yield AudioChunk(samples)

    def _captured(self, data: Any, frames: int, _times: Any, status: Any) -> None:
        if status.input_overflow:  # lost before it came here; PortAudio does not say how much
            self._dropped_frames += frames
        try:
            self._blocks.put_nowait(np.array(data[:, 0], np.int16))
        except queue.Full:
            self._dropped_frames += frames


def _resampler(rate: int) -> Any:
    if rate == SAMPLE_RATE:
        return None
    import soxr  # noqa: PLC0415 - only where the device has another rate

    return soxr.ResampleStream(rate, SAMPLE_RATE, 1, dtype="int16")
