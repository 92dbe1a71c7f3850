"""sim: arguments in, a running simulation and its exit code out."""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import NoReturn

import can

from sim.errors import BusUnavailable, SimError, SpecError
from sim.frame import FrameBuilder
from sim.runner import Reports, Run, Runner
from sim.scenario import Step, load_scenario
from sim.schedule import Schedule
from sim.vehicle_files import load_vehicle
from sim.world import World

_SPEC = re.compile(r"([a-z0-9_]+):([^@]+)(?:@(\d+))?")


class _Stopped(Exception):
    """SIGINT or SIGTERM came."""


def main(arguments: Sequence[str]) -> int:
    """Run a scenario; returns the exit code."""
    options = _parser().parse_args(arguments)
    signal.signal(signal.SIGINT, _stop)
    signal.signal(signal.SIGTERM, _stop)
    try:
        _simulate(options)
    except SimError as error:
        print(f"sim: {error}", file=sys.stderr)
        return error.exit_code
    except _Stopped:
        return 0
    except BrokenPipeError:  # whoever read the steps is gone; Python would flush to him at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return 0


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise _Stopped


def _simulate(options: argparse.Namespace) -> None:
    scenario = load_scenario(options.scenario)
    vehicle = load_vehicle(options.vehicle)
    builders = [FrameBuilder(message) for message in vehicle.messages]
    world = World(scenario, builders)
    run = Run(
        bitrate=vehicle.bitrate,
        start_at_s=options.start_at,
        seconds=options.seconds,
        control=sys.stdin.fileno() if options.control == "stdin" else None,
    )
    with _open(options.bus) as bus:
        Runner(world, Schedule(builders, 0.0), bus, run).run(Reports(_ready, _report))


def _open(spec: str) -> can.BusABC:
    match = _SPEC.fullmatch(spec)
    if match is None:
        raise SpecError(
            f"'{spec}' names no bus; expected interface:channel[@bitrate], such as unix:aster"
        )
    interface, channel, bitrate = match.groups()
    rate = {"bitrate": int(bitrate)} if bitrate else {}
    try:
        return can.Bus(interface=interface, channel=channel, **rate)  # type: ignore[arg-type]
    except (can.CanError, OSError, ValueError, TypeError, ImportError) as error:
        first = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise BusUnavailable(f"the bus {spec} cannot be opened: {first}") from error


def _ready() -> None:
    print("ready", flush=True)


def _report(step: Step) -> None:
    print(json.dumps({"t": step.at_s, "step": step.name}), flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m sim", description="Put a virtual car on a CAN bus."
    )
    parser.add_argument("scenario", help="a name in config/scenarios, or a TOML file")
    parser.add_argument("--vehicle", default="aster", help="an id in config/vehicles, or a folder")
    parser.add_argument("--bus", default="unix:auriga", help="interface:channel[@bitrate]")
    parser.add_argument(
        "--seconds", type=_seconds, default=float("inf"), help="end after this time"
    )
    parser.add_argument(
        "--start-at", type=_seconds, default=0.0, help="begin at this time of the scenario"
    )
    parser.add_argument("--control", choices=["stdin"], help="end when standard input is closed")
    return parser


def _seconds(text: str) -> float:
    value = float(text)
    if not value >= 0:
        raise ValueError(text)
    return value
