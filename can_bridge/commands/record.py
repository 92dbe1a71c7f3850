"""Commands: a bus comes in, a recording of its frames goes out."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
import time
from pathlib import Path

import can

from can_bridge.bus import open_python_can, parse_single_bus
from can_bridge.commands.options import Parser, add_bus, add_command, seconds, warn
from can_bridge.errors import BusError
from can_bridge.recorder import Recorder
from can_bridge.recording import FORMATS
from can_bridge.stop import SIGNALS

_WAIT_S = 0.2
_EPILOG = """examples:
  python -m can_bridge record drive.log --bus socketcan:can0
  python -m can_bridge record drive.blf --bus unix:aster --seconds 60

The ending of the name chooses the format: .log (candump -L), .asc and .blf (Vector), .csv (python-can), .mf4 (with
the extra mf4).  Every frame is taken, whatever it holds; .asc alone cannot say of an error frame what kind it is.  One
bus is recorded at a time: run it once for each, with a file of its own.  Ctrl-C ends and leaves a whole file.
"""


def add_parser(commands: argparse._SubParsersAction[Parser]) -> None:
    """Describe the command."""
    parser = add_command(commands, "record", "record the frames of a bus in a file", _EPILOG)
    parser.add_argument("file", type=Path, metavar="FILE", help=f"ends in {', '.join(FORMATS)}")
    add_bus(parser)
    parser.add_argument("--seconds", type=seconds, metavar="N", help="end after this time")
    parser.add_argument("--force", action="store_true", help="replace a file that is there")
    parser.set_defaults(run=run, lasts=lambda _options: True)


def run(options: argparse.Namespace) -> int:
    """Record until it is interrupted or the time is up."""
    spec = parse_single_bus(options.bus)
    recorder = Recorder(options.file, options.force)
    try:
        with open_python_can(spec, may_send=False) as bus, recorder:
            stopped = _signalled()
            print(f"recording {spec} in {options.file}", file=sys.stderr, flush=True)
            _record(bus, recorder, options.seconds, stopped)
    except can.CanError as error:
        raise BusError(f"the bus {spec} is gone ({error}); the file is whole so far") from error
    finally:
        if recorder.is_begun:
            print(recorder.summary, file=sys.stderr, flush=True)
    if not recorder.count:
        warn(f"no frame came from {spec}; check that somebody sends on it")
    return 0


def _signalled() -> threading.Event:
    """Set by Ctrl-C, or when the process is asked to end."""
    stopped = threading.Event()
    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, lambda *_: stopped.set())
    return stopped


def _record(
    bus: can.BusABC, recorder: Recorder, limit_s: float | None, stopped: threading.Event
) -> None:
    """Until the time is up or a signal comes, which never cuts a frame in two; what has come by then
    is still written.
    """
    end_s = time.monotonic() + limit_s if limit_s is not None else float("inf")
    while not stopped.is_set() and (left_s := end_s - time.monotonic()) > 0:
        message = bus.recv(min(_WAIT_S, left_s))
        if message is not None:
            recorder.write(message)
    last_s = time.monotonic() + _WAIT_S
    while time.monotonic() < last_s and (message := bus.recv(_WAIT_S / 4)) is not None:
        recorder.write(message)
