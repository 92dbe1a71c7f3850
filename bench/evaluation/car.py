"""Evaluation: VSS paths with their values come in, a car that sends them as CAN frames goes out.

The frames are sent on an in-process bus and received by can_bridge as those of any car. What a
question does not set is as in the simulator's car park where the simulator knows the vehicle's
messages, else not available.
"""

import threading
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

import can

from assistant.adapters.can_bridge_vehicle import CanBridgeVehicle
from assistant.errors import UsageError
from assistant.events import Known, Reading, Reason, Unknown
from bench.evaluation.questions import Question, Value
from can_bridge import VehicleProfile, load_profile
from can_bridge.spec import EXTENDED, POLLED, FrameSpec, Protection, SignalSource
from sim.car import Car
from sim.ecus import OUTPUTS, values_of
from sim.errors import SimError
from sim.frame import FrameBuilder
from sim.physics import advance
from sim.vehicle_files import load_vehicle

CHANNEL = "auriga-evaluation"
BUS = f"virtual:{CHANNEL}"
CYCLE_S = 0.1  # shorter than the time after which any reading of our vehicles is stale
LOOK_S = 0.01
READY_S = 1.0  # for the first frames to pass a bus inside this process
NEAR = 0.01  # a derived value may differ from the one that a question names by this share


class LiveCar:
    """The car around one question after the other: `set_up` before each, `close` at the end."""

    def __init__(self, folder: Path, vehicle: CanBridgeVehicle) -> None:
        """`vehicle` is that of the folder, and listens on BUS; it need not be open."""
        self._vehicle = vehicle
        self._profile = load_profile(folder)
        self._parked = parked_frames(self._profile, folder)
        self._sending = ExitStack()

    def set_up(self, question: Question) -> None:
        """Be the car that a question is about; raises UsageError where its state cannot be had.

        The vehicle is opened anew, so that no reading of the question before is left.
        """
        self.close()
        wanted = state_of(question, self._profile)
        self._vehicle.open()
        if self._parked:
            frames = with_values(self._parked, wanted, self._profile, question)
            self._sending.enter_context(_Sender(frames, self._profile))
        # The first look waits for the frames, so that no question's time holds that wait.
        for path in list(self._profile.signals)[:1]:
            self._vehicle.read(path)
        for path, value in (question.state or {}).items():
            self._check(path, value, question)

    def close(self) -> None:
        """Leave the bus."""
        self._vehicle.close()
        self._sending.close()

    def _check(self, path: str, value: Value, question: Question) -> None:
        """Whether the car reads what was sent; on a machine that is busy it may do so a bit later."""
        deadline = time.monotonic() + READY_S
        while _is_missing(reading := self._vehicle.read(path)) and time.monotonic() < deadline:
            time.sleep(LOOK_S)
        source = self._profile.sources.get(path)
        if not _is(reading, value, abs(source.factor) if source else None):
            found = reading.value if isinstance(reading, Known) else reading.reason.value
            how = "correct it" if source else "it is derived, set what it is computed from"
            raise UsageError(
                f"{question.place}: `state` wants {path} = {value}, but the car then reads "
                f"{found}; {how}."
            )


def state_of(question: Question, profile: VehicleProfile) -> dict[str, Value]:
    """All that must be sent for a question; nothing for one that is not about the live car.

    Exactly the lamps that it names are lit. A value that the profile holds to be implausible
    beside another is accompanied by a fitting one. Raises UsageError for an unknown path.
    """
    if question.state is None:
        return {}
    lamps = [lamp.path for lamp in profile.telltales]
    for path in (*question.state, *question.lit):
        if path not in profile.signals or (path in question.lit and path not in lamps):
            kind = "lamp" if path in question.lit else "signal"
            raise UsageError(f"{question.place}: the vehicle has no {kind} '{path}'; correct it.")
    wanted: dict[str, Value] = {path: "on" if path in question.lit else "off" for path in lamps}
    wanted |= question.state
    for rule in profile.plausible:
        value = question.state.get(rule.path)
        if value is not None:
            fitting = float(value) / rule.scale
            wanted |= {path: fitting for path in rule.near if path not in question.state}
    return {path: value for path, value in wanted.items() if path in profile.sources}


