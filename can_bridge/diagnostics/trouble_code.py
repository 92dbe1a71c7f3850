"""Diagnostics: the bytes of a trouble code in, its name, structure and checked text out.

The form is that of SAE J2012 (ISO 15031-6): two bits say the system, two whose code it is, the rest
is written in hexadecimal; over UDS a third byte says how the part failed.  A text is given only for
codes of `trouble_codes.toml`, each checked against two public sources that are named there.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType

_TEXTS = Path(__file__).with_name("trouble_codes.toml")
_SYSTEMS = {"P": "powertrain", "C": "chassis", "B": "body", "U": "network"}
_PARTS_OF_P0 = {
    "0": "fuel and air metering",
    "1": "fuel and air metering",
    "2": "fuel and air metering, injectors",
    "3": "ignition or misfire",
    "4": "auxiliary emission controls",
    "5": "speed and idle control, auxiliary inputs",
    "6": "computer and its outputs",
    "7": "transmission",
    "8": "transmission",
    "9": "transmission",
    "A": "hybrid drive",
    "B": "hybrid drive",
    "C": "hybrid drive",
}
_FAILED, _PENDING, _CONFIRMED, _LAMP = 0x01, 0x04, 0x08, 0x80


class Owner(StrEnum):
    """Who says what a code means."""

    GENERIC = "generic"
    """The same in every make."""
    MAKER = "maker-specific"
    RESERVED = "reserved"
    """The standard keeps it for later, or makers share it."""


@dataclass(frozen=True, slots=True)
class TroubleCode:
    """What a code itself says."""

    code: str
    """Such as P0301."""
    failure_type: int | None
    """Third byte of UDS: how the part failed; None over OBD-II."""
    system: str
    owner: Owner
    part: str | None
    """Part of the system, where the standard divides it."""
    text: str | None
    """What it means, if two independent sources say so."""

    @property
    def structure(self) -> str:
        """Such as `powertrain, generic, ignition or misfire`."""
        return ", ".join(word for word in (self.system, self.owner.value, self.part) if word)


@dataclass(frozen=True, slots=True)
class StoredCode:
    """A code as one control unit has stored it."""

    ecu: str
    trouble: TroubleCode
    status: int | None
    """Status byte of ISO 14229-1; None over OBD-II, whose mode 03 tells confirmed codes only."""

    @property
    def failed(self) -> bool:
        """Whether the test fails now."""
        return bool((self.status or 0) & _FAILED)

    @property
    def pending(self) -> bool:
        """Whether it failed in this or the last driving cycle."""
        return bool((self.status or 0) & _PENDING)

    @property
    def confirmed(self) -> bool:
        """Whether it failed often enough to be stored for good."""
        return self.status is None or bool(self.status & _CONFIRMED)

    @property
    def warning_lamp(self) -> bool:
        """Whether the unit asks for a warning lamp because of it."""
        return bool((self.status or 0) & _LAMP)


def name_code(number: int, failure_type: int | None = None) -> TroubleCode:
    """Name a code of two bytes; `failure_type` is the third one."""
    letter = "PCBU"[number >> 14 & 3]
    code = f"{letter}{number >> 12 & 3}{number & 0xFFF:03X}"
    owner = _owner(code)
    part = _PARTS_OF_P0.get(code[2]) if code.startswith("P0") else None
    return TroubleCode(code, failure_type, _SYSTEMS[letter], owner, part, texts().get(code))


def _owner(code: str) -> Owner:
    system, digit, third = code[0], code[1], code[2]
    if system == "P":
        if digit == "3":
            return Owner.MAKER if third in "0123" else Owner.GENERIC
        return Owner.MAKER if digit == "1" else Owner.GENERIC
    return {"0": Owner.GENERIC, "3": Owner.RESERVED}.get(digit, Owner.MAKER)


@cache
def texts() -> Mapping[str, str]:
    """Code -> its meaning, for the codes that were checked."""
    table = tomllib.loads(_TEXTS.read_text(encoding="utf-8"))
    return MappingProxyType({code: row["text"] for code, row in table["codes"].items()})
