"""Diagnostics: a negative response code in, one sentence out (ISO 14229-1, annex A)."""

from __future__ import annotations

from udsoncan.ResponseCode import ResponseCode

_WORDS = {
    0x10: "it refused without a reason",
    0x11: "it does not know this service",
    0x12: "it does not know this form of the service",
    0x13: "it found the request too long or too short",
    0x14: "its answer would be too long",
    0x21: "it is busy; ask again",
    0x22: "its conditions for this are not met",
    0x24: "it expects another request first",
    0x31: "it does not have this value",
    0x33: "it gives this only to an unlocked tester, which is not offered",
    0x34: "it gives this only to an authenticated tester, which is not offered",
    0x7E: "it does not do this in its present session",
    0x7F: "it does not offer this service in its present session",
}

ABSENT = frozenset((0x11, 0x12, 0x31))
"""Codes of a unit that has no such value, so that nothing is amiss."""


def refusal(name: str, request: bytes, code: int) -> str:
    """Say that the control unit `name` refused `request`."""
    words = _WORDS.get(code)
    if words is None:
        standard = ResponseCode.get_name(code) if code else None
        words = f"it refused for the reason {standard or 'that has no name'}"
    return f"{name} was asked for {request.hex(' ')}: {words} (code {code:#04x})"
