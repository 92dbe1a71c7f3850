"""can_bridge: rows of signals.toml that name a PID in, signals that are asked for out.

Such a value is in no frame of its own: the diagnostics client asks for it (OBD-II mode 01) and feeds the
bytes of the answer under the key POLLED | pid, from where it is a signal like every other.
"""

from __future__ import annotations

from types import MappingProxyType

from can_bridge.obd_pids import PIDS
from can_bridge.profile_frames import LONGEST_S
from can_bridge.profile_scaling import Scaling, read_range, read_scaling
from can_bridge.spec import POLLED, BitField, FrameSpec, SignalSource, SignalSpec
from can_bridge.toml_table import Range, TomlTable

_EVERY_S: Range = (0.01, 3_600)


class PolledReader:
    """Reads [polling] and the rows with `pid`."""

    def __init__(self, table: TomlTable) -> None:
        """`table` is the top of signals.toml."""
        polling = table.table("polling", required=False)
        self._every_s = polling.number("every_s", 1.0, _EVERY_S)
        polling.finish()
        self.every_s: dict[int, float] = {}
        """PID -> how often it is asked for."""

    def read(self, path: str, row: TomlTable) -> tuple[SignalSpec, SignalSource]:
        """A signal whose value is the answer to a PID of mode 01."""
        number = row.integer("pid")
        pid = PIDS.get(number)
        if pid is None:
            known = ", ".join(f"0x{known:02X}" for known in PIDS)
            row.fail(
                f"0x{number:02X} is no PID that has a number here; expected one of {known}", "pid"
            )
        every_s = row.number("every_s", self._every_s, _EVERY_S)
        self.every_s[number] = min(every_s, self.every_s.get(number, every_s))
        own, whole = read_scaling(row, Scaling(pid.factor, pid.offset))
        reach = own.span(pid.low, pid.high)
        low, high = read_range(row, reach) or reach
        unit = row.text("unit", pid.unit)
        if unit != pid.unit and "scale" not in row:
            row.fail(
                f"the PID is in {pid.unit or 'no unit'}; convert it by 'scale' and 'shift'", "unit"
            )
        spec = SignalSpec(path, unit or None, "number", pid.name, low=low, high=high)
        source = SignalSource(
            frame=POLLED | number,
            field=BitField(True, (pid.length - pid.first - pid.count) * 8, pid.count * 8, False),
            factor=whole.factor,
            offset=whole.offset,
            invalid=frozenset(),
            choices=MappingProxyType({}),
        )
        return spec, source

    def frames(self, cycles: float, minimum_s: float) -> dict[int, FrameSpec]:
        """The answers, as frames that no bus carries; none is waited for, a car may lack it."""
        return {
            POLLED | number: FrameSpec(
                key=POLLED | number,
                name=f"OBD-II PID 0x{number:02X}",
                length=PIDS[number].length,
                cycle_s=None,
                limit_s=min(LONGEST_S, max(minimum_s, cycles * every_s)),
                protection=None,
            )
            for number, every_s in self.every_s.items()
        }
