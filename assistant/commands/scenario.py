"""Commands: a scenario's name comes in, settings that point at a simulated car go out."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from tempfile import TemporaryDirectory

from assistant.adapters.sim_process import SimProcess
from assistant.settings import Settings, vehicle_folder


@contextmanager
def simulated(
    settings: Settings, scenario: str | None, start_at_s: float
) -> Iterator[tuple[Settings, SimProcess | None]]:
    """Start a simulated car on a bus of its own; without a scenario nothing is started."""
    if scenario is None:
        yield settings, None
        return
    folder = vehicle_folder(settings.vehicle)
    with TemporaryDirectory(prefix="auriga-") as channel:
        bus = f"unix:{channel}"
        with SimProcess(scenario, folder, bus, start_at_s) as car:
            yield replace(settings, vehicle_bus=replace(settings.vehicle_bus, spec=bus)), car
