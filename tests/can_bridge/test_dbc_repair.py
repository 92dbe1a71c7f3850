"""DBC files as they are in the wild: what is repaired, what is left out, and that it is said."""

from __future__ import annotations

from pathlib import Path

import cantools
import pytest
from hypothesis import given
from hypothesis import strategies as st

from can_bridge import ProfileError, load_profile
from can_bridge.dbc import read_wild_dbc
from can_bridge.dbc_repair import repair_dbc
from tests.can_bridge.conftest import DBC, ToyFolder

opendbc = pytest.importorskip("opendbc", reason="the extra pacifica is not installed")
SHIPPED = sorted(file.name for file in Path(opendbc.DBC_PATH).glob("*.dbc"))
GENERATED = sorted(opendbc.get_generated_dbcs())


def wild(folder: Path, text: str | bytes) -> tuple[dict[str, list[str]], list[str]]:
    """Message -> its signals, and the warnings."""
    file = folder / "wild.dbc"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    found = read_wild_dbc(file)
    messages = {m.name: sorted(s.name for s in m.signals) for m in found.messages}
    return messages, [warning.removeprefix(f"{file}, ") for warning in found.warnings]


TOY = {
    "Motion": ["BootOpen", "Cnt", "Crc", "DoorOpen", "Gear", "Speed"],
    "Slow": ["Angle", "Pressure"],
}


def test_a_right_file_is_taken_as_it_is(tmp_path: Path) -> None:
    assert wild(tmp_path, DBC) == (TOY, [])
    assert read_wild_dbc(tmp_path / "wild.dbc").text == DBC


@pytest.mark.parametrize(
    ("old", "new", "warning"),
    [
        ("SG_ Gear :", "SG_ 4WD :", "line 10: '4WD' is no name that a DBC may have; renamed _4WD"),
        ("SG_ Gear :", "SG_ Gear-Pos :", "line 10: 'Gear-Pos' is no name"),
        ("BO_ 257 Slow", "BO_ 0x101 Slow", ""),
        ("BO_ 256 100;", "BO_ 256 100", "line 18: the semicolon is missing; added"),
        (
            "VAL_ 256 Gear",
            "VAL_ 256 Gears",
            "line 20: values of an absent signal (Gears of Motion)",
        ),
        ("VAL_ 256 Gear", "VAL_ 258 Gear", "line 20: values of an absent message (258); left out"),
        ("BA_DEF_ BO_", 'CM_ SG_ 256 Clock "x";\nBA_DEF_ BO_', ""),
        ("BA_DEF_ BO_", 'CM_ SG_ 256 "x";\nBA_DEF_ BO_', "line 16: this comment names no signal"),
        ("BA_DEF_ BO_", 'CM_ 256 "x"\nBA_DEF_ BO_', "line 16: the comment does not say BO_ or SG_"),
        ('BA_ "GenMsgCycleTime" BO_ 257', 'BA_ "Colour" BO_ 257', ""),
        ("(0.01,0)", "(.01,0)", "line 9: a number of Speed begins with a point"),
        ('[0|7] "" ECU', "[0|7]", ""),
        ("SG_ Speed :", "SG_ Speed", ""),
        ("32|3@1+", "17|3@1+", "line 10: Gear overlaps Speed (line 9) in Motion; both are kept"),
    ],
)
def test_what_can_be_repaired_is(tmp_path: Path, old: str, new: str, warning: str) -> None:
    assert old in DBC
    messages, warnings = wild(tmp_path, DBC.replace(old, new, 1))
    assert sum(map(len, messages.values())) == 8
    assert any(said.startswith(warning) for said in warnings) if warning else True


@pytest.mark.parametrize(
    ("old", "new", "left", "warning"),
    [
        (
            "32|3@1+",
            "62|3@1+",
            "Gear",
            "line 10: the signal Gear lies outside the 8 bytes of Motion",
        ),
        ("(0.01,0)", "(0,0)", "Speed", "line 9: the factor of Speed is 0; left out"),
        ("(0.01,0)", "(1e999,0)", "Speed", "line 9: the factor of Speed is 1e999; left out"),
        ("(0.01,0)", "", "Speed", "line 9: the factor of Speed is missing; left out"),
        ("(0.01,0)", "(,0)", "Speed", "line 9: the factor of Speed is missing; left out"),
        ("(0.01,0)", "(0.01,)", "Speed", "line 9: the offset of Speed is missing; left out"),
        ("(0.01,0)", "(0.01,1e999)", "Speed", "line 9: the offset of Speed is 1e999; left out"),
        ("32|3@1+", "32|3@1", "Gear", "line 10: the sign of Gear is missing; left out"),
        ("SG_ Gear :", "SG_ Speed :", "Gear", "line 10: Motion has a second signal Speed"),
        ("SG_ Gear : 32|3", "SG_ Gear : a|b", "Gear", "line 10: this is no signal"),
    ],
)
def test_what_cannot_is_left_out_alone(
    tmp_path: Path, old: str, new: str, left: str, warning: str
) -> None:
    messages, warnings = wild(tmp_path, DBC.replace(old, new, 1))
    kept = [name for names in messages.values() for name in names]
    assert sorted([*kept, left]) == sorted(name for names in TOY.values() for name in names)
    assert any(said.startswith(warning) for said in warnings), warnings


