"""Every key of a vehicle's files: the values that it can have load, and all others are one sentence.

The vehicle is every_key, in which each key is there; a test makes one of them wrong.
"""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from can_bridge import ProfileError, load_profile
from can_bridge.lint import lint
from can_bridge.state import VehicleState
from tests.can_bridge.wrong_values import WRONG

FOLDER = Path(__file__).with_name("every_key")
Change = Callable[[str, str, str], Path]


@pytest.fixture
def changed(tmp_path: Path) -> Change:
    """A copy of the folder in which a text of a file, there once, is another: (stem, old, new)."""
    return lambda stem, old, new: change(tmp_path, stem, old, new)


def change(folder: Path, stem: str, old: str, new: str) -> Path:
    shutil.copytree(FOLDER, folder, dirs_exist_ok=True)
    file = next(folder.glob(f"{stem}.toml"))
    text = file.read_text()
    assert text.count(f"{old}\n") == 1, old
    file.write_text(text.replace(f"{old}\n", f"{new}\n"))
    return folder


def refused(folder: Path, *parts: str) -> str:
    with pytest.raises(ProfileError) as caught:
        load_profile(folder)
    sentence = str(caught.value)
    assert sentence.isprintable() and len(sentence) < 400
    for part in parts:
        assert part in sentence
    return sentence


def test_the_vehicle_with_every_key_loads(changed: Change) -> None:
    folder = changed("vehicle", "bitrate = 500_000", "bitrate = 125_000")
    assert load_profile(folder).bitrate == 125_000
    assert not [str(finding) for finding in lint(folder) if finding.level == "error"]


class Number(NamedTuple):
    """A key whose value is a number, the line that it is in, and from where to where it may lie."""

    stem: str
    line: str
    low: float
    high: float

    @property
    def key(self) -> str:
        return self.line.split(" =")[0]


NUMBERS = [
    Number("vehicle", "bitrate = 500_000", 10_000, 1_000_000),
    Number("vehicle", "low_fraction = 0.9", 0.1, 1),
    Number("vehicle", "front_bar = 2.4", 0.5, 15),
    Number("vehicle", "rear_bar = 2.9", 0.5, 15),
    Number("vehicle", "functional = 0x7DF", 0, 0x1FFFFFFF),
    Number("vehicle", "request = 0x7E0", 0, 0x1FFFFFFF),
    Number("vehicle", "response = 0x7E8", 0, 0x1FFFFFFF),
    Number("signals", "cycles = 5", 1, 1_000),
    Number("signals", "minimum_s = 0.5", 0.01, 3_600),
    Number("signals", "every_s = 2.5", 0.01, 3_600),
    Number("signals", "max_step = 2", 1, 15),
    Number("signals", "cycle_s = 0.02", 0.0001, 86_400),
    Number("signals", "cycles = 10", 1, 1_000),
    Number("signals", "timeout_s = 1.5", 0.01, 86_400),
    Number("signals", "page_cycle_s = 0.4", 0.0001, 86_400),
    Number("signals", "scale = 0.625", -1e12, 1e12),
    Number("signals", "shift = 0.25", -1e20, 1e20),
    Number("signals", "timeout_s = 0.75", 0.01, 86_400),
    Number("signals", "every_s = 5.5", 0.01, 3_600),
    Number("signals", "scale = 1.5", -1e12, 1e12),
    Number("signals", "shift = 0.75", -1e20, 1e20),
    Number("signals", "distance_km = 10", 0.1, 10_000),
    Number("signals", "scale = 0.5", -1e12, 1e12),
    Number("signals", "absolute = 3", 0, 1e20),
    Number("signals", "relative = 0.05", 0, 1),
    Number("signals", "hold_s = 0.2", 0, 0.5625),
    Number("commands", "interval_s = 0.1", 0.05, 60),
    Number("commands", "per_minute = 40", 1, 1_200),
    Number("commands", "low = 0.5", -1e20, 30),
    Number("commands", "high = 30", 0.5, 1e20),
    Number("commands", "tolerance = 1.5", 0, 20),
    Number("commands", "deadline_s = 3", 0.1, 60),
    Number("commands", "sends = 4", 1, 10),
]
NO_NUMBERS = ["true", "'1'", "[]", "{}", "nan", "-nan", "inf", "-inf", "1e300", "-1e300"]
NO_NUMBERS += ["9" * 400, "9" * 5000, "0x" + "f" * 5000, "2024-01-31"]


@pytest.mark.parametrize("number", NUMBERS, ids=lambda number: f"{number.stem}, {number.line}")
def test_a_number_that_is_none_or_far_out_is_refused(tmp_path: Path, number: Number) -> None:
    for value in NO_NUMBERS:
        folder = change(tmp_path, number.stem, number.line, f"{number.key} = {value}")
        sentence = refused(folder, f"{number.stem}.toml, line")
        assert number.key in sentence or "too many digits" in sentence


