"""Commands: a recording comes in, its frames at their times on a bus go out."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator

import can

from can_bridge.bench_bus import has_no_car
from can_bridge.bus import BusSpec, open_python_can, parse_single_bus
from can_bridge.commands.options import (
    Parser,
    add_bus,
    add_command,
    add_recording,
    number,
    warn,
)
from can_bridge.commands.progress import shown
from can_bridge.errors import BusError, SpecError
from can_bridge.recording import Recording
from can_bridge.replayer import Tally, due_times, sendable

_FULL_S = 1.0  # how long a full queue of the driver is waited for
_NAP_S = 3600.0  # the clock takes no time of thousands of years, which a recording may have
_EPILOG = """examples:
  python -m can_bridge replay drive.blf --bus unix:aster
  python -m can_bridge replay drive.log --bus socketcan:vcan0 --speed 10
  python -m can_bridge replay drive.log --bus unix:aster --speed max

Replaying is for a bench: only buses that no car is on are taken (unix, virtual, udp_multicast, vcan).  For a bench of
real control units on a real interface say --physical, and never do that on a car.

Error frames are left out, since only a bus's own controller makes them; the last line says how many there were.  What
they did to the readings, such as bus_off, is shown by 'decode'.
"""


def add_parser(commands: argparse._SubParsersAction[Parser]) -> None:
    """Describe the command."""
    parser = add_command(commands, "replay", "send a recording's frames on a bus again", _EPILOG)
    add_recording(parser)
    add_bus(parser)
    parser.add_argument(
        "--speed",
        type=_speed,
        default=1.0,
        metavar="N|max",
        help="times as fast as it was recorded, or as fast as possible (default: 1)",
    )
    parser.add_argument("--loop", action="store_true", help="begin again at the end")
    parser.add_argument(
        "--physical", action="store_true", help="the bus is a real one, and no car is on it"
    )
    parser.set_defaults(run=run, lasts=lambda options: options.loop)


def _speed(text: str) -> float | None:
    if text == "max":
        return None
    return number(text, lambda value: value > 0, "a factor above 0, or max")


def run(options: argparse.Namespace) -> int:
    """Send everything once, or until it is interrupted."""
    spec = parse_single_bus(options.bus)
    if not has_no_car(spec) and not options.physical:
        raise SpecError(
            f"{spec} may be the bus of a car, on which nothing is replayed; use a virtual bus, or "
            f"say --physical for a bench without a car"
        )
    tally = Tally()
    try:
        with open_python_can(spec, may_send=True) as bus:
            _play_once(bus, spec, options, tally)
            while options.loop:
                _play_once(bus, spec, options, tally)
    finally:
        if tally != Tally():
            print(tally.summary, file=sys.stderr, flush=True)
    return 0


def _play_once(bus: can.BusABC, spec: BusSpec, options: argparse.Namespace, tally: Tally) -> None:
    start_s = time.monotonic()
    with Recording(options.recording, warn) as recording:
        every = shown(recording.messages(), "replaying", recording.fraction)
        messages = sendable(every, tally)
        for message in _at_their_times(due_times(messages, options.speed), start_s):
            try:
                bus.send(message, timeout=_FULL_S)
            except (can.CanError, ValueError, OSError) as error:
                raise BusError(
                    f"the bus {spec} does not take the frame {message.arbitration_id:#x} ({error}); "
                    f"check the bus"
                ) from error
            tally.sent += 1


def _at_their_times(
    due: Iterator[tuple[float, can.Message]], start_s: float
) -> Iterator[can.Message]:
    for due_s, message in due:
        while (wait_s := start_s + due_s - time.monotonic()) > 0:
            time.sleep(min(wait_s, _NAP_S))
        yield message