@pytest.mark.parametrize(
    ("last", "warning"),
    [
        ("BO_ 12 broken", "this is no message: 'BO_ 12 broken'; left out"),
        ("BO_ 12 ", "this is no message: 'BO_ 12'; left out"),
        ("BO_ 12 Foo: 8", "the message Foo names no sender, or breaks off"),
    ],
)
def test_a_file_that_breaks_off_is_read_up_to_there(
    tmp_path: Path, last: str, warning: str
) -> None:
    messages, warnings = wild(tmp_path, f"{DBC}{last}")
    assert TOY.items() <= messages.items()
    assert warnings == [f"line {DBC.count(chr(10)) + 1}: {warning}"]


@pytest.mark.parametrize(
    ("old", "new", "warning"),
    [
        ("BO_ 257 Slow", "BO_ 256 Slow", "has the identifier of Motion (line 6)"),
        ("BO_ 257 Slow: 4", "BO_ 257 Slow: 0", "has the length 0, expected 1 to 64 bytes"),
        ("BO_ 257 Slow", "BO_ 1075054137 Slow", "has more than 29 bits; left out"),
    ],
)
def test_a_message_is_left_out_and_not_the_file(
    tmp_path: Path, old: str, new: str, warning: str
) -> None:
    messages, warnings = wild(tmp_path, DBC.replace(old, new))
    assert list(messages) == ["Motion"]
    assert any(said.startswith("line 13: ") and warning in said for said in warnings)


def test_long_identifiers_become_extended(tmp_path: Path) -> None:
    file = tmp_path / "wild.dbc"
    file.write_text(DBC.replace("BO_ 257", "BO_ 274923520").replace("BO_ 257", "BO_ 274923520"))
    slow = next(m for m in read_wild_dbc(file).messages if m.name == "Slow")
    assert (slow.frame_id, slow.is_extended_frame) == (274923520, True)


def test_a_second_message_of_a_name_is_renamed(tmp_path: Path) -> None:
    messages, warnings = wild(tmp_path, DBC.replace("BO_ 257 Slow", "BO_ 257 Motion"))
    assert set(messages) == {"Motion", "Motion_101"}
    assert warnings == ["line 13: a second message is called Motion; renamed Motion_101"]


def test_a_quote_that_is_never_closed_ends_with_its_line(tmp_path: Path) -> None:
    text = DBC.replace("BA_DEF_ BO_", 'CM_ BO_ 256 "never closed\nBA_DEF_ BO_')
    messages, warnings = wild(tmp_path, text)
    assert messages == TOY
    assert any("line 16: a text is not closed" in said for said in warnings)


@pytest.mark.parametrize(
    "text",
    [
        DBC.replace("\n", "\r\n").encode(),
        b"\xef\xbb\xbf" + DBC.encode(),
        DBC.replace('"km/h"', '"°C"').encode("cp1252"),
        DBC.replace('VERSION ""\nNS_ :\nBS_:\nBU_: ECU\n', "").encode(),
        DBC.replace(" SG_", "\t SG_").replace(" : ", "\t:\t").encode(),
    ],
    ids=["crlf", "bom", "cp1252", "no sections", "tabs"],
)
def test_forms_of_text(tmp_path: Path, text: bytes) -> None:
    messages, _ = wild(tmp_path, text)
    assert messages == TOY


def test_values_keep_their_names_and_cycle_times_stay(tmp_path: Path) -> None:
    file = tmp_path / "wild.dbc"
    file.write_text(DBC.replace("BO_ 257 1000;", "BO_ 257 1000"))
    motion = next(m for m in read_wild_dbc(file).messages if m.name == "Motion")
    gear = motion.get_signal_by_name("Gear")
    assert {k: str(v) for k, v in gear.choices.items()} == {0: "Park", 1: "DriveForward", 7: "SNA"}
    assert motion.cycle_time == 100


