"""Limits and turns that hold over several gates, bridges and processes."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from can_bridge import VehicleProfile, open_bridge
from can_bridge.command_rules import Cause, Outcome, Result
from can_bridge.errors import LedgerError
from can_bridge.gate import open_gate
from can_bridge.ledger import Ledger
from can_bridge.spec import CommandFrame

ROOT = Path(__file__).resolve().parents[3]
CONFIRMED = (Result.CONFIRMED, Cause.REPORTED)
FULL = (Result.REFUSED, Cause.TOO_SOON)


def ended(outcome: Outcome) -> tuple[Result, Cause]:
    return outcome.result, outcome.cause


@pytest.fixture
def frame(pod: VehicleProfile) -> CommandFrame:
    return pod.commands["Vehicle.Window"].frame


def ledger(name: str = "fake:bus") -> Ledger:
    return Ledger(lambda _number: name)


def note(book: Ledger, frame: CommandFrame, count: int, ago_s: float = 1.0) -> None:
    with book.turn(frame) as turn:
        assert turn is not None
        for _ in range(count):
            turn.note(time.monotonic() - ago_s)


def test_what_one_gate_has_sent_counts_for_the_next_and_for_another_beside_it(
    street: Any, frame: CommandFrame
) -> None:
    note(Ledger(street.bridge.bus_name), frame, frame.per_minute - 1)
    with open_gate(street.bridge) as other:
        assert ended(other.set("Vehicle.Lamp", True)) == CONFIRMED
    for gate in (street.gate, open_gate(street.bridge)):
        assert ended(gate.set("Vehicle.Lamp", False)) == FULL
    assert len(street.seen()) == 1


def test_another_bridge_on_the_bus_has_the_same_limit_however_the_bus_is_named(
    street: Any, pod: VehicleProfile, runtime_folder: Path, frame: CommandFrame
) -> None:
    note(Ledger(street.bridge.bus_name), frame, frame.per_minute)
    channels = (
        street.channel,
        f"{street.channel}@500000",
        runtime_folder / "auriga" / street.channel,
    )
    for channel in channels:
        with (
            open_bridge(pod, f"unix:{channel}", may_send=True) as bridge,
            open_gate(bridge) as gate,
        ):
            assert bridge.wait_ready(5.0)
            assert ended(gate.set("Vehicle.Lamp", True)) == FULL
    assert street.seen() == []


def test_another_process_is_held_to_the_same_limit(
    street: Any, frame: CommandFrame, tmp_path: Path
) -> None:
    note(Ledger(street.bridge.bus_name), frame, frame.per_minute - 1)
    arguments = ("--bus", f"unix:{street.channel}", "--vehicle", str(tmp_path))
    said = []
    for value in ("on", "off"):
        command = [sys.executable, "-m", "can_bridge", "set", "Vehicle.Lamp", value, *arguments]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        said.append(done.stdout)
    assert said == [
        "confirmed: Vehicle.Lamp is now true\n",
        "refused: Ask was sent 30 times in a minute; nothing was sent\n",
    ]
    assert ended(street.gate.set("Vehicle.Lamp", False)) == FULL


HOLD = """
import sys
from pathlib import Path
from can_bridge import load_profile
from can_bridge.ledger import Ledger
frame = load_profile(Path(sys.argv[1])).commands["Vehicle.Window"].frame
with Ledger(lambda _number: sys.argv[2]).turn(frame) as turn:
    print("held" if turn else "taken", flush=True)
    sys.stdin.read()
