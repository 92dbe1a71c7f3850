"""The ECUs as a tester sees them: udsoncan and can-isotp against the simulator's process."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import can
import isotp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from udsoncan import configs
from udsoncan.client import Client
from udsoncan.common.DidCodec import AsciiCodec
from udsoncan.connections import PythonIsoTpConnection

from sim.car import WHEELS, Car
from sim.diagnostics import obd, uds
from sim.diagnostics.unit import Unit
from sim.trouble import STATUS_BITS, TROUBLES, TroubleMemory
from sim.vehicle_files import VehicleFiles, load_vehicle

StartSim = Callable[..., subprocess.Popen[str]]
PATIENCE_S = 10.0


def vehicle() -> VehicleFiles:
    return load_vehicle("aster")


def unit(ecu: str, car: Car | None = None, missing: frozenset[str] = frozenset()) -> Unit:
    """An ECU of Aster after three seconds with that car."""
    diagnostics = vehicle().diagnostics
    assert diagnostics is not None
    memory, car = TroubleMemory(), car or Car()
    for _ in range(6):
        memory.look(car, missing, 0.5)
    address = next(a for a in diagnostics.addresses if a.ecu == ecu)
    return Unit(address, car, memory, diagnostics.texts[ecu])


def codes(ecu: str, car: Car, missing: frozenset[str] = frozenset()) -> dict[str, int]:
    """Code -> status byte of what an ECU has stored."""
    stored = unit(ecu, car, missing).memory.of(ecu)
    return {trouble.code: status for trouble, status in stored.items() if status}


def test_the_vin_has_the_right_check_digit() -> None:
    vin = unit("ECM").texts["vin"]
    letters = dict(
        zip(
            "ABCDEFGHJKLMNPRSTUVWXYZ",
            [*range(1, 9), *range(1, 6), 7, 9, *range(2, 10)],
            strict=True,
        )
    )
    weights = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2]
    numbers = [int(c) if c.isdigit() else letters[c] for c in vin]
    rest = sum(n * w for n, w in zip(numbers, weights, strict=True)) % 11
    assert len(vin) == 17 and vin.startswith("AUR")
    assert vin[8] == ("X" if rest == 10 else str(rest))


@pytest.mark.parametrize(
    ("request_", "response"),
    [
        ("10 01", "50 01 00 32 01 F4"),
        ("10 03", "50 03 00 32 01 F4"),
        ("10 83", None),
        ("10 02", "7F 10 12"),
        ("10", "7F 10 13"),
        ("3E 00", "7E 00"),
        ("3E 80", None),
        ("3E 01", "7F 3E 12"),
        ("22 F1 91", "7F 22 31"),
        ("22 F1", "7F 22 13"),
        ("19", "7F 19 13"),
        ("19 02", "7F 19 13"),
        ("19 0A FF", "7F 19 13"),
        ("19 06 01 02 03 FF", "7F 19 12"),
        ("14 FF FF FF", "7F 14 22"),
        ("27 01", "7F 27 11"),
        ("11 01", "7F 11 11"),
        ("2E F1 90 41", "7F 2E 11"),
        ("31 01 FF 00", "7F 31 11"),
        ("34 00 44", "7F 34 11"),
    ],
)
def test_services_answer_as_the_standard_says(request_: str, response: str | None) -> None:
    answer = uds.answer(bytes.fromhex(request_), unit("BCM"))
    assert answer == (None if response is None else bytes.fromhex(response))


@given(request_=st.binary(min_size=1, max_size=20), ecu=st.sampled_from(["ECM", "HCU", "TPM"]))
def test_no_request_disturbs_an_ecu(request_: bytes, ecu: str) -> None:
    asked = UNITS[ecu]
    before = asked.memory.of(ecu)
    answers = [uds.answer(request_, asked)]
    if request_[0] in obd.MODES:
        answers.append(obd.answer(request_, asked))
    assert all(answer is None or len(answer) < 4096 for answer in answers)
    assert asked.memory.of(ecu) == before


UNITS = {ecu: unit(ecu) for ecu in ("ECM", "HCU", "TPM")}

# Fields of the car -> (ECU, code, whether a lamp asks the driver to look)
STORED = [
    ({"coolant_c": 121.0}, "ECM", "P0217", True),
    ({"cooling_failed": True, "engine_running": True}, "ECM", "P2600", False),
    ({"defects": ["misfire"]}, "ECM", "P0301", True),
    ({"defects": ["catalyst"]}, "ECM", "P0420", True),
    ({"defects": ["thermostat"]}, "ECM", "P0128", True),
    ({"defects": ["oil_pump"]}, "ECM", "P0524", True),
    ({"voltage_v": 10.9}, "ECM", "P0562", True),
    ({"defects": ["inverter"]}, "HCU", "P0A78", True),
    ({"defects": ["isolation"]}, "HCU", "P0AA6", True),
    ({"defects": ["dcdc"]}, "HCU", "P0A94", True),
    ({"defects": ["wheel_sensor"]}, "ESC", "C0035", True),
    ({"defects": ["airbag"]}, "SRS", "B0001", True),
    ({"defects": ["bulb"]}, "BCM", "B1A05", True),
    ({"defects": ["camera"]}, "ADA", "C1A10", True),
    *(
        ({"tyre_cold_bar": {w: 1.2 if w == low else 2.5 for w in WHEELS}}, "TPM", code, True)
        for low, code in zip(WHEELS, ("C1501", "C1502", "C1503", "C1504"), strict=True)
    ),
]


@pytest.mark.parametrize(("fields", "ecu", "code", "lamp"), STORED)
def test_codes_follow_from_the_state_of_the_car(
    fields: dict[str, object], ecu: str, code: str, lamp: bool
) -> None:
    car = Car(**fields)  # type: ignore[arg-type]
    stored = codes(ecu, car)
    assert set(stored) == {code}
    assert stored[code] & 0x0F == 0x0F and bool(stored[code] & 0x80) == lamp


def test_every_code_but_those_of_missing_ecus_is_tested() -> None:
    tested = {(ecu, code) for _, ecu, code, _ in STORED}
    assert tested == {(t.ecu, t.code) for t in TROUBLES if not t.code.startswith("U")}


def test_the_others_store_that_an_ecu_is_missing() -> None:
    missing = frozenset({"EMU"})
    assert set(codes("HCU", Car(), missing)) == {"U0111"} == set(codes("ICL", Car(), missing))
    assert codes("EMU", Car(coolant_c=20.0), missing) == {}


def test_a_healthy_car_has_no_codes() -> None:
    assert all(codes(t.ecu, Car()) == {} for t in TROUBLES)


def test_a_fault_that_passes_stays_confirmed_but_is_not_failing() -> None:
    car, memory = Car(coolant_c=125.0), TroubleMemory()
    (hot,) = (t for t in TROUBLES if t.code == "P0217")
    memory.look(car, frozenset(), 0.5)
    assert memory.of("ECM")[hot] & 0x0F == 0x07  # failing and pending, not yet confirmed
    for _ in range(4):
        memory.look(car, frozenset(), 0.5)
    car.coolant_c = 90.0
    memory.look(car, frozenset(), 0.5)
    assert memory.of("ECM")[hot] & 0x0F == 0x0E


def test_the_engine_lamp_and_obd_agree() -> None:
    broken = unit("ECM", Car(defects=["misfire"], engine_running=True))
    assert broken.car.engine_lamp == "flashing"
    assert obd.answer(b"\x01\x01", broken) == bytes.fromhex("41 01 81 00 00 00")
    assert obd.answer(b"\x03", broken) == bytes.fromhex("43 01 03 01")
    healthy = unit("ECM")
    assert obd.answer(b"\x01\x01", healthy) == bytes.fromhex("41 01 00 00 00 00")
    assert obd.answer(b"\x03", healthy) == bytes.fromhex("43 00")


def test_the_bitmaps_name_what_is_answered() -> None:
    for ecu in ("ECM", "HCU"):
        asked, known = unit(ecu), set()
        for first in (0x00, 0x20, 0x40):
            answer = obd.answer(bytes((1, first)), asked)
            assert answer is not None
            bits = int.from_bytes(answer[2:6], "big")
            known |= {first + 1 + n for n in range(32) if bits >> 31 - n & 1}
        answered = {
            pid for pid in range(1, 0xFF) if pid % 0x20 and obd.answer(bytes((1, pid)), asked)
        }
        assert answered == {pid for pid in known if pid % 0x20}


@contextmanager
def connected_to(request: int, response: int) -> Iterator[Client]:
    """A tester of one ECU, made of other people's parts."""
    config = dict(configs.default_client_config)
    config["data_identifiers"] = {0xF190: AsciiCodec(17), 0xF197: AsciiCodec(14)}
    config["request_timeout"] = PATIENCE_S
    config["p2_timeout"] = PATIENCE_S
    with can.Bus(interface="unix", channel="test") as bus:
        address = isotp.Address(isotp.AddressingMode.Normal_11bits, txid=request, rxid=response)
        stack = isotp.CanStack(bus=bus, address=address)
        with Client(PythonIsoTpConnection(stack), config=config) as client:
            yield client


