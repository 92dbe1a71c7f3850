"""Commands: a recording and a vehicle or a DBC come in, every change of a reading goes out."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

from can_bridge.commands.options import Parser, add_command, add_recording, add_vehicle, warn
from can_bridge.commands.progress import shown
from can_bridge.dbc import read_wild_dbc
from can_bridge.dbc_profile import profile_of_dbc
from can_bridge.errors import ProfileError
from can_bridge.monitor import shown_value
from can_bridge.profile import find_vehicle, load_profile
from can_bridge.readings import Known
from can_bridge.recording import Recording
from can_bridge.spec import VehicleProfile
from can_bridge.transcript import Change, Transcript, changes

_EPILOG = """examples:
  python -m can_bridge decode drive.log --vehicle aster
  python -m can_bridge decode drive.blf --vehicle ./mycar --json > drive.jsonl
  python -m can_bridge decode drive.asc --dbc mycar.dbc --filter speed

One line for every change: {"t": 12.34, "path": "Vehicle.Speed", "value": 88.0, "unit": "km/h"}, or {"t": …, "path": …,
"unknown": "stale"} at the moment at which a signal has no value any more.  t is the recording's time in seconds; where that
counts from 1970, it is given from the first frame on (--absolute: as recorded).  With --dbc the paths are Message.Signal.
"""
_SHOWN_WARNINGS = 5


def add_parser(commands: argparse._SubParsersAction[Parser]) -> None:
    """Describe the command."""
    parser = add_command(
        commands, "decode", "show what a recording says, change by change", _EPILOG
    )
    add_recording(parser)
    add_vehicle(parser, default=None)
    parser.add_argument(
        "--dbc",
        type=Path,
        action="append",
        metavar="FILE",
        help="decode by a DBC instead of a vehicle; may be given several times",
    )
    parser.add_argument("--json", action="store_true", help="print JSON lines, not a table")
    parser.add_argument("--filter", default="", metavar="TEXT", help="only paths that contain this")
    parser.add_argument(
        "--channel", metavar="NAME", help="only frames of this channel of the recording"
    )
    parser.add_argument("--absolute", action="store_true", help="times as recorded, from 1970")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print every change."""
    profile = _profile(options)
    part = options.filter.lower()
    transcript = Transcript(profile, lambda path: part in path.lower())
    line = _json if options.json else _row
    with Recording(options.recording, warn) as recording:
        if not options.json:
            print(f"{'t':>12}  {'path':<62} {'value':>24} unit", flush=True)
        messages = recording.messages()
        if options.channel is not None:
            messages = (m for m in messages if str(m.channel) == options.channel)
        progress = shown(messages, "decoding", recording.fraction)
        for change in changes(profile, progress, transcript, options.absolute):
            print(line(change))
    if not sum(transcript.counts()):
        warn(
            f"no frame of {options.recording} belongs to a signal of {profile.name}; check that the "
            f"recording and the vehicle belong together"
        )
    return 0


def _profile(options: argparse.Namespace) -> VehicleProfile:
    if options.dbc and options.vehicle is not None:
        raise ProfileError("decode takes --vehicle or --dbc, found both; leave one of them out")
    if not options.dbc:
        return load_profile(find_vehicle("aster" if options.vehicle is None else options.vehicle))
    read = [read_wild_dbc(file) for file in options.dbc]
    for sentence in _few([warning for dbc in read for warning in dbc.warnings]):
        warn(sentence)
    return profile_of_dbc(read, " and ".join(file.name for file in options.dbc))


def _few(warnings: list[str]) -> Iterator[str]:
    yield from warnings[:_SHOWN_WARNINGS]
    if len(warnings) > _SHOWN_WARNINGS:
        yield f"and {len(warnings) - _SHOWN_WARNINGS} more repairs of the DBC"


def _json(change: Change) -> str:
    entry: dict[str, object] = {"t": change.at_s, "path": change.path}
    if isinstance(change.reading, Known):
        entry |= {"value": change.reading.value, "unit": change.reading.unit}
    else:
        entry["unknown"] = change.reading.reason.value
    return json.dumps(entry, ensure_ascii=False)


def _row(change: Change) -> str:
    reading = change.reading
    if isinstance(reading, Known):
        value, unit = shown_value(reading.value), reading.unit or ""
    else:
        value, unit = "-", reading.reason.value
    return f"{change.at_s:12.6f}  {change.path:<62} {value:>24} {unit}".rstrip()
