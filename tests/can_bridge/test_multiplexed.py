"""Multiplexed messages and floating-point numbers: each page is known only from its own frames."""

from __future__ import annotations

import math
import random
import struct
from pathlib import Path

import cantools
import pytest

from can_bridge import Known, ProfileError, Reason, Unknown, load_profile
from can_bridge.dbc import read_wild_dbc
from can_bridge.dbc_profile import profile_of_dbc
from can_bridge.frame_plan import float_reader
from can_bridge.lint import lint
from can_bridge.readings import Reading
from can_bridge.state import VehicleState

HEAD = 'VERSION ""\n\nNS_ :\n\nBS_:\n\nBU_: X\n\n'
PAGES = """BO_ 304 Mux: 8 X
 SG_ Sel M : 0|8@1+ (1,0) [0|0] "" X
 SG_ A m0 : 8|8@1+ (1,0) [0|0] "" X
 SG_ B m1 : 8|8@1+ (1,0) [0|0] "" X
 SG_ Cnt : 60|4@1+ (1,0) [0|0] "" X

BA_DEF_ BO_ "GenMsgCycleTime" INT 0 10000;
BA_DEF_DEF_ "GenMsgCycleTime" 0;
BA_ "GenMsgCycleTime" BO_ 304 200;
"""
NESTED = """BO_ 7 Nest: 8 X
 SG_ Outer M : 3|4@0+ (1,0) [0|0] "" X
 SG_ Inner m1M : 15|8@0- (1,0) [0|0] "" X
 SG_ Deep m2 : 16|16@1+ (0.5,-3) [0|0] "" X
 SG_ Wide m3 : 23|24@0+ (1,0) [0|0] "" X
 SG_ Flat m9 : 32|32@1- (2,1) [0|0] "" X

SG_MUL_VAL_ 7 Inner Outer 1-3, 5-5;
SG_MUL_VAL_ 7 Deep Inner 2-4;
SG_MUL_VAL_ 7 Wide Outer 9-10;
SG_MUL_VAL_ 7 Flat Inner 5-9;
SIG_VALTYPE_ 7 Flat : 1;
"""


def decoding(tmp_path: Path, dbc: str) -> VehicleState:
    """What `decode --dbc` makes of a DBC."""
    file = tmp_path / "a.dbc"
    file.write_text(HEAD + dbc)
    return VehicleState(profile_of_dbc([read_wild_dbc(file)], "a"))


def car(tmp_path: Path, dbc: str, signals: str, messages: str = "") -> Path:
    """A vehicle's folder."""
    (tmp_path / "a.dbc").write_text(HEAD + dbc)
    (tmp_path / "vehicle.toml").write_text('id = "a"\nname = "A"\n[bus]\ndbc = ["a.dbc"]\n')
    (tmp_path / "signals.toml").write_text(f"[messages]\n{messages}\n[signals]\n{signals}\n")
    return tmp_path


def value(reading: Reading) -> object:
    return reading.value if isinstance(reading, Known) else reading.reason


def test_a_page_is_known_from_its_own_frames_with_its_own_age(tmp_path: Path) -> None:
    state = decoding(tmp_path, PAGES)
    assert state.feed(304, bytes([0, 5, 0, 0, 0, 0, 0, 0]), 1.0) is None
    assert state.read("Mux.A", 1.0) == Known(5.0, None, 0.0)
    assert state.read("Mux.B", 1.0) == Unknown(Reason.NEVER_SEEN)
    state.feed(304, bytes([1, 7, 0, 0, 0, 0, 0, 0]), 1.5)
    assert state.read("Mux.A", 1.6) == Known(5.0, None, pytest.approx(0.6))
    assert state.read("Mux.B", 1.6) == Known(7.0, None, pytest.approx(0.1))
    assert value(state.read("Mux.Sel", 1.6)) == 1.0
    state.feed(304, bytes([9, 8, 0, 0, 0, 0, 0, 0]), 1.7)  # a page that the DBC does not have
    assert [value(state.read(f"Mux.{name}", 1.7)) for name in ("A", "B", "Sel")] == [5, 7, 9]


