"""The diagnostics client against control units made with can-isotp, on the real Unix-socket bus."""

from __future__ import annotations

from typing import Any

import pytest

from can_bridge.diagnostic_report import as_json, as_text
from can_bridge.diagnostics import Owner
from can_bridge.errors import DiagnosticError, SilenceError

VIN = b"AUR0TEST000000017"


def uds_answers(vin: bytes = VIN) -> dict[bytes, Any]:
    return {
        b"\x22\xf1\x90": b"\x62\xf1\x90" + vin,
        b"\x22\xf1\x97": b"\x62\xf1\x97ENGINE CONTROL\x00\x00",
        b"\x22\xf1\x87": b"\x62\xf1\x875Q0 907 000 A",
        b"\x22\xf1\x95": b"\x62\xf1\x950102",
        b"\x22\xf1\x8c": b"\x7f\x22\x31",
        b"\x19\x02\x0c": b"\x59\x02\xff\x03\x01\x00\x89\xc1\x00\x87\x04",
        b"\x19\x0a": b"\x59\x0a\xff\x03\x01\x00\x89\xc1\x00\x87\x04\x01\x28\x00\x00",
    }


def obd_answers(**more: bytes) -> dict[bytes, Any]:
    return {
        b"\x01\x00": bytes.fromhex("4100 98180001"),  # 01 04 05 0C 0D 20
        b"\x01\x20": bytes.fromhex("4120 00020001"),  # 2F 40
        b"\x01\x40": bytes.fromhex("4140 40000000"),  # 42
        b"\x01\x01": bytes.fromhex("4101 82 076504"),
        b"\x01\x04": bytes.fromhex("4104 80"),
        b"\x01\x05": bytes.fromhex("4105 78"),
        b"\x01\x0c": bytes.fromhex("410C 1AF8"),
        b"\x01\x0d": bytes.fromhex("410D 32"),
        b"\x01\x2f": bytes.fromhex("412F FF"),
        b"\x01\x42": bytes.fromhex("4142 3039"),
        b"\x03": bytes.fromhex("43 02 0301 0420"),
        b"\x09\x00": bytes.fromhex("4900 54400000"),  # 02 04 06 0A
        b"\x09\x02": b"\x49\x02\x01" + VIN,
        b"\x09\x04": b"\x49\x04\x02" + b"CAL-A".ljust(16, b"\0") + b"CAL-B".ljust(16, b"\0"),
        b"\x09\x0a": b"\x49\x0a\x01ECM\x00-EngineControl\x00\x00",
        **{bytes.fromhex(key[1:]): value for key, value in more.items()},
    }


def test_identification_is_read_and_a_missing_part_is_none(bench: Any, ecus: Any) -> None:
    bench.ecu(ecus["ECM"], uds_answers())
    identity = bench.client().identify("ECM")
    assert identity.vin == VIN.decode()
    assert identity.system == "ENGINE CONTROL"
    assert identity.part_number == "5Q0 907 000 A"
    assert identity.software == "0102"
    assert identity.serial_number is None


def test_codes_are_named_with_their_status_and_failure_type(bench: Any, ecus: Any) -> None:
    bench.ecu(ecus["ECM"], uds_answers())
    misfire, lost = bench.client().codes("ECM")
    assert (misfire.trouble.code, misfire.trouble.failure_type, misfire.ecu) == ("P0301", 0, "ECM")
    assert misfire.failed and misfire.confirmed and misfire.warning_lamp and not misfire.pending
    assert (lost.trouble.code, lost.trouble.failure_type) == ("U0100", 0x87)
    assert lost.pending and not lost.confirmed
    assert lost.trouble.owner is Owner.GENERIC


def test_supported_codes_come_with_their_status(bench: Any, ecus: Any) -> None:
    bench.ecu(ecus["ECM"], uds_answers())
    codes = bench.client().supported_codes("ECM")
    assert [code.trouble.code for code in codes] == ["P0301", "U0100", "P0128"]
    assert not codes[2].confirmed


