"""can_bridge: arguments in, what a command prints and its exit code out."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from collections.abc import Sequence
from types import FrameType

from can_bridge.bridge import open_bridge
from can_bridge.errors import BridgeError
from can_bridge.monitor import json_lines, table
from can_bridge.profile import find_vehicle, load_profile

_CLEAR = "\x1b[H\x1b[2J"
_PERIOD_S = 0.5


class _Stopped(Exception):
    """SIGINT or SIGTERM came."""


def main(arguments: Sequence[str]) -> int:
    """Run a command; returns the exit code."""
    options = _parser().parse_args(arguments)
    signal.signal(signal.SIGINT, _stop)
    signal.signal(signal.SIGTERM, _stop)
    try:
        _monitor(options)
    except BridgeError as error:
        print(f"can_bridge: {error}", file=sys.stderr)
        return error.exit_code
    except _Stopped:
        return 0
    except BrokenPipeError:  # such as `| head`: nothing more can be written, not at exit either
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return 0


def _stop(number: int, frame: FrameType | None) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise _Stopped


def _monitor(options: argparse.Namespace) -> None:
    profile = load_profile(find_vehicle(options.vehicle))
    if options.bus.startswith("udp_multicast:"):
        print("can_bridge: udp_multicast puts every frame on the network", file=sys.stderr)
    render = json_lines if options.json else table
    with open_bridge(profile, options.bus) as bridge:
        if options.once:
            bridge.wait_ready(options.wait)
            print(render(bridge.snapshot(), options.filter), flush=True)
            return
        start = _CLEAR if sys.stdout.isatty() and not options.json else ""
        while True:
            print(start + render(bridge.snapshot(), options.filter), flush=True)
            time.sleep(_PERIOD_S)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m can_bridge", description="Read a vehicle's CAN bus."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    monitor = commands.add_parser("monitor", help="show every signal, now")
    monitor.add_argument("--vehicle", default="aster", help="an id in config/vehicles, or a folder")
    monitor.add_argument(
        "--bus", default="unix:auriga", help="interface:channel[@bitrate], such as socketcan:can0"
    )
    monitor.add_argument("--once", action="store_true", help="print once and end")
    monitor.add_argument("--json", action="store_true", help="print JSON lines, not a table")
    monitor.add_argument("--filter", default="", help="only paths that contain this")
    monitor.add_argument(
        "--wait", type=_seconds, default=3.0, help="with --once: wait so long for every message"
    )
    return parser


def _seconds(text: str) -> float:
    value = float(text)
    if not value >= 0:
        raise ValueError(text)
    return value