@pytest.mark.parametrize("text", ["", "hello", "BO_ nothing", "\x00\x01\x02", 'CM_ "'])
def test_a_file_without_a_message_is_one_sentence(tmp_path: Path, text: str) -> None:
    file = tmp_path / "wild.dbc"
    file.write_text(text)
    with pytest.raises(ProfileError, match="holds no message that can be read") as caught:
        read_wild_dbc(file)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", [*SHIPPED, *GENERATED])
def test_every_dbc_of_opendbc_loads(name: str) -> None:
    found = read_wild_dbc(f"opendbc:{name}")
    assert found.messages and any(message.signals for message in found.messages)
    assert all(", line " in warning for warning in found.warnings)


@pytest.mark.parametrize(
    "name", ["vw_mlb.dbc", "toyota_new_mc_pt_generated", "tesla_model3_party.dbc"]
)
def test_repairing_changes_nothing_that_is_right(name: str) -> None:
    file = Path(opendbc.DBC_PATH) / name
    text = file.read_text() if file.is_file() else opendbc.get_generated_dbcs()[name]
    kwargs = {"database_format": "dbc", "strict": False}
    before = cantools.database.load_string(text, **kwargs)
    after = cantools.database.load_string(repair_dbc(text).text, **kwargs)
    for message in before.messages:
        twin = after.get_message_by_frame_id(message.frame_id)
        assert (twin.name, twin.length, twin.cycle_time) == (
            message.name,
            message.length,
            message.cycle_time,
        )
        assert [
            (s.name, s.start, s.length, s.scale, s.offset, s.is_signed) for s in twin.signals
        ] == [(s.name, s.start, s.length, s.scale, s.offset, s.is_signed) for s in message.signals]


LINES = DBC.splitlines()
CHANGE = st.tuples(
    st.sampled_from(["drop", "twice", "cut", "glue", "character", "swap"]),
    st.integers(0, len(LINES) - 1),
    st.integers(0, 80),
    st.characters(codec="latin-1"),
)


@given(st.lists(CHANGE, min_size=1, max_size=6))
def test_a_mutated_dbc_is_read_or_refused_in_one_sentence(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[str, int, int, str]]
) -> None:
    lines = list(LINES)
    for kind, where, column, character in changes:
        at = where % len(lines)
        line = lines[at]
        place = column % (len(line) + 1)
        if kind == "drop" and len(lines) > 1:
            del lines[at]
        elif kind == "twice":
            lines.insert(at, line)
        elif kind == "cut":
            lines[at] = line[:place]
        elif kind == "glue" and at + 1 < len(lines):
            lines[at] += lines.pop(at + 1)
        elif kind == "swap":
            lines[at], lines[-1] = lines[-1], line
        else:
            lines[at] = line[:place] + character + line[place + 1 :]
    file = tmp_path_factory.getbasetemp() / "mutated.dbc"
    file.write_bytes("\n".join(lines).encode("latin-1"))
    try:
        found = read_wild_dbc(file)
    except ProfileError as error:
        said = str(error)
    else:
        said = ""
        for message in found.messages:
            message.decode(bytes(message.length), allow_truncated=True)
    assert "\n" not in said


def test_a_vehicles_own_dbc_is_refused_unless_repair_is_asked_for(toy_folder: ToyFolder) -> None:
    folder = toy_folder(dbc=("32|3@1+", "17|3@1+"))
    with pytest.raises(ProfileError, match="repair = true"):
        load_profile(folder)
    vehicle = folder / "vehicle.toml"
    vehicle.write_text(vehicle.read_text().replace("[bus]", "[bus]\nrepair = true"))
    assert "Vehicle.Speed" in load_profile(folder).signals


def test_without_the_package_the_extra_is_named(
    toy_folder: ToyFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = toy_folder(vehicle=('"toy.dbc"', '"opendbc:vw_mqb.dbc"'))
    monkeypatch.setitem(__import__("sys").modules, "opendbc", None)
    with pytest.raises(ProfileError, match="pacifica"):
        load_profile(folder)


def test_a_dbc_that_the_package_lacks_is_named(toy_folder: ToyFolder) -> None:
    folder = toy_folder(vehicle=('"toy.dbc"', '"opendbc:nothing_generated.dbc"'))
    with pytest.raises(ProfileError, match=r"no DBC 'nothing_generated\.dbc'"):
        load_profile(folder)
