"""kuksa: readings in, the messages of `kuksa.val` v1 and v2 out, and values of clients back; pure.

What is unknown is a v2 Datapoint without a value and no v1 Datapoint at all: an old value is never
sent.  The time in a message is that at which the car's frame was received.
"""

from __future__ import annotations

import struct
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp
from kuksa.val.v1 import types_pb2 as types_v1
from kuksa.val.v2 import types_pb2 as types_v2

from can_bridge.kuksa.border import Refusal, invalid
from can_bridge.kuksa.catalogue import Entry
from can_bridge.readings import Known, Reading, Value

_TYPES = {"bool": "BOOLEAN", "string": "STRING", "float": "FLOAT", "double": "DOUBLE"}
_NUMBERS = frozenset(("int32", "int64", "uint32", "uint64", "float", "double"))
_FLOAT_DIGITS = 7  # the decimal digits that a float32 keeps


def v2_datapoint(entry: Entry, reading: Reading, now: float) -> Any:
    """`now` is the time of the reading, in s since the epoch."""
    if isinstance(reading, Known):
        value = types_v2.Value(**{entry.field: reading.value})
        return types_v2.Datapoint(timestamp=_time(now - reading.age_s), value=value)
    return types_v2.Datapoint(timestamp=_time(now))


def v1_entry(entry: Entry, reading: Reading, now: float) -> Any:
    """The DataEntry with its value, or without one."""
    if isinstance(reading, Known):
        fields: dict[str, Any] = {entry.field: reading.value}
        value = types_v1.Datapoint(timestamp=_time(now - reading.age_s), **fields)
        return types_v1.DataEntry(path=entry.path, value=value)
    return types_v1.DataEntry(path=entry.path)


def v2_metadata(entry: Entry) -> Any:
    """What may be known of an entry beforehand."""
    metadata = types_v2.Metadata(
        path=entry.path,
        id=entry.id,
        data_type=types_v2.DataType.Value(f"DATA_TYPE_{_TYPES[entry.field]}"),
        entry_type=types_v2.EntryType.Value(_entry_type(entry)),
        description=entry.description,
        unit=entry.unit or "",
    )
    if entry.allowed:
        metadata.allowed_values.string_array.values.extend(entry.allowed)
    if entry.low is not None:
        setattr(metadata.min, entry.field, entry.low)
    if entry.high is not None:
        setattr(metadata.max, entry.field, entry.high)
    return metadata


def v1_metadata(entry: Entry) -> Any:
    """The same in the words of v1."""
    metadata = types_v1.Metadata(
        data_type=types_v1.DataType.Value(f"DATA_TYPE_{_TYPES[entry.field]}"),
        entry_type=types_v1.EntryType.Value(_entry_type(entry)),
        description=entry.description,
    )
    if entry.unit is not None:
        metadata.unit = entry.unit
    if entry.allowed:
        metadata.value_restriction.string.allowed_values.extend(entry.allowed)
    if entry.low is not None:
        metadata.value_restriction.floating_point.min = entry.low
    if entry.high is not None:
        metadata.value_restriction.floating_point.max = entry.high
    return metadata


def target_value(entry: Entry, message: Any) -> Value:
    """What a client asks for: of a v2 Value or a v1 Datapoint, whose fields are named alike.

    A number may come in any of the number fields; whether it may be asked for is the gate's business.
    Raises Refusal for another type than the entry's.
    """
    field = message.WhichOneof("typed_value" if _is_v2(message) else "value")
    if field is None:
        raise invalid(f"expected a value for {entry.path}, found none; nothing was sent")
    if field == entry.field or (field in _NUMBERS and entry.field in _NUMBERS):
        value = getattr(message, field)
        return _number(value, field) if field in _NUMBERS else _plain(value)
    raise _wrong_type(entry, field)


def _is_v2(message: Any) -> bool:
    return bool(message.DESCRIPTOR.full_name == types_v2.Value.DESCRIPTOR.full_name)


def _plain(value: Any) -> Value:
    assert isinstance(value, bool | str)
    return value


def _number(value: float, field: str) -> float:
    """A float32 as the decimal number that was meant: 21.1, not 21.100000381469727."""
    if field != "float":
        return float(value)
    short = float(f"{value:.{_FLOAT_DIGITS}g}")
    same = struct.pack("f", short) == struct.pack("f", value)
    return short if same else float(value)


def _wrong_type(entry: Entry, field: str) -> Refusal:
    return invalid(f"expected a {entry.field} for {entry.path}, found a {field}; nothing was sent")


def _entry_type(entry: Entry) -> str:
    return "ENTRY_TYPE_ACTUATOR" if entry.settable else "ENTRY_TYPE_SENSOR"


def _time(seconds: float) -> Timestamp:
    nanoseconds = round(seconds * 1e9)
    return Timestamp(seconds=nanoseconds // 10**9, nanos=nanoseconds % 10**9)
