"""Commands: a scenario's name comes in, settings that point at a simulated car go out."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

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
    bus = f"unix:ask-{os.getpid()}"
    car = SimProcess(scenario, vehicle_folder(settings.vehicle), bus, start_at_s)
    with car:
        yield replace(settings, vehicle_bus=replace(settings.vehicle_bus, spec=bus)), car
