"""Every kind of fault, and the reason that the bridge must give for it.

docs/faults.md is this table: `PYTHONPATH=. python tests/sim/fault_table.py > docs/faults.md`.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from sim.fault import KINDS

ROOT = Path(__file__).resolve().parents[2]
ALL_TOGETHER, ALONE = "all together", "alone"


@dataclass(frozen=True, slots=True)
class Row:
    """A fault, a signal that it strikes, and what is known of the signal then."""

    fault: str
    """As in a scenario: the inside of a TOML table."""
    path: str
    reason: str
    """Of the bridge; empty where the signal stays known."""
    why: str
    tried: str = ALL_TOGETHER

    @property
    def table(self) -> dict[str, object]:
        """The fault as a scenario gives it."""
        return dict(tomllib.loads(f"fault = {{ {self.fault} }}")["fault"])

    @property
    def kind(self) -> str:
        """The kind of fault."""
        return str(self.table["kind"])


ROWS: tuple[Row, ...] = (
    Row(
        'kind = "silent", ecu = "EMU"',
        "Vehicle.Powertrain.FuelSystem.AbsoluteLevel",
        "stale",
        "its frames have stopped for longer than its time limit",
    ),
    Row(
        'kind = "silent", ecu = "EMU"',
        "Vehicle.Powertrain.Range",
        "input_unknown",
        "a derived signal is as unknown as what it is made of",
    ),
    Row(
        'kind = "drop", message = "EPS_Steering"',
        "Vehicle.Chassis.SteeringWheel.Angle",
        "stale",
        "every frame is lost",
    ),
    Row(
        'kind = "delay", message = "TPM_Pressures", seconds = 20.0',
        "Vehicle.Chassis.Axle.Row1.Wheel.Left.Tire.Pressure",
        "stale",
        "nothing comes until the first late frame; late frames in their order then look new",
    ),
    Row(
        'kind = "freeze", message = "ICL_Telltales1"',
        "Vehicle.Cabin.Cluster.Telltale.LowFuel",
        "bad_counter",
        "the counter of a frame that repeats stands still",
    ),
    Row(
        'kind = "freeze", message = "TPM_Temperatures"',
        "Vehicle.Chassis.Axle.Row1.Wheel.Left.Tire.Temperature",
        "",
        "the message has no counter, so that nothing tells an old frame from a new one",
    ),
    Row(
        'kind = "corrupt", message = "EPB_Status"',
        "Vehicle.Chassis.ParkingBrake.IsEngaged",
        "bad_checksum",
        "one bit differs from what was sealed",
    ),
    Row(
        'kind = "freeze_counter", message = "ECM_Engine"',
        "Vehicle.Powertrain.CombustionEngine.Speed",
        "bad_counter",
        "the counter stands still although the content goes on",
    ),
    Row(
        'kind = "wrong_counter", message = "SRS_Belts"',
        "Vehicle.Cabin.Seat.Row1.DriverSide.IsBelted",
        "bad_counter",
        "the counter jumps farther than lost frames explain",
    ),
    Row(
        'kind = "bad_checksum", message = "HCU_Drive"',
        "Vehicle.Powertrain.Transmission.SelectedGear",
        "bad_checksum",
        "the checksum does not fit the content",
    ),
    Row(
        'kind = "wrong_length", message = "ADA_Status", length = 3',
        "Vehicle.ADAS.CruiseControl.IsActive",
        "implausible",
        "the frame is not as long as the DBC says",
    ),
    Row(
        'kind = "sna", message = "ESC_Speed", signal = "VehicleSpeed"',
        "Vehicle.Speed",
        "not_available",
        "the raw value says so",
    ),
    Row(
        'kind = "sna", message = "BCM_Doors", signal = "DoorRearLeft"',
        "Vehicle.Derived.OpenDoors",
        "input_unknown",
        "one door is not available",
    ),
    Row(
        'kind = "raw", message = "HVC_Climate", signal = "OutsideTemperature", raw = 254',
        "Vehicle.Exterior.AirTemperature",
        "out_of_range",
        "87 °C lies outside the range of the signal",
    ),
    Row(
        'kind = "out_of_range", message = "ICL_Averages", signal = "AverageSpeed"',
        "Vehicle.AverageSpeed",
        "out_of_range",
        "the value is greater than the signal can be",
    ),
    Row(
        'kind = "implausible", message = "ESC_Speed", signal = "VehicleSpeed"',
        "Vehicle.Speed",
        "implausible",
        "the wheels turn at another speed",
        ALONE,
    ),
    Row(
        'kind = "babble"',
        "Vehicle.Speed",
        "stale",
        "a node with the lowest identifier leaves the others no room",
        ALONE,
    ),
    Row(
        'kind = "error_frames"',
        "Vehicle.Speed",
        "bus_off",
        "error frames alone, and nothing between them: no controller takes part in such a bus",
        ALONE,
    ),
    Row(
        'kind = "error_frames", state = "bus_off"',
        "Vehicle.Cabin.Door.Row1.DriverSide.IsOpen",
        "bus_off",
        "an error frame says that the receiver's controller is off the bus",
        ALONE,
    ),
    Row(
        'kind = "error_frames", share = 0.2, state = "passive"',
        "Vehicle.Speed",
        "",
        "destroyed frames are sent again, and an error passive controller still receives",
        ALONE,
    ),
    Row(
        'kind = "bus_off", ecu = "BCM", seconds = 3.0',
        "Vehicle.Cabin.Door.Row1.DriverSide.IsOpen",
        "stale",
        "the ECU is off the bus; its signals come back by themselves",
        ALONE,
    ),
    Row(
        'kind = "ecu_reset", ecu = "HVC", seconds = 2.5',
        "Vehicle.Cabin.HVAC.Station.Row1.Driver.Temperature",
        "stale",
        "the ECU starts again; its counters begin anew",
        ALONE,
    ),
)


def page() -> str:
    """docs/faults.md."""
    lines = [
        "# Faults and what the bridge says of them",
        "",
        "Each row is tried on a real bus by `tests/sim/test_sim_faults.py`, whose table this page",
        "is. A fault is a line in a scenario, `faults = [{ … }]`, or a command while the",
        "simulator runs, `fault KIND key=value …`. The reason comes within the time limit of the",
        "signal, counted from the fault. When the fault ends, the signal is known again.",
        "",
        "| fault | signal | known as | why |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| `{row.fault}` | `{row.path}` | {f'`{row.reason}`' if row.reason else 'its value'} "
        f"| {row.why} |"
        for row in ROWS
    ]
    lines += ["", "## Kinds of faults", "", "| kind | needs | may have | what happens |"]
    lines.append("|---|---|---|---|")
    for name, kind in KINDS.items():
        needs = ", ".join("ecu or message" if key == "target" else key for key in kind.needs)
        lines.append(f"| `{name}` | {needs or '–'} | {', '.join(kind.may) or '–'} | {kind.says} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(page(), end="")  # noqa: T201
