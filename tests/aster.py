"""The Aster for tests of the stages: its profile, its gauges and its manual, without a bus."""

from functools import cache
from pathlib import Path

from assistant.events import Known, Passage, Reading, Telltale
from assistant.ingest.markdown import read_markdown
from assistant.interpret.gauges import load_gauges, load_unreported
from assistant.interpret.interpreter import Interpreter
from assistant.settings import CONFIG
from can_bridge import SignalSpec, VehicleProfile, load_profile
from tests.fakes import FakeVehicle
from tests.turns import ENGLISH, LEXICON, SHAPES

FOLDER = CONFIG / "vehicles" / "aster"
FILES = tuple(sorted((FOLDER / "manual").glob("*.md")))


@cache
def profile() -> VehicleProfile:
    """What config says of the Aster."""
    return load_profile(FOLDER)


def car(**readings: Reading) -> FakeVehicle:
    """An Aster of which nothing is known but the given readings; "__" in a name is a dot."""
    spec = profile()
    lamps = tuple(Telltale(t.id, t.path, t.name, t.colour, t.section) for t in spec.telltales)
    vehicle = FakeVehicle(
        readings={name.replace("__", "."): reading for name, reading in readings.items()},
        telltales=lamps,
        units={path: signal.unit for path, signal in spec.signals.items()},
        driver_side=spec.region["driver_position"],
        tyre_size=spec.tyres.fitted if spec.tyres else "",
    )
    vehicle.open()
    return vehicle


@cache
def interpreter() -> Interpreter:
    """What the Aster makes of English."""
    vehicle = car()
    gauges, places = load_gauges(ENGLISH, vehicle.signals, vehicle.driver_side)
    return Interpreter(LEXICON, SHAPES, gauges, places, vehicle.telltales, load_unreported(ENGLISH))


@cache
def passages() -> tuple[Passage, ...]:
    """All of the manual."""
    return tuple(passage for path in FILES for passage in read_markdown(_text(path)))


def values(signal: SignalSpec) -> list[Known]:
    """Readings at the borders of what a signal may say, and one in between."""
    if signal.kind == "bool":
        return [Known(value, None, 0.1) for value in (True, False)]
    if signal.kind == "enum":
        return [Known(value, None, 0.1) for value in signal.values]
    low = 0.0 if signal.low is None else signal.low
    high = 999.0 if signal.high is None else signal.high
    numbers = sorted({low, high, (low + high) / 3, min(max(0.0, low), high)})
    return [Known(number, signal.unit, 0.1) for number in numbers]


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")
