"""kuksa: the calls of `kuksa.val.v1` that the package kuksa-client makes in, answers out.

v1 reports what went wrong with single paths in its answers, as codes like those of HTTP.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import grpc
from kuksa.val.v1 import types_pb2 as types
from kuksa.val.v1 import val_pb2 as val

from can_bridge.kuksa.border import Refusal, call, denied, invalid, read_only, stream
from can_bridge.kuksa.car import SERVER_NAME, SERVER_VERSION, Car, change_time, now, readable
from can_bridge.kuksa.catalogue import Entry
from can_bridge.kuksa.values import target_value, v1_entry, v1_metadata
from can_bridge.readings import Reading

_CODES = {
    grpc.StatusCode.INVALID_ARGUMENT: (400, "invalid_argument"),
    grpc.StatusCode.PERMISSION_DENIED: (403, "forbidden"),
    grpc.StatusCode.NOT_FOUND: (404, "not_found"),
    grpc.StatusCode.FAILED_PRECONDITION: (409, "interlock"),
    grpc.StatusCode.ABORTED: (409, "busy"),
    grpc.StatusCode.RESOURCE_EXHAUSTED: (429, "too_many_requests"),
    grpc.StatusCode.UNAVAILABLE: (503, "unavailable"),
    grpc.StatusCode.DEADLINE_EXCEEDED: (504, "not_confirmed"),
}
_VALUE_VIEWS = (types.VIEW_UNSPECIFIED, types.VIEW_CURRENT_VALUE, types.VIEW_ALL)
_METADATA_VIEWS = (types.VIEW_METADATA, types.VIEW_ALL)


class ServiceV1:
    """The service `kuksa.val.v1.VAL`; the methods are named as its calls."""

    def __init__(self, car: Car) -> None:
        self._car = car

    @call
    def GetServerInfo(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Who answers."""
        return val.GetServerInfoResponse(name=SERVER_NAME, version=SERVER_VERSION)

    @call
    def Get(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Values and metadata of paths and branches; an unknown value is absent.

        No target is kept here, so that none is ever told.
        """
        response = val.GetResponse()
        moment = now()
        for asked in request.entries:
            try:
                entries = self._car.under(asked.path)
            except Refusal as refusal:
                response.errors.append(_error(asked.path, refusal))
                continue
            for entry, reading in zip(entries, self._car.read(entries), strict=True):
                response.entries.append(_answer(entry, reading, asked, moment))
        if response.errors:
            response.error.CopyFrom(response.errors[0].error)
        return response

    @call
    def Set(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Ask for the targets, one after another; none is sent unless all may be.

        Answers when the car reports all of them.
        """
        response = val.SetResponse()
        path = ""
        try:
            targets = []
            for update in request.updates:
                path = update.entry.path
                entry = self._car.entry(path)
                _only_a_target(update)
                targets.append((entry, target_value(entry, update.entry.actuator_target)))
            self._car.actuator.set(targets)
        except Refusal as refusal:
            response.errors.append(_error(refusal.path or path, refusal))
            response.error.CopyFrom(response.errors[0].error)
        return response

    @stream
    def Subscribe(self, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        """The present values, then every change; an unknown value is absent."""
        by_path: dict[str, Entry] = {}
        for asked in request.entries:
            if not _wants_value(asked):
                raise invalid(
                    "expected only FIELD_VALUE: targets are not kept, metadata do not change"
                )
            by_path |= {entry.path: entry for entry in readable(self._car.under(asked.path))}
        for changes in self._car.streams.follow(context, tuple(by_path)):
            response = val.SubscribeResponse()
            for change in changes:
                entry = v1_entry(by_path[change[0]], change[1], change_time(change))
                response.updates.append(val.EntryUpdate(entry=entry, fields=[types.FIELD_VALUE]))
            yield response

    @stream
    def StreamedUpdate(self, requests: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        """Refused: only the car says what is."""
        raise read_only()


def _answer(entry: Entry, reading: Reading, asked: Any, moment: float) -> Any:
    answer = types.DataEntry(path=entry.path)
    if _wants_value(asked):
        answer = v1_entry(entry, reading, moment)
    if asked.view in _METADATA_VIEWS or any(map(_is_metadata, asked.fields)):
        answer.metadata.CopyFrom(v1_metadata(entry))
    return answer


def _wants_value(asked: Any) -> bool:
    if asked.view == types.VIEW_FIELDS or (asked.fields and not asked.view):
        return bool(types.FIELD_VALUE in asked.fields)
    return asked.view in _VALUE_VIEWS


def _is_metadata(field: int) -> bool:
    return field >= int(types.FIELD_METADATA)


def _only_a_target(update: Any) -> None:
    fields: Sequence[int] = update.fields
    if types.FIELD_VALUE in fields or update.entry.HasField("value"):
        raise read_only()
    if update.entry.HasField("metadata") or any(map(_is_metadata, fields)):
        raise denied("metadata come from the vehicle's files and cannot be written")
    if types.FIELD_ACTUATOR_TARGET not in fields or not update.entry.HasField("actuator_target"):
        raise invalid("expected FIELD_ACTUATOR_TARGET and an actuator_target; nothing was sent")


def _error(path: str, refusal: Refusal) -> Any:
    code, reason = _CODES.get(refusal.code, (500, "internal"))
    error = types.Error(code=code, reason=reason, message=refusal.text)
    return types.DataEntryError(path=path, error=error)
