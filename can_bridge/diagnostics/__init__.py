"""Diagnostics: trouble codes, identification and OBD-II values of the control units; reads only."""

from can_bridge.diagnostics.client import (
    DiagnosticReport,
    Diagnostics,
    EcuIdentity,
    ObdReport,
    open_diagnostics,
)
from can_bridge.diagnostics.exchange import Timing
from can_bridge.diagnostics.obd import MonitorStatus, ObdValue
from can_bridge.diagnostics.survey import CodeSurvey, survey_codes
from can_bridge.diagnostics.trouble_code import Owner, StoredCode, TroubleCode, name_code

__all__ = [
    "CodeSurvey",
    "DiagnosticReport",
    "Diagnostics",
    "EcuIdentity",
    "MonitorStatus",
    "ObdReport",
    "ObdValue",
    "Owner",
    "StoredCode",
    "Timing",
    "TroubleCode",
    "name_code",
    "open_diagnostics",
    "survey_codes",
]
