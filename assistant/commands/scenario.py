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
    with own_bus(settings) as on_bus, car_on(on_bus, scenario, start_at_s) as car:
        yield on_bus, car


@contextmanager
def own_bus(settings: Settings) -> Iterator[Settings]:
    """Settings that point at a bus of their own, on which nobody is yet."""
    with TemporaryDirectory(prefix="auriga-") as channel:
        bus = replace(settings.vehicle_bus, spec=f"unix:{channel}")
        yield replace(settings, vehicle_bus=bus)


def car_on(settings: Settings, scenario: str, start_at_s: float) -> SimProcess:
    """A simulated car for the bus that the settings name; not started."""
    folder = vehicle_folder(settings.vehicle)
    return SimProcess(scenario, folder, settings.vehicle_bus.spec, start_at_s)
