"""commands.toml: what loads can be trusted, and what cannot is one sentence with file and line."""

from __future__ import annotations

from typing import Any

import pytest

from can_bridge import ProfileError, find_vehicle, load_profile

ASTER = load_profile(find_vehicle("aster"))


def test_the_small_car_loads(pod: Any) -> None:
    window = pod.commands["Vehicle.Window"]
    assert (window.low, window.high, window.sends, window.unit) == (0, 80, 3, "%")
    assert pod.commands["Vehicle.Mode"].choices == {"eco": 0, "sport": 1}
    assert pod.commands["Vehicle.IsLocked"].description == "All doors."


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('message = "AskLock"', 'message = "AskLocks"', "did you mean 'AskLock'"),
        ('signal = "LockAsk"', 'signal = "LockAks"', "did you mean 'LockAsk'"),
        ('signal = "LampAsk"', 'signal = "AskCnt"', "is the counter or the checksum of Ask"),
        ('message = "AskLock"', 'message = "Body"', "the car itself sends Body"),
        ("limits = [0, 80]", "", "expected the limits of the value"),
        ("limits = [0, 80]", "limits = [0, 101]", "the DBC allows WindowAsk 0 to 100"),
        ('values = ["eco", "sport"]', 'values = ["eco", "fast"]', "cannot ask for 'fast'"),
        ('values = ["eco", "sport"]', 'values = ["no_request"]', "cannot ask for 'no_request'"),
        ('confirm = ["Vehicle.Lock1", "Vehicle.Lock2"]', "", "is no reading that a message"),
        (
            '"Vehicle.Lock1", "Vehicle.Lock2"',
            '"Vehicle.Lock1", "Vehicle.Speed"',
            "is not; correct it",
        ),
        ("sends = 1", "sends = 0", "sends: expected a number from 1 to 10, found 0"),
        (
            "deadline_s = 1\nsends = 1",
            "deadline_s = 0\nsends = 1",
            "deadline_s: expected a number from 0.1",
        ),
        ('interlocks = ["slow"]', 'interlocks = ["slow", "fast"]', "there is no interlock 'fast'"),
        ('interlocks = ["slow"]', "interlocks = []", "no command has this interlock"),
        ('interlocks = ["slow"]', "", "expected a list of texts under the key 'interlocks'"),
        ('path = "Vehicle.Speed"', 'path = "Vehicle.Sped"', "the car has no signal 'Vehicle.Sped'"),
        ("low = 0, high = 30", "is = [true]", "is a number: give the interlock `low` or `high`"),
        ("is = [true], for", "low = 1, for", "is a bool: give the interlock"),
        (', reason = "the car is moving"', "", "under the key 'reason'"),
        ("interval_s = 0.1", "interval_s = 0", "interval_s: expected a number from 0.05"),
        ("per_minute = 30", "per_minuet = 30", "did you mean 'per_minute'"),
        ("Ask = {", "Body = {", "no command sends this message"),
        ("tolerance = 1", "tolerence = 1", "did you mean 'tolerance'"),
    ],
)
def test_what_contradicts_is_an_error(pod_folder: Any, old: str, new: str, sentence: str) -> None:
    folder = pod_folder(commands=(old, new))
    with pytest.raises(ProfileError) as caught:
        load_profile(folder)
    assert sentence in str(caught.value)
    assert "commands.toml" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_field_without_a_no_request_value_cannot_be_left_alone(pod_folder: Any) -> None:
    folder = pod_folder(pod=('VAL_ 512 LampAsk 0 "off" 1 "on" 3 "NoRequest" ;', ""))
    with pytest.raises(ProfileError, match="gives LampAsk no value 'NoRequest'"):
        load_profile(folder)


def test_a_command_is_never_confirmed_by_its_own_message(pod_folder: Any) -> None:
    signal = '"Vehicle.Echo" = { message = "AskLock", signal = "LockAsk", kind = "bool" }\n'
    folder = pod_folder(
        signals=("[signals]\n", "[signals]\n" + signal),
        commands=('confirm = ["Vehicle.Lock1", "Vehicle.Lock2"]', 'confirm = ["Vehicle.Echo"]'),
    )
    with pytest.raises(ProfileError, match=r"which we send ourselves|the car itself sends AskLock"):
        load_profile(folder)


def test_every_command_of_aster_is_guarded_but_for_the_hazard_lights() -> None:
    unguarded = {path for path, command in ASTER.commands.items() if not command.interlocks}
    assert unguarded == {"Vehicle.Body.Lights.Hazard.IsSignaling"}


