"""sim: command frames of the assistant in, the car as its controllers then leave it out.

A controller obeys a frame whose length, checksum and counter are right, refuses what the table
REFUSALS forbids, and says neither: the car's own status messages show what came of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from cantools.database.can import Message, Signal

from sim.car import WHEELS, Car
from sim.frame import FrameBuilder
from sim.lamps import side_lights

Value = float | str
"""A number in the DBC's unit, or a word of its VAL_ table."""
NO_REQUEST = "NoRequest"
"""The word in VAL_ for a field that asks for nothing."""
_MAX_STEP = 3  # frames may be lost
_PAUSE_S = 1.0  # after so long without a frame its sender may have started again, at any counter
_AWAKE_V = 9.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one request, or of a frame (`signal` empty) that was not listened to."""

    message: str
    signal: str
    value: Value | None
    outcome: str
    """`obeyed`, `refused` or `ignored`."""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a controller does not do, and when."""

    signal: str
    asked: Callable[[Value], bool]
    forbidden: Callable[[Car], bool]
    reason: str


def _word(*words: str) -> Callable[[Value], bool]:
    return lambda value: value in words


def _anything(value: Value) -> bool:
    return True


def _open(value: Value) -> bool:
    return not isinstance(value, str) and value > 0


def _off(car: Car) -> bool:
    return car.system not in {"Acc", "On", "Start"}


_WINDOWS = {f"Window{''.join(p.title() for p in w.split('_'))}Request": w for w in WHEELS}
_CLIMATE = (
    "TargetDriverRequest TargetPassengerRequest FanSpeedRequest AirConditioningRequest "
    "RecirculationRequest FrontDefrosterRequest RearDefrosterRequest SeatHeatingDriverRequest "
    "SeatHeatingPassengerRequest"
).split()

REFUSALS: tuple[Refusal, ...] = (
    *(
        Refusal(name, _anything, _off, "the car is switched off")
        for name in (*_CLIMATE, *_WINDOWS, "SunroofRequest", "FrontFogRequest", "RearFogRequest")
    ),
    Refusal(
        "LockAllRequest",
        _word("unlock"),
        lambda car: car.speed_kmh > 5,  # noqa: PLR2004
        "above 5 km/h the doors stay locked",
    ),
    Refusal("LockAllRequest", _word("lock"), lambda car: bool(car.open), "a door is open"),
    Refusal(
        "FrontFogRequest",
        _word("on"),
        lambda car: not side_lights(car),
        "fog lamps need the side lights or the dipped beam",
    ),
    Refusal(
        "RearFogRequest",
        _word("on"),
        lambda car: not side_lights(car),
        "the rear fog lamp needs the side lights or the dipped beam",
    ),
    Refusal(
        "LightSwitchRequest",
        _word("Off", "Position"),
        lambda car: car.dark and car.speed_kmh > 10,  # noqa: PLR2004
        "in the dark a moving car keeps its dipped beam",
    ),
    Refusal(
        "SunroofRequest",
        _open,
        lambda car: car.speed_kmh > 120,  # noqa: PLR2004
        "the roof opens only up to 120 km/h",
    ),
    Refusal(
        "RecirculationRequest",
        _word("on"),
        lambda car: car.front_defroster,
        "the windscreen is being cleared with fresh air",
    ),
    Refusal(
        "AirConditioningRequest",
        _word("off"),
        lambda car: car.front_defroster,
        "the windscreen is being cleared with dry air",
    ),
    *(
        Refusal(
            name,
            _open,
            lambda car: car.voltage_v < 11.6,  # noqa: PLR2004
            "the 12-volt battery is low",
        )
        for name in ("SeatHeatingDriverRequest", "SeatHeatingPassengerRequest")
    ),
    Refusal(
        "WiperFrontRequest",
        _word("Slow", "Medium", "Fast", "Interval", "RainSensor"),
        lambda car: "bonnet" in car.open,
        "the bonnet is open",
    ),
    Refusal("DriveModeRequest", _anything, lambda car: not car.ready, "the car is not ready"),
    Refusal(
        "DriveModeRequest",
        _word("Electric"),
        lambda car: car.battery_percent <= 10,  # noqa: PLR2004
        "the charge is too low for Electric mode",
    ),
    Refusal(
        "DriveModeRequest",
        _word("Electric"),
        lambda car: car.speed_kmh > 135,  # noqa: PLR2004
        "Electric mode goes up to 135 km/h",
    ),
)
"""Every reason for which a request is refused; nothing here opens the boot, the bonnet or a door."""


def _set(field: str) -> Callable[[Car, Value], None]:
    return lambda car, value: setattr(car, field, value if isinstance(value, str) else float(value))


def _switch(field: str) -> Callable[[Car, Value], None]:
    return lambda car, value: setattr(car, field, value == "on")


