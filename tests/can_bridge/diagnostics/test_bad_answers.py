"""Whatever a control unit sends: an answer, a sentence, or nothing; and the readings go on."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from typing import Any

import can
from hypothesis import example, given, settings
from hypothesis import strategies as st

from can_bridge import Known
from can_bridge.diagnostics import Timing, obd, uds
from can_bridge.diagnostics.answers import Channel
from can_bridge.diagnostics.refusals import refusal
from can_bridge.errors import DiagnosticError
from can_bridge.spec import EcuSpec
from tests.can_bridge.diagnostics.conftest import QUICK

TPM = EcuSpec("TPM", "", 0x713, 0x71B, False)
FRAMES = st.lists(st.binary(max_size=8), max_size=40)
STARTS = st.sampled_from(
    [b"", b"\x10\x14", b"\x10\xff", b"\x21", b"\x22", b"\x03\x59\x02", b"\x30"]
)


@settings(deadline=None)
@given(st.lists(st.builds(lambda a, b: (a + b)[:8], STARTS, st.binary(max_size=8)), max_size=40))
def test_no_frames_break_a_channel(frames: list[bytes]) -> None:
    sent: list[bytes] = []
    channel = Channel(0x713, 0x71B, lambda _key, data: sent.append(data), 1.0)
    channel.begin()
    for data in frames:
        for answer in channel.feed(0x71B, data):
            assert len(answer) <= 4095
    assert all(data[0] >> 4 == 3 for data in sent)
    assert len(sent) <= len(frames)


READERS: list[Callable[[bytes], Any]] = [
    lambda answer: uds.stored_codes(TPM, answer),
    lambda answer: uds.identifier_value(TPM, uds.VIN, answer),
    lambda answer: obd.stored_codes("TPM", answer),
    lambda answer: obd.monitor_status("TPM", answer),
    lambda answer: obd.supported(0x20, answer),
    lambda answer: obd.information_texts(obd.CALIBRATIONS, answer),
    lambda answer: obd.information_texts(obd.ECU_NAME, answer),
    lambda answer: obd.current_value("TPM", 0x0C, answer),
    lambda answer: refusal("TPM", b"\x22\xf1\x90", answer[0] if answer else 0),
]


@example(READERS[0], b"\x0f")
@given(
    st.sampled_from(READERS),
    st.one_of(
        st.binary(max_size=80),
        st.builds(
            bytes.__add__,
            st.sampled_from([b"\x02\xff", b"\x0a\xff", b"\xf1\x90"]),
            st.binary(max_size=80),
        ),
    ),
)
def test_no_answer_breaks_what_reads_it(read: Callable[[bytes], Any], answer: bytes) -> None:
    with contextlib.suppress(DiagnosticError):
        read(answer)


def test_readings_go_on_while_a_unit_keeps_us_waiting(bench: Any, ecus: Any) -> None:
    may_answer = threading.Event()

    def react(_data: bytes) -> list[bytes]:
        may_answer.wait(20)
        return [b"\x04\x62\xf1\x87\x41"]

    bench.raw(ecus["TPM"], react)
    client = bench.client(Timing(answer_s=20, total_s=20))
    answers: list[str] = []
    thread = threading.Thread(target=lambda: answers.append(client.identifier("TPM", 0xF187)))
    thread.start()
    with can.Bus(interface="unix", channel=bench.channel) as car:
        for _ in range(500):
            data = bytes.fromhex("03E87800")
            car.send(can.Message(arbitration_id=257, data=data, is_extended_id=False))
            if isinstance(bench.bridge.read("Vehicle.Angle"), Known):
                break
            time.sleep(0.01)
    assert isinstance(bench.bridge.read("Vehicle.Angle"), Known)
    assert thread.is_alive()
    may_answer.set()
    thread.join()
    assert answers == ["A"]


def test_a_unit_that_only_asks_for_more_time_is_not_called_silent(bench: Any, ecus: Any) -> None:
    bench.raw(ecus["TPM"], lambda data: [bytes((0x03, 0x7F, data[1], 0x78))])
    report = bench.client(QUICK).report("TPM")
    assert report.is_empty and not report.silent
    assert "asked for more time" in report.problems[0]


def test_a_bus_on_which_nobody_says_anything_is_silent(bench: Any) -> None:
    report = bench.client(QUICK).report()
    assert report.is_empty and report.silent


def broken_when(requests: dict[bytes, bytes], answers: dict[bytes, bytes]) -> Callable[..., Any]:
    """A unit that begins an answer to `requests` and stops, and gives whole short `answers`."""

    def react(data: bytes) -> list[bytes]:
        request = data[1 : 1 + data[0]]
        if request in requests:
            return [b"\x10\x40" + requests[request]]
        if request in answers:
            return [bytes((len(answers[request]),)) + answers[request]]
        return [bytes((0x03, 0x7F, request[0], 0x11))] if data[0] < 8 else []

    return react


def test_every_single_answer_that_is_broken_is_a_problem_of_the_report(
    bench: Any, ecus: Any
) -> None:
    broken = {b"\x22\xf1\x87": b"\x62\xf1\x87abc", b"\x22\xf1\x95": b"\x62\xf1\x95abc"}
    whole = {
        b"\x22\xf1\x97": b"\x62\xf1\x97TPM",
        b"\x22\xf1\x90": b"\x62\xf1\x90none",
        b"\x19\x02\x0c": b"\x59\x02\xff",
    }
    bench.raw(ecus["TPM"], broken_when(broken, whole))
    client = bench.client()
    report = client.report("TPM")
    assert [identity.system for identity in report.identities] == ["TPM"]
    assert report.unread == () and report.codes == ()
    for asked in ("22 f1 87", "22 f1 95", "22 f1 90"):  # 22 F1 8C is one that it does not have
        assert sum(asked in problem for problem in report.problems) == 1
    assert len(report.problems) == 3
    assert client.identify("TPM").problems == report.problems


def test_what_a_unit_said_before_it_fell_silent_is_kept(bench: Any, ecus: Any) -> None:
    answers = {b"\x22\xf1\x97": b"\x62\xf1\x97TPM"}
    react = broken_when({}, answers)
    bench.raw(ecus["TPM"], lambda data: react(data) if data[1:4] in answers else [])
    report = bench.client().report("TPM")
    assert [identity.system for identity in report.identities] == ["TPM"]
    assert report.unread == ("TPM",) and not report.silent and not report.is_empty
    assert "did not answer" in report.problems[0]


def test_a_broken_answer_to_a_broadcast_is_a_problem_of_the_report(bench: Any, ecus: Any) -> None:
    broken = {b"\x03": b"\x43\x09\x03\x01\x04\x20"}
    bench.raw(ecus["ECM"], broken_when(broken, {b"\x01\x01": b"\x41\x01\x81\0\0\0"}))
    report = bench.client().report()
    assert report.obd.codes == () and [m.codes for m in report.obd.monitors] == [1]
    assert [p for p in report.problems if p.startswith("ECM was asked for 03, but")]
