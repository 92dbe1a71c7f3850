"""What a recording says, change by change, and when a signal goes silent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import can
import pytest

from can_bridge import Known, VehicleProfile, load_profile
from can_bridge.checksum import ALGORITHMS
from can_bridge.spec import PlausibleSpec
from can_bridge.state import VehicleState
from can_bridge.transcript import Transcript, changes
from tests.can_bridge.conftest import ToyFolder

Shown = tuple[float, str, object]


def motion(at_s: float, speed: float = 50.0, gear: int = 1, **other: object) -> can.Message:
    counter = round(at_s * 10) % 16
    raw = 65535 if speed < 0 else round(speed * 100)
    body = bytes([counter, raw & 0xFF, raw >> 8, gear, 0, 0, 0])
    checksum = ALGORITHMS["crc8_sae_j1850"][0](body, (), 0)
    data = bytes([checksum]) + body
    return can.Message(
        arbitration_id=256,
        is_extended_id=False,
        data=other.get("data", data),  # type: ignore[arg-type]
        timestamp=at_s,
    )


def shown(
    profile: VehicleProfile, frames: Iterable[can.Message], absolute: bool = False
) -> list[Shown]:
    found = []
    for change in changes(profile, frames, Transcript(profile), absolute):
        reading = change.reading
        value = reading.value if isinstance(reading, Known) else reading.reason.value
        found.append((change.at_s, change.path, value))
    return found


def of(path: str, found: list[Shown]) -> list[tuple[float, object]]:
    return [(at_s, value) for at_s, name, value in found if name == path]


def test_only_changes_are_shown(toy: VehicleProfile) -> None:
    frames = [motion(n / 10, speed=50 if n < 5 else 60) for n in range(10)]
    assert of("Vehicle.Speed", shown(toy, frames)) == [(0.0, 50.0), (0.5, 60.0)]
    assert of("Vehicle.Gear", shown(toy, frames)) == [(0.0, "drive_forward")]


def test_a_silent_signal_is_stale_at_the_moment_it_becomes_so(toy: VehicleProfile) -> None:
    frames = [motion(n / 10) for n in range(10)] + [motion(5.0)]
    found = of("Vehicle.Speed", shown(toy, frames))
    assert found == [
        (0.0, 50.0),
        (pytest.approx(0.9 + 0.5, abs=1e-5), "stale"),
        (5.0, 50.0),
    ]


@pytest.mark.parametrize("gap_s", [1e4, 1.7e9, 1e15])
def test_a_clock_that_jumps_is_not_followed_look_by_look(
    toy: VehicleProfile, monkeypatch: pytest.MonkeyPatch, gap_s: float
) -> None:
    looks: list[float] = []
    sweep = VehicleState.sweep

    def counted(state: VehicleState, now: float) -> None:
        looks.append(now)
        assert len(looks) < 100
        sweep(state, now)

    monkeypatch.setattr(VehicleState, "sweep", counted)
    rule = PlausibleSpec("Vehicle.Speed", ("Vehicle.Speed",), 1.0, 1.0, 0.0, 0.25)
    compared = replace(toy, plausible=(rule,))
    frames = [motion(0.0), motion(0.1), motion(0.2)]
    jumped = [motion(0.3), motion(0.4)]
    for frame in jumped:
        frame.timestamp += gap_s
    found = of("Vehicle.Speed", shown(compared, [*frames, *jumped]))
    assert found == [(0.0, 50.0), (pytest.approx(0.7, abs=1e-5), "stale"), (gap_s + 0.3, 50.0)]


def test_another_message_lets_the_time_go_by(toy: VehicleProfile) -> None:
    slow = can.Message(arbitration_id=257, is_extended_id=False, data=bytes(4), timestamp=3.0)
    found = shown(toy, [motion(0.0), slow])
    assert of("Vehicle.Speed", found)[-1] == (pytest.approx(0.5, abs=1e-5), "stale")
    assert [at_s for at_s, _, _ in found] == sorted(at_s for at_s, _, _ in found)


def test_damaged_frames_make_it_unknown_when_the_last_good_one_is_too_old(
    toy: VehicleProfile,
) -> None:
    def frames() -> Iterator[can.Message]:
        for number in range(20):
            yield motion(number / 10, **({"data": bytes(8)} if number >= 5 else {}))
        yield motion(3.0)

    found = of("Vehicle.Speed", shown(toy, frames()))
    assert found[:2] == [(0.0, 50.0), (pytest.approx(0.9, abs=1e-5), "bad_checksum")]
    assert (pytest.approx(2.4, abs=1e-5), "stale") in found
    assert found[-1] == (3.0, 50.0)


def test_what_a_control_unit_does_not_know_is_not_available(toy: VehicleProfile) -> None:
    found = of("Vehicle.Speed", shown(toy, [motion(0.0), motion(0.1, speed=-1)]))
    assert found == [(0.0, 50.0), (0.1, "not_available")]


def test_derived_signals_follow(toy: VehicleProfile) -> None:
    opened = motion(0.1, gear=1 | 1 << 6)
    found = of("Vehicle.Derived.Open", shown(toy, [motion(0.0), opened, motion(9.0)]))
    assert found[:2] == [(0.0, ""), (0.1, "boot")]
    assert found[2] == (pytest.approx(0.6, abs=1e-5), "input_unknown")


def test_what_was_unknown_from_the_start_is_no_change(toy: VehicleProfile) -> None:
    never = shown(toy, [motion(0.0, data=bytes(8)), motion(0.1, data=bytes(7))])
    assert {value for _, _, value in never} <= {"bad_checksum", "implausible"}
    only_tyre = can.Message(arbitration_id=257, is_extended_id=False, data=bytes(4), timestamp=0.0)
    assert "Vehicle.Derived.Open" not in {path for _, path, _ in shown(toy, [only_tyre])}


def test_times_from_1970_are_given_from_the_first_frame_on(toy: VehicleProfile) -> None:
    start_s = 1_700_000_000.0
    frames = [motion(start_s), motion(start_s + 0.1, speed=60)]
    assert of("Vehicle.Speed", shown(toy, frames)) == [(0.0, 50.0), (0.1, 60.0)]
    assert of("Vehicle.Speed", shown(toy, frames, absolute=True))[0][0] == start_s


def test_other_times_are_given_as_they_are(toy: VehicleProfile) -> None:
    assert of("Vehicle.Speed", shown(toy, [motion(12.3)])) == [(12.3, 50.0)]


def test_a_clock_that_jumps_back_does_not_stop_the_time(toy: VehicleProfile) -> None:
    frames = [motion(100.0), motion(2.5, speed=60), motion(4.0, speed=70)]
    assert of("Vehicle.Speed", shown(toy, frames))[:2] == [(100.0, 50.0), (2.5, 60.0)]
    assert of("Vehicle.Speed", shown(toy, frames))[-1] == (4.0, 70.0)


def test_answers_to_obd_requests_are_decoded(tmp_path: Path, toy_folder: ToyFolder) -> None:
    folder = toy_folder(
        signals=("[telltales]", '"Vehicle.Rpm" = { pid = 0x0C, unit = "rpm" }\n[telltales]')
    )
    answer = can.Message(
        arbitration_id=0x7E8,
        is_extended_id=False,
        data=bytes([4, 0x41, 0x0C, 0x1A, 0xF8, 0, 0, 0]),
        timestamp=1.0,
    )
    assert of("Vehicle.Rpm", shown(load_profile(folder), [answer])) == [(1.0, 1726.0)]


@pytest.mark.parametrize(
    ("row", "part"),
    [
        ("{ pid = 0x0C, unit = 'km/h' }", "the PID is in rpm"),
        ("{ pid = 0x01 }", "0x01 is no PID that has a number here"),
        ("{ pid = 0x0C, every_s = 0 }", "every_s: expected a number from 0.01"),
        ("{ pid = 0x0C, message = 'Motion' }", "unknown"),
    ],
)
def test_a_wrong_row_of_a_pid_is_said(toy_folder: ToyFolder, row: str, part: str) -> None:
    folder = toy_folder(signals=("[telltales]", f'"Vehicle.Rpm" = {row}\n[telltales]'))
    with pytest.raises(Exception, match=part) as caught:
        load_profile(folder)
    assert "signals.toml, line" in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('unit = "km/h"', 'unit = "m/s", scale = 0.5, shift = 1', 26.0),
        (
            '"Speed", unit = "km/h", invalid = [65535]',
            '"DoorOpen", kind = "bool", on = [0], off = [1]',
            True,
        ),
        (
            '"Speed", unit = "km/h", invalid = [65535]',
            '"Gear", kind = "enum", words = { 1 = "Going" }, invalid = [7]',
            "going",
        ),
    ],
)
def test_rows_convert_units_and_name_values(
    toy_folder: ToyFolder, old: str, new: str, expected: object
) -> None:
    profile = load_profile(toy_folder(signals=(old, new)))
    assert of("Vehicle.Speed", shown(profile, [motion(0.0)])) == [(0.0, expected)]
