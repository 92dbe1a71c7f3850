"""Adapter room: the Recognizer port; 16 kHz sound comes in, English words go out (Moonshine).

Moonshine hears a whole buffer at once, so a recognition gathers sound and recognizes all of it
whenever a result is wanted. The library can download models; nothing here calls that.
"""

import contextlib
import ctypes
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from assistant.errors import ModelError, RecognizerError
from assistant.events import SAMPLE_RATE, AudioChunk, Samples, Transcript
from assistant.ports import RecognizerTraits

if TYPE_CHECKING:
    from moonshine_voice.transcriber import Transcriber

FILES = ("encoder_model.ort", "decoder_model_merged.ort", "tokenizer.bin")
THREADS_VARIABLE = "MOONSHINE_ORT_SINGLE_THREAD"  # read by the library when it loads a model
SILENT_PEAK = 64  # of 32768, -54 dB; the model hears "You" in plain silence
MIN_SAMPLES = SAMPLE_RATE // 10  # nobody says a word in less
FULL_SCALE = 32768.0


class MoonshineRecognizer:
    """A Recognizer. It can run on one thread or on as many as there are cores, not between."""

    def __init__(
        self, folder: Path, threads: int = 1, remedy: str = "name the folder of another"
    ) -> None:
        """`remedy` is what helps where the folder holds no model."""
        self._folder = folder
        self._threads = threads
        self._remedy = remedy
        self._lock = threading.Lock()  # the model takes one buffer at a time
        self._engine: Transcriber | None = None

    @property
    def traits(self) -> RecognizerTraits:
        """English, whole utterances, no word list."""
        return RecognizerTraits("moonshine tiny-en", "en", partial_results=False, word_list=False)

    def open(self) -> None:
        """Load the model and warm it up; raises ModelError or RecognizerError."""
        with self._lock:
            if self._engine is None:
                self._engine = self._load()
                _transcribe(self._engine, np.zeros(SAMPLE_RATE, np.float32))

    def close(self) -> None:
        """Free the model, after a recognition that still runs."""
        with self._lock:
            if self._engine is not None:
                self._engine.close()
            self._engine = None

    def start(self) -> "MoonshineRecognition":
        """Begin an utterance."""
        return MoonshineRecognition(self)

    def transcribe(self, samples: Samples) -> str:
        """The words of 16 kHz samples of shape (n,); raises RecognizerError."""
        if len(samples) < MIN_SAMPLES or int(np.abs(samples.astype(np.int32)).max()) < SILENT_PEAK:
            return ""
        with self._lock:
            if self._engine is None:
                raise RecognizerError("the recognizer is closed; open it before recognizing")
            return _transcribe(self._engine, samples.astype(np.float32) / FULL_SCALE)

    def _load(self) -> "Transcriber":
        for name in FILES:
            if not (self._folder / name).is_file():
                raise ModelError(
                    f"the speech model file {self._folder / name} is missing; {self._remedy}"
                )
        try:
            from moonshine_voice.errors import MoonshineError  # noqa: PLC0415
            from moonshine_voice.moonshine_api import ModelArch  # noqa: PLC0415
            from moonshine_voice.transcriber import Transcriber  # noqa: PLC0415
        except ImportError as error:
            raise RecognizerError(
                "the recognizer needs moonshine-voice; run: pip install moonshine-voice==0.0.73"
            ) from error
        # It is set late in the constructor, and an interrupted one would be closed without it.
        Transcriber._handle = None
        # Threshold 0 switches the library's own voice detector off: ours has cut the utterance.
        options = {"vad_threshold": "0"}
        try:
            with _thread_count(self._threads):
                return Transcriber(self._folder, ModelArch.TINY, options=options)
        except MoonshineError as error:
            raise ModelError(
                f"{self._folder} is not a Moonshine tiny model; {self._remedy}"
            ) from error


class MoonshineRecognition:
    """One utterance: gathers sound, recognizes all of it when asked."""

    def __init__(self, recognizer: MoonshineRecognizer) -> None:
        self._recognizer = recognizer
        self._sound: list[Samples] = []
        self._known: Transcript | None = None  # of all the sound so far

    def accept(self, chunk: AudioChunk) -> str:
        """Take more 16 kHz sound; there are no words before the end."""
        if chunk.rate != SAMPLE_RATE:
            raise RecognizerError(f"the recognizer takes {SAMPLE_RATE} Hz, not {chunk.rate} Hz")
        if len(chunk.samples):
            self._sound.append(chunk.samples)
            self._known = None
        return ""

    def result(self) -> Transcript:
        """The words of all sound so far; costs nothing where no sound came since the last."""
        if self._known is None:
            sound = np.concatenate(self._sound) if self._sound else np.zeros(0, np.int16)
            self._sound = [sound]
            self._known = Transcript(self._recognizer.transcribe(sound))
        return self._known


@contextlib.contextmanager
def _thread_count(threads: int) -> Iterator[None]:
    before = os.environ.pop(THREADS_VARIABLE, None)
    if threads == 1:
        os.environ[THREADS_VARIABLE] = "1"
    try:
        yield
    finally:
        os.environ.pop(THREADS_VARIABLE, None)
        if before is not None:
            os.environ[THREADS_VARIABLE] = before


def _transcribe(engine: "Transcriber", sound: NDArray[np.float32]) -> str:
    """Call the C function ourselves: the binding copies all sound to lists and back (15 ms)."""
    from moonshine_voice.errors import MoonshineError, check_error  # noqa: PLC0415
    from moonshine_voice.moonshine_api import TranscriptC  # noqa: PLC0415

    sound = np.ascontiguousarray(sound)
    transcript = ctypes.POINTER(TranscriptC)()
    try:
        check_error(
            engine._lib.moonshine_transcribe_without_streaming(
                engine._handle,
                sound.ctypes.data_as(ctypes.POINTER(ctypes.c_float)),
                len(sound),
                SAMPLE_RATE,
                0,
                ctypes.byref(transcript),
            )
        )
    except MoonshineError as error:
        raise RecognizerError("the speech model failed on this sound; say it again") from error
    if not transcript:
        return ""
    lines = transcript.contents
    texts = (lines.lines[index].text for index in range(lines.line_count))
    words = (ctypes.string_at(text).decode("utf-8", "ignore").strip() for text in texts if text)
    return " ".join(words).strip()