def test_every_command_of_aster_is_confirmed_by_another_message() -> None:
    own = {command.frame.key for command in ASTER.commands.values()}
    for command in ASTER.commands.values():
        assert all(ASTER.sources[path].frame not in own for path in command.confirm)
        assert command.frame.protection is not None


def test_nothing_of_aster_opens_a_door_or_the_boot() -> None:
    assert not [path for path in ASTER.commands if path.endswith("IsOpen")]


DERIVED = """
[derived."Vehicle.Together"]
rule = "sum"
inputs = ["Vehicle.Speed", "Vehicle.Window"]
[derived."Vehicle.Unbounded"]
rule = "sum"
inputs = ["Vehicle.Speed", "Vehicle.Wide"]
[derived."Vehicle.Used"]
rule = "consumption"
inputs = ["Vehicle.Speed", "Vehicle.Window"]
amount = "used"
distance_km = 50
[derived."Vehicle.UsedOfMuch"]
rule = "consumption"
inputs = ["Vehicle.Speed", "Vehicle.Wide"]
amount = "used"
distance_km = 50
[derived."Vehicle.Locks"]
rule = "list_true"
inputs = ["Vehicle.Lock1", "Vehicle.Lock2", "Vehicle.Lamp"]
labels = ["left", "right", "lamp"]
[derived."Vehicle.OneLock"]
rule = "list_true"
inputs = ["Vehicle.Lock1"]
labels = ["left"]
[signals."Vehicle.Wide"]
message = "Motion"
signal = "Wide"
unit = "m"
"""
MOTION = "BO_ 256 Motion: 2 CAR"
WIDE = 'BO_ 256 Motion: 3 CAR\n SG_ Wide : 16|8@1+ (1,0) [0|0] "m" AUR'


@pytest.fixture
def derived_folder(pod_folder: Any) -> Any:
    """Writes the small car with derived signals, and an interlock that looks at one of them."""

    def write(holds: str) -> Any:
        folder = pod_folder(
            commands=('path = "Vehicle.Speed", low = 0, high = 30', holds),
            pod=(MOTION, WIDE),
        )
        with (folder / "signals.toml").open("a") as file:
            file.write(DERIVED)
        return folder

    return write


@pytest.mark.parametrize(
    ("holds", "sentence"),
    [
        (
            'path = "Vehicle.Together", low = 5000',
            "never holds, since 'Vehicle.Together' goes from",
        ),
        ('path = "Vehicle.Together", high = -1', "never holds"),
        ('path = "Vehicle.Together", low = 0', "always holds"),
        ('path = "Vehicle.Together", low = -5, high = 100000', "always holds"),
        (
            'path = "Vehicle.Used", low = 201',
            "never holds, since 'Vehicle.Used' goes from 0 to 200",
        ),
        ('path = "Vehicle.UsedOfMuch", high = -1', "'Vehicle.UsedOfMuch' is never below 0"),
        ('path = "Vehicle.UsedOfMuch", low = 0', "always holds"),
        ('path = "Vehicle.Locks", is = ["banana"]', "is never 'banana'; choose from '' and"),
        ('path = "Vehicle.Locks", is = ["right, left"]', "is never 'right, left'"),
        ('path = "Vehicle.Locks", is = ["left, "]', "is never 'left, '"),
        ('path = "Vehicle.OneLock", is = ["", "left"]', "always holds"),
    ],
)
def test_an_interlock_on_what_is_derived_is_looked_at_too(
    derived_folder: Any, holds: str, sentence: str
) -> None:
    with pytest.raises(ProfileError) as caught:
        load_profile(derived_folder(holds))
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    "holds",
    [
        'path = "Vehicle.Together", low = 50',
        'path = "Vehicle.Together", low = 0, high = 100',
        'path = "Vehicle.Unbounded", low = 100000',
        'path = "Vehicle.Unbounded", low = -5, high = 100000',
        'path = "Vehicle.UsedOfMuch", high = 100000',
        'path = "Vehicle.Locks", is = ["", "left", "left, lamp", "right", "left, right, lamp"]',
        'path = "Vehicle.OneLock", is = ["left"]',
    ],
)
def test_an_interlock_of_which_nothing_is_known_is_believed(
    derived_folder: Any, holds: str
) -> None:
    assert load_profile(derived_folder(holds)).commands