def test_values_of_several_units_come_with_unit_and_formula(bench: Any, ecus: Any) -> None:
    bench.ecu(ecus["ECM"], obd_answers())
    hybrid = {
        b"\x01\x00": bytes.fromhex("4100 00080000"),  # 0D
        b"\x01\x0d": bytes.fromhex("410D 33"),
    }
    bench.ecu(ecus["HCU"], hybrid)
    values = {(v.ecu, v.pid): (v.value, v.unit) for v in bench.client().values()}
    assert values == {
        ("ECM", 0x04): (50.196, "%"),
        ("ECM", 0x05): (80.0, "°C"),
        ("ECM", 0x0C): (1726.0, "rpm"),
        ("ECM", 0x0D): (50.0, "km/h"),
        ("HCU", 0x0D): (51.0, "km/h"),
        ("ECM", 0x2F): (100.0, "%"),
        ("ECM", 0x42): (12.345, "V"),
    }


def test_a_value_that_no_unit_supports_is_not_asked_for(bench: Any, ecus: Any) -> None:
    engine = bench.ecu(ecus["ECM"], obd_answers())
    bench.client().values()
    assert b"\x01\x0f" not in engine.asked


def test_vehicle_information_and_codes_of_obd(bench: Any, ecus: Any) -> None:
    bench.ecu(ecus["ECM"], obd_answers())
    report = bench.client().obd_report()
    assert report.vin == VIN.decode()
    assert report.names == {"ECM": "ECM-EngineControl"}
    assert report.calibrations == {"ECM": ("CAL-A", "CAL-B")}
    assert [(m.lamp_on, m.codes) for m in report.monitors] == [(True, 2)]
    assert [(c.trouble.code, c.status) for c in report.codes] == [("P0301", None), ("P0420", None)]
    assert all(code.confirmed for code in report.codes)


@pytest.mark.parametrize(
    "vin", [b"AUR0TEST00000001", b"AUR0TEST00000001\x1b", b"?" * 17, b"A" * 300]
)
def test_a_vehicle_number_that_is_none_is_not_used(bench: Any, ecus: Any, vin: bytes) -> None:
    other = {b"\x09\x02": b"\x49\x02\x01" + vin}
    bench.ecu(ecus["ECM"], uds_answers(vin) | obd_answers() | other)
    client = bench.client()
    report = client.report()
    assert report.vin is None and report.obd.vin is None
    assert [identity.vin for identity in report.identities] == [None]
    with pytest.raises(DiagnosticError, match="what it gave as VIN is none"):
        client.identifier("ECM", 0xF190)


def test_a_unit_that_is_silent_is_a_problem_of_the_report_and_not_an_error(
    bench: Any, ecus: Any
) -> None:
    bench.ecu(ecus["ECM"], uds_answers() | obd_answers())
    report = bench.client().report()
    assert report.vin == VIN.decode()
    assert [identity.ecu for identity in report.identities] == ["ECM"]
    assert len(report.problems) == 2
    assert all("did not answer within" in problem for problem in report.problems)


def test_codes_that_were_not_read_are_not_said_to_be_none(bench: Any, ecus: Any) -> None:
    refused = {b"\x19\x02\x0c": b"\x7f\x19\x22"}
    bench.ecu(ecus["ECM"], uds_answers() | refused | obd_answers())
    report = bench.client().report("ECM")
    assert report.codes == ()
    assert report.unread == ("ECM",)
    assert "Trouble codes\n  ECM  not known" in as_text(report)
    assert "none" not in as_text(report)
    assert as_json(report)["dtcs_not_known"] == ("ECM",)


def test_codes_that_contradict_their_number_are_a_problem_and_not_used(
    bench: Any, ecus: Any
) -> None:
    bench.ecu(ecus["ECM"], uds_answers() | obd_answers(x03=bytes.fromhex("43 04 0301")))
    report = bench.client().report()
    assert [code.trouble.code for code in report.codes] == ["P0301", "U0100"]
    assert report.obd.codes == ()
    assert any("announced 4 codes and sent 1" in problem for problem in report.problems)


def test_a_refusal_is_one_sentence_that_names_its_code(bench: Any, ecus: Any) -> None:
    bench.ecu(ecus["TPM"], {})
    with pytest.raises(DiagnosticError, match=r"^TPM .* does not know this service \(code 0x11\)$"):
        bench.client().codes("TPM")