"""


def test_while_a_process_has_the_turn_another_is_refused_and_a_killed_one_has_it_no_more(
    street: Any, tmp_path: Path
) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path), street.bridge.bus_name(0)]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=ROOT, **pipes) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        assert ended(street.gate.set("Vehicle.Lamp", True)) == (Result.REFUSED, Cause.BUSY)
        process.kill()
        process.wait()
    assert ended(street.gate.set("Vehicle.Lamp", True)) == CONFIRMED


def test_counters_go_on_where_another_gate_left_off(street: Any) -> None:
    for value in (True, False, True):
        with open_gate(street.bridge) as gate:
            assert ended(gate.set("Vehicle.Lamp", value)) == CONFIRMED
    first, second, third = (message.data[1] & 0xF for message in street.seen())
    assert ((second - first) % 16, (third - second) % 16) == (1, 1)


def test_each_message_has_a_turn_of_its_own(pod: VehicleProfile, frame: CommandFrame) -> None:
    other = pod.commands["Vehicle.IsLocked"].frame
    with ledger().turn(frame) as one, ledger().turn(other) as two, ledger().turn(frame) as three:
        assert (one is None, two is None, three is None) == (False, False, True)
    with ledger("fake:other").turn(frame) as turn:
        assert turn is not None


def test_what_is_older_than_a_minute_is_forgotten(frame: CommandFrame) -> None:
    note(ledger(), frame, 3, ago_s=61.0)
    note(ledger(), frame, 1)
    with ledger().turn(frame) as turn:
        assert turn is not None
        assert len(turn.times) == 1


def written(runtime_folder: Path, frame: CommandFrame) -> Path:
    note(ledger(), frame, 2)
    (file,) = (runtime_folder / "auriga" / ".gate").iterdir()
    return file


def changed(file: Path, **entries: object) -> None:
    file.write_text(json.dumps(json.loads(file.read_text()) | entries))


def test_nobody_else_may_look_into_it(runtime_folder: Path, frame: CommandFrame) -> None:
    file = written(runtime_folder, frame)
    modes = [path.stat().st_mode & 0o777 for path in (file, file.parent, file.parent.parent)]
    assert modes == [0o600, 0o700, 0o700]


def test_what_was_sent_before_the_machine_started_does_not_count(
    runtime_folder: Path, frame: CommandFrame
) -> None:
    changed(written(runtime_folder, frame), boot="another", sent=[1e12])
    with ledger().turn(frame) as turn:
        assert turn is not None
        assert turn.times == ()


DAMAGE: dict[str, Callable[[Path], object]] = {
    "cut off": lambda file: file.write_text(file.read_text()[:40]),
    "no text": lambda file: file.write_bytes(b"\xff\xfe\x00"),
    "no object": lambda file: file.write_text("[]"),
    "deep": lambda file: file.write_text("[" * 100_000),
    "nothing in it": lambda file: file.write_text("{}"),
    "a word for a time": lambda file: changed(file, sent=["now"]),
    "no number": lambda file: changed(file, sent=[float("nan")]),
    "from the future": lambda file: changed(file, sent=[time.monotonic() + 1e6]),
    "out of order": lambda file: changed(file, sent=[2.0, 1.0]),
    "no list": lambda file: changed(file, sent=None),
    "a truth for a counter": lambda file: changed(file, counter=True),
    "below zero": lambda file: changed(file, counter=-1),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_file_is_named_and_gives_no_turn(
    runtime_folder: Path, frame: CommandFrame, damage: Callable[[Path], object]
) -> None:
    file = written(runtime_folder, frame)
    damage(file)
    with pytest.raises(LedgerError, match=r"is damaged.*; remove it") as caught:
        ledger().turn(frame).__enter__()
    assert str(caught.value).startswith(str(file))


def test_where_nothing_can_be_noted_nothing_is_sent(street: Any, runtime_folder: Path) -> None:
    folder = runtime_folder / "auriga" / ".gate"
    folder.write_text("no folder")
    outcome = street.gate.set("Vehicle.Lamp", True)
    assert ended(outcome) == (Result.REFUSED, Cause.NO_LEDGER)
    assert outcome.text.startswith("nobody would know how often Ask was sent")
    assert outcome.text.endswith("nothing was sent")
    assert street.seen() == []


def test_when_the_disk_fills_up_no_further_frame_is_sent(
    street: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("can_bridge.ledger.os.pwrite", full)
    outcome = street.gate.set("Vehicle.Lamp", True)
    assert ended(outcome) == (Result.REFUSED, Cause.NO_LEDGER)
    assert "(No space left on device)" in outcome.text
    assert street.seen() == []


def test_a_shorter_entry_leaves_nothing_of_a_longer_one(
    runtime_folder: Path, frame: CommandFrame
) -> None:
    note(ledger(), frame, 5, ago_s=61.0)
    with ledger().turn(frame) as turn:
        assert turn is not None
        turn.note(time.monotonic())
    assert len(json.loads(written(runtime_folder, frame).read_text())["sent"]) == 3
