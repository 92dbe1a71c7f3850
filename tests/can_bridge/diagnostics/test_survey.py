"""The trouble codes of all control units, from some that answer and some that do not."""

from __future__ import annotations

from typing import Any

from can_bridge.diagnostics import survey_codes
from tests.can_bridge.diagnostics.test_diagnostics_client import obd_answers, uds_answers

LONG_S = 60.0


def test_codes_of_every_unit_come_and_a_silent_one_is_told(bench: Any, ecus: Any) -> None:
    bench.ecu(ecus["ECM"], uds_answers())
    bench.ecu(ecus["TPM"], {b"\x19\x02\x0c": b"\x59\x02\xff"})
    survey = survey_codes(bench.client(), LONG_S)
    assert [code.trouble.code for code in survey.codes] == ["P0301", "U0100"]
    assert [ecu.id for ecu in survey.unread] == ["HCU"]


def test_a_unit_that_knows_no_uds_is_asked_by_mode_03(bench: Any, ecus: Any) -> None:
    bench.ecu(ecus["ECM"], obd_answers())
    survey = survey_codes(bench.client(), LONG_S)
    assert [(code.ecu, code.trouble.code) for code in survey.codes] == [
        ("ECM", "P0301"),
        ("ECM", "P0420"),
    ]
    assert all(code.confirmed for code in survey.codes)
    assert [ecu.id for ecu in survey.unread] == ["HCU", "TPM"]


def test_when_the_time_is_up_no_unit_is_asked_any_more(bench: Any, ecus: Any) -> None:
    peer = bench.ecu(ecus["ECM"], uds_answers())
    survey = survey_codes(bench.client(), 0.0)
    assert (survey.codes, len(survey.unread), peer.asked) == ((), 3, [])
