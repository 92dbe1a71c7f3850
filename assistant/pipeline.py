"""One turn, as a generator: the file to read first.

    hear -> interpret -> lookup -> respond -> speak

`run_turn` yields what each stage made, in order, and does nothing else: no thread, no device. What
is remembered of earlier turns comes in as a value and is not changed. A turn has no side effect, so
it may run on the words heard so far and be thrown away when the speaker goes on; whoever consumes
it decides what is played and what is remembered.
"""

import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Protocol

from assistant.cancel import CancelToken
from assistant.errors import AurigaError
from assistant.events import (
    Answered,
    AudioChunk,
    Failed,
    Found,
    Heard,
    Request,
    RequestKind,
    Spoken,
    Transcript,
    TurnEvent,
    Understood,
    Utterance,
)
from assistant.interpret.follow_ups import FollowUps
from assistant.lookup.facts import Lookup
from assistant.memory import EMPTY, Memory
from assistant.ports import Recognizer, Voice
from assistant.respond.responder import Responder
from assistant.speak.speaking import speak
from assistant.speak.wording import spoken

CHUNK_SAMPLES = 1600  # 100 ms: how the recognizer is fed, so that a cancelled turn stops soon


@dataclass(frozen=True, slots=True)
class Stages:
    """What one turn runs through."""

    recognizer: Recognizer | None  # None: questions come as text
    follow_ups: FollowUps
    lookup: Lookup
    responder: Responder
    voice: Voice | None  # None: the answer stays text


class Source(Protocol):
    """Where a turn's words come from."""

    def words(self, cancel: CancelToken) -> Transcript:
        """The words; raises an AurigaError where they cannot be had."""


@dataclass(frozen=True, slots=True)
class SaidText:
    """Words that were typed."""

    text: str

    def words(self, cancel: CancelToken) -> Transcript:
        """The text as it is."""
        return Transcript(self.text, 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class SaidSound:
    """Words that were spoken."""

    utterance: Utterance
    recognizer: Recognizer

    def words(self, cancel: CancelToken) -> Transcript:
        """What the recognizer makes of the utterance."""
        recognition = self.recognizer.start()
        audio = self.utterance.audio
        for start in range(0, len(audio.samples), CHUNK_SAMPLES):
            if cancel.cancelled:
                return Transcript("")
            piece = audio.samples[start : start + CHUNK_SAMPLES]
            recognition.accept(AudioChunk(piece, audio.rate))
        return recognition.result()


@dataclass(frozen=True, slots=True)
class SaidNothing:
    """A turn in which no words were said: silence, noise, or far too many."""

    name: str  # of the refusal: "nothing_heard" or "too_long"

    def words(self, cancel: CancelToken) -> Transcript:
        """No words."""
        return Transcript("")


def run_turn(
    source: Source, stages: Stages, cancel: CancelToken, memory: Memory = EMPTY
) -> Iterator[TurnEvent]:
    """Yield Heard, Understood, Found, Answered and Spoken; Failed instead where a stage fails."""
    try:
        began = time.monotonic()
        transcript = source.words(cancel)
        yield Heard(transcript, _since(began))
        if cancel.cancelled:
            return
        answered = yield from _think(_Said(source, transcript, memory), stages, cancel)
        if stages.voice is None or cancel.cancelled:
            return
        began = time.monotonic()
        for clause, sound in speak(answered.spoken, stages.voice, cancel):
            yield Spoken(clause, sound, _since(began))
    except AurigaError as error:
        yield Failed(error.code, str(error), error.spoken)


@dataclass(frozen=True, slots=True)
class _Said:
    """What a turn begins with."""

    source: Source
    transcript: Transcript
    memory: Memory

    def request(self, follow_ups: FollowUps) -> Request:
        """What it means."""
        if isinstance(self.source, SaidNothing):
            return Request(RequestKind.UNKNOWN, self.source.name, "")
        return follow_ups.understand(self.transcript.text, self.memory)


def _think(
    said: _Said, stages: Stages, cancel: CancelToken
) -> Generator[TurnEvent, None, Answered]:
    began = time.monotonic()
    request = said.request(stages.follow_ups)
    yield Understood(request, _since(began))
    began = time.monotonic()
    facts = stages.lookup.facts(request)
    yield Found(facts, _since(began))
    began = time.monotonic()
    answer = stages.responder.respond(request, facts, cancel, said.memory)
    answered = Answered(answer, spoken(answer.short or answer.text), _since(began))
    yield answered
    return answered


def _since(began: float) -> float:
    return time.monotonic() - began
