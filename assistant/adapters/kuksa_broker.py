"""Adapter: a broker's address comes in, the present values of its paths go out, by `kuksa.val.v2`.

The broker is asked for all values at once; what it says is kept for an instant, so that the many
readings of one turn cost one call and a silent broker costs one waiting time.
"""

import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import grpc
from kuksa.val.v2 import val_pb2 as val
from kuksa.val.v2 import val_pb2_grpc as grpc_v2

from assistant.errors import BusError
from assistant.events import Value

ROOT = "Vehicle"
KEPT_S = 0.05
GONE_KEPT_S = 0.3
TIMEOUT_S = 0.5
FLOAT_DIGITS = 7  # the decimal digits that a float32 keeps
OPTIONS = (
    ("grpc.enable_http_proxy", 0),  # a proxy would carry the car's data off this machine
    ("grpc.min_reconnect_backoff_ms", 200),
    ("grpc.initial_reconnect_backoff_ms", 200),
    ("grpc.max_reconnect_backoff_ms", 1000),
)


@dataclass(frozen=True, slots=True)
class Point:
    """What the broker says of one path."""

    unit: str
    value: Value | None
    at_s: float | None  # since the epoch


class KuksaBroker:
    """A connection that comes back by itself; any thread may ask."""

    def __init__(self, target: str, token: str | None) -> None:
        self._target = target
        self._metadata = (("authorization", f"Bearer {token}"),) if token else ()
        self._channel: Any = None
        self._stub: Any = None
        self._units: dict[str, str] = {}
        self._points: Mapping[str, Point] | None = None
        self._until_s = 0.0
        self._lock = threading.Lock()

    def open(self, timeout_s: float) -> None:
        """Connect, and learn what paths there are; BusError when no broker answers in that time."""
        self._channel = grpc.insecure_channel(self._target, options=OPTIONS)
        self._stub = grpc_v2.VALStub(self._channel)
        try:
            grpc.channel_ready_future(self._channel).result(timeout_s)
            self._learn()
        except grpc.FutureTimeoutError as error:
            self.close()
            raise BusError(
                f"No broker answers at {self._target}: start it, or name another bus."
            ) from error
        except grpc.RpcError as error:
            self.close()
            raise BusError(f"The broker at {self._target} refuses: {error.details()}.") from error

    def close(self) -> None:
        """Disconnect; may be called again."""
        with self._lock:
            channel, self._channel, self._stub = self._channel, None, None
            self._points, self._until_s = None, 0.0
        if channel is not None:
            channel.close()

    @property
    def is_open(self) -> bool:
        """Whether it was opened and not closed since."""
        return self._stub is not None

    def points(self) -> Mapping[str, Point] | None:
        """What the broker says now, by path; None when it does not answer."""
        with self._lock:
            if time.monotonic() >= self._until_s:
                self._points = self._ask()
                kept_s = GONE_KEPT_S if self._points is None else KEPT_S
                self._until_s = time.monotonic() + kept_s
            return self._points

    def _ask(self) -> Mapping[str, Point] | None:
        with suppress(grpc.RpcError, ValueError):  # ValueError: the channel was closed meanwhile
            if not self._units:
                self._learn()
            return self._values()
        self._units = {}  # another broker, or another car, may be there when it comes back
        return None

    def _learn(self) -> None:
        request = val.ListMetadataRequest(root=ROOT)
        answer = self._stub.ListMetadata(request, timeout=TIMEOUT_S, metadata=self._metadata)
        self._units = {entry.path: entry.unit for entry in answer.metadata}

    def _values(self) -> Mapping[str, Point]:
        paths = list(self._units)
        request = val.GetValuesRequest(signal_ids=[{"path": path} for path in paths])
        answer = self._stub.GetValues(request, timeout=TIMEOUT_S, metadata=self._metadata)
        return {
            path: Point(self._units[path], _value(point), _time(point))
            for path, point in zip(paths, answer.data_points, strict=True)
        }


def _value(point: Any) -> Value | None:
    field = point.value.WhichOneof("typed_value") if point.HasField("value") else None
    if field is None or field.endswith("_array"):
        return None
    value: Value = getattr(point.value, field)
    if field == "float":  # 21.1, not 21.100000381469727
        return float(f"{value:.{FLOAT_DIGITS}g}")
    return value if isinstance(value, bool | str) else float(value)


def _time(point: Any) -> float | None:
    if not point.HasField("timestamp"):
        return None
    return float(point.timestamp.seconds + point.timestamp.nanos / 1e9)
