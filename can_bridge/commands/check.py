"""Commands: the folder of a vehicle comes in, what is wrong or doubtful in it goes out."""

from __future__ import annotations

import argparse
import json

from can_bridge.commands.options import Parser, add_command
from can_bridge.lint import lint
from can_bridge.profile import find_vehicle

_EPILOG = """examples:
  python -m can_bridge check aster
  python -m can_bridge check ./mycar --json

Exit code 2 if the folder cannot be used, 0 otherwise, whatever the warnings; --strict makes warnings count.
"""


def add_parser(commands: argparse._SubParsersAction[Parser]) -> None:
    """Describe the command."""
    parser = add_command(commands, "check", "look for mistakes in a vehicle's folder", _EPILOG)
    parser.add_argument("vehicle", metavar="ID|DIR", help="an id in config/vehicles, or a folder")
    parser.add_argument("--json", action="store_true", help="print one JSON object per finding")
    parser.add_argument("--strict", action="store_true", help="exit code 2 for warnings too")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print every finding."""
    folder = find_vehicle(options.vehicle)
    findings = lint(folder)
    for finding in findings:
        if options.json:
            entry = {
                "level": finding.level,
                "file": finding.file,
                "line": finding.line,
                "text": finding.text,
            }
            print(json.dumps(entry, ensure_ascii=False))
        else:
            print(finding)
    errors = sum(finding.level == "error" for finding in findings)
    warnings = len(findings) - errors
    if not options.json:
        verdict = "cannot be used" if errors else "can be used"
        said = "no warning" if not warnings else f"{warnings} warning{'s' if warnings > 1 else ''}"
        print(f"{folder} {verdict}: {errors or 'no'} error, {said}")
    return 2 if errors or (options.strict and warnings) else 0
