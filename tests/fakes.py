"""Fakes for the ports: small, without an engine, and recording what they got."""

import re
import time
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from assistant.cancel import CancelToken
from assistant.errors import (
    AudioDeviceError,
    EmbedderError,
    RecognizerError,
    StageError,
    VoiceError,
)
from assistant.events import (
    SAMPLE_RATE,
    AudioChunk,
    Hits,
    Passage,
    Reading,
    Reason,
    Samples,
    Telltale,
    Term,
    Transcript,
    TroubleCodes,
    Unknown,
    Vectors,
)
from assistant.pieces import pieces_of
from assistant.ports import EmbedderTraits, RecognizerTraits, Signal

LOUD = 500  # of 32768; what the fakes take for speech


def loud(samples: Samples) -> bool:
    """Whether a fake takes the samples for speech."""
    return bool(len(samples)) and int(np.abs(samples.astype(np.int32)).max()) >= LOUD


@dataclass
class FakePart:
    """Counts how often it was opened and closed."""

    opened: int = field(default=0, init=False)
    closed: int = field(default=0, init=False)
    is_open: bool = field(default=False, init=False)

    def open(self) -> None:
        """Be open."""
        self.opened += 1
        self.is_open = True

    def close(self) -> None:
        """Be closed."""
        self.closed += 1
        self.is_open = False


@dataclass
class ScriptedMicrophone(FakePart):
    """A Microphone that delivers the given chunks at once, then ends, or goes away."""

    script: Sequence[AudioChunk]
    goes_away: bool = False
    dropped: int = 0

    def chunks(self, cancel: CancelToken) -> Iterator[AudioChunk]:
        """The script."""
        if not self.is_open:
            raise AudioDeviceError("the microphone is closed; open it before hearing")
        for chunk in self.script:
            if cancel.cancelled:
                return
            yield chunk
        if self.goes_away:
            raise AudioDeviceError("the microphone went away; connect it and start again")


@dataclass
class FakeVoiceDetector(FakePart):
    """A VoiceDetector that takes loud frames for speech."""

    frame_samples: int = 512
    frames: list[Samples] = field(default_factory=list)
    resets: int = 0

    def probability(self, frame: Samples) -> float:
        """1 for a loud frame, else 0."""
        if not self.is_open or len(frame) != self.frame_samples:
            raise StageError("the voice detector is closed, or the frame has the wrong length")
        self.frames.append(frame)
        return 1.0 if loud(frame) else 0.0

    def reset(self) -> None:
        """Count it."""
        self.resets += 1


@dataclass
class FakeRecognizer(FakePart):
    """A Recognizer that hears its texts one after the other, one for each utterance."""

    texts: Sequence[str] = ("hello",)
    fails: bool = False
    traits: RecognizerTraits = RecognizerTraits("fake", "en", True, False)  # noqa: RUF009 - frozen
    utterances: list["FakeRecognition"] = field(default_factory=list)

    def start(self) -> "FakeRecognition":
        """Begin the next utterance; the last text is heard again when all are used up."""
        text = self.texts[min(len(self.utterances), len(self.texts) - 1)]
        utterance = FakeRecognition(self, text)
        self.utterances.append(utterance)
        return utterance


@dataclass
class FakeRecognition:
    """Knows its text as soon as it got loud sound."""

    recognizer: FakeRecognizer
    text: str
    sound: list[AudioChunk] = field(default_factory=list)

    def accept(self, chunk: AudioChunk) -> str:
        """Keep the sound."""
        if chunk.rate != SAMPLE_RATE:
            raise RecognizerError(f"the recognizer takes {SAMPLE_RATE} Hz, not {chunk.rate} Hz")
        self.sound.append(chunk)
        return self._words

    def result(self) -> Transcript:
        """The text, or nothing where all was silent."""
        if self.recognizer.fails or not self.recognizer.is_open:
            raise RecognizerError("the recognizer failed; say it again")
        return Transcript(self._words)

    @property
    def _words(self) -> str:
        return self.text if any(loud(chunk.samples) for chunk in self.sound) else ""


