"""How questions are put: each a conversation of its own, in its car, as text or as sound."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

import pytest

from assistant.cancel import CancelToken
from assistant.contract import TurnRecord
from assistant.errors import VoiceError
from assistant.events import AudioChunk, Outcome
from assistant.runtime import Conversation
from bench.evaluation.asking import Asker, Spoken, Typed, attempt_of
from bench.evaluation.questions import Question
from bench.evaluation.speech import CachedRecordings, word_errors
from tests.bench.evaluation.cases import question
from tests.fakes import FakeRecognizer, FakeVoice, FakeVoiceDetector
from tests.turns import SETTINGS, Build

SPEED = {"Vehicle.Speed": 88}


@dataclass
class Cars:
    """Keeps which question the car was set up for."""

    of: list[str] = field(default_factory=list)

    def set_up(self, question: Question) -> None:
        self.of.append(question.id)


@dataclass
class Heard:
    """A mouth that keeps what it said, and to which conversation."""

    said: list[tuple[int, str]] = field(default_factory=list)
    conversations: list[Conversation] = field(default_factory=list)

    def put(self, text: str, conversation: Conversation) -> TurnRecord:
        if not any(conversation is known for known in self.conversations):
            self.conversations.append(conversation)
        self.said.append((len(self.conversations), text))
        return Typed().put(text, conversation)


@dataclass
class Running:
    """As much of a running assistant as is asked."""

    build: Build = field(default_factory=Build)

    @property
    def stages(self) -> object:
        return self.build.stages()


@pytest.fixture
def cars() -> Cars:
    return Cars()


def asker(cars: Cars, mouth: object, build: Build | None = None) -> Asker:
    detector = FakeVoiceDetector()
    detector.open()
    return Asker(Running(build or Build()), SETTINGS.hear, cars, detector, mouth)  # type: ignore[arg-type]


def test_an_attempt_is_what_the_real_stages_made(cars: Cars) -> None:
    asked = question(("towing",), text="Where is the jack?")
    made = asker(cars, Typed()).ask(asked, [asked])
    assert made.outcome is Outcome.ANSWERED and made.by == "quote" and made.kind == "manual"
    assert "towing eye" in made.text and made.words == len(made.spoken.split())
    assert made.passages[0] == ("15.4", "203")
    assert [piece["section"] for piece in made.citations] == ["15.4"]
    assert made.took_s > 0


def test_a_question_about_the_car_is_answered_by_its_signals(cars: Cars) -> None:
    asked = question(("88",), text="How fast am I going?", state=SPEED)
    made = asker(cars, Typed()).ask(asked, [asked])
    assert (made.kind, made.passages, made.citations) == ("vehicle", (), [])
    assert made.evidence[0]["path"] == "Vehicle.Speed"
    assert cars.of == ["q1"]


def test_what_a_question_follows_is_asked_before_in_the_same_conversation(cars: Cars) -> None:
    first = question(("88",), id="a", text="How fast am I going?", state=SPEED)
    second = question(("x",), id="b", text="Where is the jack?", follows="a")
    other = question(("x",), id="c", text="What is the oil level?")
    mouth = Heard()
    ask = asker(cars, mouth)
    assert ask.ask(second, [first, second]).kind == "manual"
    ask.ask(other, [first, second, other])
    assert mouth.said == [
        (1, "How fast am I going?"), (1, "Where is the jack?"), (2, "What is the oil level?"),
    ]  # fmt: skip
    # The car is the one that the conversation is about.
    assert cars.of == ["a", "c"]


def test_a_turn_that_failed_is_an_attempt_too() -> None:
    made = attempt_of(TurnRecord())
    assert made.outcome is Outcome.FAILED and not made.answered


# --- speech ------------------------------------------------------------------------------------


def test_a_spoken_question_goes_through_the_voice_and_the_recognizer(
    cars: Cars, tmp_path: Path
) -> None:
    recognizer = FakeRecognizer(("where is the jack",))
    recognizer.open()
    voice = FakeVoice()
    mouth = Spoken(CachedRecordings(voice, SETTINGS.models, tmp_path))
    asked = question(("towing",), text="Where's the jack?")
    made = asker(cars, mouth, Build(recognizer=recognizer, voice=voice)).ask(asked, [asked])
    assert made.heard == "where is the jack" and made.outcome is Outcome.ANSWERED
    assert voice.texts == ["Where's the jack?"]  # the answer was not spoken


def test_a_recording_is_made_once_for_a_text_and_a_voice(tmp_path: Path) -> None:
    voice = FakeVoice()
    recordings = CachedRecordings(voice, SETTINGS.models, tmp_path)
    first = recordings.of("How much oil?")
    assert recordings.of("How much oil?") == first and first.is_file()
    assert recordings.of("How much fuel?") != first
    other = CachedRecordings(voice, replace(SETTINGS.models, voice="other"), tmp_path)
    assert other.of("How much oil?") != first
    assert len(voice.texts) == 3


def test_a_recording_that_failed_is_not_kept(tmp_path: Path) -> None:
    recordings = CachedRecordings(FakeVoice(fails=True), SETTINGS.models, tmp_path)
    with pytest.raises(VoiceError):
        recordings.of("How much oil?")
    assert not list(tmp_path.iterdir())


@dataclass
class HoarseVoice(FakeVoice):
    """Fails for the first so many texts, after a first sound."""

    failures: int = 0

    def synthesize(self, text: str, cancel: CancelToken) -> Iterator[AudioChunk]:
        self.failures -= 1
        yield from islice(super().synthesize(text, cancel), 1 if self.failures >= 0 else None)
        if self.failures >= 0:
            raise VoiceError("too late")


def test_a_voice_that_fails_once_is_asked_again(tmp_path: Path) -> None:
    whole = CachedRecordings(FakeVoice(), SETTINGS.models, tmp_path / "1").of("How much oil?")
    hoarse = HoarseVoice(failures=2)
    again = CachedRecordings(hoarse, SETTINGS.models, tmp_path / "2").of("How much oil?")
    assert again.read_bytes() == whole.read_bytes()
    with pytest.raises(VoiceError):
        CachedRecordings(HoarseVoice(failures=3), SETTINGS.models, tmp_path / "3").of("How much?")


@pytest.mark.parametrize(
    ("said", "heard", "errors"),
    [
        ("How much oil?", "how much oil", (0, 3)),
        ("Is it 12 bar?", "is it twelve bar", (0, 4)),
        ("How much oil?", "how much soil", (1, 3)),
        ("How much oil?", "how oil", (1, 3)),
        ("How much oil?", "so how much oil then", (2, 3)),
        ("How much oil?", "", (3, 3)),
        ("a b c d", "b c d a", (2, 4)),
    ],
)
def test_word_errors_are_the_least_edits(said: str, heard: str, errors: tuple[int, int]) -> None:
    assert word_errors(said, heard) == errors