@pytest.mark.parametrize("number", NUMBERS, ids=lambda number: f"{number.stem}, {number.line}")
@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_no_number_beyond_its_range_loads(
    tmp_path: Path, number: Number, data: st.DataObject
) -> None:
    value = data.draw(
        st.one_of(
            st.floats(max_value=number.low, exclude_max=True),
            st.floats(min_value=number.high, exclude_min=True),
            st.integers(max_value=int(number.low) - 1),
            st.integers(min_value=int(number.high) + 1),
        )
    )
    folder = change(tmp_path, number.stem, number.line, f"{number.key} = {value!r}")
    refused(folder, f"{number.stem}.toml, line", number.key)


@pytest.mark.parametrize(("stem", "old", "new", "words"), WRONG)
def test_a_value_that_makes_no_sense_is_refused(
    changed: Change, stem: str, old: str, new: str, words: str
) -> None:
    sentence = refused(changed(stem, old, new), ".toml" if stem != "vehicle" else "")
    assert any(part in sentence for part in words.split("|")), sentence


LINES = [
    (file.stem, line)
    for file in sorted(FOLDER.glob("*.toml"))
    for line in file.read_text().splitlines()
    if " = " in line and file.read_text().count(f"{line}\n") == 1
]
ANYTHING = st.recursive(
    st.one_of(
        st.sampled_from(["true", "false", "nan", "inf", "''", "'a b'", '"\\u0000\\n"', "07:32:00"]),
        st.integers().map(repr),
        st.integers(-2, 9).map(repr),
        st.floats(allow_nan=False, allow_infinity=False).map(repr),
        st.sampled_from(["'Motion'", "'Speed'", "'Vehicle.Speed'", "'Vehicle.Gear'", "'enum'"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        inner.map(lambda item: f"{{ a = {item} }}"),
    ),
    max_leaves=3,
)


@settings(
    max_examples=300,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(place=st.sampled_from(LINES), value=ANYTHING)
def test_whatever_is_given_to_a_key_it_loads_and_works_or_is_refused(
    tmp_path: Path, place: tuple[str, str], value: str
) -> None:
    stem, line = place
    folder = change(tmp_path, stem, line, f"{line.split(' =')[0]} = {value}")
    with contextlib.suppress(ProfileError):
        profile = load_profile(folder)
        state = VehicleState(profile)
        for frame in profile.frames.values():
            for data in (b"\0", b"\xff", b"\x55"):
                state.feed(frame.key, data * frame.length, 1.0)
        state.snapshot(2.0)


def test_a_signal_is_what_one_command_sends(changed: Change) -> None:
    """Two commands of one signal could each send what the interlocks of the other forbid."""
    again = '[commands."Vehicle.Tyre"]\nmessage = "Ask"\nsignal = "WindowAsk"\nlimits = [0, 1]\n'
    header = '[commands."Vehicle.Window"]'
    folder = changed("commands", header, f"{again}interlocks = []\n{header}")
    refused(folder, "WindowAsk of Ask is what 'Vehicle.Tyre' sends; remove one")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("Speed : 16|16@1+ (0.01,0)", "Speed : 16|16@1+ (0,0)", "the factor 0"),
        ("Speed : 16|16@1+ (0.01,0)", "Speed : 16|16@1+ (1e999,0)", "the factor inf"),
        ("WindowAsk : 12|8@1+ (0.5,0)", "WindowAsk : 12|8@1+ (0,0)", "the factor 0"),
        ("Boot : 18|2@1+", "Boot : 18|1@1-", "has only the raw values -1 to 0"),
    ],
)
def test_a_dbc_of_which_no_value_is_left_is_refused(
    changed: Change, old: str, new: str, words: str
) -> None:
    folder = changed("vehicle", "repair = false", "")
    file = folder / "every_key.dbc"
    assert file.read_text().count(old) == 1
    file.write_text(file.read_text().replace(old, new))
    refused(folder, words)


def test_a_name_that_the_dbc_gives_to_an_impossible_raw_value_need_not_be_listed(
    changed: Change,
) -> None:
    folder = changed("vehicle", "repair = false", "")
    file = folder / "every_key.dbc"
    file.write_text(file.read_text().replace('Gear 7 "SNA"', 'Gear 7 "SNA" 8 "Invalid"'))
    assert load_profile(folder).sources["Vehicle.Gear"].invalid == {7}


def test_no_value_is_believed_for_more_than_a_day(changed: Change) -> None:
    profile = load_profile(changed("signals", "cycle_s = 0.02", "cycle_s = 86400"))
    frame = next(frame for frame in profile.frames.values() if frame.name == "Motion")
    assert (frame.cycle_s, frame.limit_s) == (86_400, 86_400)


def test_check_says_it_with_its_line_and_the_exit_code_of_wrong_files(changed: Change) -> None:
    folder = changed("vehicle", "low_fraction = 0.9", "low_fraction = 9")
    command = [sys.executable, "-m", "can_bridge", "check", str(folder)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (2, "")
    assert result.stdout.splitlines()[0] == (
        f"{folder}/vehicle.toml, line 22: error: tyres.low_fraction: "
        "expected a number from 0.1 to 1, found 9; correct it"
    )
