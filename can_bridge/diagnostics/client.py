"""Diagnostics: the control units of a vehicle in, what they say of themselves out; reads only.

with open_bridge(profile, "unix:aster", may_send=True) as bridge:
    with open_diagnostics(bridge) as diagnostics:
        report = diagnostics.report()

Every call runs in the caller's thread and ends within its deadline.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from can_bridge.bridge import Bridge
from can_bridge.diagnostics import obd, uds
from can_bridge.diagnostics.exchange import Exchange, FrameInbox, Timing
from can_bridge.diagnostics.obd import MonitorStatus, ObdValue
from can_bridge.diagnostics.outlet import Send
from can_bridge.diagnostics.trouble_code import StoredCode
from can_bridge.errors import DiagnosticError, NoUnitError, SilenceError
from can_bridge.obd_pids import PIDS
from can_bridge.spec import DiagnosticsSpec, EcuSpec
from can_bridge.transmit import Transmitter


@dataclass(frozen=True, slots=True)
class EcuIdentity:
    """What a control unit says of itself; a part that it does not have is None."""

    ecu: str
    system: str | None
    part_number: str | None
    software: str | None
    serial_number: str | None
    vin: str | None


@dataclass(frozen=True, slots=True)
class ObdReport:
    """What the OBD-II units answered."""

    vin: str | None
    names: dict[str, str]
    """Unit -> the name that it gives itself."""
    calibrations: dict[str, tuple[str, ...]]
    monitors: tuple[MonitorStatus, ...]
    codes: tuple[StoredCode, ...]
    values: tuple[ObdValue, ...]


_NO_OBD = ObdReport(None, {}, {}, (), (), ())


@dataclass(frozen=True, slots=True)
class DiagnosticReport:
    """One look at the whole vehicle."""

    vin: str | None
    identities: tuple[EcuIdentity, ...]
    codes: tuple[StoredCode, ...]
    obd: ObdReport
    problems: tuple[str, ...]
    """A sentence for each unit that could not be read."""
    unread: tuple[str, ...]
    """The units whose trouble codes are not known: that they have none may not be said."""
    silent: bool
    """Whether no unit said anything at all, be it a refusal, to wait, or pieces that do not fit."""

    @property
    def is_empty(self) -> bool:
        """Whether no unit gave an answer that can be used."""
        return not (self.identities or self.codes or self.obd != _NO_OBD)


_QUEUE_FRAMES = 256  # more than any answer sends before it waits for us


def open_diagnostics(bridge: Bridge, timing: Timing | None = None) -> Diagnostics:
    """Ask over the bus of a bridge that was opened with `may_send`.

    Raises NoUnitError when the vehicle's files list no control unit.
    """
    spec = bridge.profile.diagnostics
    if spec is None:
        raise NoUnitError(
            f"the files of {bridge.profile.name} list no control unit; add [diagnostics] to its "
            f"vehicle.toml"
        )
    transmitter = Transmitter(bridge.sender, spec.requests)
    inbox = bridge.listen(spec.responses, _QUEUE_FRAMES)
    return Diagnostics(spec, inbox, transmitter.send, timing)


class Diagnostics:
    """Reads the control units that vehicle.toml lists; any thread may, one request at a time."""

    def __init__(
        self,
        spec: DiagnosticsSpec,
        inbox: FrameInbox,
        send: Send,
        timing: Timing | None = None,
    ) -> None:
        """Takes the inbox over: a bounded queue of the frames of `spec.responses`."""
        self.spec = spec
        self._inbox = inbox
        self._exchange = Exchange(spec, inbox, send, timing)
        self._obd = tuple(ecu for ecu in spec.ecus if ecu.obd)

    def __enter__(self) -> Self:
        """The client itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close."""
        self.close()

    def close(self) -> None:
        """Give the inbox back; nothing may be asked any more."""
        self._inbox.close()

    def ecu(self, name: str) -> EcuSpec:
        """The control unit of that id; NoUnitError names those that there are."""
        for ecu in self.spec.ecus:
            if ecu.id == name:
                return ecu
        known = ", ".join(ecu.id for ecu in self.spec.ecus)
        raise NoUnitError(f"there is no control unit '{name}'; choose one of {known}")

    def identifier(self, ecu: str, number: int) -> str:
        """One of `uds.IDENTIFIERS` of a unit; DiagnosticError when it has none or is silent."""
        unit = self.ecu(ecu)
        return uds.identifier_value(unit, number, self._ask(unit, uds.read_identifier(number)))

    def identify(self, ecu: str) -> EcuIdentity:
        """Everything that a unit says of itself; DiagnosticError when it does not answer."""
        unit = self.ecu(ecu)
        found: dict[str, str | None] = {}
        problem: DiagnosticError | None = None
        for number, word in uds.IDENTIFIERS.items():
            try:
                found[word] = self.identifier(unit.id, number) or None
            except SilenceError as error:
                error.heard = error.heard or bool(found)
                raise
            except DiagnosticError as error:
                problem, found[word] = error, None
        if problem is not None and not any(found.values()):
            raise problem
        return EcuIdentity(unit.id, **found)

    def codes(self, ecu: str, mask: int = uds.PENDING | uds.CONFIRMED) -> tuple[StoredCode, ...]:
        """Trouble codes of a unit whose status has a bit of `mask` (UDS 0x19 02)."""
        unit = self.ecu(ecu)
        return uds.stored_codes(unit, self._ask(unit, uds.read_codes(mask)))

    def supported_codes(self, ecu: str) -> tuple[StoredCode, ...]:
        """Every code that a unit can store, with its status now (UDS 0x19 0A)."""
        unit = self.ecu(ecu)
        return uds.stored_codes(unit, self._ask(unit, uds.read_supported_codes()))

    def _ask(self, ecu: EcuSpec, request: bytes) -> bytes:
        return self._exchange.ask(request, ecu)

    def ask_obd(self, request: bytes, units: Iterable[EcuSpec] | None = None) -> dict[str, bytes]:
        """The answers to an OBD-II request by broadcast: unit -> answer."""
        return self._exchange.ask_all(request, self._obd if units is None else units)

    def supported_pids(self, mode: int = 0x01) -> dict[str, frozenset[int]]:
        """Which numbers each OBD-II unit supports in mode 01 or 09, by its support maps."""
        found: dict[str, frozenset[int]] = {}
        first: int | None = 0x00
        wanted: dict[str, EcuSpec] = {ecu.id: ecu for ecu in self._obd}
        while wanted and first is not None:
            answers = self.ask_obd(bytes((mode, first)), wanted.values())
            following = set()
            for name, answer in answers.items():
                numbers = obd.supported(first, answer)
                found[name] = found.get(name, frozenset()) | numbers
                if obd.next_block(first, numbers) is not None:
                    following.add(name)
            wanted = {name: wanted[name] for name in following if name in wanted}
            first = first + 0x20 if following else None
        return found

    def current(self, ecu: str, pid: int) -> bytes | None:
        """The bytes of one current value (mode 01) of a unit; None when its answer is too short.

        DiagnosticError when it does not answer or refuses; KeyError for a PID not in the table.
        """
        return obd.current_bytes(pid, self._ask(self.ecu(ecu), obd.read_current(pid)))

    def values(self) -> tuple[ObdValue, ...]:
        """Every current value (mode 01) that the units support and that the table knows."""
        supported = self.supported_pids()
        values = []
        for pid in PIDS:
            units = [ecu for ecu in self._obd if pid in supported.get(ecu.id, ())]
            if not units:
                continue
            for name, answer in self.ask_obd(obd.read_current(pid), units).items():
                value = obd.current_value(name, pid, answer)
                if value is not None and pid in supported.get(name, ()):
                    values.append(value)
        return tuple(values)

    def obd_report(self) -> ObdReport:
        """Modes 01, 03 and 09 of every OBD-II unit."""
        if self.spec.functional is None:
            return _NO_OBD
        items = self.supported_pids(0x09)
        vins = self._information(obd.VIN, items)
        numbers = (uds.vehicle_number(text) for texts in vins.values() for text in texts)
        names = self._information(obd.ECU_NAME, items)
        monitors = self.ask_obd(obd.read_current(obd.MONITOR_STATUS))
        return ObdReport(
            vin=next(filter(None, numbers), None),
            names={ecu: texts[0] for ecu, texts in names.items() if texts},
            calibrations=self._information(obd.CALIBRATIONS, items),
            monitors=tuple(
                status
                for ecu, answer in monitors.items()
                if (status := obd.monitor_status(ecu, answer)) is not None
            ),
            codes=self.confirmed_codes(),
            values=self.values(),
        )

    def confirmed_codes(self) -> tuple[StoredCode, ...]:
        """The emission-related codes of every OBD-II unit (mode 03)."""
        answers = self.ask_obd(obd.read_codes())
        return tuple(
            code for ecu, answer in answers.items() for code in obd.stored_codes(ecu, answer)
        )

    def _information(
        self, item: int, supported: dict[str, frozenset[int]]
    ) -> dict[str, tuple[str, ...]]:
        units = [ecu for ecu in self._obd if item in supported.get(ecu.id, ())]
        if not units:
            return {}
        answers = self.ask_obd(obd.read_information(item), units)
        return {ecu: obd.information_texts(item, answer) for ecu, answer in answers.items()}

    def report(self, only: str | None = None) -> DiagnosticReport:
        """Read every unit, or one; a unit that cannot be read becomes a problem, not an error."""
        units = self.spec.ecus if only is None else (self.ecu(only),)
        identities: list[EcuIdentity] = []
        codes: list[StoredCode] = []
        problems: list[DiagnosticError] = []
        unread: list[str] = []
        for unit in units:
            try:
                identities.append(self.identify(unit.id))
                codes.extend(self.codes(unit.id))
            except DiagnosticError as error:
                problems.append(error)
                unread.append(unit.id)
        found = _NO_OBD
        try:
            found = self.obd_report() if only is None else _NO_OBD
        except DiagnosticError as error:
            problems.append(error)
        vin = found.vin or next((one.vin for one in identities if one.vin), None)
        return DiagnosticReport(
            vin=vin,
            identities=tuple(identities),
            codes=tuple(codes),
            obd=found,
            problems=tuple(map(str, problems)),
            unread=tuple(unread),
            silent=not identities and found == _NO_OBD and all(map(_is_silence, problems)),
        )


def _is_silence(problem: DiagnosticError) -> bool:
    return isinstance(problem, SilenceError) and not problem.heard
