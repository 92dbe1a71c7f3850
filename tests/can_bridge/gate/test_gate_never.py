"""What the gate never does, whatever is asked of it, whatever the car reports, however time runs."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from can_bridge import Known, Reading, Reason, Unknown, load_profile
from can_bridge.command_rules import Cause, Outcome, Result
from can_bridge.errors import TransmitError
from can_bridge.gate import Gate
from can_bridge.ledger import Sent, Turn, nothing_sent
from can_bridge.spec import CommandFrame

INTERVAL_S, PER_MINUTE, DEADLINE_S, SENDS = 0.1, 30, 1.0, 3


POD = load_profile(Path(__file__).with_name("pod"))
PATHS = [*POD.signals, "Vehicle.IsLocked", "Vehicle.Nothing"]
VALUES: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from(
        [0, 1, 5, 40, 80, 80.5, -1, True, False, "eco", "sport", "snow", "", "no_request"]
    ),
    st.floats(allow_nan=True, allow_infinity=True),
    st.text(max_size=5),
)

REQUESTS = st.one_of(
    st.sampled_from(
        [
            ("Vehicle.Window", 40),
            ("Vehicle.Window", 80),
            ("Vehicle.Window", 0),
            ("Vehicle.Mode", "sport"),
            ("Vehicle.Lamp", True),
            ("Vehicle.IsLocked", True),
        ]
    ),
    st.tuples(st.sampled_from(PATHS), VALUES),
)


class World:
    """A car whose readings jump about, and a clock that stumbles; both drawn by hypothesis."""

    def __init__(self, data: st.DataObject) -> None:
        self._data = data
        self.now = 100.0
        self.readings: dict[str, Reading] = {}
        self.sent: list[tuple[float, bytes, dict[str, Reading]]] = []
        self.fails = False
        self.let_pass_at: float | None = None
        """The gate's first look at the clock in a command: its deadline runs from here."""
        self.waits_too_long = False
        self.change()

    def change(self) -> None:
        draw = self._data.draw
        unknown = st.sampled_from([Unknown(reason) for reason in Reason])
        age = st.sampled_from([0.0, 0.01, 0.3])

        def known(values: list[Any]) -> st.SearchStrategy[Reading]:
            return st.builds(Known, st.sampled_from(values), st.none(), age)

        if self._data.draw(st.integers(0, 3)):  # mostly a car that may be asked
            self.readings = {
                "Vehicle.Speed": Known(10.0, None, 0.0),
                "Vehicle.Window": Known(draw(st.sampled_from([20.0, 20.0, 40.0])), None, 0.01),
                "Vehicle.Mode": Known("eco", None, 0.0),
                "Vehicle.Lamp": Known(draw(st.booleans()), None, 0.0),
                "Vehicle.Lock1": Known(False, None, 0.0),
                "Vehicle.Lock2": Known(draw(st.booleans()), None, 0.0),
            }
            return

        self.readings = {
            "Vehicle.Speed": draw(st.one_of(known([0.0, 30.0, 30.1, 90.0]), unknown)),
            "Vehicle.Window": draw(st.one_of(known([0.0, 40.0, 79.5]), unknown)),
            "Vehicle.Mode": draw(st.one_of(known(["eco", "sport"]), unknown)),
            "Vehicle.Lamp": draw(st.one_of(known([True, False]), unknown)),
            "Vehicle.Lock1": draw(st.one_of(known([True, False]), unknown)),
            "Vehicle.Lock2": draw(st.one_of(known([True, False]), unknown)),
        }

    def read(self, path: str) -> Reading:
        return self.readings[path]

    def clock(self) -> float:
        self.now += self._data.draw(st.sampled_from([0.0, 0.0, 0.0, 0.001, 0.05, 2.0]))
        if self.let_pass_at is None:
            self.let_pass_at = self.now
        return self.now

    def send(self, key: int, data: bytes) -> None:
        if self.fails:
            raise TransmitError("the bus is gone")
        self.sent.append((self.now, key.to_bytes(4, "big") + data, dict(self.readings)))

    # the gate's event: waiting lets time pass and the car change
    def is_set(self) -> bool:
        return False

    def wait(self, timeout: float) -> bool:
        assert self.let_pass_at is not None
        self.waits_too_long |= self.now >= self.let_pass_at + DEADLINE_S
        self.now += max(timeout, self._data.draw(st.sampled_from([0.02, 0.1, 0.4])))
        self.change()
        return False


class Book:
    """A ledger of one process, on the world's clock."""

    def __init__(self) -> None:
        self._sent: dict[int, Sent] = {}

    @contextlib.contextmanager
    def turn(self, frame: CommandFrame) -> Iterator[Turn]:
        def keep(sent: Sent) -> None:
            self._sent[frame.key] = sent

        yield Turn(self._sent.get(frame.key) or nothing_sent(), keep)