def _move(part: str) -> Callable[[Car, Value], None]:
    def start(car: Car, value: Value) -> None:
        car.moving_percent[part] = float(value)

    return start


def _clear_windscreen(car: Car, value: Value) -> None:
    car.front_defroster = value == "on"
    if car.front_defroster:
        car.recirculation, car.air_conditioning = False, True


def _lock(car: Car, value: Value) -> None:
    car.locked = value == "lock"


def _hazard(car: Car, value: Value) -> None:
    car.indicator = "hazard" if value == "on" else "off"


OBEY: Mapping[str, Callable[[Car, Value], None]] = {
    "TargetDriverRequest": _set("target_driver_c"),
    "TargetPassengerRequest": _set("target_passenger_c"),
    "FanSpeedRequest": _set("fan_percent"),
    "AirConditioningRequest": _switch("air_conditioning"),
    "RecirculationRequest": _switch("recirculation"),
    "FrontDefrosterRequest": _clear_windscreen,
    "RearDefrosterRequest": _switch("rear_defroster"),
    "SeatHeatingDriverRequest": _set("seat_heating_driver_percent"),
    "SeatHeatingPassengerRequest": _set("seat_heating_passenger_percent"),
    **{name: _move(wheel) for name, wheel in _WINDOWS.items()},
    "SunroofRequest": _move("sunroof"),
    "FrontFogRequest": _switch("front_fog"),
    "RearFogRequest": _switch("rear_fog"),
    "LightSwitchRequest": _set("light_switch"),
    "HazardRequest": _hazard,
    "LockAllRequest": _lock,
    "WiperFrontRequest": _set("wiper_front"),
    "WiperRearRequest": _set("wiper_rear"),
    "VolumeRequest": _set("volume_percent"),
    "MuteRequest": _switch("muted"),
    "DriveModeRequest": _set("drive_mode"),
}
"""Signal of a command -> what its controller does."""


class Controllers:
    """The receiving side of the controllers that take commands."""

    def __init__(self, commands: Sequence[Message]) -> None:
        """No frame was received yet: the first counter is taken as it comes, as after a pause."""
        self._messages = {int(message.frame_id): message for message in commands}
        self._builders = {int(m.frame_id): FrameBuilder(m) for m in commands}
        self._last: dict[int, tuple[int, float]] = {}
        """Identifier -> the counter of the last intact frame, and when it came."""

    @property
    def identifiers(self) -> frozenset[int]:
        """What they listen to."""
        return frozenset(self._messages)

    def controller(self, identifier: int) -> str:
        """The ECU that a command is for."""
        return next(iter(self._messages[identifier].receivers), "")

    def receive(self, identifier: int, data: bytes, car: Car, now_s: float) -> list[Outcome]:
        """Obey or refuse every request of a frame that came at this time."""
        message = self._messages[identifier]
        fault = self._fault(identifier, data, now_s)
        if fault or car.voltage_v < _AWAKE_V:
            reason = fault or "the 12-volt battery is dead"
            return [Outcome(message.name, "", None, "ignored", reason)]
        decoded = cast("dict[str, Any]", message.decode(data))
        asked = {s: decoded[s.name] for s in message.signals if s.name in OBEY}
        return [
            _request(
                message.name, signal, value if isinstance(value, int | float) else str(value), car
            )
            for signal, value in asked.items()
            if str(value) != NO_REQUEST
        ]

    def _fault(self, identifier: int, data: bytes, now_s: float) -> str:
        """Why a frame is not to be listened to; empty if it is."""
        builder = self._builders[identifier]
        if len(data) != builder.length:
            return "the length is wrong"
        counter = builder.counter_in(data)
        if builder.resealed(data) != data:
            return "the checksum is wrong"
        last, came_s = self._last.get(identifier, (0, float("-inf")))
        self._last[identifier] = counter, now_s
        is_new = 1 <= (counter - last) % builder.counter_modulus <= _MAX_STEP
        return "" if is_new or now_s - came_s >= _PAUSE_S else "the counter is not new"


def _request(message: str, signal: Signal, value: Value, car: Car) -> Outcome:
    if _is_outside(signal, value):
        return Outcome(message, signal.name, value, "refused", "the value is out of range")
    for refusal in REFUSALS:
        if refusal.signal == signal.name and refusal.asked(value) and refusal.forbidden(car):
            return Outcome(message, signal.name, value, "refused", refusal.reason)
    OBEY[signal.name](car, value)
    return Outcome(message, signal.name, value, "obeyed")


def _is_outside(signal: Signal, value: Value) -> bool:
    if isinstance(value, str):
        return False
    words = {str(word) for word in (signal.choices or {}).values()}
    if words - {NO_REQUEST}:  # a raw value that has no word
        return True
    low, high = signal.minimum, signal.maximum
    return low is None or high is None or not low <= value <= high
