"""Fixtures: control units on a real bus, that answer by can-isotp or break the protocol, and a client."""

from __future__ import annotations

import contextlib
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace

import can
import isotp
import pytest
from can.typechecking import CanFilter

from can_bridge import Bridge, VehicleProfile, open_bridge
from can_bridge.diagnostics import Diagnostics, Timing, open_diagnostics
from can_bridge.spec import DiagnosticsSpec, EcuSpec

FUNCTIONAL = 0x7DF
ECM = EcuSpec("ECM", "engine control", 0x7E0, 0x7E8, True)
HCU = EcuSpec("HCU", "hybrid control", 0x7E1, 0x7E9, True)
TPM = EcuSpec("TPM", "tyre pressure monitor", 0x713, 0x71B, False)
SPEC = DiagnosticsSpec(FUNCTIONAL, (ECM, HCU, TPM))
QUICK = Timing(answer_s=0.5, pending_s=0.5, gap_s=0.2, window_s=0.3, total_s=1.5)

_PATIENCE_MS = 30_000  # for whoever asks to go on taking the answer, which a busy machine delays
_FRAME_S = 0.0002  # about what a frame takes on a bus of 500 kbit/s

Answers = dict[bytes, bytes | list[bytes]]


class EcuPeer:
    """A control unit in a thread: a table of requests and answers, over can-isotp."""

    def __init__(
        self, channel: str, ecu: EcuSpec, answers: Answers, interface: str = "unix"
    ) -> None:
        self.asked: list[bytes] = []
        self._answers = answers
        # can-isotp reads until nothing comes, so that the car's own frames must not reach it.
        heard: list[CanFilter] = [
            {"can_id": key, "can_mask": 0x7FF} for key in (ecu.request, FUNCTIONAL)
        ]
        self._bus = can.Bus(interface=interface, channel=channel, can_filters=heard)
        self._stop = threading.Event()
        self._functional = FUNCTIONAL if ecu.obd else -1
        self._layer = isotp.TransportLayerLogic(
            rxfn=self._receive,
            txfn=self._send,
            address=isotp.Address(
                isotp.AddressingMode.Normal_11bits, txid=ecu.response, rxid=ecu.request
            ),
            params={
                "tx_padding": 0xAA,
                "logger_name": "can_bridge.isotp",
                "rx_flowcontrol_timeout": _PATIENCE_MS,
            },
        )
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _receive(self, timeout: float) -> isotp.CanMessage | None:
        message = self._bus.recv(timeout)
        if message is None:
            return None
        identifier = message.arbitration_id
        if identifier == self._functional:
            identifier = self._layer.address.get_rx_arbitration_id()
        return isotp.CanMessage(identifier, data=message.data)

    def _send(self, message: isotp.CanMessage) -> None:
        self._bus.send(
            can.Message(
                arbitration_id=message.arbitration_id, data=message.data, is_extended_id=False
            )
        )

    def _run(self) -> None:
        while not self._stop.is_set():
            self._layer.process(rx_timeout=0.02)
            while (request := self._layer.recv()) is not None:
                self.asked.append(bytes(request))
                default = bytes((0x7F, request[0], 0x11))
                answers = self._answers.get(bytes(request), default)
                for answer in [answers] if isinstance(answers, bytes) else answers:
                    self._layer.send(answer)

    def close(self) -> None:
        self._stop.set()
        self._thread.join()
        self._bus.shutdown()


class RawPeer:
    """A unit that answers each frame sent to it with the frames that a function gives."""

    def __init__(
        self, channel: str, ecu: EcuSpec, react: Callable[[bytes], Iterator[bytes] | list[bytes]]
    ) -> None:
        self._ecu = ecu
        self._react = react
        self._bus = can.Bus(interface="unix", channel=channel)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._stop.is_set():
            message = self._bus.recv(0.02)
            if message is None or message.arbitration_id not in (self._ecu.request, FUNCTIONAL):
                continue
            for data in self._react(bytes(message.data)):
                if self._stop.is_set():
                    return
                time.sleep(_FRAME_S)
                self._bus.send(
                    can.Message(arbitration_id=self._ecu.response, data=data, is_extended_id=False)
                )

    def close(self) -> None:
        self._stop.set()
        self._thread.join()
        self._bus.shutdown()


class Bench:
    """A channel with one client, any number of units, and a listener who sees everything."""

    def __init__(self, profile: VehicleProfile) -> None:
        self.channel = uuid.uuid4().hex[:8]
        self._cleanup = contextlib.ExitStack()
        self._listener = can.Bus(interface="unix", channel=self.channel)
        self._cleanup.callback(self._listener.shutdown)
        self.bridge: Bridge = self._cleanup.enter_context(
            open_bridge(profile, f"unix:{self.channel}", may_send=True)
        )

    def client(self, timing: Timing = QUICK) -> Diagnostics:
        client = open_diagnostics(self.bridge, timing)
        self._cleanup.callback(client.close)
        return client

    def ecu(self, ecu: EcuSpec, answers: Answers) -> EcuPeer:
        peer = EcuPeer(self.channel, ecu, answers)
        self._cleanup.callback(peer.close)
        return peer

    def raw(self, ecu: EcuSpec, react: Callable[[bytes], Iterator[bytes] | list[bytes]]) -> RawPeer:
        peer = RawPeer(self.channel, ecu, react)
        self._cleanup.callback(peer.close)
        return peer

    def seen(self) -> list[tuple[int, bytes]]:
        """Every frame since the last look; the bus hands frames over before `send` returns."""
        frames = []
        while (message := self._listener.recv(0.0)) is not None:
            frames.append((message.arbitration_id, bytes(message.data)))
        return frames

    def close(self) -> None:
        self._cleanup.close()


@pytest.fixture
def bench(toy: VehicleProfile) -> Iterator[Bench]:
    bench = Bench(replace(toy, diagnostics=SPEC))
    yield bench
    bench.close()


@pytest.fixture
def ecus() -> dict[str, EcuSpec]:
    return {ecu.id: ecu for ecu in SPEC.ecus}
