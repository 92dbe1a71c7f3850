"""Evaluation: a question comes in, what the assistant made of it goes out; the real path of a turn.

Each question is a conversation of its own, in which the questions that it follows are asked first.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from assistant.adapters.wav_microphone import WavMicrophone, WavMicrophoneSettings
from assistant.app import Assistant
from assistant.cancel import CancelToken
from assistant.contract import TurnRecord, evidence_json
from assistant.events import Outcome, TurnEvent
from assistant.ports import VoiceDetector
from assistant.runtime import Conversation
from assistant.settings import HearSettings
from bench.evaluation.car import LiveCar
from bench.evaluation.questions import Question, chain
from bench.evaluation.scoring import Attempt

PASSAGES = 5  # how far down the found passages are looked at


class Mouth(Protocol):
    """How a question is put to the assistant."""

    def put(self, text: str, conversation: Conversation) -> TurnRecord:
        """Ask, and wait for the end of the turn."""


class Typed:
    """The question as text."""

    def put(self, text: str, conversation: Conversation) -> TurnRecord:
        """Ask."""
        return conversation.take_text(text, _unwatched)


class Spoken:
    """The question through the voice, as a sound file, and the recognizer."""

    def __init__(self, recordings: "Recordings") -> None:
        self._recordings = recordings

    def put(self, text: str, conversation: Conversation) -> TurnRecord:
        """Ask."""
        wav = self._recordings.of(text)
        microphone = WavMicrophone(WavMicrophoneSettings(wav, silence_s=0.5))
        microphone.open()
        try:
            return conversation.take_file(microphone, _unwatched, CancelToken())
        finally:
            microphone.close()


class Recordings(Protocol):
    """Spoken questions."""

    def of(self, text: str) -> Path:
        """The sound file of a question."""


class Asker:
    """Puts questions to a running assistant, in the car that each of them is about."""

    def __init__(
        self,
        running: Assistant,
        hear: HearSettings,
        car: LiveCar,
        detector: VoiceDetector,
        mouth: Mouth,
    ) -> None:
        """`detector` is open where the questions are spoken."""
        self._stages = replace(running.stages, voice=None)  # nobody listens to the answers
        self._hear = hear
        self._car = car
        self._detector = detector
        self._mouth = mouth

    def ask(self, question: Question, questions: Sequence[Question]) -> Attempt:
        """One question, after those of `questions` that it follows."""
        asked = chain(question, questions)
        self._car.set_up(next((q for q in reversed(asked) if q.live), question))
        conversation = Conversation(self._stages, self._detector, None, self._hear)
        for before in asked[:-1]:
            self._mouth.put(before.text, conversation)
        return attempt_of(self._mouth.put(question.text, conversation))


def attempt_of(record: TurnRecord) -> Attempt:
    """What a turn reported, as far as it is judged."""
    answered, found, understood = record.answered, record.found, record.understood
    answer = answered.answer if answered else None
    passages = found.facts.hits.passages[:PASSAGES] if found else ()
    steps = (understood, found, answered)
    return Attempt(
        outcome=answer.outcome if answer else Outcome.FAILED,
        by=answer.by.value if answer else "",
        text=answer.text if answer else "",
        spoken=answered.spoken if answered else "",
        evidence=tuple(evidence_json(piece) for piece in answer.evidence) if answer else (),
        passages=tuple((passage.section, passage.page) for passage in passages),
        kind=understood.request.kind.value if understood else "",
        heard=record.heard.transcript.text if record.heard else "",
        took_s=sum(step.took_s for step in steps if step is not None),
    )


def _unwatched(_: TurnEvent) -> None:
    """Nobody watches the turn."""
