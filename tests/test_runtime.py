"""A conversation: speculation, barge-in, silence, failures; on fakes, with real threads."""

import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import pytest

from assistant import runtime
from assistant.cancel import CancelToken
from assistant.errors import (
    AudioDeviceError,
    AurigaError,
    BusError,
    ManualError,
    RecognizerError,
    VoiceError,
)
from assistant.events import AudioChunk, Known, Outcome, Samples, Spoken, TurnEvent
from assistant.runtime import Conversation
from tests.fakes import (
    FakeLoudspeaker,
    FakeManual,
    FakePart,
    FakeRecognizer,
    FakeVehicle,
    FakeVoice,
    FakeVoiceDetector,
    ScriptedMicrophone,
)
from tests.turns import REPLIES, SETTINGS, SPEED, Build, Seen, known, sound

LONG_S = 10.0  # far longer than anything here takes
DOOR_CLOSED = "All doors and the boot are closed."


@dataclass
class Car:
    """A conversation with all its fakes."""

    recognizer: FakeRecognizer = field(
        default_factory=lambda: FakeRecognizer(("how fast am i going",))
    )
    voice: FakeVoice = field(default_factory=FakeVoice)
    vehicle: FakeVehicle | None = None
    manual: FakeManual | None = None
    loudspeaker: FakeLoudspeaker = field(default_factory=FakeLoudspeaker)
    detector: FakeVoiceDetector = field(default_factory=FakeVoiceDetector)
    seen: Seen = field(default_factory=Seen)

    def __post_init__(self) -> None:
        for part in (self.recognizer, self.voice, self.loudspeaker, self.detector):
            part.open()

    def talk(self) -> Conversation:
        build = Build(recognizer=self.recognizer, voice=self.voice)
        build.vehicle = self.vehicle or build.vehicle
        build.manual = self.manual or build.manual
        return Conversation(build.stages(), self.detector, self.loudspeaker, SETTINGS.hear)


Step = AudioChunk | Callable[[], object]


@dataclass
class SteppedMicrophone(FakePart):
    """A Microphone whose script may hold functions, called when it is their turn."""

    script: Sequence[Step]
    dropped: int = 0

    def chunks(self, cancel: CancelToken) -> Iterator[AudioChunk]:
        for step in self.script:
            if isinstance(step, AudioChunk):
                if cancel.cancelled:
                    return
                yield step
            else:
                step()


@dataclass
class WatchedVoice(FakeVoice):
    """Tells when it was asked for something."""

    asked: threading.Event = field(default_factory=threading.Event)

    def synthesize(self, text: str, cancel: CancelToken) -> Iterator[AudioChunk]:
        for chunk in super().synthesize(text, cancel):
            self.asked.set()
            yield chunk


@dataclass
class LongVoice(FakeVoice):
    """Says one word, calls back, and then goes on until it is cancelled."""

    begun: Callable[[], object] = lambda: None
    cancelled: bool = False

    def synthesize(self, text: str, cancel: CancelToken) -> Iterator[AudioChunk]:
        yield next(super().synthesize(text, cancel))
        self.begun()
        self.cancelled = cancel.wait(LONG_S)


def microphone(*seconds: float) -> ScriptedMicrophone:
    part = ScriptedMicrophone(sound(*seconds))
    part.open()
    return part


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


# --- failures --------------------------------------------------------------------------------


def failing(name: str) -> tuple[Car, str]:
    """A car in which one stage fails, and a question that needs that stage."""
    match name:
        case "recognizer":
            return Car(recognizer=FakeRecognizer(("anything",), fails=True)), "recognizer"
        case "vehicle":
            return Car(vehicle=broken_vehicle(BusError("the bus is gone"))), "bus"
        case "manual":
            recognizer = FakeRecognizer(("where is the jack",))
            return Car(recognizer, manual=FakeManual(error=ManualError("no manual"))), "manual"
        case _:
            return Car(vehicle=broken_vehicle(ZeroDivisionError("a bug"))), "internal"


def broken_vehicle(error: Exception) -> FakeVehicle:
    return FakeVehicle({SPEED: known(1.0, "km/h")}, error=error)


SENTENCES = {
    "recognizer": RecognizerError.spoken,
    "bus": BusError.spoken,
    "manual": ManualError.spoken,
    "internal": AurigaError.spoken,
}


@pytest.mark.parametrize("name", ["recognizer", "vehicle", "manual", "anything"])
def test_a_stage_that_fails_ends_the_turn_with_a_spoken_sentence(name: str) -> None:
    car, code = failing(name)
    record = car.talk().take_turn(microphone(0.3, 1.0, 1.0), car.seen, CancelToken())
    assert record.failed is not None
    assert record.failed.code == code
    assert record.failed.spoken == SENTENCES[code]
    assert " ".join(car.voice.texts) == SENTENCES[code]
    assert car.loudspeaker.seconds > 0
    assert car.seen.kinds[-1] == "Failed"


@pytest.mark.parametrize("name", ["vehicle", "manual", "anything"])
def test_what_was_heard_is_kept_when_a_later_stage_fails(name: str) -> None:
    car, _ = failing(name)
    record = car.talk().take_turn(microphone(0.3, 1.0, 1.0), car.seen, CancelToken())
    assert record.heard is not None
    assert record.understood is not None


@pytest.mark.parametrize("name", ["recognizer", "vehicle", "manual", "anything"])
def test_the_turn_after_a_failure_is_answered(name: str) -> None:
    car, _ = failing(name)
    talk = car.talk()
    talk.take_turn(microphone(0.3, 1.0, 1.0), car.seen, CancelToken())
    record = talk.take_text("hello", car.seen)
    assert record.failed is None
    assert record.answered is not None


