"""Commands: a vehicle's control units are asked, what they say of themselves goes out."""

from __future__ import annotations

import argparse
import json

from can_bridge.bridge import open_bridge
from can_bridge.commands.options import Parser, add_bus, add_command, add_vehicle, warn
from can_bridge.diagnostic_report import as_json, as_text
from can_bridge.diagnostics import open_diagnostics
from can_bridge.errors import DiagnosticError, SilenceError
from can_bridge.profile import find_vehicle, load_profile

_EPILOG = """examples:
  python -m can_bridge diagnose --vehicle aster --bus unix:aster
  python -m can_bridge diagnose --vehicle obd2 --bus socketcan:can0 --json
  python -m can_bridge diagnose --vehicle aster --bus unix:aster --ecu TPM

Prints the VIN, the control units, their trouble codes and the OBD-II values.  It only reads: clearing codes,
writing, routines and resets are not offered.  A text stands beside a code only where two sources agree on it.
"""


def add_parser(commands: argparse._SubParsersAction[Parser]) -> None:
    """Describe the command."""
    parser = add_command(commands, "diagnose", "read trouble codes and OBD-II values", _EPILOG)
    add_vehicle(parser)
    add_bus(parser)
    parser.add_argument("--ecu", metavar="ID", help="only this control unit")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Ask once; units that cannot be read are named on stderr."""
    profile = load_profile(find_vehicle(options.vehicle))
    with (
        open_bridge(profile, options.bus, may_send=profile.diagnostics is not None) as bridge,
        open_diagnostics(bridge) as diagnostics,
    ):
        report = diagnostics.report(options.ecu)
    if report.silent:
        raise SilenceError(
            f"no control unit on {options.bus} answered; check that the car or the simulator runs "
            f"and that the ignition is on"
        )
    if not report.is_empty:
        print(json.dumps(as_json(report), ensure_ascii=False) if options.json else as_text(report))
    for problem in report.problems:
        warn(problem)
    return DiagnosticError.exit_code if report.is_empty else 0