def test_a_page_that_comes_no_more_is_stale_while_the_message_lives(tmp_path: Path) -> None:
    told: list[tuple[str, object]] = []
    file = tmp_path / "a.dbc"
    file.write_text(HEAD + PAGES)
    profile = profile_of_dbc([read_wild_dbc(file)], "a")
    state = VehicleState(profile, lambda change: told.append((change[0], value(change[1]))))
    state.feed(304, bytes([0, 5, 0, 0, 0, 0, 0, 0]), 0.0)
    for step in range(1, 30):
        now = step / 5
        state.feed(304, bytes([1, step, 0, 0, 0, 0, 0, 0]), now)
        state.sweep(now)
    # Five cycles of 0.2 s, times two pages that take turns.
    assert ("Mux.A", Reason.STALE) in told
    assert told.index(("Mux.A", Reason.STALE)) > told.index(("Mux.B", 10.0))
    assert value(state.read("Mux.A", 1.9)) == 5.0
    assert value(state.read("Mux.A", 2.1)) is Reason.STALE
    assert value(state.read("Mux.B", 5.9)) == 29.0


@pytest.mark.parametrize(
    ("rows", "messages", "limit_s"),
    [
        ('"A.A" = { message = "Mux", signal = "A" }', "", 2.0),
        ('"A.A" = { message = "Mux", signal = "A", timeout_s = 7 }', "", 7.0),
        ('"A.A" = { message = "Mux", signal = "A" }', "Mux = { page_cycle_s = 1.0 }", 5.0),
        ('"A.A" = { message = "Mux", signal = "A" }', "Mux = { timeout_s = 3 }", 6.0),
    ],
)
def test_the_time_limit_of_a_page_can_be_set(
    tmp_path: Path, rows: str, messages: str, limit_s: float
) -> None:
    state = VehicleState(load_profile(car(tmp_path, PAGES, rows, messages)))
    state.feed(304, bytes([0, 5, 0, 0, 0, 0, 0, 0]), 0.0)
    assert value(state.read("A.A", limit_s - 0.01)) == 5.0
    assert value(state.read("A.A", limit_s + 0.01)) is Reason.STALE


def test_counter_and_length_are_those_of_the_whole_message(tmp_path: Path) -> None:
    rows = '"A.A" = { message = "Mux", signal = "A" }\n"A.B" = { message = "Mux", signal = "B" }'
    folder = car(tmp_path, PAGES, rows, 'Mux = { counter = "Cnt" }')
    state = VehicleState(load_profile(folder))
    for count in range(6):  # the counter goes on from page to page
        assert (
            state.feed(304, bytes([count % 2, count, 0, 0, 0, 0, 0, count << 4]), count / 5) is None
        )
    assert (value(state.read("A.A", 1.0)), value(state.read("A.B", 1.0))) == (4.0, 5.0)
    for step in range(6, 30):  # frozen
        assert (
            state.feed(304, bytes([0, 99, 0, 0, 0, 0, 0, 5 << 4]), step / 5) is Reason.BAD_COUNTER
        )
        state.sweep(step / 5)
    assert state.counts() == (6, 24)
    assert {value(state.read(path, 5.8)) for path in ("A.A", "A.B")} == {Reason.BAD_COUNTER}
    state.set_bus_off(0, True, 5.9)
    assert value(state.read("A.A", 5.9)) is Reason.BUS_OFF


def test_random_frames_are_read_as_cantools_reads_them(tmp_path: Path) -> None:
    """Selectors on pages of other selectors, in both byte orders, and with ranges of values."""
    rng = random.Random(7)
    state = decoding(tmp_path, NESTED)
    database = cantools.database.load_string(HEAD + NESTED, "dbc")
    message = database.get_message_by_name("Nest")
    last: dict[str, float] = {}
    for step in range(3000):
        data = bytearray(rng.randbytes(8))
        data[0] = rng.choice((1, 2, 9, 10, rng.randrange(256)))
        data[1] = rng.choice((2, 3, 5, 9, rng.randrange(256)))
        if step % 3:
            data[4:] = struct.pack("<f", rng.uniform(-1e6, 1e6))
        state.feed(7, bytes(data), step / 100)
        try:
            decoded = message.decode(bytes(data), decode_choices=False)
        except cantools.database.DecodeError:  # a page that the DBC does not have
            continue
        last |= {name: float(v) for name, v in decoded.items() if math.isfinite(v)}
        for name, expected in decoded.items():
            found = state.read(f"Nest.{name}", step / 100)
            if not math.isfinite(expected):
                assert isinstance(found, Unknown)
            else:
                assert found == Known(pytest.approx(expected, rel=1e-6), None, 0.0), name
    assert set(last) == {"Outer", "Inner", "Deep", "Wide", "Flat"}


