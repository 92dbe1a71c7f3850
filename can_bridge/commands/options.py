"""Commands: options that several commands share, and how an argument is checked."""

from __future__ import annotations

import argparse
import contextlib
import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from can_bridge.recording import FORMATS

_LONGEST_S = 31_622_400  # a year


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one sentence."""

    def error(self, message: str) -> NoReturn:
        """End with exit code 2."""
        self.exit(2, f"can_bridge: {message}; see '{self.prog} --help'\n")


def add_command(
    commands: argparse._SubParsersAction[Parser], name: str, summary: str, epilog: str
) -> Parser:
    """A command with its help; the epilog is shown as it is written."""
    return commands.add_parser(
        name,
        help=summary,
        description=summary[0].upper() + summary[1:] + ".",
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def add_vehicle(parser: argparse.ArgumentParser, default: str | None = "aster") -> None:
    """--vehicle"""
    parser.add_argument(
        "--vehicle",
        default=default,
        metavar="ID|DIR",
        help="an id in config/vehicles, or a folder of that form"
        + (f" (default: {default})" if default else ""),
    )


def add_bus(parser: argparse.ArgumentParser) -> None:
    """--bus"""
    parser.add_argument(
        "--bus",
        default="unix:auriga",
        metavar="SPEC",
        help="interface:channel[@bitrate], such as socketcan:can0 (default: unix:auriga)",
    )


def add_recording(parser: argparse.ArgumentParser) -> None:
    """The recording as first argument."""
    parser.add_argument(
        "recording", type=Path, metavar="RECORDING", help=f"a file ending in {', '.join(FORMATS)}"
    )


def seconds(text: str) -> float:
    """A time that is not negative, and that a clock can wait for."""
    expected = f"a time in seconds, not below 0 and not above {_LONGEST_S}"
    return number(text, lambda value: 0 <= value <= _LONGEST_S, expected)


def number(text: str, fits: Callable[[float], bool], expected: str) -> float:
    """A finite number that fits; ArgumentTypeError with what was expected if it is none."""
    with contextlib.suppress(ValueError):
        value = float(text)
        if math.isfinite(value) and fits(value):
            return value
    raise argparse.ArgumentTypeError(f"expected {expected}, found '{text}'")


def warn(sentence: str) -> None:
    """Say something on stderr that stops nothing."""
    print(f"can_bridge: {sentence}", file=sys.stderr)
