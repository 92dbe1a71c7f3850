"""Fakes put together to a conversation, and those that only its tests need."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from assistant.cancel import CancelToken
from assistant.events import AudioChunk
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
from tests.turns import SETTINGS, Build, Seen, sound

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
