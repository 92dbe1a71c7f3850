"""Nothing but reading requests ever reaches the bus, whatever is asked for."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from can_bridge.diagnostics.outlet import Outlet, only_reads
from can_bridge.errors import DiagnosticError, TransmitError
from can_bridge.transmit import Transmitter

READING = {0x01, 0x03, 0x09, 0x19, 0x22}


def test_of_all_256_services_only_the_reading_ones_reach_the_bus(bench: Any, ecus: Any) -> None:
    client = bench.client()
    for service in range(256):
        for rest in (b"", b"\x02", b"\x0a", b"\x02\xff", b"\xf1\x90", b"\xff\xff\xff", bytes(20)):
            with pytest.raises(DiagnosticError):
                client._exchange.ask(bytes((service,)) + rest, ecus["TPM"])
    requests = {data[1 : 1 + data[0]] for _, data in bench.seen()}
    assert {request[0] for request in requests} == READING
    assert {request[:2] for request in requests if request[0] == 0x19} == {b"\x19\x02", b"\x19\x0a"}
    assert all(len(request) == 3 for request in requests if request[0] == 0x22)


def test_by_broadcast_too(bench: Any) -> None:
    client = bench.client()
    for service in set(range(256)) - READING:
        with pytest.raises(DiagnosticError):
            client.ask_obd(bytes((service, 0x00)))
    assert bench.seen() == []


def test_no_other_identifier_can_be_sent(bench: Any) -> None:
    transmitter = Transmitter(bench.bridge.sender, {0x7E0: (0,)})
    for key in set(range(0x800)) - {0x7E0}:
        with pytest.raises(TransmitError, match="nothing was sent"):
            transmitter.send(key, b"\x01\x03")
    assert bench.seen() == []


@given(st.binary(max_size=16))
def test_no_frame_passes_that_is_neither_flow_control_nor_a_reading_request(data: bytes) -> None:
    sent: list[bytes] = []
    outlet = Outlet(lambda _key, frame: sent.append(frame))
    try:
        outlet.send(0x7E0, data)
    except DiagnosticError:
        assert sent == []
    else:
        kind = data[0] >> 4
        assert kind == 3 or (kind == 0 and only_reads(data[1 : 1 + data[0]]))
        assert kind == 3 or data[1] in READING
