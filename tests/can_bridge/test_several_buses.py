"""Commands and diagnostics on every kind of bus, and on any of several buses."""

from __future__ import annotations

import contextlib
import shutil
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import can
import pytest

from can_bridge import ProfileError, SpecError, VehicleProfile, load_profile, open_bridge
from can_bridge.command_rules import Cause
from can_bridge.diagnostics import Timing, open_diagnostics
from can_bridge.gate import open_gate
from can_bridge.spec import DiagnosticsSpec
from tests.can_bridge.diagnostics.conftest import ECM, FUNCTIONAL, HCU, TPM, EcuPeer
from tests.can_bridge.gate.conftest import POD, Car
from tests.contracts.test_can_bus import STEP_S, channel_of

ASK, VIN = 0x200, bytes.fromhex("22f190")
ANSWERS: dict[bytes, bytes | list[bytes]] = {
    VIN: bytes.fromhex("62f190") + b"AURAS1PH2TA004711",
    b"\x03": b"\x43\x00",
}
# What comes on a busy machine comes late; none of these times passes where everything comes.
PATIENT = Timing(STEP_S, STEP_S, gap_s=STEP_S, window_s=STEP_S, total_s=2 * STEP_S)
PATIENT_CAR = {
    "commands": ("deadline_s = 1\n", f"deadline_s = {STEP_S}\n"),
    "signals": ("minimum_s = 0.5", f"minimum_s = {STEP_S}"),
}
BUSES = 'names = ["road", "cabin"]'
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes the folder of the small vehicle, made patient, with texts replaced: {file: (old, new)}."""

    def put(**changes: tuple[str, str]) -> Path:
        shutil.copytree(POD, tmp_path, dirs_exist_ok=True)
        for stem, (old, new) in (*PATIENT_CAR.items(), *changes.items()):
            file = tmp_path / f"{stem}.toml"
            assert old in file.read_text()
            file.write_text(file.read_text().replace(old, new))
        return tmp_path

    return put


@pytest.fixture
def two_buses(write: Write) -> VehicleProfile:
    """The small vehicle, which takes its commands on the second of two buses."""
    folder = write(
        vehicle=("[bus]", f"[bus]\n{BUSES}"),
        commands=("Ask = { int", 'Ask = { bus = "cabin", int'),
    )
    units = (replace(ECM, bus=0), replace(HCU, bus=1), replace(TPM, bus=1))
    return replace(load_profile(folder), diagnostics=DiagnosticsSpec(FUNCTIONAL, units))


@pytest.fixture
def cleanup() -> Iterator[contextlib.ExitStack]:
    with contextlib.ExitStack() as stack:
        yield stack


@pytest.mark.parametrize("interface", ["virtual", "unix", "udp_multicast"])
def test_commands_and_diagnostics_work_on_every_kind_of_bus(
    write: Write, cleanup: contextlib.ExitStack, interface: str
) -> None:
    channel, folder = channel_of(interface), write()
    pod = replace(load_profile(folder), diagnostics=DiagnosticsSpec(None, (ECM,)))
    cleanup.callback(Car(channel, folder, interface).close)
    cleanup.callback(EcuPeer(channel, ECM, ANSWERS, interface).close)
    bridge = cleanup.enter_context(open_bridge(pod, f"{interface}:{channel}", may_send=True))
    assert bridge.wait_ready(STEP_S)
    with open_gate(bridge) as gate, open_diagnostics(bridge, PATIENT) as diagnostics:
        assert gate.set("Vehicle.Window", 40).cause is Cause.REPORTED
        assert diagnostics.identify("ECM").vin == "AURAS1PH2TA004711"


class TwoBuses:
    """The small vehicle's two buses: who is on them, and what the bridge sent on each."""

    def __init__(self, cleanup: contextlib.ExitStack, folder: Path) -> None:
        self.specs = [f"{kind}:{uuid.uuid4().hex[:8]}" for kind in ("virtual", "unix")]
        self._seen: list[can.BusABC] = []
        for spec in self.specs:
            interface, channel = spec.split(":")
            bus = can.Bus(interface=interface, channel=channel)
            self._seen.append(cleanup.enter_context(bus))
        (road, at_road), (cabin, at_cabin) = (spec.split(":") for spec in self.specs)
        cleanup.callback(Car(at_cabin, folder, cabin).close)
        cleanup.callback(EcuPeer(at_road, ECM, ANSWERS, road).close)
        cleanup.callback(EcuPeer(at_cabin, HCU, ANSWERS, cabin).close)
        cleanup.callback(EcuPeer(at_cabin, TPM, ANSWERS, cabin).close)

    def sent(self, identifiers: set[int]) -> list[set[int]]:
        """Which of them were seen on each bus since the last look."""
        found: list[set[int]] = []
        for bus in self._seen:
            frames = iter(lambda bus=bus: bus.recv(0.0), None)  # type: ignore[misc]
            found.append({frame.arbitration_id for frame in frames} & identifiers)
        return found