def test_a_floating_point_number_is_the_shortest_that_has_its_bits() -> None:
    single, double = float_reader(32), float_reader(64)
    for number in (0.1, -3.7, 1e-20, 16777216.0, 0.0, 1.1754944e-38):
        bits = int.from_bytes(struct.pack("<f", number), "little")
        assert single(bits) == number
        assert double(int.from_bytes(struct.pack("<d", number), "little")) == number
    largest = 0x7F7FFFFF
    assert struct.pack("<f", single(largest)) == largest.to_bytes(4, "little")


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (0.1, 0.1),
        (math.nan, Reason.NOT_AVAILABLE),
        (255.0, Reason.NOT_AVAILABLE),
        (math.inf, Reason.OUT_OF_RANGE),
        (-math.inf, Reason.OUT_OF_RANGE),
        (900.0, Reason.OUT_OF_RANGE),
    ],
)
def test_what_is_no_number_is_no_reading(tmp_path: Path, number: float, expected: object) -> None:
    dbc = (
        'BO_ 5 F: 4 X\n SG_ V : 7|32@0- (1,0) [0|0] "" X\n\nSIG_VALTYPE_ 5 V : 1;\n'
        'BA_DEF_ BO_ "GenMsgCycleTime" INT 0 10000;\nBA_DEF_DEF_ "GenMsgCycleTime" 0;\n'
        'BA_ "GenMsgCycleTime" BO_ 5 100;\n'
    )
    row = '"Vehicle.V" = { message = "F", signal = "V", unit = "V", invalid = [255], range = [0, 500] }'
    folder = car(tmp_path, dbc, row)
    assert not lint(folder)
    state = VehicleState(load_profile(folder))
    state.feed(5, struct.pack(">f", number), 0.0)
    assert value(state.read("Vehicle.V", 0.0)) == expected


@pytest.mark.parametrize(
    ("dbc", "row", "part"),
    [
        (
            PAGES.replace(" M :", " :").replace("8|8", "16|8", 1),
            "",
            "a.dbc, line 11: A is multiplexed, and nothing says",
        ),
        (
            'BO_ 5 F: 4 X\n SG_ V : 0|32@1- (1,0) [0|0] "" X\n\nSIG_VALTYPE_ 5 V : 1;\n',
            '"A.V" = { message = "F", signal = "V", kind = "bool" }',
            "signals.toml, line 4: signals.A.V.kind: V is a floating-point number",
        ),
        (
            'BO_ 5 F: 4 X\n SG_ V : 0|24@1- (1,0) [0|0] "" X\n\nSIG_VALTYPE_ 5 V : 1;\n',
            '"A.V" = { message = "F", signal = "V" }',
            "number of 24 bits",
        ),
        (PAGES, '"A.C" = { message = "Mux", signal = "C" }', "no signal 'C'"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(
    tmp_path: Path, dbc: str, row: str, part: str
) -> None:
    with pytest.raises(ProfileError) as caught:
        load_profile(car(tmp_path, dbc, row))
    assert part in str(caught.value)


@pytest.mark.parametrize(
    ("dbc", "part"),
    [
        (PAGES.replace(" M :", " :"), "line 11: A is multiplexed, and Mux has no multiplexer"),
        (
            PAGES.replace("m0 :", "m0M :").replace("m1 :", "m1M :")
            + "SG_MUL_VAL_ 304 A B 0-0;\nSG_MUL_VAL_ 304 B A 0-0;\n",
            "line 11: A is multiplexed, and what says in which frames of Mux it is cannot be read",
        ),
        (
            'BO_ 5 F: 4 X\n SG_ V : 0|24@1- (1,0) [0|0] "" X\n\nSIG_VALTYPE_ 5 V : 1;\n',
            "line 12: V has 24 bits, and a floating-point number of this type 32",
        ),
    ],
)
def test_in_a_wild_dbc_it_is_left_out_with_a_warning(tmp_path: Path, dbc: str, part: str) -> None:
    file = tmp_path / "a.dbc"
    file.write_text(HEAD + dbc)
    read = read_wild_dbc(file)
    assert part in " ".join(read.warnings)
    VehicleState(profile_of_dbc([read], "a"))


def test_a_wild_dbc_with_any_damage_decodes_what_is_left(tmp_path: Path) -> None:
    rng = random.Random(1)
    for number in range(120):
        damaged = list(HEAD + (NESTED, PAGES)[number % 2])
        for _ in range(rng.randint(1, 4)):
            at = rng.randrange(len(HEAD), len(damaged))
            damaged[at : at + rng.randint(0, 6)] = rng.choice(("", "mM", "0", ":|", '"', ";", "\n"))
        file = tmp_path / "a.dbc"
        file.write_text("".join(damaged))
        try:
            profile = profile_of_dbc([read_wild_dbc(file)], "a")
        except ProfileError:  # nothing is left
            continue
        state = VehicleState(profile)
        for key, frame in profile.frames.items():
            state.feed(key, rng.randbytes(frame.length), 0.0)
        state.snapshot(0.0)