def test_a_tester_reads_the_vin_and_long_lists_over_the_bus(start_sim: StartSim) -> None:
    start_sim("parked")
    with connected_to(0x7E0, 0x7E8) as client:
        assert client.read_data_by_identifier_first(0xF190) == "AURAS1PH2TA004711"
        assert client.read_data_by_identifier_first(0xF197) == "Engine control"
        supported = client.get_supported_dtc().service_data
        assert supported.dtc_count == sum(t.ecu == "ECM" for t in TROUBLES)
        assert supported.status_availability.get_byte_as_int() == STATUS_BITS
        client.change_session(3)
        client.tester_present()


def test_an_overheating_engine_says_so(start_sim: StartSim) -> None:
    start_sim("overheating", "--start-at", "3")
    with connected_to(0x7E0, 0x7E8) as client:
        found = client.get_dtc_by_status_mask(0x08).service_data.dtcs
        assert {dtc.id >> 8 for dtc in found} == {0x0217, 0x2600}


def test_a_silent_ecu_does_not_answer_and_the_others_tell(start_sim: StartSim) -> None:
    start_sim("ecu_dropout", "--start-at", "8")
    with can.Bus(interface="unix", channel="test") as bus:
        for identifier in (0x7E4, 0x7E1):  # EMU is silent, HCU misses it
            data = bytes.fromhex("03 19 02 08 00 00 00 00")
            bus.send(can.Message(arbitration_id=identifier, is_extended_id=False, data=data))
        answers: list[can.Message] = []
        while not answers or answers[-1].arbitration_id != 0x7E9:
            message = bus.recv(PATIENCE_S)
            assert message is not None
            if message.arbitration_id in {0x7EC, 0x7E9}:
                answers.append(message)
        assert [message.arbitration_id for message in answers] == [0x7E9]
        assert answers[0].data[1:3] == b"\x59\x02" and answers[0].data[4:6] == b"\xc1\x11"


def test_everybody_is_asked_at_once_and_both_obd_ecus_answer(start_sim: StartSim) -> None:
    start_sim("highway")
    with can.Bus(interface="unix", channel="test") as bus:
        data = bytes.fromhex("02 01 0D 00 00 00 00 00")
        bus.send(can.Message(arbitration_id=0x7DF, is_extended_id=False, data=data))
        speeds: dict[int, int] = {}
        while len(speeds) < 2:
            message = bus.recv(PATIENCE_S)
            assert message is not None
            if message.arbitration_id in {0x7E8, 0x7E9}:
                speeds[message.arbitration_id] = message.data[3]
        assert speeds == {0x7E8: 120, 0x7E9: 120}
