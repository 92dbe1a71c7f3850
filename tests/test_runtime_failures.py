"""A conversation in which stages, devices and engines fail; on fakes, with real threads."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass

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
from assistant.events import AudioChunk, Known, TurnEvent
from tests.conversation import (
    LONG_S,
    Car,
    microphone,
)
from tests.fakes import (
    FakeLoudspeaker,
    FakeManual,
    FakeRecognizer,
    FakeVehicle,
    FakeVoice,
    ScriptedMicrophone,
)
from tests.turns import SPEED, known, sound

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
