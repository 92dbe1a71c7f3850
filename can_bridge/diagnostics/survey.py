"""Diagnostics: a vehicle's control units in, the trouble codes of all of them out, within a time."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass

from can_bridge.diagnostics import obd
from can_bridge.diagnostics.client import Diagnostics
from can_bridge.diagnostics.trouble_code import StoredCode
from can_bridge.errors import DiagnosticError, TransmitError
from can_bridge.spec import EcuSpec


@dataclass(frozen=True, slots=True)
class CodeSurvey:
    """What the control units of a vehicle have stored, as far as they said so."""

    codes: tuple[StoredCode, ...]
    """Pending and confirmed ones, in the order of the units."""
    unread: tuple[EcuSpec, ...]
    """The units whose codes are not known: that they have none may not be said."""


def survey_codes(
    diagnostics: Diagnostics, within_s: float, clock: Callable[[], float] = time.monotonic
) -> CodeSurvey:
    """Ask each unit by UDS, and those of OBD-II that leave it unanswered together by mode 03.

    No new request is begun after `within_s`; what is not known then counts as unread.
    """
    end_s = clock() + within_s
    codes: dict[str, tuple[StoredCode, ...]] = {}
    for unit in diagnostics.spec.ecus:
        if clock() >= end_s:
            break
        with contextlib.suppress(DiagnosticError, TransmitError):
            codes[unit.id] = diagnostics.codes(unit.id)
    left = [unit for unit in diagnostics.spec.ecus if unit.obd and unit.id not in codes]
    if left and clock() < end_s:
        with contextlib.suppress(DiagnosticError, TransmitError):
            for name, answer in diagnostics.ask_obd(obd.read_codes(), left).items():
                with contextlib.suppress(DiagnosticError):
                    codes[name] = obd.stored_codes(name, answer)
    units = diagnostics.spec.ecus
    return CodeSurvey(
        tuple(code for unit in units for code in codes.get(unit.id, ())),
        tuple(unit for unit in units if unit.id not in codes),
    )
