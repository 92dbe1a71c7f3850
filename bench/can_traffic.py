"""Benchmarks: a scenario comes in, the frames that the simulated car sends on its bus go out.

As fast as possible and without a bus: the times are those of the schedule.
"""

from dataclasses import dataclass

from sim.frame import FrameBuilder
from sim.noise import Noise
from sim.scenario import load_scenario
from sim.schedule import Schedule, frame_seconds
from sim.vehicle_files import load_vehicle
from sim.world import World


@dataclass(frozen=True, slots=True)
class Traffic:
    """What was on the bus, in order."""

    frames: list[tuple[float, int, bytes]]
    """Time in s since the start, identifier, data."""
    protected: float
    """Share of the frames that carry a counter and a checksum."""


def record(scenario: str, vehicle: str, seconds: float, noise: float = 0.0) -> Traffic:
    """What the car sends in the first so many seconds of a scenario; `noise` of its sensors."""
    files = load_vehicle(vehicle)
    builders = [FrameBuilder(message) for message in files.messages]
    sealed = {
        message.name
        for message in files.messages
        if {f"{message.name}_Cnt", f"{message.name}_Crc"} <= {s.name for s in message.signals}
    }
    world = World(load_scenario(scenario), builders, noise=Noise(1, noise))
    schedule = Schedule(builders, 0.0)
    frames: list[tuple[float, int, bytes]] = []
    wire_free_s, protected = 0.0, 0
    while (now_s := max(schedule.next_due_s(), wire_free_s)) < seconds:
        for _ in world.run_to(now_s):
            pass
        builder = schedule.take(now_s)
        data = world.frame(builder)
        if data is None:
            continue
        frames.append((now_s, builder.identifier, data))
        protected += builder.name in sealed
        wire_free_s = now_s + frame_seconds(len(data), builder.extended, files.bitrate)
    return Traffic(frames, protected / len(frames))
