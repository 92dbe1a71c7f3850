"""Hear: frames with their speech probability come in, utterances go out.

Pure and driven by the sound's own time: it never looks at a clock, so a recording gives the same
utterances as fast as it can be read. At a pause the utterance so far is handed out, so that the
stages may run on it before the end of speech is certain; speaking on takes that back.
"""

from collections import deque
from dataclasses import dataclass

import numpy as np

from assistant.events import SAMPLE_RATE, AudioChunk, Samples, Utterance
from assistant.settings import HearSettings


@dataclass(frozen=True, slots=True, eq=False)
class Paused:
    """A silence long enough to think about what was said so far."""

    utterance: Utterance


@dataclass(frozen=True, slots=True)
class Resumed:
    """The speaker went on: what was thought at the pause is void."""


@dataclass(frozen=True, slots=True, eq=False)
class Ended:
    """The utterance is over."""

    utterance: Utterance


SegmentEvent = Paused | Resumed | Ended


class Segmenter:
    """Finds utterances in a stream of frames of one fixed length."""

    def __init__(self, settings: HearSettings, frame_samples: int) -> None:
        self._settings = settings
        self._frame_ms = 1000 * frame_samples / SAMPLE_RATE
        pre_roll = round(settings.pre_roll_ms / self._frame_ms)
        self._pre_roll: deque[Samples] = deque(maxlen=max(1, pre_roll))
        self._frames: list[Samples] = []  # of the utterance; empty while there is silence
        self._count = 0  # frames since the beginning of the stream
        self._first = 0  # the frame that the utterance begins with
        self._voiced_ms = 0.0
        self._silent_ms = 0.0
        self._last_voiced = 0
        self._paused = False

    @property
    def speaking(self) -> bool:
        """Whether an utterance has begun and is not over."""
        return bool(self._frames)

    def process(self, frame: Samples, probability: float) -> list[SegmentEvent]:
        """Take one frame; return what happened, mostly nothing."""
        self._count += 1
        voiced = probability >= self._settings.speech_probability
        if not self._frames:
            self._pre_roll.append(frame)
            if voiced:
                self._frames = list(self._pre_roll)
                self._first = self._count - len(self._frames)
                self._voiced_ms, self._silent_ms = self._frame_ms, 0.0
                self._last_voiced = self._count
            return []
        self._frames.append(frame)
        return self._voiced() if voiced else self._silent()

    def flush(self) -> list[SegmentEvent]:
        """The stream ended: the utterance, if there is one, is over."""
        return self._end() if self._frames else []

    def _voiced(self) -> list[SegmentEvent]:
        self._voiced_ms += self._frame_ms
        self._silent_ms = 0.0
        self._last_voiced = self._count
        if self._frame_ms * len(self._frames) >= 1000 * self._settings.max_utterance_s:
            return self._end(truncated=True)
        if self._paused:
            self._paused = False
            return [Resumed()]
        return []

    def _silent(self) -> list[SegmentEvent]:
        self._silent_ms += self._frame_ms
        if self._silent_ms >= self._settings.endpoint_ms:
            return self._end()
        enough = self._voiced_ms >= self._settings.min_speech_ms
        if enough and not self._paused and self._silent_ms >= self._settings.pause_ms:
            self._paused = True
            return [Paused(self._utterance())]
        return []

    def _end(self, *, truncated: bool = False) -> list[SegmentEvent]:
        enough = self._voiced_ms >= self._settings.min_speech_ms
        events: list[SegmentEvent] = [Ended(self._utterance(truncated=truncated))] if enough else []
        self._frames = []
        self._pre_roll.clear()
        self._paused = False
        return events

    def _utterance(self, *, truncated: bool = False) -> Utterance:
        return Utterance(
            audio=AudioChunk(np.concatenate(self._frames)),
            starts_s=self._first * self._frame_ms / 1000,
            speech_end_s=self._last_voiced * self._frame_ms / 1000,
            truncated=truncated,
        )


class Framer:
    """Cuts chunks of any length into frames of one length; the rest waits for the next chunk."""

    def __init__(self, frame_samples: int) -> None:
        self._size = frame_samples
        self._rest: Samples = np.zeros(0, np.int16)

    def push(self, chunk: AudioChunk) -> list[Samples]:
        """The frames that are complete with this chunk."""
        sound = np.concatenate([self._rest, chunk.samples])
        whole = len(sound) // self._size * self._size
        self._rest = sound[whole:]
        return [sound[start : start + self._size] for start in range(0, whole, self._size)]
