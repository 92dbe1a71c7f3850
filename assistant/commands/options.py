"""Commands: the options that several commands share, and the settings they make."""

import argparse
import math
import os
from pathlib import Path
from typing import Any

from assistant.settings import Settings, load_settings

Commands = Any  # argparse's own type for a group of subcommands is private


def add_settings(parser: argparse.ArgumentParser) -> None:
    """Options that override single settings."""
    parser.add_argument("--config", type=Path, metavar="FILE", help="settings that override")
    parser.add_argument("--vehicle", metavar="ID|DIR", help="which car (default: aster)")
    parser.add_argument(
        "--bus", metavar="SPEC", help="interface:channel[@bitrate], e.g. socketcan:can0"
    )


def add_scenario(parser: argparse.ArgumentParser) -> None:
    """Options that start a simulated car."""
    parser.add_argument(
        "--scenario", metavar="NAME", help="start a simulated car: a name in config/scenarios"
    )
    parser.add_argument(
        "--at",
        type=_seconds,
        default=0.0,
        metavar="SECONDS",
        help="enter the scenario at this time",
    )


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 <= seconds < math.inf:
        raise argparse.ArgumentTypeError(f"{text} is no time from 0 s on")
    return seconds


def settings_of(options: argparse.Namespace) -> Settings:
    """The settings that the files and the options make."""
    overrides: dict[str, object] = {}
    if getattr(options, "vehicle", None):
        overrides["vehicle"] = options.vehicle
    if getattr(options, "bus", None):
        overrides["vehicle_bus.spec"] = options.bus
    path = options.config or _user_file()
    return load_settings(path, overrides)


def _user_file() -> Path | None:
    # A user without a home folder has no file there; `Path.home` would raise.
    folder = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")  # noqa: PTH111
    path = Path(folder) / "auriga" / "config.toml"
    return path if path.is_file() else None
