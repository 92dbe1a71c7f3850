"""Turns for tests: the real stages on fake parts, with a small car and a small manual."""

from dataclasses import dataclass, field
from types import MappingProxyType

from assistant.events import (
    SAMPLE_RATE,
    AudioChunk,
    Known,
    Passage,
    PassageKind,
    Telltale,
    TurnEvent,
)
from assistant.interpret.follow_ups import FollowUps, load_wording
from assistant.interpret.gauges import load_gauges, load_unreported
from assistant.interpret.interpreter import Interpreter, load_shapes
from assistant.lexicon import load_lexicon
from assistant.lookup.facts import Lookup
from assistant.pipeline import Stages
from assistant.ports import LanguageModel, Manual, Recognizer, Vehicle, Voice
from assistant.respond.likeliest import Likely
from assistant.respond.phrase import Phrasing
from assistant.respond.replies import load_replies
from assistant.respond.responder import Responder
from assistant.respond.weights import load_choosing
from assistant.settings import CONFIG, load_settings
from tests.audio import silence, tone
from tests.fakes import FakeManual, FakeVehicle

ENGLISH = CONFIG / "intents" / "en"
LEXICON = load_lexicon(ENGLISH)
REPLIES = load_replies(ENGLISH)
SHAPES = load_shapes(ENGLISH)
WORDING = load_wording(ENGLISH)
SETTINGS = load_settings()

SPEED = "Vehicle.Speed"
DOOR = "Vehicle.Cabin.Door.Row{row}.{side}Side.IsOpen"
DOORS = tuple(DOOR.format(row=row, side=side) for row in (1, 2) for side in ("Driver", "Passenger"))
LAMP = Telltale("Coolant", "Vehicle.Cabin.Cluster.Telltale.Coolant", "Coolant", "red", "3.5")

JACK = Passage(
    section="15.4",
    title="Changing a wheel",
    page="203",
    text="The jack lies in the tray under the luggage compartment floor, beside the towing eye and "
    "the wheel wrench.",
    order=1,
)
COOLANT = Passage(
    section="3.5",
    title="Coolant",
    page="41",
    text="The engine is too hot. Stop where it is safe and switch the engine off.",
    order=2,
)
STEPS = Passage(
    section="14.2",
    title="Checking the oil level",
    page="180",
    text="1. Park on level ground.\n2. Wait 5 minutes.\n3. Pull out the dipstick.",
    kind=PassageKind.PROCEDURE,
    order=3,
)
MANUAL = (JACK, COOLANT, STEPS)


def known(value: float | bool | str, unit: str | None = None) -> Known:
    """A fresh reading."""
    return Known(value, unit, 0.04)


def small_car() -> FakeVehicle:
    """A car that drives 88 km/h with closed doors and no lamp lit."""
    car = FakeVehicle(
        readings={
            SPEED: known(88.0, "km/h"),
            **{door: known(value=False) for door in DOORS},
            LAMP.path: known("off"),
        },
        telltales=(LAMP,),
        units=MappingProxyType({SPEED: "km/h"}),
    )
    car.open()
    return car


@dataclass
class Build:
    """The parts that stages are built from; each may be replaced."""

    vehicle: Vehicle = field(default_factory=small_car)
    manual: Manual = field(default_factory=lambda: FakeManual(MANUAL))
    model: LanguageModel | None = None
    recognizer: Recognizer | None = None
    voice: Voice | None = None

    @property
    def interpreter(self) -> Interpreter:
        """The English interpreter of this car."""
        vehicle = self.vehicle
        gauges, places = load_gauges(ENGLISH, vehicle.signals, vehicle.driver_side)
        return Interpreter(
            LEXICON, SHAPES, gauges, places, vehicle.telltales, load_unreported(ENGLISH)
        )

    @property
    def responder(self) -> Responder:
        """The English responder with the default settings."""
        tokens = SETTINGS.respond.model_tokens
        phrasing = Phrasing(self.model, LEXICON, tokens) if self.model else None
        coverage, longest = SETTINGS.lookup.min_coverage, SETTINGS.respond.max_words
        likely = Likely(load_choosing(ENGLISH), SETTINGS.respond.min_confidence, longest)
        return Responder(REPLIES, coverage, longest, likely, phrasing)

    def stages(self) -> Stages:
        """All of them."""
        lookup = Lookup(self.vehicle, self.manual, LEXICON, SETTINGS.lookup.passages)
        follow_ups = FollowUps(self.interpreter, WORDING)
        return Stages(self.recognizer, follow_ups, lookup, self.responder, self.voice)


def sound(*seconds: float) -> list[AudioChunk]:
    """Silence, speech, silence, speech … of these lengths, in chunks of 20 ms."""
    chunks = []
    for index, length in enumerate(seconds):
        piece = tone(length) if index % 2 else silence(length)
        size = SAMPLE_RATE // 50
        chunks += [AudioChunk(piece[at : at + size]) for at in range(0, len(piece), size)]
    return chunks


@dataclass
class Seen:
    """A watcher that keeps what it saw."""

    events: list[TurnEvent] = field(default_factory=list)

    def __call__(self, event: TurnEvent) -> None:
        """Keep it."""
        self.events.append(event)

    @property
    def kinds(self) -> list[str]:
        """The names of the events, each run of equal ones once."""
        names = [type(event).__name__ for event in self.events]
        return [name for at, name in enumerate(names) if at == 0 or names[at - 1] != name]
