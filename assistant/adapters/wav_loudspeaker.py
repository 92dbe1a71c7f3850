"""Adapter room: the Loudspeaker port into a WAV file, or into nothing; the bench's mouth."""

import contextlib
import os
import threading
import time
import wave
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from assistant.cancel import CancelToken
from assistant.errors import AudioDeviceError, DiskFullError, SoundFileError, is_full
from assistant.events import AudioChunk, Samples

QUEUE_S = 30.0  # how much may wait to be played; an answer is shorter
LOOK_S = 0.02


@dataclass(frozen=True, slots=True)
class WavLoudspeakerSettings:
    """Where the sound goes, and when."""

    path: Path | None = None  # None: silent, the sound goes nowhere
    real_time: bool = False  # take as long as a loudspeaker would


class WavLoudspeaker:
    """A Loudspeaker whose file holds what would have been heard, at the first chunk's rate.

    In real time, what `stop()` cut off is not in the file. Silence between replies is left out.
    """

    def __init__(self, settings: WavLoudspeakerSettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()  # guards all below
        self._file: _WavWriter | None = None
        self._open = False
        self._queue: deque[tuple[float, AudioChunk]] = deque()  # (when it begins, chunk)
        self._ends_s = 0.0  # when the last queued sample will have been played
        self._first_sample_s: float | None = None
        self._silent = True

    def open(self) -> None:
        """See that the file can be written; raises SoundFileError or DiskFullError."""
        with self._lock:
            if not self._open and self._settings.path is not None:
                self._file = _WavWriter(self._settings.path)
            self._open = True

    def close(self) -> None:
        """Finish the file; what was not played by now is left out."""
        with self._lock:
            self._open = False
            file, self._file = self._file, None
            if file is not None:
                try:
                    self._write_played(file, time.monotonic())
                finally:
                    file.close()
            self._queue.clear()

    def play(self, chunk: AudioChunk) -> None:
        """Append a chunk; waits while 30 s are queued. Raises DiskFullError, SoundFileError."""
        while True:
            with self._lock:
                now = time.monotonic()
                if not self._open:
                    raise AudioDeviceError("the loudspeaker is closed; open it before speaking")
                if not self._settings.real_time or self._ends_s - now < QUEUE_S:
                    self._append(chunk, now)
                    return
            time.sleep(LOOK_S)

    def stop(self) -> None:
        """Fall silent and forget what was queued."""
        with self._lock:
            now = time.monotonic()
            if self._file is not None:
                self._write_played(self._file, now)
            self._queue.clear()
            self._ends_s = now
            self._silent = True

    def wait(self, cancel: CancelToken) -> None:
        """Return when all was played, or when cancelled."""
        while self._settings.real_time and not cancel.cancelled:
            with self._lock:
                left = self._ends_s - time.monotonic()
            if left <= 0:
                break
            cancel.wait(min(left, LOOK_S))
        with self._lock:
            self._silent = self._ends_s <= time.monotonic() or not self._settings.real_time

    @property
    def first_sample_s(self) -> float | None:
        """`time.monotonic()` when the first sample since stop() or wait() was played."""
        with self._lock:
            return self._first_sample_s

    def _append(self, chunk: AudioChunk, now: float) -> None:
        if not len(chunk.samples):
            return
        begins = max(now, self._ends_s) if self._settings.real_time else now
        if self._silent:
            self._first_sample_s = begins
            self._silent = False
        self._ends_s = begins + (chunk.seconds if self._settings.real_time else 0.0)
        if self._file is not None:
            self._queue.append((begins, chunk))
            self._write_played(self._file, now)

    def _write_played(self, file: "_WavWriter", now: float) -> None:
        while self._queue:
            begins, chunk = self._queue[0]
            if self._settings.real_time and begins + chunk.seconds > now:
                played = max(0, int((now - begins) * chunk.rate))
                file.write(AudioChunk(chunk.samples[:played], chunk.rate))
                rest = AudioChunk(chunk.samples[played:], chunk.rate)
                self._queue[0] = (begins + played / chunk.rate, rest)
                return
            self._queue.popleft()
            file.write(chunk)


class _WavWriter:
    """A mono 16-bit WAV whose header is right after every write; none is left where one fails.

    A file that was there is kept until there is sound to replace it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._rate: int | None = None
        self._wave: wave.Wave_write | None = None
        self._failure: SoundFileError | DiskFullError | None = None  # there is no file any more
        self._is_new = not path.exists()
        try:
            # Not truncated yet, as mode "wb" would.
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o666)
        except OSError as error:
            raise self._failed(error) from error
        self._file: BinaryIO = os.fdopen(descriptor, "wb")

    def write(self, chunk: AudioChunk) -> None:
        """Append a chunk; raises DiskFullError or SoundFileError."""
        if not len(chunk.samples):
            return
        if self._failure is not None:
            raise self._failure
        try:
            if self._wave is None:
                self._begin(chunk.rate)
            assert self._wave is not None
            self._wave.writeframes(self._at_file_rate(chunk).tobytes())
            self._file.flush()
        except OSError as error:
            self._discard()
            self._failure = self._failed(error)
            raise self._failure from error

    def close(self) -> None:
        """Close the file; without any sound there is no new one."""
        if self._failure is not None:
            raise self._failure
        if self._wave is None:
            self._file.close()
            if self._is_new and self._path.is_file():
                self._path.unlink()
            return
        try:
            self._wave.close()
            self._file.close()
        except OSError as error:
            self._discard()
            raise self._failed(error) from error

    def _discard(self) -> None:
        """Leave no half of a WAV, and no device to which somebody pointed the path, removed."""
        if self._wave is not None:
            # Its finalizer would write the header, and fail, once more.
            self._wave._file = None  # type: ignore[attr-defined]
        with contextlib.suppress(OSError):
            self._file.close()
        if self._path.is_file():
            with contextlib.suppress(OSError):
                self._path.unlink()

    def _begin(self, rate: int) -> None:
        self._rate = rate
        if self._path.is_file():  # neither a device nor a pipe
            self._file.truncate(0)
        self._wave = wave.open(self._file, "wb")  # noqa: SIM115 - closed by close()
        self._wave.setnchannels(1)
        self._wave.setsampwidth(2)
        self._wave.setframerate(rate)

    def _at_file_rate(self, chunk: AudioChunk) -> Samples:
        if chunk.rate == self._rate:
            return chunk.samples
        import soxr  # noqa: PLC0415 - only where a rate differs

        return np.asarray(soxr.resample(chunk.samples, chunk.rate, self._rate), np.int16)

    def _failed(self, error: OSError) -> SoundFileError | DiskFullError:
        if is_full(error):
            return DiskFullError(f"no room to write {self._path}; free some space")
        reason = error.strerror or type(error).__name__
        return SoundFileError(f"{self._path} cannot be written ({reason}); give another path")
