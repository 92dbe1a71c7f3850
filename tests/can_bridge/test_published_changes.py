"""Whatever comes, what was published last is what a reader would be told."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from can_bridge import Known, Reading, VehicleProfile
from can_bridge.readings import Reason, Unknown
from can_bridge.state import Change, VehicleState

EVENTS = st.lists(
    st.tuples(
        st.sampled_from([0xA0, 0xD0, 0xD8, 0x1B0, 0x1B8, 0x310, 0x370, 0x7FF, -1, -2]),
        st.binary(max_size=9),
        st.booleans(),  # of the right length and with the right checksum
        st.integers(0, 40),  # a pause, in ticks that a binary fraction holds exactly
    ),
    max_size=40,
)


def sealed(profile: VehicleProfile, key: int, data: bytes) -> bytes:
    """The data as a frame of that identifier that passes for intact."""
    spec = profile.frames.get(key)
    if spec is None:
        return data
    data = data[: spec.length].ljust(spec.length, b"\0")
    protection = spec.protection
    if protection is None or protection.checksum_byte is None:
        return data
    at = protection.checksum_byte
    counter = protection.counter.extract(data) if protection.counter else 0
    return data[:at] + bytes((protection.checksum(data, at, counter),)) + data[at + 1 :]


def gist(reading: Reading) -> object:
    return reading.value if isinstance(reading, Known) else reading.reason


@settings(max_examples=200, deadline=None)
@given(EVENTS)
def test_the_last_change_of_each_path_is_its_reading(
    aster: VehicleProfile, events: list[tuple[int, bytes, bool, int]]
) -> None:
    told: dict[str, object] = {}

    def publish(change: Change) -> None:
        told[change[0]] = gist(change[1])

    state = VehicleState(aster, publish)
    ticks = 0
    for key, data, intact, pause in events:
        ticks += pause
        now = ticks / 32
        if key < 0:
            state.set_bus_off(0, key == -1, now)
        else:
            state.feed(key, sealed(aster, key, data) if intact else data, now)
        state.sweep(now)
        for path, reading in state.snapshot(now).items():
            nothing_yet = {gist(Unknown(Reason.NEVER_SEEN)), gist(Unknown(Reason.INPUT_UNKNOWN))}
            assert gist(reading) == told[path] if path in told else gist(reading) in nothing_yet
