"""What faults make of the traffic, in the simulator's own time."""

from __future__ import annotations

import itertools
import subprocess
import sys
from collections import Counter
from pathlib import Path

import can
import pytest

from sim.fault import Fault
from sim.frame import FrameBuilder
from sim.scenario import Scenario, Step
from sim.vehicle_files import load_vehicle
from sim.world import World

ROOT = Path(__file__).resolve().parents[2]
MESSAGES = {message.name: message for message in load_vehicle("aster").messages}
BUILDERS = {name: FrameBuilder(message) for name, message in MESSAGES.items()}
SPEED = BUILDERS["ESC_Speed"]


def world(*faults: Fault) -> World:
    """A car to which this happens after one second."""
    step = Step(1.0, "faults", {}, tuple(faults), clear_faults=False)
    return World(Scenario("x", "", {"system": "On"}, (step,)), list(BUILDERS.values()))


def sent(car: World, seconds: float, builder: FrameBuilder = SPEED) -> list[tuple[float, bytes]]:
    """The frames of a message, each cycle once, with their times."""
    frames = []
    for cycle in itertools.count(1):
        if cycle * builder.cycle_s > seconds:
            return frames
        for _ in car.run_to(cycle * builder.cycle_s):
            pass
        data = car.frame(builder)
        if data is not None:
            frames.append((cycle * builder.cycle_s, data))
    raise AssertionError


@pytest.mark.parametrize(("kind", "seconds"), [("bus_off", 5.0), ("ecu_reset", 1.5)])
def test_an_ecu_that_left_the_bus_comes_back_by_itself(kind: str, seconds: float) -> None:
    frames = sent(world(Fault(kind, ecu="ESC")), 10.0)
    times = [at for at, _ in frames]
    gap_s, before = max((b - a, a) for a, b in itertools.pairwise(times))
    assert gap_s == pytest.approx(seconds, abs=0.1) and before == pytest.approx(1.0, abs=0.1)


def test_after_a_reset_the_counters_begin_anew() -> None:
    frames = sent(world(Fault("ecu_reset", ecu="ESC", seconds=0.33)), 3.0)
    counters = [SPEED.counter_in(data) for _, data in frames]
    first = next(n for n, (at, _) in enumerate(frames) if at > 1.2)
    assert counters[first : first + 3] == [0, 1, 2]
    assert counters[first - 1] not in {14, 15}  # or else it would have come to 0 anyway


def test_a_share_of_the_frames_is_lost_and_always_the_same_ones() -> None:
    lossy = Fault("drop", message="ESC_Speed", share=0.3)
    first, second = (sent(world(lossy), 21.0) for _ in range(2))
    assert first == second
    after = sum(at > 1.0 for at, _ in first)
    assert after / 1000 == pytest.approx(0.7, abs=0.06)


def test_a_frozen_frame_repeats_every_byte() -> None:
    car = world(Fault("freeze", message="ESC_Speed"))
    car.car.ready, car.car.selector, car.car.parking_brake = True, "Drive", False
    car.car.target_speed_kmh = 50.0
    frames = sent(car, 4.0)
    assert len({data for at, data in frames if at > 1.1}) == 1
    assert len({data for at, data in frames if at < 0.9}) > 10


def test_corruption_turns_one_bit() -> None:
    builder = BUILDERS["EPB_Status"]
    healthy = sent(world(), 3.0, builder)
    broken = sent(world(Fault("corrupt", message="EPB_Status")), 3.0, builder)
    for (at, good), (_, bad) in zip(healthy, broken, strict=True):
        turned = int.from_bytes(good, "big") ^ int.from_bytes(bad, "big")
        assert turned.bit_count() == (at >= 1.0 - 1e-9)


def test_what_is_out_of_range_is_neither_possible_nor_not_available() -> None:
    for name, builder in BUILDERS.items():
        for signal in MESSAGES[name].signals:
            if signal.name not in builder.signals or (signal.choices or {}).keys() >= {0, 1, 2}:
                continue
            raw = builder.raw_beyond(signal.name)
            assert raw not in (signal.choices or {})
            assert raw * signal.scale + signal.offset > (signal.maximum or 0)
            assert raw < 1 << signal.length


def recorded(folder: Path, fault: str) -> list[tuple[float, int]]:
    """Seconds and identifier of every frame of ten seconds, of which the last nine are faulty."""
    scenario, file = folder / "fault.toml", folder / "fault.log"
    scenario.write_text(f"[[step]]\nat_s = 1.0\nname = 'x'\nfaults = [{{ {fault} }}]\n")
    command = [sys.executable, "-m", "sim", str(scenario), "--write", str(file), "--seconds", "10"]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=120)
    with can.LogReader(file) as reader:
        frames = [(message.timestamp, message.arbitration_id) for message in reader]
    return [(at - frames[0][0], identifier) for at, identifier in frames]


def test_delayed_frames_come_later_but_all_of_them(tmp_path: Path) -> None:
    frames = recorded(tmp_path, 'kind = "delay", message = "ESC_Speed", seconds = 2.0')
    times = [at for at, identifier in frames if identifier == SPEED.identifier]
    gap_s = max(b - a for a, b in itertools.pairwise(times))
    assert gap_s == pytest.approx(2.0, abs=0.05)
    assert sum(at > 4.0 for at in times) == pytest.approx(6.0 / SPEED.cycle_s, abs=3)


def test_a_babbling_node_with_the_lowest_identifier_takes_the_whole_bus(tmp_path: Path) -> None:
    found = Counter(i for at, i in recorded(tmp_path, 'kind = "babble"') if at > 1.1)
    assert set(found) == {0} and found[0] > 8.8 * 3700  # full load at 500 kbit/s


def test_one_with_a_high_identifier_takes_only_what_is_left(tmp_path: Path) -> None:
    frames = recorded(tmp_path, 'kind = "babble", identifier = 2032')
    found = Counter(i for at, i in frames if at > 1.1)
    assert found[2032] > 8.8 * 3000
    for builder in BUILDERS.values():
        assert found[builder.identifier] == pytest.approx(8.9 / builder.cycle_s, abs=2)
