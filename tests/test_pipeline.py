"""One turn as a generator, without threads."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest

from assistant.cancel import CancelToken
from assistant.errors import BusError, ManualError, RecognizerError, VoiceError
from assistant.events import (
    Answered,
    AudioChunk,
    Failed,
    Heard,
    Outcome,
    Spoken,
    Transcript,
    TurnEvent,
    Utterance,
)
from assistant.pipeline import CHUNK_SAMPLES, SaidNothing, SaidSound, SaidText, Source, run_turn
from tests.audio import tone
from tests.fakes import FakeManual, FakeRecognizer, FakeVehicle, FakeVoice
from tests.turns import REPLIES, SPEED, Build, known

QUESTION = SaidText("how fast am I going")


def turn(build: Build, source: Source = QUESTION) -> list[TurnEvent]:
    return list(run_turn(source, build.stages(), CancelToken()))


def names(events: list[TurnEvent]) -> list[str]:
    return [type(event).__name__ for event in events]


def open_voice() -> FakeVoice:
    voice = FakeVoice()
    voice.open()
    return voice


def test_the_events_come_in_the_order_of_the_stages() -> None:
    events = turn(Build(voice=open_voice()))
    assert names(events)[:5] == ["Heard", "Understood", "Found", "Answered", "Spoken"]
    assert set(names(events)[4:]) == {"Spoken"}


def test_without_a_voice_the_turn_ends_with_its_answer() -> None:
    assert names(turn(Build())) == ["Heard", "Understood", "Found", "Answered"]


def test_typed_words_are_taken_as_they_are() -> None:
    heard = turn(Build(), SaidText("  How FAST?! "))[0]
    assert isinstance(heard, Heard)
    assert heard.transcript == Transcript("  How FAST?! ", 1.0)


def test_the_voice_gets_the_spoken_form() -> None:
    voice = open_voice()
    turn(Build(voice=voice))
    assert " ".join(voice.texts) == "eighty-eight kilometres per hour."


@pytest.mark.parametrize("name", ["nothing_heard", "too_long"])
def test_no_words_are_refused_by_their_name(name: str) -> None:
    answered = turn(Build(), SaidNothing(name))[-1]
    assert isinstance(answered, Answered)
    assert answered.answer.outcome is Outcome.REFUSED
    assert answered.answer.text == REPLIES.refuse[name]


def utterance(seconds: float) -> Utterance:
    return Utterance(AudioChunk(tone(seconds)), 0.0, seconds)


def open_recognizer(*texts: str) -> FakeRecognizer:
    recognizer = FakeRecognizer(texts or ("how fast am i going",))
    recognizer.open()
    return recognizer


def test_sound_is_fed_in_pieces_and_in_full() -> None:
    recognizer = open_recognizer()
    turn(Build(recognizer=recognizer), SaidSound(utterance(1.03), recognizer))
    (recognition,) = recognizer.utterances
    lengths = [len(chunk.samples) for chunk in recognition.sound]
    assert max(lengths) == CHUNK_SAMPLES
    assert sum(lengths) == 16_480


def test_a_turn_that_is_cancelled_while_it_recognizes_feeds_no_more() -> None:
    recognizer, cancel = open_recognizer(), CancelToken()
    cancel.cancel()
    events = list(run_turn(SaidSound(utterance(1.0), recognizer), Build().stages(), cancel))
    assert names(events) == ["Heard"]
    assert recognizer.utterances[0].sound == []


def test_a_turn_that_is_cancelled_before_it_speaks_says_nothing() -> None:
    voice, cancel = open_voice(), CancelToken()
    for event in run_turn(QUESTION, Build(voice=voice).stages(), cancel):
        if isinstance(event, Answered):
            cancel.cancel()
    assert voice.texts == []


def test_a_turn_that_is_cancelled_while_it_speaks_stops() -> None:
    cancel = CancelToken()
    count = 0
    for event in run_turn(QUESTION, Build(voice=open_voice()).stages(), cancel):
        if isinstance(event, Spoken):
            count += 1
            cancel.cancel()
    assert count == 1


BROKEN = {
    "bus": Build(vehicle=FakeVehicle({SPEED: known(1.0)}, error=BusError("no bus"))),
    "manual": Build(manual=FakeManual(error=ManualError("no manual"))),
    "voice": Build(voice=FakeVoice(fails=True)),
}
QUESTIONS = {"bus": QUESTION, "manual": SaidText("where is the jack"), "voice": QUESTION}


@pytest.mark.parametrize("code", BROKEN)
def test_a_stage_that_fails_ends_the_turn_with_one_event(code: str) -> None:
    events = turn(BROKEN[code], QUESTIONS[code])
    assert names(events).count("Failed") == 1
    last = events[-1]
    assert isinstance(last, Failed)
    assert last.code == code
    assert last.spoken
    assert last.message


def test_a_recognizer_that_fails_is_heard_as_nothing_else() -> None:
    recognizer = replace(open_recognizer(), fails=True)
    (event,) = turn(Build(), SaidSound(utterance(0.5), recognizer))
    assert event == Failed(
        "recognizer", "the recognizer failed; say it again", RecognizerError.spoken
    )


def test_the_answer_stands_when_the_voice_fails() -> None:
    assert "Answered" in names(turn(BROKEN["voice"]))


@dataclass
class OnceDead(FakeVoice):
    """Fails the first call."""

    calls: list[str] = field(default_factory=list)

    def synthesize(self, text: str, cancel: CancelToken) -> Iterator[AudioChunk]:
        self.calls.append(text)
        if len(self.calls) == 1:
            raise VoiceError("the voice died")
        yield from super().synthesize(text, cancel)


def test_a_clause_whose_voice_died_before_its_first_sound_is_said_again() -> None:
    voice = OnceDead()
    events = turn(Build(voice=voice))
    assert "Failed" not in names(events)
    assert voice.calls[0] == voice.calls[1]


def test_a_turn_has_no_memory() -> None:
    build = Build()
    assert turn(build)[-1] is not None
    answers = [turn(build)[-1] for _ in range(2)]
    texts = [event.answer.text for event in answers if isinstance(event, Answered)]
    assert texts == ["88 km/h.", "88 km/h."]
