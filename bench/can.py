"""Benchmarks: frames of the simulated car come in; how fast, how surely and in how little memory
can_bridge makes readings of them goes out.

    python -m bench.can [--minutes 1] [--fuzz 1000000]

`decoding`: from (identifier, bytes, time) to the reading that a subscriber to every signal has taken,
without a bus, against cantools decoding the same frames in the same run, in turns.  `bus`: two Unix-socket
buses at the full load of 500 kbit/s into one bridge.  `fuzz`: random frames.
"""

import argparse
import gc
import json
import random
import resource
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import cantools

from bench import can_load, machine
from bench.can_traffic import Traffic, record
from can_bridge.profile import load_profile
from can_bridge.readings import Known
from can_bridge.spec import VehicleProfile
from can_bridge.state import Change, VehicleState
from can_bridge.subscription import Subscription

VEHICLES = Path(__file__).resolve().parents[1] / "config" / "vehicles"
TARGETS = {"ratio": 3.0, "protected": 0.4, "cpu_share": 0.25, "lost": 0}
_ROUNDS = 15
_BATCH = 256  # frames, as many as the bridge takes at once when they come faster than it works
_WAITING = 1024  # changes, the size of a subscription unless its owner wants another
_RIGHT_LENGTH = 0.9  # share of the random frames; half of those have a right checksum


def main() -> int:
    """Measure, write can.json and print it."""
    options = _options()
    options.out.mkdir(parents=True, exist_ok=True)
    folder = VEHICLES / options.vehicle
    profile = load_profile(folder)
    report: dict[str, Any] = {"schema": 1, "machine": machine.about(), "targets": TARGETS}
    report["decoding"] = {
        f"noise {noise:g}": decoding(
            profile, folder, record(options.scenario, options.vehicle, options.seconds, noise)
        )
        for noise in (0.0, 1.0)
    }
    if options.minutes:
        traffic = record(options.scenario, options.vehicle, options.seconds, 1.0)
        report["bus"] = can_load.measure(
            profile, traffic, options.minutes * 60, options.burst_ms / 1000
        )
    if options.fuzz:
        report["fuzz"] = fuzz(profile, options.fuzz)
    text = json.dumps(report, indent=1)
    (options.out / "can.json").write_text(text + "\n", "utf-8")
    print(text)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.can", description=__doc__)
    parser.add_argument("--vehicle", default="aster")
    parser.add_argument("--scenario", default="highway")
    parser.add_argument("--seconds", type=float, default=60.0, help="of the scenario")
    parser.add_argument("--minutes", type=float, default=1.0, help="of full load; 0: none")
    parser.add_argument(
        "--burst-ms", type=float, default=0.0, help="frames of so long come together; 0: one by one"
    )
    parser.add_argument("--fuzz", type=int, default=1_000_000, help="random frames; 0: none")
    parser.add_argument("--out", type=Path, default=Path("out/bench"))
    return parser.parse_args()


def decoding(profile: VehicleProfile, folder: Path, traffic: Traffic) -> dict[str, Any]:
    """Frames per second of both, on one core, and their ratio: the median of several rounds."""
    database = cantools.database.Database()
    for path in sorted(folder.glob("*.dbc")):
        database.add_dbc_file(path)
    rounds = [
        (_ours(profile, traffic), _theirs(database, traffic)) for _ in range(_ROUNDS)
    ]  # in turns, so that what else the machine does meets both
    return {
        "frames": len(traffic.frames),
        "protected": round(traffic.protected, 3),
        "changes": _changes(profile, traffic),
        "ours_frames_per_s": round(statistics.median(ours for ours, _ in rounds)),
        "cantools_frames_per_s": round(statistics.median(theirs for _, theirs in rounds)),
        "ratio": round(statistics.median(ours / theirs for ours, theirs in rounds), 2),
        "ratio_lowest": round(min(ours / theirs for ours, theirs in rounds), 2),
    }


def _ours(profile: VehicleProfile, traffic: Traffic) -> float:
    published: list[Change] = []
    state = VehicleState(profile, published.append)  # new: nothing is remembered of another round
    subscription = Subscription(profile.signals, _WAITING, leave=lambda _: None)
    frames = [(key, data, at_s) for at_s, key, data in traffic.frames]
    batches = [frames[at : at + _BATCH] for at in range(0, len(frames), _BATCH)]
    gc.collect()  # what was allocated before is not collected at the expense of this
    began_s = time.process_time()
    for batch in batches:
        state.feed_all(batch)
        subscription.put(published)
        published.clear()
        subscription.take(0.0)
    return len(frames) / (time.process_time() - began_s)


def _theirs(database: cantools.database.Database, traffic: Traffic) -> float:
    gc.collect()
    began_s = time.process_time()
    for _, identifier, data in traffic.frames:
        database.decode_message(identifier, data)
    return len(traffic.frames) / (time.process_time() - began_s)


def _changes(profile: VehicleProfile, traffic: Traffic) -> int:
    published: list[Change] = []
    state = VehicleState(profile, published.append)
    for at_s, key, data in traffic.frames:
        state.feed(key, data, at_s)
    return len(published)


def fuzz(profile: VehicleProfile, count: int) -> dict[str, Any]:
    """Random frames; an exception ends the benchmark."""
    source = random.Random(1)
    outside: list[Change] = []
    ranges = {
        path: (spec.low, spec.high)
        for path, spec in profile.signals.items()
        if spec.kind == "number" and spec.low is not None and spec.high is not None
    }
    known = 0

    def take(change: Change) -> None:
        nonlocal known
        path, reading, _ = change
        if isinstance(reading, Known):
            known += 1
            low, high = ranges.get(path, (None, None))
            if low is not None and high is not None and not low <= float(reading.value) <= high:
                outside.append(change)

    state = VehicleState(profile, take)
    keys = (*profile.frames, 0x7FF)
    memory_kb = []
    began_s = time.monotonic()
    for number in range(count):
        now_s = number * 0.001
        key = source.choice(keys)
        state.feed(key, _random_frame(profile, key, source), now_s)
        if state.next_look_at < now_s:
            state.sweep(now_s)
        if number % max(1, count // 10) == 0:
            memory_kb.append(_resident_kb())
    memory_kb.append(_resident_kb())
    accepted, refused = state.counts()
    return {
        "frames": count,
        "seconds": round(time.monotonic() - began_s, 1),
        "accepted": accepted,
        "refused": refused,
        "known_readings": known,
        "outside_range": len(outside),
        "exceptions": 0,
        "resident_kb": memory_kb,
        "peak_kb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
    }


def _random_frame(profile: VehicleProfile, key: int, source: random.Random) -> bytes:
    spec = profile.frames.get(key)
    if spec is None or source.random() > _RIGHT_LENGTH:
        return source.randbytes(source.randrange(65))
    data = source.randbytes(spec.length)
    protection = spec.protection
    if protection is None or protection.checksum_byte is None or source.random() < 0.5:  # noqa: PLR2004
        return data
    at = protection.checksum_byte
    counter = protection.counter.extract(data) if protection.counter else 0
    return data[:at] + bytes((protection.checksum(data, at, counter),)) + data[at + 1 :]


def _resident_kb() -> int:
    line = next(
        line
        for line in (machine.PROC / "self" / "status").read_text().splitlines()
        if line.startswith("VmRSS")
    )
    return int(line.split()[1])


if __name__ == "__main__":
    sys.exit(main())
