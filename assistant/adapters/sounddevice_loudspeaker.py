"""Adapter room: the Loudspeaker port on PortAudio; chunks of any rate come in and are heard."""

import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import Any

import numpy as np

from assistant.adapters.sounddevice_device import DeviceStream, Wish
from assistant.cancel import CancelToken
from assistant.errors import AudioDeviceError
from assistant.events import AudioChunk, Samples

LOOK_S = 0.02  # how often a wait looks
MAX_DELAY_S = 2.0  # a driver that claims more between callback and ear is not believed


@dataclass(frozen=True, slots=True)
class LoudspeakerSettings:
    """Which device, and how much may wait."""

    device: str | int | None = None  # a part of its name, its index, or None for the default
    rate: int = 22_050  # Hz; the voice's, asked of the device first so that nothing is resampled
    queue_s: float = 30.0  # sound that waits to be played; play() blocks while it is more
    latency_s: float = 0.06  # asked of PortAudio; less gives gaps on a busy machine


class SounddeviceLoudspeaker:
    """A Loudspeaker. The stream runs all the time, on silence where there is nothing to say."""

    def __init__(self, settings: LoudspeakerSettings | None = None) -> None:
        self._settings = settings or LoudspeakerSettings()
        wish = Wish(
            "output", self._settings.device, (self._settings.rate,), self._settings.latency_s
        )
        self._stream = DeviceStream(wish, self._wanted)
        self._lock = threading.Lock()  # guards all below; the callback holds it for microseconds
        self._queue: deque[Samples] = deque()  # at the device's rate
        self._queued = 0  # samples in it
        self._resampler: tuple[int, Any] | None = None  # (from which rate, the resampler)
        self._silent = True
        self._first_sample_s: float | None = None
        self._ends_s = 0.0  # when the last sample handed to the device is heard

    def open(self) -> None:
        """Start the stream; raises AudioDeviceError."""
        if not self._stream.is_open:
            self.stop()
            self._stream.open()

    def close(self) -> None:
        """Fall silent and let the device go."""
        self._stream.close()
        self.stop()

    def play(self, chunk: AudioChunk) -> None:
        """Append a chunk; waits while too much is queued. Raises AudioDeviceError."""
        rate = self._rate()
        while True:
            self._stream.check()
            with self._lock:
                if not self._queued or self._queued < self._settings.queue_s * rate:
                    self._append(self._at_device_rate(chunk, rate))
                    return
            time.sleep(LOOK_S)
            self._rate()

    def stop(self) -> None:
        """Fall silent at the next callback and forget what was queued."""
        with self._lock:
            self._queue.clear()
            self._queued = 0
            self._resampler = None
            self._silent = True

    def wait(self, cancel: CancelToken) -> None:
        """Return when all was heard, or when cancelled; raises AudioDeviceError."""
        with self._lock:
            self._flush()
        while not cancel.cancelled and self._stream.is_open:
            with self._lock:
                if not self._queued and self._ends_s <= time.monotonic():
                    self._silent = True
                    return
            self._stream.check()
            cancel.wait(LOOK_S)

    @property
    def first_sample_s(self) -> float | None:
        """`time.monotonic()` when the first sample since stop() or wait() left the device."""
        with self._lock:
            return self._first_sample_s

    def _rate(self) -> int:
        choice = self._stream.choice
        if choice is None or not self._stream.is_open:
            raise AudioDeviceError("the loudspeaker is closed; open it before speaking")
        return choice.rate

    def _append(self, samples: Samples) -> None:
        if len(samples):
            self._queue.append(samples)
            self._queued += len(samples)

    def _at_device_rate(self, chunk: AudioChunk, rate: int) -> Samples:
        if self._resampler is not None and self._resampler[0] != chunk.rate:
            self._flush()
        if chunk.rate == rate:
            return chunk.samples
        if self._resampler is None:
            import soxr  # noqa: PLC0415 - only where the device has another rate

            self._resampler = (chunk.rate, soxr.ResampleStream(chunk.rate, rate, 1, dtype="int16"))
        return np.asarray(self._resampler[1].resample_chunk(chunk.samples), np.int16)

    def _flush(self) -> None:
        """Queue what the resampler still holds back."""
        if self._resampler is not None:
            rest = self._resampler[1].resample_chunk(np.zeros(0, np.int16), last=True)
            self._resampler = None
            self._append(np.asarray(rest, np.int16))

    def _wanted(self, data: Any, frames: int, times: Any, _status: Any) -> None:
        now = time.monotonic()
        # PortAudio's clock is not ours, so only the difference counts.
        delay_s = min(max(times.outputBufferDacTime - times.currentTime, 0.0), MAX_DELAY_S)
        with self._lock:
            filled = self._fill(data, frames)
            if filled:
                if self._silent:
                    self._silent = False
                    self._first_sample_s = now + delay_s
                self._ends_s = now + delay_s + filled * self._frame_s
        data[filled:] = 0

    def _fill(self, data: Any, frames: int) -> int:
        filled = 0
        while filled < frames and self._queue:
            samples = self._queue.popleft()
            taken = samples[: frames - filled]
            data[filled : filled + len(taken)] = taken[:, np.newaxis]
            filled += len(taken)
            if len(taken) < len(samples):
                self._queue.appendleft(samples[len(taken) :])
        self._queued -= filled
        return filled

    @property
    def _frame_s(self) -> float:
        choice = self._stream.choice
        return 1.0 / choice.rate if choice else 0.0
