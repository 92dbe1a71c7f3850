"""can_bridge: a diagnostic report in, its text or its JSON form out; prints nothing itself."""

from __future__ import annotations

from can_bridge.diagnostics import DiagnosticReport, EcuIdentity, ObdReport, StoredCode


def as_text(report: DiagnosticReport) -> str:
    """The report for a person."""
    parts = [f"VIN  {report.vin or 'not known'}"]
    parts += _section("Control units", [_identity(one) for one in report.identities])
    codes = [_code(code) for code in report.codes]
    codes += [f"{ecu:<5}not known" for ecu in report.unread]
    asked = ", ".join(one.ecu for one in report.identities)
    parts += _section("Trouble codes", codes or ([f"none in {asked}"] if asked else []))
    parts += _obd(report.obd)
    return "\n".join(parts)


def _section(title: str, lines: list[str]) -> list[str]:
    return ["", title, *(f"  {line}" for line in lines)] if lines else []


def _identity(one: EcuIdentity) -> str:
    facts = (
        ("", one.system),
        ("part ", one.part_number),
        ("software ", one.software),
        ("serial ", one.serial_number),
    )
    return f"{one.ecu:<5}" + ", ".join(f"{word}{value}" for word, value in facts if value)


def _code(code: StoredCode) -> str:
    trouble = code.trouble
    kind = "" if trouble.failure_type is None else f"-{trouble.failure_type:02X}"
    states = ", ".join(_states(code)) or "stored"
    text = f": {trouble.text}" if trouble.text else ""
    return f"{code.ecu:<5}{trouble.code + kind:<10}{states}{text} ({trouble.structure})"


def _states(code: StoredCode) -> list[str]:
    states = {
        "failing now": code.failed,
        "confirmed": code.confirmed,
        "pending": code.pending,
        "warning lamp": code.warning_lamp,
    }
    return [word for word, holds in states.items() if holds]


def _obd(report: ObdReport) -> list[str]:
    lines = [f"{ecu:<5}{name}" for ecu, name in report.names.items()]
    lines += [f"{ecu:<5}calibration {', '.join(ids)}" for ecu, ids in report.calibrations.items()]
    lines += [
        f"{m.ecu:<5}engine lamp {'on' if m.lamp_on else 'off'}, {m.codes} confirmed"
        for m in report.monitors
    ]
    lines += [_code(code) for code in report.codes]
    lines += [f"{v.ecu:<5}{v.name:<36}{v.value:>10g} {v.unit}".rstrip() for v in report.values]
    return _section("OBD-II", lines)


def as_json(report: DiagnosticReport) -> dict[str, object]:
    """The report for a program."""
    return {
        "vin": report.vin,
        "ecus": [_identity_json(one) for one in report.identities],
        "dtcs": [_code_json(code) for code in report.codes],
        "obd": {
            "names": report.obd.names,
            "calibrations": report.obd.calibrations,
            "monitors": [
                {"ecu": m.ecu, "lamp_on": m.lamp_on, "confirmed": m.codes}
                for m in report.obd.monitors
            ],
            "dtcs": [_code_json(code) for code in report.obd.codes],
            "values": [
                {"ecu": v.ecu, "pid": v.pid, "name": v.name, "value": v.value, "unit": v.unit}
                for v in report.obd.values
            ],
        },
        "dtcs_not_known": report.unread,
        "problems": report.problems,
    }


def _identity_json(one: EcuIdentity) -> dict[str, object]:
    return {
        "id": one.ecu,
        "system": one.system,
        "part_number": one.part_number,
        "software": one.software,
        "serial_number": one.serial_number,
        "vin": one.vin,
    }


def _code_json(code: StoredCode) -> dict[str, object]:
    trouble = code.trouble
    return {
        "ecu": code.ecu,
        "code": trouble.code,
        "failure_type": trouble.failure_type,
        "status": _states(code),
        "structure": trouble.structure,
        "text": trouble.text,
    }
