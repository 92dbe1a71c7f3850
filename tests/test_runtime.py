"""A conversation: turns, speculation, silence, barge-in; on fakes, with real threads."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from assistant import runtime
from assistant.cancel import CancelToken
from assistant.errors import BusError
from assistant.events import AudioChunk, Outcome, Samples, Spoken, TurnEvent
from assistant.memory import FORGET_S
from tests.conversation import (
    LONG_S,
    Car,
    LongVoice,
    Step,
    SteppedMicrophone,
    WatchedVoice,
    microphone,
)
from tests.fakes import (
    FakeLoudspeaker,
    FakeRecognizer,
    FakeVehicle,
    FakeVoiceDetector,
    ScriptedMicrophone,
)
from tests.turns import REPLIES, SETTINGS, small_car, sound

# --- a turn ----------------------------------------------------------------------------------


def test_a_text_is_answered_and_spoken() -> None:
    car = Car()
    record = car.talk().take_text("how fast am I going", car.seen)
    assert record.answered is not None
    assert record.answered.answer.text == "88 km/h."
    assert car.loudspeaker.seconds > 0
    assert car.seen.kinds == ["Heard", "Understood", "Found", "Answered", "Spoken"]


def test_speech_is_heard_and_answered() -> None:
    car = Car()
    record = car.talk().take_turn(microphone(0.5, 1.0, 1.0), car.seen, CancelToken())
    assert record.heard is not None
    assert record.heard.transcript.text == "how fast am i going"
    assert record.answered is not None
    assert car.loudspeaker.seconds > 0


def test_the_clock_tells_when_speech_ended_and_when_the_reply_began() -> None:
    car = Car()
    talk = car.talk()
    record = talk.take_turn(microphone(0.5, 1.0, 1.0), car.seen, CancelToken())
    assert talk.clock.speech_end_s == pytest.approx(1.5, abs=0.04)
    assert talk.clock.first_sample_s is not None
    assert talk.clock.ended_s is not None
    assert talk.clock.first_sample_s >= talk.clock.ended_s
    assert record.endpoint_s == pytest.approx(SETTINGS.hear.pause_ms / 1000, abs=0.04) or (
        record.endpoint_s == pytest.approx(SETTINGS.hear.endpoint_ms / 1000, abs=0.04)
    )


def test_turns_follow_one_another() -> None:
    car = Car(recognizer=FakeRecognizer(("how fast am i going", "is any door open")))
    talk = car.talk()
    talk.take_turn(microphone(0.5, 1.0, 1.0), car.seen, CancelToken())
    record = talk.take_turn(microphone(0.5, 1.0, 1.0), car.seen, CancelToken())
    assert record.heard is not None
    assert record.heard.transcript.text == "is any door open"
    assert car.detector.resets == 2


# --- speculation -----------------------------------------------------------------------------


def test_the_turn_prepared_at_the_pause_is_the_one_that_is_used() -> None:
    voice = WatchedVoice()
    car = Car(voice=voice)

    def prepared_and_silent() -> None:
        assert voice.asked.wait(LONG_S)
        assert car.loudspeaker.chunks == []
        assert car.seen.events == []

    script: list[Step] = [*sound(0.3, 1.0, 0.3), prepared_and_silent, *sound(1.0)]
    record = car.talk().take_turn(SteppedMicrophone(script), car.seen, CancelToken())
    assert len(car.recognizer.utterances) == 1
    assert record.answered is not None
    assert voice.texts == [record.answered.spoken]
    assert car.loudspeaker.seconds > 0


def test_speaking_on_takes_the_prepared_turn_back_unheard() -> None:
    voice = WatchedVoice()
    car = Car(FakeRecognizer(("is any door open", "how fast am i going")), voice)
    script: list[Step] = [
        *sound(0.3, 1.0, 0.3),
        lambda: voice.asked.wait(LONG_S),
        *sound(0.0, 1.0, 1.0),
    ]
    record = car.talk().take_turn(SteppedMicrophone(script), car.seen, CancelToken())
    assert record.heard is not None
    assert record.heard.transcript.text == "how fast am i going"
    assert car.seen.kinds == ["Heard", "Understood", "Found", "Answered", "Spoken"]
    words = record.answered.spoken.split() if record.answered else []
    assert len(car.loudspeaker.chunks) == len(words)


def test_the_second_turn_gets_all_of_the_sound() -> None:
    voice = WatchedVoice()
    car = Car(voice=voice)
    script: list[Step] = [
        *sound(0.3, 1.0, 0.3),
        lambda: voice.asked.wait(LONG_S),
        *sound(0.0, 1.0, 1.0),
    ]
    car.talk().take_turn(SteppedMicrophone(script), car.seen, CancelToken())
    *_, last = car.recognizer.utterances
    assert sum(chunk.seconds for chunk in last.sound) >= 2.3


@pytest.mark.parametrize("seconds", [0.5, 25.0], ids=["the sound ends", "far too long"])
def test_speaking_on_without_another_pause_is_not_answered_by_the_first_words(
    seconds: float,
) -> None:
    voice = WatchedVoice()
    car = Car(FakeRecognizer(("is any door open", "how fast am i going")), voice)
    script: list[Step] = [*sound(0.3, 1.0, 0.3), lambda: voice.asked.wait(LONG_S)]
    script += sound(0.0, seconds)
    record = car.talk().take_turn(SteppedMicrophone(script), car.seen, CancelToken())
    assert record.answered is not None
    expected = "88 km/h." if seconds < 20 else REPLIES.refuse["too_long"]
    assert record.answered.answer.text == expected


def test_two_pauses_prepare_two_turns_and_one_is_heard() -> None:
    car = Car()
    spoken_words = microphone(0.3, 0.6, 0.3, 0.6, 0.3, 0.6, 1.0)
    record = car.talk().take_turn(spoken_words, car.seen, CancelToken())
    assert record.answered is not None
    assert car.seen.kinds.count("Answered") == 1


# --- nothing, too little, too much -------------------------------------------------------------


@pytest.mark.parametrize(
    "seconds",
    [(9.0,), (2.0,), (0.5, 0.1, 1.0), (0.3, 0.03, 0.4, 0.03, 1.0), ()],
    ids=["long silence", "the input ends in silence", "a cough", "two clicks", "no sound at all"],
)
def test_what_is_no_speech_is_answered_without_recognizing(seconds: tuple[float, ...]) -> None:
    car = Car()
    record = car.talk().take_turn(microphone(*seconds), car.seen, CancelToken())
    assert car.recognizer.utterances == []
    assert record.answered is not None
    assert record.answered.answer.outcome is Outcome.REFUSED
    assert record.answered.answer.text == REPLIES.refuse["nothing_heard"]
    assert car.loudspeaker.seconds > 0


def test_a_press_of_the_button_waits_a_bounded_time_for_the_first_word() -> None:
    car = Car()
    heard = 0

    def endless() -> Iterator[AudioChunk]:
        nonlocal heard
        while True:
            heard += 1
            yield sound(0.02)[0]

    part = ScriptedMicrophone(endless())  # type: ignore[arg-type]  # a script without an end
    part.open()
    car.talk().take_turn(part, car.seen, CancelToken())
    assert 0.02 * heard == pytest.approx(runtime.NOTHING_S, abs=0.1)


def test_sound_that_is_not_understood_is_answered_so() -> None:
    car = Car(recognizer=FakeRecognizer(("",)))
    record = car.talk().take_turn(microphone(0.5, 1.0, 1.0), car.seen, CancelToken())
    assert record.answered is not None
    assert record.answered.answer.text == REPLIES.refuse["nothing_heard"]


@pytest.mark.parametrize("take", ["take_turn", "take_file"])
def test_two_minutes_of_speech_are_refused_without_recognizing(take: str) -> None:
    car = Car()
    record = getattr(car.talk(), take)(microphone(0.3, 120.0), car.seen, CancelToken())
    assert record.answered is not None
    assert record.answered.answer.text == REPLIES.refuse["too_long"]
    assert car.recognizer.utterances == []


def test_an_utterance_just_below_the_limit_is_heard() -> None:
    car = Car()
    seconds = SETTINGS.hear.max_utterance_s - SETTINGS.hear.pre_roll_ms / 1000 - 0.1
    record = car.talk().take_turn(microphone(0.5, seconds, 1.0), car.seen, CancelToken())
    assert record.answered is not None
    assert record.answered.answer.text == "88 km/h."


def test_a_recording_is_one_utterance_whatever_pauses_it_holds() -> None:
    car = Car()
    recording = microphone(0.3, 1.0, 3.0, 1.0, 0.5)
    car.talk().take_file(recording, car.seen, CancelToken())
    assert len(car.recognizer.utterances) == 1
    assert sum(chunk.seconds for chunk in car.recognizer.utterances[0].sound) >= 5.0


def test_a_recording_may_begin_with_a_long_silence() -> None:
    car = Car()
    record = car.talk().take_file(microphone(12.0, 1.0, 0.5), car.seen, CancelToken())
    assert record.answered is not None
    assert record.answered.answer.text == "88 km/h."


# --- barge-in --------------------------------------------------------------------------------


def test_an_interruption_stops_the_sound_and_the_turn() -> None:
    begun = threading.Event()
    voice = LongVoice(begun=begun.set)
    car = Car(voice=voice)
    talk = car.talk()
    turn = threading.Thread(target=talk.take_text, args=("how fast am I going", car.seen))
    turn.start()
    assert begun.wait(LONG_S)
    talk.interrupt()
    turn.join(LONG_S)
    assert not turn.is_alive()
    assert voice.cancelled
    assert car.loudspeaker.stops >= 1
    assert len(car.loudspeaker.chunks) <= 1


def test_a_piece_that_is_ready_at_the_interruption_is_not_played() -> None:
    car = Car()
    talk = car.talk()

    def watch(event: TurnEvent) -> None:
        if isinstance(event, Spoken):
            talk.interrupt()

    talk.take_text("how fast am I going", watch)
    assert car.loudspeaker.chunks == []


def test_a_piece_handed_over_during_the_interruption_is_taken_back() -> None:
    @dataclass
    class SlowLoudspeaker(FakeLoudspeaker):
        """Is interrupted while it takes a chunk."""

        interrupt: Callable[[], None] = lambda: None
        calls: list[str] = field(default_factory=list)

        def play(self, chunk: AudioChunk) -> None:
            self.interrupt()
            self.calls.append("play")

        def stop(self) -> None:
            self.calls.append("stop")

    loudspeaker = SlowLoudspeaker()
    car = Car(loudspeaker=loudspeaker)
    talk = car.talk()
    loudspeaker.interrupt = talk.interrupt
    talk.take_text("how fast am I going", car.seen)
    assert loudspeaker.calls[-1] == "stop"


def test_an_interruption_without_a_turn_is_harmless() -> None:
    car = Car()
    talk = car.talk()
    talk.interrupt()
    record = talk.take_text("how fast am I going", car.seen)
    assert record.answered is not None
    assert car.loudspeaker.seconds > 0


def test_cancelled_listening_says_nothing() -> None:
    car = Car()
    cancel = CancelToken()
    script: list[Step] = [*sound(0.3, 1.0), cancel.cancel, *sound(1.0)]
    record = car.talk().take_turn(SteppedMicrophone(script), car.seen, cancel)
    assert record.answered is None
    assert car.loudspeaker.chunks == []
    assert car.seen.events == []


def test_listening_cancelled_at_a_pause_drops_the_prepared_turn() -> None:
    voice = WatchedVoice()
    car = Car(voice=voice)
    cancel = CancelToken()
    script: list[Step] = [
        *sound(0.3, 1.0, 0.3),
        lambda: voice.asked.wait(LONG_S),
        cancel.cancel,
        *sound(1.0),
    ]
    car.talk().take_turn(SteppedMicrophone(script), car.seen, cancel)
    assert car.loudspeaker.chunks == []


def test_a_turn_whose_listening_is_cancelled_at_its_end_stays_silent() -> None:
    car = Car()
    cancel = CancelToken()

    @dataclass
    class LastFrame(FakeVoiceDetector):
        """Cancels with the frame that ends the utterance, after the microphone looked."""

        def probability(self, frame: Samples) -> float:
            if len(self.frames) * 0.032 > 1.75:
                cancel.cancel()
            return super().probability(frame)

    car.detector = LastFrame()
    car.detector.open()
    car.talk().take_turn(microphone(0.3, 1.0, 0.52), car.seen, cancel)
    assert car.loudspeaker.chunks == []


def test_ctrl_c_during_a_turn_cancels_it_before_the_engines_are_closed() -> None:
    voice = LongVoice(begun=lambda: os.kill(os.getpid(), signal.SIGINT))
    car = Car(voice=voice)
    with pytest.raises(KeyboardInterrupt):
        car.talk().take_text("how fast am I going", car.seen)
    assert voice.cancelled


# --- memory ----------------------------------------------------------------------------------

HOW = "how do I check the oil level"


def said(car: Car, *texts: str) -> list[str]:
    talk = car.talk()
    records = [talk.take_text(text, car.seen) for text in texts]
    return [record.answered.spoken for record in records if record.answered is not None]


def test_a_conversation_goes_through_steps_and_a_new_one_knows_nothing_of_them() -> None:
    first, second, other, last, over = said(
        Car(), HOW, "next", "how fast am I going", "next", "next"
    )
    assert first == "There are three steps. First: Park on level ground."
    assert second == "Step two: Wait five minutes."
    assert other == "eighty-eight kilometres per hour."
    assert last == "Back to Checking the oil level. Last step: Pull out the dipstick."
    assert over == "That was the last step."
    assert said(Car(), "next") == [REPLIES.refuse["nothing_to_go_on_with"]]


def test_a_conversation_can_be_begun_anew() -> None:
    talk = Car().talk()
    talk.take_text(HOW, lambda event: None)
    talk.forget()
    record = talk.take_text("next", lambda event: None)
    assert record.answered is not None
    assert record.answered.answer.text == REPLIES.refuse["nothing_to_go_on_with"]


def test_a_conversation_is_forgotten_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    talk = Car().talk()
    talk.take_text("where is the jack", lambda event: None)
    later = runtime.time.monotonic() + FORGET_S + 1
    monkeypatch.setattr(runtime.time, "monotonic", lambda: later)
    record = talk.take_text("tell me more", lambda event: None)
    assert record.answered is not None
    assert record.answered.answer.text == REPLIES.refuse["nothing_to_go_on_with"]


def test_a_turn_that_is_thrown_away_leaves_the_memory_as_it_was() -> None:
    voice = WatchedVoice()
    car = Car(FakeRecognizer(("next", "what was that")), voice)
    talk = car.talk()
    talk.take_text(HOW, car.seen)
    voice.asked.clear()
    script: list[Step] = [
        *sound(0.3, 1.0, 0.3),
        lambda: voice.asked.wait(LONG_S),  # "next" has been thought through and is being spoken
        *sound(0.0, 1.0, 1.0),
    ]
    record = talk.take_turn(SteppedMicrophone(script), car.seen, CancelToken())
    assert "Step two: Wait five minutes." in " ".join(voice.texts)
    assert record.answered is not None
    assert record.answered.spoken.startswith("There are three steps. First: Park")
    record = talk.take_text("next", car.seen)
    assert record.answered is not None
    assert record.answered.spoken == "Step two: Wait five minutes."


def test_a_turn_that_failed_leaves_the_memory_as_it_was() -> None:
    car = Car(vehicle=small_car())
    assert isinstance(car.vehicle, FakeVehicle)
    talk = car.talk()
    talk.take_text(HOW, car.seen)
    car.vehicle.error = BusError("the bus is gone")
    assert talk.take_text("how fast am I going", car.seen).failed is not None
    record = talk.take_text("next", car.seen)
    assert record.answered is not None
    assert record.answered.answer.text == "Step 2: Wait 5 minutes."
