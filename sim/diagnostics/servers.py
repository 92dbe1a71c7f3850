"""sim: frames to the diagnostic addresses in, the frames of the answers out, over ISO-TP.

Nothing waits here: whoever has the clock calls `process` while `busy`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

import isotp

from sim.diagnostics import obd, uds
from sim.diagnostics.unit import (
    REJECT_RANGE,
    REJECT_SERVICE,
    REJECT_SUBFUNCTION,
    Unit,
)

Frame = tuple[int, bytes]
_PARAMETERS = {"tx_padding": 0x00, "tx_data_min_length": 8, "stmin": 0, "blocksize": 0}
_NOT_TOLD = (REJECT_SERVICE, REJECT_SUBFUNCTION, REJECT_RANGE)
"""Refusals that an ECU keeps to itself when everybody was asked (ISO 14229-1, 7.5.5)."""


class Server:
    """One ECU: its ISO-TP connection and its services."""

    def __init__(self, unit: Unit, send: Callable[[Frame], None]) -> None:
        """`send` takes a frame for the bus."""
        self.unit = unit
        self._received: deque[isotp.CanMessage] = deque()
        address = isotp.Address(
            isotp.AddressingMode.Normal_11bits,
            txid=unit.address.response,
            rxid=unit.address.request,
        )
        self._link = isotp.TransportLayerLogic(
            rxfn=lambda timeout: self._received.popleft() if self._received else None,
            txfn=lambda message: send((message.arbitration_id, bytes(message.data))),
            address=address,
            params=_PARAMETERS,
        )

    @property
    def busy(self) -> bool:
        """Whether a transfer is under way."""
        return bool(self._received) or self._link.transmitting() or self._link.is_rx_active()

    def take(self, data: bytes) -> None:
        """A frame for this ECU alone."""
        address = self.unit.address.request
        self._received.append(isotp.CanMessage(address, dlc=len(data), data=data))
        self.process()

    def ask_all(self, request: bytes) -> None:
        """A request for every ECU that knows OBD-II."""
        response = self._answer(request)
        if response is None or (response[0] == 0x7F and response[2] in _NOT_TOLD):  # noqa: PLR2004
            return
        self._link.send(response)
        self.process()

    def process(self) -> None:
        """Go on with transfers and answer what has arrived."""
        self._link.process()
        while (request := self._link.recv()) is not None:
            response = self._answer(bytes(request))
            if response is not None:
                self._link.send(response)
            self._link.process()

    def forget(self) -> None:
        """End every transfer, as a reset does."""
        self._received.clear()
        self._link.reset()

    def _answer(self, request: bytes) -> bytes | None:
        if not request:
            return None
        if self.unit.address.obd and request[0] in obd.MODES:
            return obd.answer(request, self.unit)
        return uds.answer(request, self.unit)


class Servers:
    """The diagnostic servers of all ECUs."""

    def __init__(self, units: Sequence[Unit], functional: int) -> None:
        """Nothing was asked yet."""
        self.outbox: deque[Frame] = deque()
        """Frames that wait for the bus."""
        self._functional = functional
        self._servers = {u.address.request: Server(u, self.outbox.append) for u in units}

    @property
    def busy(self) -> bool:
        """Whether `process` should be called soon."""
        return any(server.busy for server in self._servers.values())

    def receive(self, identifier: int, data: bytes, silent: frozenset[str]) -> None:
        """Take a frame; ECUs that are silent hear nothing."""
        server = self._servers.get(identifier)
        if server is not None and server.unit.address.ecu not in silent:
            server.take(data)
        single_frame = data and data[0] >> 4 == 0 and 0 < data[0] < len(data)
        if identifier == self._functional and single_frame:
            for each in self._servers.values():
                if each.unit.address.obd and each.unit.address.ecu not in silent:
                    each.ask_all(data[1 : 1 + data[0]])

    def process(self, silent: frozenset[str]) -> None:
        """Let transfers go on; silent ECUs forget theirs."""
        for server in self._servers.values():
            if server.unit.address.ecu in silent:
                server.forget()
            elif server.busy:
                server.process()
