"""What can be asked of a car: `gauges.toml` against the signals of the vehicle."""

import re
import tomllib
from pathlib import Path

import pytest

from assistant.errors import SettingsError
from assistant.interpret.gauges import NamedGauge, load_gauges
from assistant.ports import Signal
from tests import aster
from tests.turns import ENGLISH

TABLE = tomllib.loads((ENGLISH / "gauges.toml").read_text("utf-8"))
PATTERNS = [(entry["name"], path) for entry in TABLE["gauge"] for path in entry["paths"]]
SIGNALS = {path: Signal(path, None) for path in aster.profile().signals}


@pytest.mark.parametrize(("name", "pattern"), PATTERNS)
def test_every_path_of_every_gauge_is_a_signal_of_the_aster(name: str, pattern: str) -> None:
    expression = re.sub(r"\\{\w+\\}", r"\\w+", re.escape(pattern))
    assert [path for path in SIGNALS if re.fullmatch(expression, path)]


@pytest.mark.parametrize("name", [entry["name"] for entry in TABLE["gauge"]])
def test_every_gauge_is_one_that_the_aster_has(name: str) -> None:
    gauges = {named.gauge.name: named.gauge for named in aster.interpreter().gauges}
    entry = next(entry for entry in TABLE["gauge"] if entry["name"] == name)
    filled = {path.path for path in gauges[name].paths}
    for pattern in entry["paths"]:
        assert any(path.startswith(pattern.split("{")[0]) for path in filled)


@pytest.mark.parametrize("named", aster.interpreter().gauges, ids=lambda n: str(n.gauge.name))
def test_a_gauge_says_something_for_one_and_for_several(named: NamedGauge) -> None:
    gauge = named.gauge
    assert {"one", "some", "true"} & gauge.says.keys() or len(gauge.says) > 1
    if len(gauge.paths) > 1:
        assert "many" in gauge.says or {"some", "none"} <= gauge.says.keys()


def test_a_signal_that_the_car_has_not_leaves_no_gauge() -> None:
    gauges, _ = load_gauges(ENGLISH, {"Vehicle.Speed": Signal("Vehicle.Speed", "km/h")}, "left")
    assert {named.gauge.name for named in gauges} == {"speed", "speed_compared"}


def test_what_belongs_to_a_gauge_is_left_out_where_the_car_has_it_not() -> None:
    seat = "Vehicle.Derived.Seat.Row2.Middle.IsUnbelted"
    coolant = "Vehicle.Powertrain.CombustionEngine.EngineCoolant.Temperature"
    gauges, _ = load_gauges(ENGLISH, {path: Signal(path, None) for path in (seat, coolant)}, "left")
    by_name = {named.gauge.name: named.gauge for named in gauges}
    assert (by_name["unbelted"].given, by_name["coolant_temperature"].lamps) == ((), ())


@pytest.mark.parametrize(
    ("side", "left_door"), [("left", "DriverSide"), ("right", "PassengerSide")]
)
def test_the_left_door_depends_on_where_the_driver_sits(side: str, left_door: str) -> None:
    _, places = load_gauges(ENGLISH, SIGNALS, side)
    assert places.named("left")["door_side"] == left_door
    assert places.labels[left_door] == "left"


@pytest.mark.parametrize(
    ("said", "row"), [("rear", "Row2"), ("rear passenger", "Row2"), ("passenger's", "Row1")]
)
def test_the_nearest_word_decides_the_row(said: str, row: str) -> None:
    _, places = load_gauges(ENGLISH, SIGNALS, "left")
    assert places.named(said)["row"] == row


@pytest.mark.parametrize(
    "said",
    [
        "are my tyres at the right pressure",
        "do i have the right tyre pressures",
        "are they right",
        "what is the tyre pressure right now",
        "has anyone left a window down",
        "have i left the tailgate open",
        "was a door left ajar",
        "is any air left in the tyres",
    ],
)
def test_right_and_left_are_not_always_places(said: str) -> None:
    _, places = load_gauges(ENGLISH, SIGNALS, "left")
    assert "side" not in places.named(said)


@pytest.mark.parametrize(
    ("said", "side"),
    [
        ("the front right pressure", "Right"),
        ("how is the tyre on the right", "Right"),
        ("is the left window open", "Left"),
        ("is the one on the left open", "Left"),
    ],
)
def test_right_and_left_are_places(said: str, side: str) -> None:
    _, places = load_gauges(ENGLISH, SIGNALS, "left")
    assert places.named(said)["side"] == side


@pytest.mark.parametrize(
    "content",
    [
        b"\xff",
        b"[places",
        b"",
        b'[places]\n[labels]\n[[gauge]]\nname = "x"\n',
        b'[places]\n[labels]\n[[gauge]]\nname="x"\ncalled="x"\nkeys=["x"]\npaths=["Vehicle.Speed"]\n'
        b"says.one='x'\nunknown_key=1\n",
    ],
    ids=["binary", "no TOML", "empty", "keys missing", "an unknown key"],
)
def test_a_file_of_gauges_that_is_wrong_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "gauges.toml").write_bytes(content)
    with pytest.raises(SettingsError, match=r"gauges\.toml"):
        load_gauges(tmp_path, SIGNALS, "left")


def test_a_driver_on_no_side_is_an_error_of_the_settings() -> None:
    with pytest.raises(SettingsError, match="middle"):
        load_gauges(ENGLISH, SIGNALS, "middle")
