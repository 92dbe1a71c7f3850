"""Diagnostics: the control units of a vehicle in, what they say of themselves out; reads only.

with open_bridge(profile, "unix:aster", may_send=True) as bridge:
    with open_diagnostics(bridge) as diagnostics:
        report = diagnostics.report()

Every call runs in the caller's thread and ends within its deadline.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from can_bridge.bridge import Bridge
from can_bridge.diagnostics import obd, uds
from can_bridge.diagnostics.exchange import Exchange, FrameInbox, Tell, Timing
from can_bridge.diagnostics.obd import MonitorStatus, ObdValue
from can_bridge.diagnostics.outlet import Send
from can_bridge.diagnostics.refusals import ABSENT
from can_bridge.diagnostics.trouble_code import StoredCode
from can_bridge.errors import DiagnosticError, NoUnitError, RefusedError, SilenceError
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
    problems: tuple[str, ...] = ()
    """A sentence for each part that is None because its answer cannot be used."""


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
    problems: tuple[DiagnosticError, ...] = field(default=(), compare=False)
    """What could not be used; no part of what was answered."""


_NO_OBD = ObdReport(None, {}, {}, (), (), ())


@dataclass(frozen=True, slots=True)
class DiagnosticReport:
    """One look at the whole vehicle."""

    vin: str | None
    identities: tuple[EcuIdentity, ...]
    codes: tuple[StoredCode, ...]
    obd: ObdReport
    problems: tuple[str, ...]
    """A sentence for each unit, and each single answer, that could not be read."""
    unread: tuple[str, ...]
    """The units whose trouble codes are not known: that they have none may not be said."""
    silent: bool
    """Whether no unit said anything at all, be it a refusal, to wait, or pieces that do not fit."""

    @property
    def is_empty(self) -> bool:
        """Whether no unit gave an answer that can be used."""
        return not (self.identities or self.codes or self.obd != _NO_OBD)


def _untold(_problem: DiagnosticError) -> None:
    """For whoever wants the answers alone."""


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
        """Everything that a unit says of itself; DiagnosticError when it answers nothing usable."""
        identity, problems = self._identify(self.ecu(ecu))
        if identity is None:
            raise problems[-1]
        return identity

    def _identify(self, unit: EcuSpec) -> tuple[EcuIdentity | None, list[DiagnosticError]]:
        """What it says of itself, None if nothing, and every answer that cannot be used."""
        found: dict[str, str | None] = dict.fromkeys(uds.IDENTIFIERS.values())
        problems: list[DiagnosticError] = []
        for asked, (number, word) in enumerate(uds.IDENTIFIERS.items()):
            try:
                found[word] = self.identifier(unit.id, number) or None
            except DiagnosticError as error:
                problems.append(error)
                if isinstance(error, SilenceError):  # it would not answer the others either
                    error.heard = error.heard or asked > 0
                    break
        if problems and not any(found.values()):
            return None, [one for one in problems[:-1] if not _is_absence(one)] + problems[-1:]
        problems = [one for one in problems if not _is_absence(one)]
        return EcuIdentity(unit.id, **found, problems=tuple(map(str, problems))), problems

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

    def ask_obd(
        self, request: bytes, units: Iterable[EcuSpec] | None = None, tell: Tell = _untold
    ) -> dict[str, bytes]:
        """The answers to an OBD-II request by broadcast: unit -> answer.

        A broken one is left out, here and below, and `tell` is told of it.
        """
        return self._exchange.ask_all(request, self._obd if units is None else units, tell)

    def supported_pids(self, mode: int = 0x01, tell: Tell = _untold) -> dict[str, frozenset[int]]:
        """Which numbers each OBD-II unit supports in mode 01 or 09, by its support maps."""
        found: dict[str, frozenset[int]] = {}
        first: int | None = 0x00
        wanted: dict[str, EcuSpec] = {ecu.id: ecu for ecu in self._obd}
        while wanted and first is not None:
            answers = self.ask_obd(bytes((mode, first)), wanted.values(), tell)
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

    def values(self, tell: Tell = _untold) -> tuple[ObdValue, ...]:
        """Every current value (mode 01) that the units support and that the table knows."""
        supported = self.supported_pids(tell=tell)
        values = []
        for pid in PIDS:
            units = [ecu for ecu in self._obd if pid in supported.get(ecu.id, ())]
            if not units:
                continue
            for name, answer in self.ask_obd(obd.read_current(pid), units, tell).items():
                value = obd.current_value(name, pid, answer)
                if value is not None and pid in supported.get(name, ()):
                    values.append(value)
        return tuple(values)

    def obd_report(self) -> ObdReport:
        """Modes 01, 03 and 09 of every OBD-II unit."""
        if self.spec.functional is None:
            return _NO_OBD
        problems: list[DiagnosticError] = []
        tell = problems.append
        items = self.supported_pids(0x09, tell)
        vins = self._information(obd.VIN, items, tell)
        numbers = (uds.vehicle_number(text) for texts in vins.values() for text in texts)
        names = self._information(obd.ECU_NAME, items, tell)
        monitors = self.ask_obd(obd.read_current(obd.MONITOR_STATUS), tell=tell)
        return ObdReport(
            vin=next(filter(None, numbers), None),
            names={ecu: texts[0] for ecu, texts in names.items() if texts},
            calibrations=self._information(obd.CALIBRATIONS, items, tell),
            monitors=tuple(
                status
                for ecu, answer in monitors.items()
                if (status := obd.monitor_status(ecu, answer)) is not None
            ),
            codes=self.confirmed_codes(tell),
            values=self.values(tell),
            problems=tuple(problems),
        )

    def confirmed_codes(self, tell: Tell | None = None) -> tuple[StoredCode, ...]:
        """The emission-related codes of every OBD-II unit (mode 03).

        DiagnosticError when an answer contradicts itself, unless `tell` takes it.
        """
        codes: list[StoredCode] = []
        for ecu, answer in self.ask_obd(obd.read_codes(), tell=tell or _untold).items():
            try:
                codes.extend(obd.stored_codes(ecu, answer))
            except DiagnosticError as error:
                if tell is None:
                    raise
                tell(error)
        return tuple(codes)

    def _information(
        self, item: int, supported: dict[str, frozenset[int]], tell: Tell
    ) -> dict[str, tuple[str, ...]]:
        units = [ecu for ecu in self._obd if item in supported.get(ecu.id, ())]
        if not units:
            return {}
        answers = self.ask_obd(obd.read_information(item), units, tell)
        return {ecu: obd.information_texts(item, answer) for ecu, answer in answers.items()}

    def report(self, only: str | None = None) -> DiagnosticReport:
        """Read every unit, or one; a unit that cannot be read becomes a problem, not an error."""
        units = self.spec.ecus if only is None else (self.ecu(only),)
        identities: list[EcuIdentity] = []
        codes: list[StoredCode] = []
        problems: list[DiagnosticError] = []
        unread: list[str] = []
        for unit in units:
            identity, broken = self._identify(unit)
            problems.extend(broken)
            if identity is None:
                unread.append(unit.id)
                continue
            identities.append(identity)
            try:
                codes.extend(self.codes(unit.id))
            except DiagnosticError as error:
                problems.append(error)
                unread.append(unit.id)
        found = _NO_OBD
        try:
            found = self.obd_report() if only is None else _NO_OBD
        except DiagnosticError as error:
            problems.append(error)
        problems.extend(found.problems)
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


def _is_absence(problem: DiagnosticError) -> bool:
    return isinstance(problem, RefusedError) and problem.code in ABSENT


def _is_silence(problem: DiagnosticError) -> bool:
    return isinstance(problem, SilenceError) and not problem.heard