def test_a_command_and_a_request_go_to_the_bus_that_the_vehicle_names(
    two_buses: VehicleProfile, cleanup: contextlib.ExitStack, tmp_path: Path
) -> None:
    buses = TwoBuses(cleanup, tmp_path)
    bridge = cleanup.enter_context(open_bridge(two_buses, ",".join(buses.specs), may_send=True))
    gate = cleanup.enter_context(open_gate(bridge))
    diagnostics = cleanup.enter_context(open_diagnostics(bridge, PATIENT))
    assert bridge.wait_ready(STEP_S)
    assert gate.set("Vehicle.Window", 40).cause is Cause.REPORTED
    assert buses.sent({ASK}) == [set(), {ASK}]
    for unit in ("ECM", "HCU", "TPM"):
        assert diagnostics.identify(unit).vin == "AURAS1PH2TA004711"
    asked = {ECM.request, HCU.request, TPM.request}
    assert buses.sent(asked) == [{ECM.request}, {HCU.request, TPM.request}]
    assert set(diagnostics.ask_obd(b"\x03")) == {"ECM", "HCU"}
    assert buses.sent({FUNCTIONAL}) == [{FUNCTIONAL}, {FUNCTIONAL}]


def test_one_spec_may_be_all_buses_of_a_vehicle(
    two_buses: VehicleProfile, cleanup: contextlib.ExitStack, tmp_path: Path
) -> None:
    channel = uuid.uuid4().hex[:8]
    cleanup.callback(Car(channel, tmp_path).close)
    bridge = cleanup.enter_context(open_bridge(two_buses, f"unix:{channel}", may_send=True))
    assert bridge.wait_ready(STEP_S)
    with open_gate(bridge) as gate:
        assert gate.set("Vehicle.Window", 40).cause is Cause.REPORTED


def test_specs_that_do_not_say_which_bus_is_which_are_refused(
    two_buses: VehicleProfile, write: Write
) -> None:
    with pytest.raises(SpecError, match="has the buses road, cabin and virtual:a, virtual:b, v"):
        open_bridge(two_buses, "virtual:a,virtual:b,virtual:c")
    nameless = replace(two_buses, buses=())
    with pytest.raises(SpecError, match="which of virtual:a, virtual:b"):
        open_bridge(nameless, "virtual:a,virtual:b", may_send=True)
    open_bridge(nameless, "virtual:a,virtual:b").close()


DIAGNOSTICS = """
[diagnostics]
bus = "cabin"
ecu = [
    { id = "A", request = 0x700, response = 0x708 },
    { id = "B", request = 0x701, response = 0x709, bus = "road" },
]
"""
DBC = 'dbc = ["pod.dbc"]'


def test_a_control_unit_is_on_the_bus_of_its_row_or_of_the_table(write: Write) -> None:
    profile = load_profile(write(vehicle=(DBC, f"{DBC}\n{BUSES}\n{DIAGNOSTICS}")))
    assert profile.buses == ("road", "cabin") and profile.diagnostics is not None
    assert {ecu.id: ecu.bus for ecu in profile.diagnostics.ecus} == {"A": 1, "B": 0}


@pytest.mark.parametrize(
    ("names", "bus", "says"),
    [
        ('names = ["road", "cabin"]', "attic", "expected one of road, cabin"),
        ('names = ["road", "road"]', "road", "'road' is there twice"),
        ("", "road", "names no buses"),
    ],
)
def test_a_bus_that_is_not_named_is_refused(write: Write, names: str, bus: str, says: str) -> None:
    folder = write(
        vehicle=(DBC, f"{DBC}\n{names}"),
        commands=("Ask = { int", f'Ask = {{ bus = "{bus}", int'),
    )
    with pytest.raises(ProfileError, match=says):
        load_profile(folder)
