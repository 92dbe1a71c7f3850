"""Commands: a scenario's name comes in, settings that point at a simulated car go out."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

from assistant.adapters.sim_process import SimProcess
from assistant.errors import UsageError
from assistant.settings import Settings, vehicle_folder

PREFIX = "auriga-bus-"  # of a bus folder; the number of the process that made it follows


@contextmanager
def simulated(
    settings: Settings, scenario: str | None, start_at_s: float
) -> Iterator[tuple[Settings, SimProcess | None]]:
    """Start a simulated car on a bus of its own; without a scenario nothing is started."""
    if scenario is None:
        yield settings, None
        return
    with own_bus(settings) as on_bus, car_on(on_bus, scenario, start_at_s) as car:
        yield on_bus, car


@contextmanager
def own_bus(settings: Settings) -> Iterator[Settings]:
    """Settings that point at a bus of their own, on which nobody is yet."""
    try:
        _sweep()
        folder = TemporaryDirectory(prefix=f"{PREFIX}{os.getpid()}-")
    except OSError as error:
        reason = "none can be written" if error.filename is None else error.strerror
        raise UsageError(
            f"The simulated car needs a folder for temporary files ({reason}); set TMPDIR to one."
        ) from error
    with folder as channel:
        bus = replace(settings.vehicle_bus, spec=f"unix:{channel}")
        yield replace(settings, vehicle_bus=bus)


def _sweep() -> None:
    """Remove the folders of runs that were killed and could not do it themselves."""
    for folder in Path(gettempdir()).glob(f"{PREFIX}*-*"):
        owner = folder.name.removeprefix(PREFIX).partition("-")[0]
        try:
            gone = owner.isdigit() and not Path(f"/proc/{owner}").exists()
            ours = folder.stat().st_uid == os.getuid() and not folder.is_symlink()
        except OSError:  # another run was quicker
            continue
        if gone and ours:
            shutil.rmtree(folder, ignore_errors=True)


def car_on(settings: Settings, scenario: str, start_at_s: float) -> SimProcess:
    """A simulated car for the bus that the settings name; not started."""
    folder = vehicle_folder(settings.vehicle)
    return SimProcess(scenario, folder, settings.vehicle_bus.spec, start_at_s)
