"""The functions that are written for each frame, against the plain definition of a valid frame."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from can_bridge import Reason
from can_bridge.checksum import ALGORITHMS
from can_bridge.frame_check import FrameCheck
from can_bridge.frame_code import taker
from can_bridge.frame_state import LiveFrame
from can_bridge.spec import BitField, FrameSpec, Protection, SignalSource, SignalSpec
from can_bridge.state import Change

PLAIN = FrameSpec(0x100, "Motion", 8, 0.1, 0.5, None)
IDS = tuple(range(7, 23))


def live_frame(spec: FrameSpec, published: list[Change], big_endian: bool = False) -> LiveFrame:
    """A frame with one signal of 16 bits in its middle."""
    field = BitField(big_endian, 24, 16, signed=False)
    signal = SignalSpec("Vehicle.Speed", "km/h", "number")
    source = SignalSource(spec.key, field, 0.01, 0.0, frozenset(), {})
    live = LiveFrame(spec, [(signal, source)], {})
    live.take = taker(live, published.append, lambda paths, now: None)
    for fresh in live.freshness:
        for one in fresh.signals:
            one.plain = True
    return live


def sealed(protection: Protection, body: bytes, counter: int) -> bytes:
    data = body if protection.counter is None else protection.counter.insert(body, counter)
    at = protection.checksum_byte
    if at is None:
        return data
    right = protection.checksum(data, at, counter if protection.counter else 0)
    return data[:at] + bytes((right,)) + data[at + 1 :]


PROTECTIONS = st.builds(
    Protection,
    counter=st.sampled_from(
        [
            None,
            BitField(big_endian=False, shift=12, bits=4, signed=False),
            BitField(big_endian=True, shift=8, bits=4, signed=False),
            BitField(big_endian=False, shift=14, bits=6, signed=False),  # in two bytes
        ]
    ),
    max_step=st.just(3),
    checksum_byte=st.sampled_from([None, 0, 5, 7]),
    algorithm=st.sampled_from(sorted(ALGORITHMS)),
    data_ids=st.just(IDS),
)
FRAMES = st.lists(
    st.tuples(
        st.binary(min_size=8, max_size=8) | st.just(bytes(8)),
        st.integers(0, 4),  # the step of the counter
        st.integers(0, 63) | st.none(),  # a bit that is turned over on the way
        st.sampled_from([8, 8, 8, 7, 9]),
        st.sampled_from([0.1, 0.1, 0.6]),
    ),
    max_size=12,
)


@settings(max_examples=300, deadline=None)
@given(PROTECTIONS, FRAMES)
def test_a_frame_is_refused_for_the_same_reason(
    protection: Protection, frames: list[tuple[bytes, int, int | None, int, float]]
) -> None:
    spec = replace(PLAIN, protection=protection)
    live, plain = live_frame(spec, []), FrameCheck(spec)
    counter, now = 0, 0.0
    for body, step, flipped, length, pause_s in frames:
        counter, now = (counter + step) % 16, now + pause_s
        data = sealed(protection, body, counter)
        if flipped is not None:
            at, bit = divmod(flipped, 8)
            data = data[:at] + bytes((data[at] ^ 1 << bit,)) + data[at + 1 :]
        data = (data + b"\0")[:length]
        assert live.take(data, now, 0) == plain.feed(data, now)
        known = live.check
        assert (known.accepted, known.refused) == (plain.accepted, plain.refused)
        assert (known.counter, known.valid_at) == (plain.counter, plain.valid_at)


def test_good_frames_never_need_the_plain_definition() -> None:
    for algorithm in ALGORITHMS:
        for position in (0, 7):
            counter = BitField(big_endian=False, shift=12, bits=4, signed=False)
            protection = Protection(counter, 3, position, algorithm, IDS)
            live = live_frame(replace(PLAIN, protection=protection), [])
            asked: list[bytes] = []
            live.take.__globals__["feed"] = lambda data, now, asked=asked: asked.append(data)
            for number in range(1, 200):
                body = number.to_bytes(2, "little") * 4
                assert live.take(sealed(protection, body, number % 16), number * 0.1, 0) is None
            assert not asked, (algorithm, position)


@given(st.lists(st.sampled_from([0, 0, 1, 256, 65535]), min_size=1, max_size=30), st.booleans())
def test_every_value_is_told_also_after_it_stood_still(values: list[int], big_endian: bool) -> None:
    published: list[Change] = []
    live = live_frame(PLAIN, published, big_endian)
    order = "big" if big_endian else "little"
    told = [0]  # a frame begins as if zeros had come
    for number, value in enumerate(values):
        told += [value] if value != told[-1] else []
        assert live.take((value << 24).to_bytes(8, order), number * 0.1, 0) is None
        assert [round(c[1].value * 100) for c in published] == told[1:]  # type: ignore[union-attr]


def test_what_is_remembered_is_bounded() -> None:
    live = live_frame(PLAIN, [])
    for number in range(1000):  # bits that belong to no signal
        assert live.take(number.to_bytes(2, "little") + bytes(6), number * 0.1, 0) is None
    assert len(live.alike) <= 64


def test_a_known_frame_is_refused_where_its_counter_stands_still() -> None:
    protection = Protection(BitField(False, 8, 4, signed=False), 3, 0, "xor8", ())
    live = live_frame(replace(PLAIN, protection=protection), [])
    frames = [sealed(protection, bytes(8), counter) for counter in range(16)]
    taken = [live.take(frames[n % 16], n * 0.1, 0) for n in range(40)]
    assert taken[1:] == [None] * 39 or taken == [None] * 40
    assert live.take(frames[39 % 16], 4.0, 0) is Reason.BAD_COUNTER


def test_a_frame_that_comes_again_from_another_bus_after_a_pause_belongs_to_that_bus() -> None:
    protection = Protection(BitField(False, 8, 4, signed=False), 3, 0, "xor8", ())
    live = live_frame(replace(PLAIN, protection=protection), [])
    frames = [sealed(protection, bytes(8), counter) for counter in range(4)]
    assert [live.take(frames[n], n * 0.1, 0) for n in range(1, 4)] == [None] * 3
    assert live.take(frames[3], 10.0, 1) is None
    assert live.bus == 1