def _allowed(path: str, value: Any, readings: dict[str, Reading]) -> bool:
    """Written anew from commands.toml, so that an error of the gate cannot hide itself."""
    if path == "Vehicle.Window":
        speed = readings["Vehicle.Speed"]
        is_slow = isinstance(speed, Known) and speed.value <= 30  # type: ignore[operator]
        right = not isinstance(value, bool | str) and 0 <= value <= 80
        return right and (value < 1 or is_slow)
    if path == "Vehicle.Mode":
        lamp = readings["Vehicle.Lamp"]
        is_lit = isinstance(lamp, Known) and lamp.value is True
        return value == "eco" or (value == "sport" and is_lit)
    return path in ("Vehicle.Lamp", "Vehicle.IsLocked") and isinstance(value, bool)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_frame_unless_every_condition_holds_and_never_too_fast_too_often_or_too_late(
    data: st.DataObject,
) -> None:
    world = World(data)
    gate = Gate(POD.commands, world.read, world, Book(), world.clock)
    gate._closed = world  # type: ignore[assignment]
    history: dict[bytes, list[float]] = {}
    for _ in range(data.draw(st.integers(1, 4))):
        path, value = data.draw(REQUESTS)
        world.fails = data.draw(st.sampled_from([False, False, False, True]))
        world.sent.clear()
        world.let_pass_at = None
        outcome = gate.set(path, value)
        check(outcome, world, path, value)
        for at, frame, readings in world.sent:
            assert _allowed(path, value, readings)
            assert world.let_pass_at is not None
            assert world.let_pass_at <= at < world.let_pass_at + DEADLINE_S
            times = history.setdefault(frame[:4], [])
            interval_s = INTERVAL_S if frame[:4] == (512).to_bytes(4, "big") else 0.3
            assert not times or at - times[-1] >= interval_s
            times.append(at)
            assert sum(at - other < 60 for other in times) <= PER_MINUTE
        assert not world.waits_too_long


def check(outcome: Outcome, world: World, path: str, value: Any) -> None:
    assert outcome.sends == len(world.sent) <= SENDS
    if outcome.result is Result.REFUSED:
        assert not world.sent
        assert outcome.text.endswith("nothing was sent")
    if outcome.cause is Cause.ALREADY:
        assert not world.sent
    if path not in POD.commands:
        assert outcome.cause is Cause.NOT_LISTED
    if outcome.result is Result.CONFIRMED:
        confirm = POD.commands[path].confirm
        for name in confirm:
            reading = world.readings[name]
            assert isinstance(reading, Known)
            if outcome.cause is Cause.REPORTED:
                assert world.now - reading.age_s > world.sent[-1][0]


def test_every_command_of_the_small_car_is_checked_above() -> None:
    assert set(POD.commands) == {
        "Vehicle.Window",
        "Vehicle.Mode",
        "Vehicle.Lamp",
        "Vehicle.IsLocked",
    }


class Mute:
    """Whoever uses it has sent something, or has looked at the car for nothing."""

    def send(self, key: int, data: bytes) -> None:
        raise AssertionError(key, data)

    def read(self, path: str) -> Reading:
        raise AssertionError(path)


NO_VALUES: list[Any] = [
    None,
    b"40",
    bytearray(b"on"),
    [40],
    (40,),
    {40},
    {"on": True},
    object(),
    1j,
]
NO_VALUES += [10**400, -(10**400), 10**5000, float("nan"), float("inf"), -float("inf"), "9" * 99]


@pytest.mark.parametrize("value", NO_VALUES, ids=lambda value: type(value).__name__)
def test_what_is_no_value_is_refused_by_what_was_expected(value: Any) -> None:
    gate = Gate(POD.commands, Mute().read, Mute(), Book())
    for path in POD.commands:
        outcome = gate.set(path, value)
        assert (outcome.result, outcome.cause) == (Result.REFUSED, Cause.BAD_VALUE)
        assert outcome.text.startswith("expected ") and f" for {path}, found " in outcome.text
        assert outcome.text.endswith("; nothing was sent") and len(outcome.text) < 200


NO_PATHS: list[Any] = [None, b"Vehicle.Lamp", ["Vehicle.Lamp"], {}, 10**5000]


@pytest.mark.parametrize("path", NO_PATHS, ids=lambda path: type(path).__name__)
def test_what_is_no_path_is_not_listed(path: Any) -> None:
    outcome = Gate(POD.commands, Mute().read, Mute(), Book()).set(path, True)
    assert (outcome.result, outcome.cause) == (Result.REFUSED, Cause.NOT_LISTED)
    assert outcome.text.endswith("is not in the vehicle's commands.toml; nothing was sent")
