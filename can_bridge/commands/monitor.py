"""Commands: a vehicle and its bus come in, a live table of every signal goes out."""

from __future__ import annotations

import argparse
import sys
import time

from can_bridge.bridge import Bridge
from can_bridge.bus import parse_bus_specs
from can_bridge.commands.options import Parser, add_bus, add_command, add_vehicle, seconds, warn
from can_bridge.monitor import bus_lines, json_lines, table
from can_bridge.profile import find_vehicle, load_profile
from can_bridge.spec import VehicleProfile
from can_bridge.vehicle import open_vehicle

_CLEAR = "\x1b[H\x1b[2J"
_PERIOD_S = 0.5
_EPILOG = """examples:
  python -m can_bridge monitor --vehicle aster --bus unix:aster
  python -m can_bridge monitor --vehicle mycar --bus socketcan:can0 --filter tire
  python -m can_bridge monitor --bus unix:aster --once --json | grep unknown

Every path is shown with its value, unit and age, or with the reason why it has no value.  A bus on
which there were error frames has a line at the end.  Ctrl-C ends.
"""


def add_parser(commands: argparse._SubParsersAction[Parser]) -> None:
    """Describe the command."""
    parser = add_command(commands, "monitor", "show every signal of a vehicle, live", _EPILOG)
    add_vehicle(parser)
    add_bus(parser)
    parser.add_argument("--once", action="store_true", help="print once and end")
    parser.add_argument("--json", action="store_true", help="print JSON lines, not a table")
    parser.add_argument("--filter", default="", metavar="TEXT", help="only paths that contain this")
    parser.add_argument(
        "--wait",
        type=seconds,
        default=3.0,
        metavar="SECONDS",
        help="with --once: wait so long for every message (default: 3)",
    )
    parser.set_defaults(run=run, lasts=lambda options: not options.once)


def run(options: argparse.Namespace) -> int:
    """Print until it is interrupted, or once."""
    profile = load_profile(find_vehicle(options.vehicle))
    if options.bus.startswith("udp_multicast:"):
        warn("udp_multicast puts every frame on the network")
    with open_vehicle(profile, options.bus) as bridge:
        if options.once:
            if bridge.wait_ready(options.wait):
                time.sleep(min(options.wait, _unmasked_s(profile, options.filter)))
            print(_shown(bridge, options), flush=True)
            return 0
        start = _CLEAR if sys.stdout.isatty() and not options.json else ""
        while True:
            print(start + _shown(bridge, options), flush=True)
            time.sleep(_PERIOD_S)


def _unmasked_s(profile: VehicleProfile, contains: str) -> float:
    """How long a frame that only repeats its counter looks like a good one: up to its limit.

    The first frame cannot tell; after the time limit of the signals that are shown, those that were
    not renewed are unknown.
    """
    paths = [path for path in profile.signals if contains.lower() in path.lower()]
    return max((_repeat_s(profile, path) for path in paths), default=0.0)


def _repeat_s(profile: VehicleProfile, path: str) -> float:
    """The time limit of a signal whose frame has a counter, or of what it is derived from."""
    if path in profile.derived:
        inputs = profile.derived[path].inputs
        return max((_repeat_s(profile, one) for one in inputs), default=0.0)
    source = profile.sources.get(path)
    frame = None if source is None else profile.frames[source.frame]
    if source is None or frame is None or frame.protection is None or not frame.protection.counter:
        return 0.0
    return frame.limit_s if source.limit_s is None else source.limit_s


def _shown(bridge: Bridge, options: argparse.Namespace) -> str:
    readings = (json_lines if options.json else table)(bridge.snapshot(), options.filter)
    specs = map(str, parse_bus_specs(options.bus))
    errors = bus_lines(zip(specs, bridge.health(), strict=True), options.json)
    return f"{readings}\n{errors}" if errors else readings