def test_a_unit_that_asks_for_time_is_waited_for(bench: Any, ecus: Any) -> None:
    pending = b"\x7f\x22\x78"
    bench.ecu(ecus["TPM"], {b"\x22\xf1\x87": [pending, pending, b"\x62\xf1\x87X"]})
    assert bench.client().identifier("TPM", 0xF187) == "X"


def test_a_unit_that_asks_for_time_for_ever_is_given_up(bench: Any, ecus: Any) -> None:
    def react(data: bytes) -> Any:
        while True:
            yield b"\x03\x7f\x22\x78"

    bench.raw(ecus["TPM"], react)
    with pytest.raises(SilenceError, match="asked for more time again and again"):
        bench.client().identifier("TPM", 0xF187)


def test_a_late_answer_to_another_request_is_passed_over(bench: Any, ecus: Any) -> None:
    late = b"\x62\xf1\x95old"
    bench.ecu(ecus["TPM"], {b"\x22\xf1\x87": [late, b"\x62\xf1\x87new"]})
    assert bench.client().identifier("TPM", 0xF187) == "new"


def test_lost_frames_end_the_request_with_their_reason(bench: Any, ecus: Any) -> None:
    def react(data: bytes) -> list[bytes]:
        if data[0] == 0x30:
            return [b"\x21" + bytes(7), b"\x23" + bytes(7)]
        return [b"\x10\x20\x62\xf1\x87\x00\x00\x00"] if data[0] < 0x10 else []

    bench.raw(ecus["TPM"], react)
    with pytest.raises(DiagnosticError, match="lost or came in the wrong order"):
        bench.client().identifier("TPM", 0xF187)


def test_an_answer_that_stops_is_given_up(bench: Any, ecus: Any) -> None:
    def react(data: bytes) -> list[bytes]:
        return [b"\x10\x20\x62\xf1\x87\x00\x00\x00"] if data[0] < 0x10 else []

    bench.raw(ecus["TPM"], react)
    with pytest.raises(DiagnosticError, match=r"stopped in the middle|did not answer"):
        bench.client().identifier("TPM", 0xF187)


def test_a_unit_that_announces_answers_without_end_is_given_up(bench: Any, ecus: Any) -> None:
    def react(data: bytes) -> Any:
        while data[0] < 0x10:
            yield b"\x10\x20\x62\xf1\x87\x00\x00\x00"

    bench.raw(ecus["TPM"], react)
    with pytest.raises(DiagnosticError, match="128 frames"):
        bench.client().identifier("TPM", 0xF187)
    sent = [data for key, data in bench.seen() if key == ecus["TPM"].request]
    assert len(sent) <= 128


def test_a_unit_that_floods_with_other_answers_is_given_up(bench: Any, ecus: Any) -> None:
    def react(data: bytes) -> Any:
        while True:
            yield b"\x04\x62\xf1\x95\x41"

    bench.raw(ecus["TPM"], react)
    with pytest.raises(SilenceError, match="did not answer"):
        bench.client().identifier("TPM", 0xF187)


def test_a_broken_answer_of_one_unit_does_not_hide_the_other(bench: Any, ecus: Any) -> None:
    bench.ecu(ecus["ECM"], obd_answers())
    bench.raw(ecus["HCU"], lambda data: [b"\x10\x20\x49\x02\x00\x00\x00\x00", b"\x25" + bytes(7)])
    assert bench.client().obd_report().vin == VIN.decode()


def test_noise_on_the_answering_identifier_is_passed_over(bench: Any, ecus: Any) -> None:
    bench.raw(
        ecus["TPM"],
        lambda data: [b"", b"\xf0\x00", b"\x00\x00", b"\x2f\x01", b"\x04\x62\xf1\x87\x41"],
    )
    assert bench.client().identifier("TPM", 0xF187) == "A"


def test_an_answer_that_contradicts_the_standard_is_one_sentence(bench: Any, ecus: Any) -> None:
    bench.ecu(ecus["TPM"], {b"\x19\x02\x0c": b"\x59\x02\xff\x03\x01\x00"})
    with pytest.raises(DiagnosticError, match="TPM gave an answer that is not of the form"):
        bench.client().codes("TPM")


def test_a_unit_that_does_not_exist_is_named_with_those_that_do(bench: Any) -> None:
    with pytest.raises(DiagnosticError, match="'XYZ'; choose one of ECM, HCU, TPM"):
        bench.client().identify("XYZ")