def test_the_error_of_a_library_is_logged_without_its_text(
    caplog: pytest.LogCaptureFixture,
) -> None:
    car = Car(vehicle=broken_vehicle(ZeroDivisionError("private words")))
    car.talk().take_text("how fast am I going", car.seen)
    assert "ZeroDivisionError" in caplog.text
    assert "private words" not in caplog.text


@dataclass
class DyingVoice(FakeVoice):
    """Dies as often as told, after so many words."""

    deaths: int = 1
    after_words: int = 0

    def synthesize(self, text: str, cancel: CancelToken) -> Iterator[AudioChunk]:
        for count, chunk in enumerate(super().synthesize(text, cancel)):
            if self.deaths and count >= self.after_words:
                self.deaths -= 1
                raise VoiceError("the voice died; ask again")
            yield chunk


def test_a_voice_that_dies_once_is_asked_again() -> None:
    car = Car(voice=DyingVoice())
    record = car.talk().take_text("how fast am I going", car.seen)
    assert record.failed is None
    assert car.loudspeaker.seconds > 0


def test_a_voice_that_stays_dead_leaves_the_answer_as_text() -> None:
    car = Car(voice=DyingVoice(deaths=99))
    record = car.talk().take_text("how fast am I going", car.seen)
    assert record.failed is not None
    assert record.failed.code == "voice"
    assert record.answered is not None
    assert record.answered.answer.text == "88 km/h."


def test_a_voice_that_dies_in_a_clause_does_not_say_it_twice() -> None:
    car = Car(voice=DyingVoice(after_words=1))
    record = car.talk().take_text("how fast am I going", car.seen)
    assert record.failed is not None
    assert len(car.loudspeaker.chunks) == 1


def test_a_dead_voice_is_not_asked_to_tell_a_failure_for_ever() -> None:
    car = Car(voice=DyingVoice(deaths=99), vehicle=broken_vehicle(BusError("the bus is gone")))
    record = car.talk().take_text("how fast am I going", car.seen)
    assert record.failed is not None
    assert record.failed.code == "bus"
    assert len(car.voice.texts) == 2


# --- devices ---------------------------------------------------------------------------------


def test_a_loudspeaker_that_goes_away_reaches_the_caller() -> None:
    car = Car(loudspeaker=FakeLoudspeaker(goes_away=True))
    with pytest.raises(AudioDeviceError, match="loudspeaker went away"):
        car.talk().take_text("how fast am I going", car.seen)


def test_a_loudspeaker_that_goes_away_while_a_failure_is_told_reaches_the_caller() -> None:
    vehicle = broken_vehicle(BusError("the bus is gone"))
    car = Car(loudspeaker=FakeLoudspeaker(goes_away=True), vehicle=vehicle)
    with pytest.raises(AudioDeviceError, match="loudspeaker went away"):
        car.talk().take_text("how fast am I going", car.seen)


@pytest.mark.parametrize(
    "seconds", [(0.3,), (0.3, 1.0), (0.3, 1.0, 0.3)], ids=["in silence", "in speech", "at a pause"]
)
def test_a_microphone_that_goes_away_reaches_the_caller(seconds: tuple[float, ...]) -> None:
    car = Car()
    gone = ScriptedMicrophone(sound(*seconds), goes_away=True)
    gone.open()
    with pytest.raises(AudioDeviceError, match="microphone went away"):
        car.talk().take_turn(gone, car.seen, CancelToken())
    assert car.loudspeaker.chunks == []


def test_what_was_said_before_the_microphone_went_away_is_not_answered_later() -> None:
    car = Car(FakeRecognizer(("is any door open", "how fast am i going")))
    talk = car.talk()
    gone = ScriptedMicrophone(sound(0.3, 1.0, 0.3), goes_away=True)
    gone.open()
    with pytest.raises(AudioDeviceError):
        talk.take_turn(gone, car.seen, CancelToken())
    car.recognizer.texts = ("how fast am i going",)
    record = talk.take_turn(microphone(0.3, 1.0), car.seen, CancelToken())
    assert record.answered is not None
    assert record.answered.answer.text == "88 km/h."


def test_what_the_watcher_raises_reaches_the_caller() -> None:
    car = Car()

    def watch(event: TurnEvent) -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        car.talk().take_text("how fast am I going", watch)


def test_without_a_loudspeaker_the_sound_is_in_the_record() -> None:
    car = Car()
    talk = car.talk()
    talk._loudspeaker = None
    record = talk.take_text("how fast am I going", car.seen)
    assert record.sounds
    assert talk.clock.first_sample_s is None


# --- a hang ----------------------------------------------------------------------------------


def test_a_turn_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    let_go = threading.Event()

    @dataclass
    class HangingVehicle(FakeVehicle):
        """Answers only when let go."""

        def read(self, path: str) -> Known:
            let_go.wait(LONG_S)
            return known(1.0, "km/h")

    monkeypatch.setattr(runtime, "TURN_S", 0.1)
    car = Car(vehicle=HangingVehicle({SPEED: known(1.0, "km/h")}))
    record = car.talk().take_text("how fast am I going", car.seen)
    let_go.set()
    assert record.failed is not None
    assert record.failed.code == "timeout"
    assert record.failed.spoken
    assert car.seen.kinds[-1] == "Failed"
    assert car.loudspeaker.chunks == []
