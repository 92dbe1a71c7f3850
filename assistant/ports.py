"""A Protocol for every replaceable part; the only list of them.

An adapter's constructor only keeps its arguments. `open()` loads or connects and may fail with
an error of `errors.py`; `close()` may be called at any time, twice, and from another thread.
None of them opens an outside connection.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from assistant.cancel import CancelToken
from assistant.events import (
    AudioChunk,
    Hits,
    Passage,
    Reading,
    Samples,
    Telltale,
    Term,
    Transcript,
    TroubleCodes,
    Vectors,
)


class Part(Protocol):
    """What every replaceable part can do."""

    def open(self) -> None:
        """Load or connect; raise an AurigaError that says what to do when that fails."""

    def close(self) -> None:
        """Let go of everything; harmless when not open."""


# --- hear ------------------------------------------------------------------------------------


class Microphone(Part, Protocol):
    """Where the driver's sound comes from: mono, 16 kHz, in chunks of any length."""

    def chunks(self, cancel: CancelToken) -> Iterator[AudioChunk]:
        """Yield sound until the source ends or `cancel` is set.

        Raises AudioDeviceError when the device goes away.
        """

    @property
    def dropped(self) -> int:
        """Samples lost since open() because nobody fetched them in time."""


class VoiceDetector(Part, Protocol):
    """Tells speech from everything else."""

    @property
    def frame_samples(self) -> int:
        """How many samples at 16 kHz one decision takes."""

    def probability(self, frame: Samples) -> float:
        """How likely the frame holds speech, 0 to 1. Keeps state from frame to frame."""

    def reset(self) -> None:
        """Forget the frames so far."""


@dataclass(frozen=True, slots=True)
class RecognizerTraits:
    """What a recognizer can do, so that callers ask instead of checking its class."""

    name: str  # "moonshine tiny-en"
    language: str  # "en"
    partial_results: bool  # session.accept() returns words before the end
    word_list: bool  # can be limited to a list of words with [unk]


class Recognition(Protocol):
    """One utterance being recognized."""

    def accept(self, chunk: AudioChunk) -> str:
        """Take more sound (16 kHz) and return the words so far, "" where there are none yet."""

    def result(self) -> Transcript:
        """The words of all sound accepted so far.

        May be called at a pause and again after more sound: a speculative turn does. Raises
        RecognizerError.
        """


class Recognizer(Part, Protocol):
    """Sound to text."""

    @property
    def traits(self) -> RecognizerTraits:
        """What it can do."""

    def start(self) -> Recognition:
        """Begin an utterance."""


# --- lookup ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class EmbedderTraits:
    """What an embedder's vectors are, so that those of another one are not compared with them."""

    name: str  # "all-MiniLM-L6-v2.int8"; another name means other vectors
    dimensions: int
    max_tokens: int  # the end of a longer text is not looked at


class Embedder(Part, Protocol):
    """Text to a vector: texts that mean nearly the same have vectors that point nearly one way."""

    @property
    def traits(self) -> EmbedderTraits:
        """What its vectors are; known before open()."""

    def count(self, text: str) -> int:
        """How many tokens a text has, the marks of its start and end included.

        Above `traits.max_tokens` any number that says so.
        """

    def embed(self, texts: Sequence[str]) -> Vectors:
        """The vectors of texts, float32 [texts, dimensions], each of length 1.

        The vector of a text does not depend on the others. Raises EmbedderError.
        """


class Manual(Part, Protocol):
    """The owner's manual, searchable."""

    def search(self, terms: tuple[Term, ...], limit: int, question: str = "") -> Hits:
        """The passages nearest to the terms, best first, at most `limit`; maybe none.

        With the question as it was asked, a manual may also look for what means the same; without
        terms it finds nothing in any case.
        """

    def section(self, section: str) -> tuple[Passage, ...]:
        """All passages of a section in their order; empty where there is no such section."""

    def compared(self, passages: Sequence[Passage], question: str) -> tuple[Passage, ...]:
        """The same passages with their pieces, each with how near its meaning is to the question's.

        Without an embedder their cosines are 0.
        """


@dataclass(frozen=True, slots=True)
class Signal:
    """A signal that the vehicle has."""

    path: str  # VSS path
    unit: str | None


class Vehicle(Part, Protocol):
    """The car, read only."""

    @property
    def signals(self) -> Mapping[str, Signal]:
        """All VSS paths that this vehicle has, derived ones included."""

    @property
    def telltales(self) -> tuple[Telltale, ...]:
        """The lamps of the cluster."""

    @property
    def driver_side(self) -> str:
        """On which side the driver sits: "left" or "right"."""

    @property
    def tyre_size(self) -> str:
        """The size of the fitted wheels as manuals write it ("R17"), "" where it is not known."""

    def read(self, path: str) -> Reading:
        """The present reading; raises KeyError for a path that the vehicle does not have."""

    def trouble_codes(self) -> TroubleCodes:
        """What the control units have stored; asks them, within a few seconds. Raises BusError."""


# --- respond ---------------------------------------------------------------------------------


class LanguageModel(Part, Protocol):
    """Phrases what it is given; it is never asked what it knows."""

    def generate(
        self, instructions: str, text: str, max_tokens: int, cancel: CancelToken
    ) -> Iterator[str]:
        """Yield pieces of the continuation of `text` under `instructions`, greedily.

        The instructions are the fixed part of the prompt: their state is kept between calls.
        Stops at the model's end mark, at `max_tokens`, or when cancelled. Raises
        LanguageModelError.
        """


# --- speak -----------------------------------------------------------------------------------


class Voice(Part, Protocol):
    """Text to sound."""

    def synthesize(self, text: str, cancel: CancelToken) -> Iterator[AudioChunk]:
        """Yield the sound of `text` as it is made, at the voice's own rate.

        Raises VoiceError when the voice died or is too late; the next call starts it again.
        """


class Loudspeaker(Part, Protocol):
    """Where the reply goes. Takes any rate."""

    def play(self, chunk: AudioChunk) -> None:
        """Append to what is being played; returns at once or when the bounded queue has room.

        Raises AudioDeviceError when the device goes away.
        """

    def stop(self) -> None:
        """Fall silent now and forget what was queued (barge-in)."""

    def wait(self, cancel: CancelToken) -> None:
        """Return when all that was queued has been played, or when cancelled."""

    @property
    def first_sample_s(self) -> float | None:
        """`time.monotonic()` when the first sample since the last silence was played."""
