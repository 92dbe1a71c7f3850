"""Diagnostics: UDS (ISO 14229-1) requests that read, and what their answers say; no bus here.

udsoncan writes the requests and takes the answers apart; its client, which could do more than
read, is not used.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeVar

from udsoncan.common.DidCodec import AsciiCodec, DidCodec
from udsoncan.exceptions import ConfigError, InvalidResponseException
from udsoncan.Response import Response
from udsoncan.services.ReadDataByIdentifier import ReadDataByIdentifier
from udsoncan.services.ReadDTCInformation import ReadDTCInformation

from can_bridge.diagnostics.trouble_code import StoredCode, name_code
from can_bridge.errors import DiagnosticError
from can_bridge.spec import EcuSpec

VIN = 0xF190
IDENTIFIERS: Mapping[int, str] = MappingProxyType(
    {
        0xF197: "system",
        0xF187: "part_number",
        0xF195: "software",
        0xF18C: "serial_number",
        VIN: "vin",
    }
)
"""Data identifier -> what it tells, in the words of the report."""
PENDING, CONFIRMED = 0x04, 0x08
ALL = 0xFF

_VEHICLE_NUMBER = re.compile(r"[0-9A-HJ-NPR-Z]{17}")
_Answer = TypeVar("_Answer")

_BY_STATUS_MASK = ReadDTCInformation.Subfunction.reportDTCByStatusMask
_SUPPORTED = ReadDTCInformation.Subfunction.reportSupportedDTCs


class _Text(AsciiCodec):
    """ASCII to the end of the answer, whatever its length."""

    def __init__(self) -> None:
        super().__init__(1)

    def decode(self, string_bin: bytes) -> str:
        return clean_text(string_bin)

    def __len__(self) -> int:
        raise self.ReadAllRemainingData


_CODECS: dict[int | str, str | DidCodec | type[DidCodec]] = {
    identifier: _Text() for identifier in IDENTIFIERS
}


def read_identifier(identifier: int) -> bytes:
    """The request for one data identifier."""
    request = ReadDataByIdentifier.make_request([identifier], _CODECS)
    return bytes(request.get_payload())


def identifier_value(ecu: EcuSpec, identifier: int, answer: bytes) -> str:
    """The text in the answer to `read_identifier`."""
    response = Response(ReadDataByIdentifier, Response.Code.PositiveResponse, data=answer)

    def read() -> str:
        result = ReadDataByIdentifier.interpret_response(response, [identifier], _CODECS)
        text = str(result.service_data.values[identifier])
        if identifier == VIN and text and vehicle_number(text) is None:
            raise ValueError("what it gave as VIN is none")
        return text

    return _understood(ecu, read, f" to 22 {identifier >> 8:02x} {identifier & 0xFF:02x}")


def vehicle_number(text: str) -> str | None:
    """A VIN as ISO 3779 has them, or None: 17 digits and letters, never I, O and Q."""
    return text if _VEHICLE_NUMBER.fullmatch(text) else None


def read_codes(mask: int) -> bytes:
    """The request for stored codes whose status has a bit of `mask`."""
    request = ReadDTCInformation.make_request(_BY_STATUS_MASK, status_mask=mask)
    return bytes(request.get_payload())


def read_supported_codes() -> bytes:
    """The request for every code that the unit can store, each with its status."""
    return bytes(ReadDTCInformation.make_request(_SUPPORTED).get_payload())


def stored_codes(ecu: EcuSpec, answer: bytes) -> tuple[StoredCode, ...]:
    """The codes in the answer to `read_codes` or `read_supported_codes`."""
    response = Response(ReadDTCInformation, Response.Code.PositiveResponse, data=answer)

    def read() -> tuple[StoredCode, ...]:
        if answer[0] not in (_BY_STATUS_MASK, _SUPPORTED):
            raise ValueError("it answers another question")
        result = ReadDTCInformation.interpret_response(response, subfunction=answer[0])
        return tuple(
            StoredCode(
                ecu.id, name_code(code.id >> 8, code.id & 0xFF), code.status.get_byte_as_int()
            )
            for code in result.service_data.dtcs
        )

    return _understood(ecu, read)


def _understood(ecu: EcuSpec, read: Callable[[], _Answer], asked: str = "") -> _Answer:
    try:
        return read()
    except (InvalidResponseException, ConfigError, ValueError, KeyError, IndexError) as error:
        raise DiagnosticError(
            f"{ecu.id} gave an answer{asked} that is not of the form of ISO 14229-1 ({error}); it is "
            f"not used"
        ) from error


def clean_text(data: bytes) -> str:
    """Printable ASCII of a field that units fill up with zeros, 0xFF or blanks."""
    kept = data.translate(None, b"\x00\xff").strip()
    return "".join(chr(byte) if 0x20 <= byte < 0x7F else "?" for byte in kept)  # noqa: PLR2004
