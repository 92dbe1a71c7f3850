"""can_bridge: frames and the time in, readings of every path out; pure, no thread and no bus."""

from __future__ import annotations

from can_bridge.derive import derive
from can_bridge.frame_check import FrameCheck
from can_bridge.readings import Known, Reading, Reason, Unknown, Value
from can_bridge.spec import POLLED, SignalSource, SignalSpec, VehicleProfile

_DECIMALS = 6  # what a factor such as 0.1 adds beyond this is noise of binary fractions


class VehicleState:
    """What is known of one vehicle.  Values are decoded when asked for, not when frames come."""

    def __init__(self, profile: VehicleProfile) -> None:
        """Nothing is known yet."""
        self._profile = profile
        self._checks = {key: FrameCheck(spec) for key, spec in profile.frames.items()}
        self._awaited = {
            key for key, spec in profile.frames.items() if spec.cycle_s is not None or key & POLLED
        }
        self._absent: set[int] = set()
        self.bus_off = False

    @property
    def ready(self) -> bool:
        """Whether every cyclic message was seen."""
        return not self._awaited

    def feed(self, key: int, data: bytes, now: float) -> Reason | None:
        """Take a frame; an identifier that is not in the table is ignored."""
        check = self._checks.get(key)
        if check is None:
            return None
        self._awaited.discard(key)
        self._absent.discard(key)
        return check.feed(data, now)

    def set_absent(self, key: int) -> None:
        """The car says that it has no such value; until it comes, its signals are not available."""
        self._awaited.discard(key)
        self._absent.add(key)

    def counts(self) -> tuple[int, int]:
        """How many frames were accepted, and how many refused."""
        checks = self._checks.values()
        return sum(c.accepted for c in checks), sum(c.refused for c in checks)

    def read(self, path: str, now: float) -> Reading:
        """The reading of a path; KeyError if the vehicle has no such signal."""
        spec = self._profile.signals[path]
        if not spec.derived:
            return self._direct(spec, now)
        source = self._profile.derived[path]
        return derive(source, spec.unit, [self.read(item, now) for item in source.inputs])

    def snapshot(self, now: float) -> dict[str, Reading]:
        """Every path at one moment."""
        readings: dict[str, Reading] = {}
        for path, spec in self._profile.signals.items():
            if spec.derived:
                source = self._profile.derived[path]
                inputs = [readings[item] for item in source.inputs]
                readings[path] = derive(source, spec.unit, inputs)
            else:
                readings[path] = self._direct(spec, now)
        return readings

    def _direct(self, spec: SignalSpec, now: float) -> Reading:
        if self.bus_off:
            return Unknown(Reason.BUS_OFF)
        source = self._profile.sources[spec.path]
        if source.frame in self._absent:
            return Unknown(Reason.NOT_AVAILABLE)
        current = self._checks[source.frame].current(now)
        if isinstance(current, Reason):
            return Unknown(current)
        data, age_s = current
        value = decode(spec, source, data)
        return Unknown(value) if isinstance(value, Reason) else Known(value, spec.unit, age_s)


def decode(spec: SignalSpec, source: SignalSource, data: bytes) -> Value | Reason:
    """The value that a valid frame carries, or why it carries none."""
    raw = source.field.extract(data)
    if raw in source.invalid:
        return Reason.NOT_AVAILABLE
    if spec.kind in ("enum", "bool"):
        return source.choices.get(raw, Reason.OUT_OF_RANGE)
    value = round(raw * source.factor + source.offset, _DECIMALS)
    too_low = spec.low is not None and value < spec.low
    too_high = spec.high is not None and value > spec.high
    return Reason.OUT_OF_RANGE if too_low or too_high else value
