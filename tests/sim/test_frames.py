"""Frames as the simulator packs them, decoded by cantools."""

from __future__ import annotations

import pytest
from cantools.database.can import Message, Signal
from hypothesis import given
from hypothesis import strategies as st

from sim.car import Car
from sim.ecus import OUTPUTS, values_of
from sim.frame import FrameBuilder, Physical
from sim.vehicle_files import load_vehicle

MESSAGES = load_vehicle("aster").messages
by_name = pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.name)


def decoded(message: Message, data: bytes) -> dict[str, object]:
    values = message.decode(data, decode_choices=False)
    assert isinstance(values, dict)
    return dict(values)


def is_value(signal: Signal) -> bool:
    return not signal.name.endswith(("_Cnt", "_Crc"))


@by_name
def test_every_message_has_an_ecu_that_fills_all_of_it(message: Message) -> None:
    assert set(FrameBuilder(message).signals) <= set(values_of(message.name, Car()))


def test_no_output_lacks_a_message() -> None:
    assert set(OUTPUTS) == {message.name for message in MESSAGES}


@by_name
def test_what_is_packed_is_what_cantools_unpacks(message: Message) -> None:
    @given(st.data())
    def check(data: st.DataObject) -> None:
        wanted: dict[str, Physical] = {}
        for signal in filter(is_value, message.signals):
            assert signal.minimum is not None and signal.maximum is not None
            wanted[signal.name] = data.draw(st.floats(signal.minimum, signal.maximum))
        counter = data.draw(st.integers(0, 15))
        builder = FrameBuilder(message)
        values = decoded(message, builder.build(wanted, counter))
        for signal in filter(is_value, message.signals):
            assert values[signal.name] == pytest.approx(wanted[signal.name], abs=signal.scale)
        if builder.counter_modulus > 1:
            assert values[f"{message.name}_Cnt"] == counter

    check()


@by_name
def test_without_values_a_frame_says_not_available(message: Message) -> None:
    raw = message.decode(FrameBuilder(message).build({}, 0), decode_choices=False, scaling=False)
    assert isinstance(raw, dict)
    for signal in filter(is_value, message.signals):
        names = {str(name): number for number, name in (signal.choices or {}).items()}
        assert raw[signal.name] == names["SNA"], signal.name


def test_only_what_changed_is_encoded_and_the_result_is_the_same() -> None:
    message = next(m for m in MESSAGES if m.name == "BCM_Lights")
    car, reused = Car(), FrameBuilder(message)
    for field, value in [("dark", True), ("main_beam", True), ("indicator", "left")]:
        setattr(car, field, value)
        values = values_of(message.name, car)
        assert reused.build(values, 3) == FrameBuilder(message).build(values, 3)


def test_a_raw_value_is_sent_once_and_forgotten() -> None:
    message = next(m for m in MESSAGES if m.name == "ESC_Speed")
    builder = FrameBuilder(message)
    values: dict[str, Physical] = {"VehicleSpeed": 50.0}
    normal = builder.build(values, 0)
    forced = builder.build(values, 0, {"VehicleSpeed": 0xFFFE})
    assert decoded(message, forced)["VehicleSpeed"] == pytest.approx(655.34)
    assert builder.build(values, 0) == normal
