"""Commands: the options that several commands share, and the settings they make."""

import argparse
import os
from pathlib import Path
from typing import Any

from assistant.app import check_models
from assistant.errors import UsageError
from assistant.settings import Settings, load_settings

LATEST_S = 3600.0  # the simulator runs through what comes before, about 1 s for an hour
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
        help=f"enter the scenario at this time, 0 to {LATEST_S:.0f} (default: 0)",
    )


def _seconds(text: str) -> float:
    """A time of a scenario; argparse would name this function for what `float` refuses."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= LATEST_S:
        raise argparse.ArgumentTypeError(
            f"expected seconds from 0 to {LATEST_S:.0f}, found '{text}'"
        )
    return seconds


def check_scenario(options: argparse.Namespace) -> None:
    """Refuse what would be ignored: a bus beside a scenario, a time without one; UsageError."""
    if options.scenario is None and options.at:
        raise UsageError("--at is a time of a scenario; name one with --scenario.")
    if options.scenario is not None and options.bus is not None:
        raise UsageError(
            "--scenario starts a simulated car on a bus of its own; leave --bus out, "
            "or start `python -m sim` on that bus and leave --scenario out."
        )


def settings_of(options: argparse.Namespace) -> Settings:
    """The settings that the files and the options make; SettingsError, UsageError."""
    overrides: dict[str, object] = {}
    if getattr(options, "vehicle", None) is not None:
        overrides["vehicle"] = options.vehicle
    if getattr(options, "bus", None) is not None:
        if not options.bus.strip():
            raise UsageError(
                "--bus names no bus; give interface:channel[@bitrate], such as socketcan:can0."
            )
        overrides["vehicle_bus.spec"] = options.bus
    path = options.config or _user_file()
    settings = load_settings(path, overrides)
    check_models(settings)
    return settings


def _user_file() -> Path | None:
    # A user without a home folder has no file there; `Path.home` would raise.
    folder = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")  # noqa: PTH111
    path = Path(folder) / "auriga" / "config.toml"
    return path if path.is_file() else None
