"""Readings out of frames: pure, the time is passed in."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from can_bridge import Known, Reading, Reason, Unknown, VehicleProfile
from can_bridge.checksum import ALGORITHMS
from can_bridge.state import VehicleState

MOTION, SLOW = 256, 257


def motion(counter: int, **raw: int) -> bytes:
    """A valid frame of the toy vehicle: Speed, Gear, DoorOpen, BootOpen as raw values."""
    number = counter % 16 << 8
    number |= raw.get("speed", 0) << 16 | raw.get("gear", 0) << 32
    number |= raw.get("door", 0) << 36 | raw.get("boot", 0) << 38
    body = number.to_bytes(8, "little")[1:]
    return bytes((ALGORITHMS["crc8_sae_j1850"][0](body, (), 0),)) + body


@pytest.fixture
def state(toy: VehicleProfile) -> VehicleState:
    return VehicleState(toy)


@pytest.mark.parametrize(
    ("path", "raw", "expected"),
    [
        ("Vehicle.Speed", {"speed": 8800}, Known(88.0, "km/h", 0.0)),
        ("Vehicle.Speed", {"speed": 29}, Known(0.29, "km/h", 0.0)),
        ("Vehicle.Speed", {"speed": 65535}, Unknown(Reason.NOT_AVAILABLE)),
        ("Vehicle.Speed", {"speed": 26001}, Unknown(Reason.OUT_OF_RANGE)),
        ("Vehicle.Gear", {"gear": 1}, Known("drive_forward", None, 0.0)),
        ("Vehicle.Gear", {"gear": 7}, Unknown(Reason.NOT_AVAILABLE)),
        ("Vehicle.Gear", {"gear": 5}, Unknown(Reason.OUT_OF_RANGE)),
        ("Vehicle.Door", {"door": 1}, Known(True, None, 0.0)),
        ("Vehicle.Door", {"door": 0}, Known(False, None, 0.0)),
        ("Vehicle.Door", {"door": 2}, Unknown(Reason.OUT_OF_RANGE)),
        ("Vehicle.Door", {"door": 3}, Unknown(Reason.NOT_AVAILABLE)),
    ],
)
def test_values(state: VehicleState, path: str, raw: dict[str, int], expected: Reading) -> None:
    state.feed(MOTION, motion(0, **raw), 1.0)
    assert state.read(path, 1.0) == expected


@pytest.mark.parametrize(
    ("data", "angle", "pressure"),
    [
        (bytes.fromhex("03E87800"), 100.0, 2.4),
        (bytes.fromhex("FC18FF00"), -100.0, Reason.NOT_AVAILABLE),
        (bytes.fromhex("80000000"), Reason.OUT_OF_RANGE, 0.0),
    ],
)
def test_big_endian_and_signed(
    state: VehicleState, data: bytes, angle: float | Reason, pressure: float | Reason
) -> None:
    state.feed(SLOW, data, 1.0)
    for path, expected in (("Vehicle.Angle", angle), ("Vehicle.Tyre", pressure)):
        reading = state.read(path, 1.0)
        assert (reading.value if isinstance(reading, Known) else reading.reason) == expected


def test_the_limit_is_five_cycles_or_the_minimum(state: VehicleState) -> None:
    state.feed(MOTION, motion(0), 0.0)
    state.feed(SLOW, bytes(4), 0.0)
    assert isinstance(state.read("Vehicle.Speed", 0.5), Known)
    assert state.read("Vehicle.Speed", 0.501) == Unknown(Reason.STALE)
    assert isinstance(state.read("Vehicle.Angle", 5.0), Known)
    assert state.read("Vehicle.Angle", 5.001) == Unknown(Reason.STALE)


def test_derived_values_carry_their_sources_and_the_oldest_age(state: VehicleState) -> None:
    state.feed(MOTION, motion(0, door=1, boot=1), 1.0)
    reading = state.read("Vehicle.Derived.Open", 1.25)
    assert reading == Known("door, boot", None, 0.25, ("Vehicle.Door", "Vehicle.Boot"))


def test_a_derived_value_needs_every_input(state: VehicleState) -> None:
    assert state.read("Vehicle.Derived.Open", 0.0) == Unknown(Reason.INPUT_UNKNOWN)
    state.feed(MOTION, motion(0, door=1, boot=3), 1.0)
    assert state.read("Vehicle.Derived.Open", 1.0) == Unknown(Reason.INPUT_UNKNOWN)


@pytest.mark.parametrize(("raw", "low"), [(89, True), (90, False)])
def test_a_tyre_is_low_against_the_placard(state: VehicleState, raw: int, low: bool) -> None:
    state.feed(SLOW, bytes((0, 0, raw, 0)), 0.0)  # rear placard 2.0 bar, low below 90 % of it
    reading = state.read("Vehicle.Derived.AnyTyreLow", 0.0)
    assert isinstance(reading, Known) and reading.value is low


def test_an_unknown_path_is_a_key_error(state: VehicleState) -> None:
    with pytest.raises(KeyError):
        state.read("Vehicle.Flux", 0.0)


def test_with_the_bus_off_nothing_is_known(state: VehicleState) -> None:
    state.feed(MOTION, motion(0), 0.0)
    state.set_bus_off(0, True, 0.0)
    assert state.read("Vehicle.Speed", 0.0) == Unknown(Reason.BUS_OFF)
    assert state.read("Vehicle.Derived.Open", 0.0) == Unknown(Reason.INPUT_UNKNOWN)


def test_ready_when_every_cyclic_message_was_seen(state: VehicleState) -> None:
    state.feed(MOTION, motion(0), 0.0)
    assert not state.ready
    state.feed(SLOW, b"", 0.0)  # a bad frame is a frame
    assert state.ready


FRAMES = st.lists(
    st.tuples(
        st.sampled_from([0xA0, 0xD0, 0x1B0, 0x2D0, 0x310, 0x340, 0x370, 0x380, 0x7FF]),
        st.binary(max_size=12),
        st.floats(0.0, 0.3),
    ),
    max_size=30,
)


@settings(max_examples=200, deadline=None)
@given(FRAMES)
def test_random_frames_break_nothing(
    aster: VehicleProfile, frames: list[tuple[int, bytes, float]]
) -> None:
    state = VehicleState(aster)
    now = 0.0
    for key, data, pause_s in frames:
        now += pause_s
        state.feed(key, data, now)
    check_ranges(aster, state, now)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_no_reading_lies_outside_its_range(aster: VehicleProfile, data: st.DataObject) -> None:
    """Frames of the right length that pass every check, with random content."""
    state = VehicleState(aster)
    for key, spec in aster.frames.items():
        content = data.draw(st.binary(min_size=spec.length, max_size=spec.length))
        protection = spec.protection
        if protection is not None and protection.checksum_byte is not None:
            at = protection.checksum_byte
            counter = protection.counter.extract(content) if protection.counter else 0
            body = content[:at] + content[at + 1 :]
            right = ALGORITHMS[protection.algorithm][0](body, protection.data_ids, counter)
            content = content[:at] + bytes((right,)) + content[at + 1 :]
        assert state.feed(key, content, 0.0) is None
    check_ranges(aster, state, 0.0)


def check_ranges(profile: VehicleProfile, state: VehicleState, now: float) -> None:
    for path, reading in state.snapshot(now).items():
        assert reading == state.read(path, now)
        if not isinstance(reading, Known):
            continue
        spec = profile.signals[path]
        assert reading.unit == spec.unit
        if spec.kind == "number" and not spec.derived:
            assert isinstance(reading.value, float)
            assert spec.low is not None and spec.high is not None
            assert spec.low <= reading.value <= spec.high
        elif spec.kind == "enum":
            assert reading.value in spec.values
        elif spec.kind == "bool":
            assert isinstance(reading.value, bool)
