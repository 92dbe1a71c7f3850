"""Adapter room: the Recognizer port; 16 kHz sound comes in, words of any Vosk model go out.

Vosk hears as it goes: words come back before the end. A model is a folder given by its path;
the library's own look-up by name, which downloads, is never used.
"""

import json
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.adapters.native_noise import muted_stderr
from assistant.errors import ModelError, RecognizerError
from assistant.events import SAMPLE_RATE, AudioChunk, Transcript
from assistant.ports import RecognizerTraits

QUIET = -2  # Vosk's log level; -1 still lets warnings through to stderr
UNKNOWN_WORD = "[unk]"  # what a word outside the list becomes, whatever the model calls it
UNKNOWN_SYMBOLS = ("[unk]", "<UNK>", "<unk>")  # what models call it
FILES = ("am/final.mdl", "conf/model.conf")  # every Vosk model has them


@dataclass(frozen=True, slots=True)
class VoskSettings:
    """Which model, and how it hears."""

    folder: Path
    language: str = "en"
    name: str = "vosk"  # for people
    words: tuple[str, ...] = ()  # hear only these, and [unk] for others
    remedy: str = "name the folder of another"  # what helps where it is no model


class VoskRecognizer:
    """A Recognizer with partial results; each recognition runs on its caller's thread."""

    def __init__(self, settings: VoskSettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._model: Any = None

    @property
    def traits(self) -> RecognizerTraits:
        """Words before the end; a word list where the model's graph allows it."""
        return RecognizerTraits(
            self._settings.name, self._settings.language, partial_results=True, word_list=True
        )

    def open(self) -> None:
        """Load the model; raises ModelError or RecognizerError."""
        with self._lock:
            if self._model is None:
                self._model = self._load()

    def close(self) -> None:
        """Let the model go; a recognition that still runs keeps it to its end."""
        with self._lock:
            self._model = None

    def start(self) -> "VoskRecognition":
        """Begin an utterance; raises RecognizerError."""
        import vosk  # noqa: PLC0415 - loaded by open()

        with self._lock:
            model = self._model
        if model is None:
            raise RecognizerError("the recognizer is closed; open it before recognizing")
        arguments: list[Any] = [model, float(SAMPLE_RATE)]
        if self._settings.words:
            # Without a symbol for the others, any noise is forced into a word of the list.
            unknown = [it for it in UNKNOWN_SYMBOLS if model.vosk_model_find_word(it) >= 0][:1]
            words = [*self._settings.words, *unknown]
            arguments.append(json.dumps(words, ensure_ascii=False))
        engine = vosk.KaldiRecognizer(*arguments)
        engine.SetWords(True)
        return VoskRecognition(engine)

    def _load(self) -> Any:
        folder = self._settings.folder
        for name in FILES:
            if not (folder / name).is_file():
                raise ModelError(
                    f"the speech model file {folder / name} is missing; {self._settings.remedy}"
                )
        try:
            import vosk  # noqa: PLC0415 - 0.2 s, and raises where its library is missing
        except (ImportError, OSError) as error:
            raise RecognizerError("the recognizer needs vosk; run: pip install vosk") from error
        vosk.SetLogLevel(QUIET)
        try:
            with muted_stderr():  # Kaldi says why at length, and in words of its own
                return vosk.Model(str(folder))
        except Exception as error:  # Vosk raises nothing more special
            raise ModelError(f"{folder} is not a Vosk model; {self._settings.remedy}") from error


class VoskRecognition:
    """One utterance. Vosk closes a sentence at each pause; they are joined."""

    def __init__(self, engine: Any) -> None:
        self._engine = engine
        self._sentences: list[str] = []
        self._confidences: list[float] = []
        self._words = ""  # all so far

    def accept(self, chunk: AudioChunk) -> str:
        """Take more 16 kHz sound and return the words so far; raises RecognizerError."""
        if chunk.rate != SAMPLE_RATE:
            raise RecognizerError(f"the recognizer takes {SAMPLE_RATE} Hz, not {chunk.rate} Hz")
        if not len(chunk.samples):
            return self._words
        try:
            sentence_ended = self._engine.AcceptWaveform(chunk.samples.tobytes())
        except Exception as error:  # Vosk raises nothing more special
            raise RecognizerError("the speech model failed on this sound; say it again") from error
        if sentence_ended:
            self._keep(json.loads(self._engine.Result()))
            partial = ""
        else:
            partial = json.loads(self._engine.PartialResult()).get("partial", "")
        self._words = _join([*self._sentences, partial])
        return self._words

    def result(self) -> Transcript:
        """The words of all sound so far; more sound may follow."""
        self._keep(json.loads(self._engine.FinalResult()))
        self._words = _join(self._sentences)
        known = self._confidences
        return Transcript(self._words, sum(known) / len(known) if known else None)

    def _keep(self, result: dict[str, Any]) -> None:
        if result.get("text"):
            self._sentences.append(result["text"])
            self._confidences += [word["conf"] for word in result.get("result", [])]


def _join(sentences: list[str]) -> str:
    """One text; an unknown word stays in it as [unk], so that no half sentence looks whole."""
    words = " ".join(sentences).split()
    words = [UNKNOWN_WORD if word in UNKNOWN_SYMBOLS else word for word in words]
    return " ".join(words) if set(words) - {UNKNOWN_WORD} else ""
