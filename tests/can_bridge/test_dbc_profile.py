"""What `decode --dbc` makes of raw values, some of which have a name."""

from __future__ import annotations

import math
import random
from importlib.resources import files
from pathlib import Path

import pytest
from cantools.database.can import Signal

from can_bridge import Known, Reason, Unknown
from can_bridge.dbc import read_wild_dbc
from can_bridge.dbc_profile import profile_of_dbc
from can_bridge.frame_plan import Decoder, decoder
from can_bridge.readings import Reading
from can_bridge.state import VehicleState

HEAD = 'VERSION ""\n\nNS_ :\n\nBS_:\n\nBU_: X\n\n'
OIL = """BO_ 7 Engine: 8 X
 SG_ Temp : 0|8@1+ (0.75,-48) [0|0] "degC" X
 SG_ Count : 8|8@1+ (1,0) [0|0] "" X
 SG_ Mode : 16|2@1+ (1,0) [0|0] "" X
 SG_ Half : 18|2@1+ (0.5,0) [0|0] "" X
 SG_ Power : 24|16@1- (0.1,0) [0|0] "kW" X

VAL_ 7 Temp 255 "Fehler" 254 "SNA" ;
VAL_ 7 Count 255 "Overflow" ;
VAL_ 7 Mode 0 "Off" 1 "On" 3 "SNA" ;
VAL_ 7 Half 0 "Off" 1 "Low" 2 "Middle" 3 "High" ;
VAL_ 7 Power -32768 "Broken" ;
"""


def readings(tmp_path: Path, data: bytes) -> dict[str, Reading]:
    file = tmp_path / "a.dbc"
    file.write_text(HEAD + OIL)
    state = VehicleState(profile_of_dbc([read_wild_dbc(file)], "a"))
    state.feed(7, data, 0.0)
    return {path.removeprefix("Engine."): r for path, r in state.snapshot(0.0).items()}


def test_a_number_with_a_few_names_is_scaled(tmp_path: Path) -> None:
    assert readings(tmp_path, bytes([184, 17, 2, 0xF6, 0xFF, 0, 0, 0])) == {
        "Temp": Known(90.0, "degC", 0.0),
        "Count": Known(17.0, None, 0.0),
        "Mode": Known("2", None, 0.0),  # an enumeration, as most of its raw values have names
        "Half": Known("Off", None, 0.0),
        "Power": Known(-1.0, "kW", 0.0),
    }


def test_a_name_stands_in_the_place_of_a_number_and_has_no_unit(tmp_path: Path) -> None:
    assert readings(tmp_path, bytes([255, 255, 0b1101, 0, 0x80, 0, 0, 0])) == {
        "Temp": Known("Fehler", None, 0.0),
        "Count": Known("Overflow", None, 0.0),
        "Mode": Known("On", None, 0.0),
        "Half": Known("High", None, 0.0),
        "Power": Known("Broken", None, 0.0),
    }
    assert readings(tmp_path, bytes([254, 0, 3, 0, 0, 0, 0, 0]))["Temp"] == Unknown(
        Reason.NOT_AVAILABLE
    )


@pytest.mark.parametrize("name", ["vw_mlb", "tesla_can", "toyota_prius_2010_pt", "FORD_CADS"])
def test_values_are_those_of_cantools(name: str) -> None:
    pytest.importorskip("opendbc", reason="the extra pacifica is not installed")
    dbc = read_wild_dbc(Path(str(files("opendbc") / "dbc" / f"{name}.dbc")))
    profile = profile_of_dbc([dbc], name)
    rng = random.Random(name)
    compared = 0
    for message in dbc.messages:
        for signal in message.signals:
            path = f"{message.name}.{signal.name}"
            invalid = profile.sources[path].invalid
            decode = decoder(profile.signals[path], profile.sources[path])
            for raw in raw_values(signal, rng) - invalid:
                assert_same(decode, signal, raw)
                compared += 1
    assert compared > 200


def raw_values(signal: Signal, rng: random.Random) -> set[int]:
    """The lowest, the highest, some in between, and those that have names."""
    low = -(1 << signal.length - 1) if signal.is_signed else 0
    high = low + (1 << signal.length) - 1
    named = {raw for raw in signal.choices or {} if low <= raw <= high}
    return {low, high, rng.randint(low, high), rng.randint(low, high)} | named


def assert_same(decode: Decoder, signal: Signal, raw: int) -> None:
    reading = decode(raw & ((1 << signal.length) - 1))
    expected = signal.conversion.raw_to_scaled(raw, decode_choices=True)
    assert isinstance(reading, Known)
    if isinstance(reading.value, str):
        assert (reading.value, reading.unit) == (str(expected), None)
    else:
        assert math.isclose(reading.value, expected, rel_tol=1e-9, abs_tol=1e-9)  # type: ignore[arg-type]
        assert reading.unit == (signal.unit or None)
