"""sim: arguments in, a running simulation and its exit code out."""

from __future__ import annotations

import argparse
import json
import logging
import math
import re
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import NoReturn

import can

from sim.clock import FastClock, WallClock
from sim.commands import Controllers, Outcome
from sim.control import Control
from sim.diagnostics.servers import Servers
from sim.diagnostics.unit import Unit
from sim.errors import BusUnavailable, SimError, SpecError
from sim.frame import FrameBuilder
from sim.inputs import Reply, watch_lines, watched_keys, watched_socket
from sim.noise import Noise
from sim.output import settle
from sim.recording import Recording
from sim.runner import Reports, Run, Runner
from sim.scenario import Scenario, Step, load_scenario
from sim.schedule import Schedule
from sim.stop import Stop, Stopped
from sim.vehicle_files import FASTEST, SLOWEST, VehicleFiles, load_vehicle
from sim.world import World
from sim.written import shown

_DEFAULT_BUS = "unix:auriga"
_MOST_DIGITS = 9
_STANDARD_INPUT = ("-", "stdin")
_DAY_S = 86_400.0  # what comes before the start is run through: half a minute for a day
_SPEC = re.compile(r"([a-z0-9_]+):([^@]+)(?:@(\d+))?")


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are one sentence."""

    def error(self, message: str) -> NoReturn:
        """End with exit code 2."""
        self.exit(2, f"sim: {message}; see '{self.prog} --help'\n")


def main(arguments: Sequence[str]) -> int:
    """Run a scenario; returns the exit code."""
    stop = Stop()
    try:
        code = _run(arguments, stop)
        sys.stdout.flush()
    except SimError as error:
        print(f"sim: {error}", file=sys.stderr)
        return error.exit_code
    except Stopped as stopped:
        if not str(stopped):  # it runs until it is stopped
            return 0
        print(f"sim: {stopped}", file=sys.stderr)
        return stop.exit_code
    except BrokenPipeError:  # whoever read the steps is gone
        return 0
    finally:
        settle()
    return code


def _run(arguments: Sequence[str], stop: Stop) -> int:
    try:
        options = _options(arguments)
    except SystemExit as ended:  # help was printed, or what was wrong with them
        return int(ended.code or 0)
    stop.install()
    if options.write is None:
        _simulate(options, stop)
        return 0
    try:
        _record(options)
    except Stopped as stopped:
        raise Stopped(str(stopped) or "stopped before it was done; nothing was written") from None
    return 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.control is not None and (options.write is not None or options.speed == math.inf):
        other = "--write" if options.write is not None else "--speed max"
        parser.error(
            f"nothing can be controlled with {other}, which waits for nobody; leave one out"
        )
    if options.bus is not None and options.write is not None:
        parser.error("--write records without a bus, and --bus names one; leave one out")
    return options


def _world(options: argparse.Namespace) -> tuple[World, Schedule, Run, VehicleFiles]:
    scenario = load_scenario(options.scenario)
    vehicle = load_vehicle(options.vehicle)
    builders = [FrameBuilder(message) for message in vehicle.messages]
    noise = Noise(options.seed, options.noise)
    world = World(scenario, builders, Controllers(vehicle.commands), noise)
    run = Run(bitrate=vehicle.bitrate, start_at_s=options.start_at, seconds=options.seconds)
    if options.write is not None and math.isinf(run.seconds):
        run = replace(run, seconds=_end_of(scenario, run))
    return world, Schedule(builders, 0.0), run, vehicle


def _record(options: argparse.Namespace) -> None:
    world, schedule, run, _ = _world(options)
    with Recording(options.write) as recording:
        try:
            Runner(world, schedule, None, recording, run).run(FastClock(), _REPORTS)
        except Stopped:
            raise Stopped(f"stopped before it was done; at least {recording.summary}") from None
    if recording.loss:
        print(f"sim: {recording.loss}", file=sys.stderr)


def _simulate(options: argparse.Namespace, stop: Stop) -> None:
    world, schedule, run, vehicle = _world(options)
    with _open(_DEFAULT_BUS if options.bus is None else options.bus, stop) as bus:
        stop.check()
        servers = _servers(vehicle, world)
        _run_on(bus, Runner(world, schedule, servers, bus, run), Control(world), options)


def _run_on(bus: can.BusABC, runner: Runner, control: Control, options: argparse.Namespace) -> None:
    if options.speed == math.inf:
        runner.run(FastClock(), _REPORTS, polled=True)
        return
    clock = WallClock(options.speed)

    def reply(line: str) -> str:
        told = control.reply(line)
        runner.ended = runner.ended or control.ended
        return told

    def end() -> None:
        runner.ended = True

    def ready() -> None:  # the first line that is printed, before any reply
        _ready()
        watch_lines(clock, sys.stdin.fileno(), reply, end)

    with closing(clock), ExitStack() as inputs:
        descriptor = _descriptor(bus)
        if descriptor >= 0:
            clock.watch(descriptor, runner.receive)
        reports = _REPORTS
        if options.control in _STANDARD_INPUT:
            reports = replace(reports, ready=ready)
        elif options.control is not None:
            inputs.enter_context(_inputs(clock, options.control, reply))
        runner.run(clock, reports, polled=descriptor < 0)


def _inputs(clock: WallClock, control: str, reply: Reply) -> AbstractContextManager[None]:
    if control == "keys":
        return watched_keys(clock, _terminal(), reply)
    return watched_socket(clock, Path(control), reply)


def _servers(vehicle: VehicleFiles, world: World) -> Servers | None:
    """The diagnostic servers, for a vehicle that has addresses for them."""
    if vehicle.diagnostics is None:
        return None
    texts = vehicle.diagnostics.texts
    units = [
        Unit(address, world.car, world.memory, texts.get(address.ecu, {}))
        for address in vehicle.diagnostics.addresses
    ]
    return Servers(units, vehicle.diagnostics.functional)


def _end_of(scenario: Scenario, run: Run) -> float:
    """A recording without an end goes on until everything has happened, and 10 seconds more."""
    last_s = max((step.at_s for step in scenario.steps), default=0.0)
    ends = [points[-1][0] for points in scenario.profile.values()]
    return max(last_s, *ends, run.start_at_s, 20.0) - run.start_at_s + 10.0


def _descriptor(bus: can.BusABC) -> int:
    try:
        return bus.fileno()
    except NotImplementedError:
        return -1


def _terminal() -> int:
    if not sys.stdin.isatty():
        raise SpecError("keys need a terminal; use --control - for lines from standard input")
    return sys.stdin.fileno()


def _open(spec: str, stop: Stop) -> can.BusABC:
    match = _SPEC.fullmatch(spec)
    if match is None:
        raise SpecError(
            f"'{spec}' names no bus; expected interface:channel[@bitrate], such as unix:aster"
        )
    interface, channel, digits = match.groups()
    rate = {} if digits is None else {"bitrate": _bitrate(spec, digits)}
    with _quiet():
        try:
            return can.Bus(interface=interface, channel=channel, **rate)  # type: ignore[arg-type]
        except Exception as error:  # whatever an interface throws: a missing library, a NameError
            stop.check()
            traceback.clear_frames(error.__traceback__)  # a half-opened bus complains when it goes
            first = (str(error).strip() or type(error).__name__).splitlines()[0]
            raise BusUnavailable(f"the bus {spec} cannot be opened: {first}") from error


def _bitrate(spec: str, digits: str) -> int:
    """As in vehicle.toml."""
    bitrate = int(digits) if len(digits) <= _MOST_DIGITS else FASTEST + 1
    if not SLOWEST <= bitrate <= FASTEST:
        raise SpecError(
            f"{shown(spec)} has no bit rate that a bus can have; expected {SLOWEST} to {FASTEST} bit/s "
            f"after the @, such as socketcan:can0@500000"
        )
    return bitrate


@contextmanager
def _quiet() -> Iterator[None]:
    """python-can logs what it also raises."""
    logger = logging.getLogger("can")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(level)


def _ready() -> None:
    print("ready", flush=True)


def _report(step: Step) -> None:
    refused = {"refused": step.refused} if step.refused else {}
    print(json.dumps({"t": step.at_s, "step": step.name, **refused}), flush=True)


def _tell_outcome(time_s: float, outcome: Outcome) -> None:
    told = {key: value for key, value in asdict(outcome).items() if value not in {"", None}}
    told["command"] = told.pop("message")
    print(json.dumps({"t": round(time_s, 2), **told}), flush=True)


_REPORTS = Reports(_ready, _report, _tell_outcome)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m sim",
        description="Put a virtual car on a CAN bus.",
        epilog="Exit codes: 0 done, or ended by Ctrl-C on a bus; 2 bad usage or files, or what is "
        "written cannot be; 4 the bus cannot be opened; 130 Ctrl-C (143 SIGTERM, 129 SIGHUP) "
        "before --write was done.",
    )
    parser.add_argument("scenario", help="a name in config/scenarios, or a TOML file")
    parser.add_argument("--vehicle", default="aster", help="an id in config/vehicles, or a folder")
    parser.add_argument("--bus", help=f"interface:channel[@bitrate] (default: {_DEFAULT_BUS})")
    parser.add_argument(
        "--write",
        type=Path,
        metavar="FILE",
        help="no bus: record as fast as possible to FILE (.log, .asc, .blf, .csv, .trc)",
    )
    parser.add_argument(
        "--seconds", type=_amount, default=math.inf, help="end after this time of the scenario"
    )
    parser.add_argument(
        "--start-at",
        type=_start,
        default=0.0,
        help="begin at this time of the scenario, at most a day",
    )
    parser.add_argument(
        "--speed", type=_speed, default=1.0, help="times real time (1), or max: without waiting"
    )
    parser.add_argument("--seed", type=int, default=0, help="of everything that is random (0)")
    parser.add_argument(
        "--noise", type=_amount, default=0.0, help="strength of the sensors' noise (0: none)"
    )
    parser.add_argument(
        "--control",
        metavar="-|keys|PATH",
        help="take commands from standard input, which ends the run when it is closed; from the "
        "keys of the terminal; or from a Unix socket that is made at PATH",
    )
    return parser


def _amount(text: str) -> float:
    value = _number(text)
    if not value >= 0:
        raise argparse.ArgumentTypeError(f"expected a number from 0 on, found '{text}'")
    return value


def _start(text: str) -> float:
    value = _number(text)
    if not 0 <= value <= _DAY_S:
        raise argparse.ArgumentTypeError(f"expected seconds from 0 to {_DAY_S:.0f}, found '{text}'")
    return value


def _speed(text: str) -> float:
    value = math.inf if text == "max" else _number(text)
    if not value > 0:
        raise argparse.ArgumentTypeError(f"expected a number above 0 or max, found '{text}'")
    return value


def _number(text: str) -> float:
    """NaN, which is in no range, for what is no number: argparse would name a function of ours."""
    try:
        return float(text)
    except ValueError:
        return math.nan