def parked_frames(profile: VehicleProfile, folder: Path) -> dict[int, bytes]:
    """A frame of each message, by its key: parked as the simulator has it, else not available."""
    frames = {
        key: _unavailable(frame, [s for s in profile.sources.values() if s.frame == key])
        for key, frame in profile.frames.items()
        if not key & POLLED
    }
    try:
        messages = load_vehicle(str(folder)).messages
    except SimError:
        return frames
    car = Car()
    advance(car, 0.0)
    for builder in map(FrameBuilder, (m for m in messages if m.name in OUTPUTS)):
        key = builder.identifier | (EXTENDED if builder.extended else 0)
        if key in frames:
            frames[key] = builder.build(values_of(builder.name, car), 0)
    return frames


def with_values(
    frames: Mapping[int, bytes],
    wanted: Mapping[str, Value],
    profile: VehicleProfile,
    question: Question,
) -> dict[int, bytes]:
    """The frames with these values in them; raises UsageError where one does not fit."""
    changed = dict(frames)
    for path, value in wanted.items():
        source = profile.sources[path]
        try:
            data = changed[source.frame]
            changed[source.frame] = source.field.insert(data, _raw(source, value))
        except (ValueError, KeyError, TypeError) as error:
            raise UsageError(
                f"{question.place}: {path} cannot be {value!r} on this vehicle; correct `state`."
            ) from error
    return changed


def sealed(data: bytes, protection: Protection | None, number: int) -> bytes:
    """A frame with its rolling counter and its checksum."""
    if protection is None:
        return data
    counter = 0
    if protection.counter is not None:
        counter = number % (1 << protection.counter.bits)
        data = protection.counter.insert(data, counter)
    place = protection.checksum_byte
    if place is None:
        return data
    checksum = protection.checksum(data, place, counter)
    return data[:place] + bytes((checksum,)) + data[place + 1 :]


class _Sender:
    """Sends frames again and again, until it is left."""

    def __init__(self, frames: Mapping[int, bytes], profile: VehicleProfile) -> None:
        # What is not waited for goes first: what is waited for tells that all has come.
        keys = sorted(frames, key=lambda key: profile.frames[key].cycle_s is not None)
        self._frames = [(key, frames[key], profile.frames[key].protection) for key in keys]
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._send, name="evaluation car", daemon=True)

    def __enter__(self) -> "_Sender":
        self._bus = can.Bus(interface="virtual", channel=CHANNEL)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self._bus.shutdown()

    def _send(self) -> None:
        number = 0
        while not self._stop.is_set():
            for key, data, protection in self._frames:
                message = can.Message(
                    arbitration_id=key & ~EXTENDED,
                    is_extended_id=bool(key & EXTENDED),
                    data=sealed(data, protection, number),
                )
                self._bus.send(message)
            number += 1
            self._stop.wait(CYCLE_S)


def _unavailable(frame: FrameSpec, sources: list[SignalSource]) -> bytes:
    data = bytes(frame.length)
    for source in sources:
        if source.invalid:
            data = source.field.insert(data, min(source.invalid))
    return data


def _raw(source: SignalSource, value: Value) -> int:
    for raw, meaning in source.choices.items():
        if type(meaning) is type(value) and meaning == value:
            return raw
    if isinstance(value, bool) and not source.choices:
        return int(value)
    if isinstance(value, str):
        raise ValueError(value)
    return round((value - source.offset) / source.factor)


def _is_missing(reading: Reading) -> bool:
    return isinstance(reading, Unknown) and reading.reason in {Reason.STALE, Reason.NEVER_SEEN}


def _is(reading: Reading, value: Value, step: float | None) -> bool:
    """Whether a reading is the value, to a step of its field; a derived number, to a share."""
    if not isinstance(reading, Known):
        return False
    if isinstance(value, str | bool) or isinstance(reading.value, str | bool):
        return type(reading.value) is type(value) and reading.value == value
    return abs(reading.value - value) <= (NEAR * abs(value) if step is None else step)
