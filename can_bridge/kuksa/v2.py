"""kuksa: calls of `kuksa.val.v2` in, answers out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import grpc
from kuksa.val.v2 import val_pb2 as val

from can_bridge.kuksa.actuator import Target
from can_bridge.kuksa.border import call, denied, invalid, read_only, stream
from can_bridge.kuksa.car import SERVER_NAME, SERVER_VERSION, Car, change_time, now
from can_bridge.kuksa.catalogue import Entry
from can_bridge.kuksa.values import target_value, v2_datapoint, v2_metadata


class ServiceV2:
    """The service `kuksa.val.v2.VAL`; the methods are named as its calls."""

    def __init__(self, car: Car) -> None:
        self._car = car

    @call
    def GetValue(self, request: Any, context: grpc.ServicerContext) -> Any:
        """One present value; without one when it is unknown."""
        (point,) = self._points([self._entry(request.signal_id)])
        return val.GetValueResponse(data_point=point)

    @call
    def GetValues(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Several of one moment, in the order in which they were asked for."""
        entries = [self._entry(signal) for signal in request.signal_ids]
        return val.GetValuesResponse(data_points=self._points(entries))

    @call
    def ListMetadata(self, request: Any, context: grpc.ServicerContext) -> Any:
        """What may be known of a path, of a branch, or of all."""
        entries = self._car.under(request.root)
        return val.ListMetadataResponse(metadata=[v2_metadata(entry) for entry in entries])

    @call
    def GetServerInfo(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Who answers."""
        return val.GetServerInfoResponse(name=SERVER_NAME, version=SERVER_VERSION)

    @stream
    def Subscribe(self, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        """The present values, then every change."""
        entries = [self._car.entry(path) for path in request.signal_paths]
        for points in self._changes(entries, request, context):
            by_path = {entry.path: point for entry, point in points}
            yield val.SubscribeResponse(entries=by_path)

    @stream
    def SubscribeById(self, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        """The same by the ids of ListMetadata."""
        entries = [self._car.entry_of_id(number) for number in request.signal_ids]
        for points in self._changes(entries, request, context):
            by_id = {entry.id: point for entry, point in points}
            yield val.SubscribeByIdResponse(entries=by_id)

    @call
    def Actuate(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Ask for one value; answers when the car reports it."""
        self._car.actuator.set([self._target(request)])
        return val.ActuateResponse()

    @call
    def BatchActuate(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Ask for several, one after another; none is sent unless all may be."""
        self._car.actuator.set([self._target(one) for one in request.actuate_requests])
        return val.BatchActuateResponse()

    @call
    def ActuateStream(self, requests: Any, context: grpc.ServicerContext) -> Any:
        """Refused: a stream of requests cannot tell which of them the car confirmed."""
        context.abort(grpc.StatusCode.UNIMPLEMENTED, "use Actuate or BatchActuate")

    @call
    def PublishValue(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Refused: only the car says what is."""
        raise read_only()

    @stream
    def OpenProviderStream(self, requests: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        """Refused: the car alone provides values, and the gate alone takes targets."""
        raise denied(
            "only the car provides values, and targets go to it alone and are not told to clients; "
            "set the target of a command, and subscribe to its current value"
        )

    def _entry(self, signal: Any) -> Entry:
        match signal.WhichOneof("signal"):
            case "path":
                return self._car.entry(signal.path)
            case "id":
                return self._car.entry_of_id(signal.id)
            case _:
                raise invalid("expected a path or an id as signal_id, found neither")

    def _target(self, request: Any) -> Target:
        entry = self._entry(request.signal_id)
        return entry, target_value(entry, request.value)

    def _points(self, entries: Sequence[Entry]) -> list[Any]:
        moment = now()
        readings = self._car.read(entries)
        return [
            v2_datapoint(entry, reading, moment)
            for entry, reading in zip(entries, readings, strict=True)
        ]

    def _changes(
        self, entries: Sequence[Entry], request: Any, context: grpc.ServicerContext
    ) -> Iterator[list[tuple[Entry, Any]]]:
        if request.HasField("filter"):
            raise invalid("a filter is not supported: expected none, each change is sent")
        by_path = {entry.path: entry for entry in entries}
        paths = [path for path, entry in by_path.items() if entry.readable]
        for changes in self._car.streams.follow(context, paths, request.buffer_size):
            points = []
            for change in changes:
                entry = by_path[change[0]]
                points.append((entry, v2_datapoint(entry, change[1], change_time(change))))
            yield points