@dataclass
class FakeVoice(FakePart):
    """A Voice that makes 0.2 s of a tone for each word, in chunks of a word."""

    rate: int = 22_050
    fails: bool = False
    texts: list[str] = field(default_factory=list)

    def synthesize(self, text: str, cancel: CancelToken) -> Iterator[AudioChunk]:
        """A tone for each word."""
        if self.fails:
            raise VoiceError("the voice failed; ask again")
        self.is_open = True
        self.texts.append(text)
        time_s = np.arange(self.rate // 5) / self.rate
        tone = (8000 * np.sin(2 * np.pi * 440 * time_s)).astype(np.int16)
        for _ in text.split():
            if cancel.cancelled:
                return
            yield AudioChunk(tone, self.rate)


@dataclass
class FakeLoudspeaker(FakePart):
    """A Loudspeaker that plays everything at once."""

    chunks: list[AudioChunk] = field(default_factory=list)
    stops: int = 0
    goes_away: bool = False
    first_sample_s: float | None = None
    _silent: bool = True

    def play(self, chunk: AudioChunk) -> None:
        """Keep the chunk."""
        if not self.is_open or self.goes_away:
            raise AudioDeviceError("the loudspeaker went away; connect it and start again")
        if self._silent and len(chunk.samples):
            self._silent, self.first_sample_s = False, time.monotonic()
        self.chunks.append(chunk)

    def stop(self) -> None:
        """Fall silent."""
        self.stops += 1
        self._silent = True

    def wait(self, cancel: CancelToken) -> None:
        """Everything has been played."""
        self._silent = True

    @property
    def seconds(self) -> float:
        """How much was played."""
        return sum(chunk.seconds for chunk in self.chunks)


# --- the car, the manual and the language model ----------------------------------------------


@dataclass
class FakeVehicle(FakePart):
    """A Vehicle whose readings are given; a signal without one was never seen."""

    readings: dict[str, Reading] = field(default_factory=dict)
    telltales: tuple[Telltale, ...] = ()
    units: Mapping[str, str | None] = field(default_factory=dict)  # of further signals it has
    driver_side: str = "left"
    tyre_size: str = ""
    codes: TroubleCodes = field(default_factory=TroubleCodes)
    error: Exception | None = None  # what every read raises

    @property
    def signals(self) -> Mapping[str, Signal]:
        """Every path that has a reading or a unit, and the lamps."""
        paths = (*self.readings, *self.units, *(lamp.path for lamp in self.telltales))
        return {path: Signal(path, self.units.get(path)) for path in paths}

    def read(self, path: str) -> Reading:
        """The given reading."""
        if self.error is not None:
            raise self.error
        if path not in self.signals:
            raise KeyError(path)
        return self.readings.get(path, Unknown(Reason.NEVER_SEEN))

    def trouble_codes(self) -> TroubleCodes:
        """The given codes."""
        if self.error is not None:
            raise self.error
        return self.codes


@dataclass
class FakeManual(FakePart):
    """A Manual that finds every passage holding one of the words, in their own order."""

    passages: Sequence[Passage] = ()
    error: Exception | None = None  # what every search raises
    questions: list[str] = field(default_factory=list)

    def search(self, terms: tuple[Term, ...], limit: int, question: str = "") -> Hits:
        """The passages that hold a word; every term weighs 1."""
        self.questions.append(question)
        if self.error is not None:
            raise self.error
        found = tuple(p for p in self.passages if any(_holds(p, term) for term in terms))
        return Hits(found[:limit], tuple(Term(term.words, 1.0) for term in terms))

    def section(self, section: str) -> tuple[Passage, ...]:
        """All passages of the section."""
        return tuple(passage for passage in self.passages if passage.section == section)

    def compared(self, passages: Sequence[Passage], question: str) -> tuple[Passage, ...]:
        """The passages with their pieces; it knows nothing of meaning."""
        return tuple(replace(passage, pieces=pieces_of(passage)) for passage in passages)


@dataclass
class FakeEmbedder(FakePart):
    """An Embedder that knows which words mean the same, and counts words as tokens."""

    same: Mapping[str, str] = field(default_factory=lambda: {"tire": "tyre", "trunk": "boot"})
    name: str = "fake"
    max_tokens: int = 64
    error: Exception | None = None  # what every call raises
    embedded: list[str] = field(default_factory=list)

    @property
    def traits(self) -> EmbedderTraits:
        """Vectors of 64 numbers."""
        return EmbedderTraits(self.name, 64, self.max_tokens)

    def count(self, text: str) -> int:
        """The words and one mark."""
        return 1 + len(text.split())

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Directions by the words of each text, in any order."""
        if not self.is_open:
            raise EmbedderError("the embedder is not open")
        if self.error is not None:
            raise self.error
        self.embedded += texts
        vectors = np.full((len(texts), 64), 1e-3, np.float32)
        for row, text in enumerate(texts):
            for word in re.findall(
                r"[a-z]+", " ".join(text.split()[: self.max_tokens - 1]).lower()
            ):
                vectors[row, zlib.crc32(self.same.get(word, word).encode()) % 64] += 1.0
            vectors[row] /= np.linalg.norm(vectors[row])
        return vectors


def _holds(passage: Passage, term: Term) -> bool:
    return any(word in f"{passage.title} {passage.text}".lower() for word in term.words)


@dataclass
class ScriptedLanguageModel(FakePart):
    """A LanguageModel that says the same whatever it is given, word by word."""

    says: str = ""
    error: Exception | None = None
    prompts: list[str] = field(default_factory=list)

    def generate(
        self, instructions: str, text: str, max_tokens: int, cancel: CancelToken
    ) -> Iterator[str]:
        """The script, at most `max_tokens` words of it."""
        self.prompts.append(text)
        if self.error is not None:
            raise self.error
        for word in self.says.split(" ")[:max_tokens]:
            if cancel.cancelled:
                return
            yield f"{word} "
