"""kuksa: a bridge, its gate and an endpoint in, a running gRPC server out."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Self

import grpc
from kuksa.val.v1 import val_pb2_grpc as grpc_v1
from kuksa.val.v2 import val_pb2_grpc as grpc_v2

from can_bridge.bridge import Bridge
from can_bridge.errors import ListenError
from can_bridge.gate import Gate
from can_bridge.kuksa.actuator import Actuator
from can_bridge.kuksa.border import TokenCheck
from can_bridge.kuksa.car import Car
from can_bridge.kuksa.catalogue import Catalogue
from can_bridge.kuksa.endpoint import Endpoint, check_port, private_socket
from can_bridge.kuksa.streams import MAX_STREAMS, Streams
from can_bridge.kuksa.v1 import ServiceV1
from can_bridge.kuksa.v2 import ServiceV2

_CALLS = 24  # threads beside those of the subscriptions: commands under way, and what only reads
_MAX_REQUEST = 1 << 20  # bytes
_GRACE_S = 0.5
_OPTIONS = (
    ("grpc.so_reuseport", 0),  # a second server on the same port is an error
    ("grpc.max_receive_message_length", _MAX_REQUEST),
    ("grpc.max_concurrent_streams", MAX_STREAMS + _CALLS),
)


class KuksaServer:
    """Serves until it is closed; any number of clients."""

    def __init__(self, server: grpc.Server) -> None:
        self._server = server
        self.target = ""
        """Where it listens, as a client of gRPC writes it."""
        self._cleanup = contextlib.ExitStack()

    def listen(self, endpoint: Endpoint) -> None:
        """Begin to serve; raises ListenError."""
        with contextlib.ExitStack() as binding:
            if endpoint.socket is not None:
                binding.enter_context(private_socket(endpoint.socket))
            else:
                check_port(endpoint)
            try:
                port = self._server.add_insecure_port(endpoint.target)
            except RuntimeError as error:
                raise ListenError(f"{endpoint.target} cannot be listened on ({error})") from error
        if endpoint.socket is None:
            self.target = f"{endpoint.target.rpartition(':')[0]}:{port}"
        else:
            self.target = endpoint.target
            self._cleanup.callback(endpoint.socket.unlink, missing_ok=True)
        self._server.start()

    def on_close(self, close: Callable[[], object]) -> None:
        """Call this when the server is closed; the last one given is called first."""
        self._cleanup.callback(close)

    def wait(self) -> None:
        """Until the server is closed."""
        self._server.wait_for_termination()

    def close(self) -> None:
        """End every call and every subscription; may be called again.

        A command under way goes on until its deadline, unless the gate is closed first.
        """
        stopped = self._server.stop(_GRACE_S)  # no new call from here on
        self._cleanup.close()
        stopped.wait()

    def __enter__(self) -> Self:
        """The server."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close."""
        self.close()


def open_server(
    bridge: Bridge, gate: Gate | None, endpoint: Endpoint, token: str | None = None
) -> KuksaServer:
    """A server of a bridge; without a gate it only reads.

    TCP asks for a token.  Raises ListenError when the endpoint cannot be used.
    """
    if endpoint.socket is None and not token:
        raise ListenError(
            "expected a token to listen on TCP, found none: name its file by --token-file"
        )
    streams = Streams(bridge.subscribe)
    car = Car(Catalogue(bridge.profile), bridge, Actuator(gate, bridge.read), streams)
    threads = ThreadPoolExecutor(MAX_STREAMS + _CALLS, thread_name_prefix="kuksa")
    raw = grpc.server(
        threads,
        interceptors=(TokenCheck(token),) if token else (),
        options=_OPTIONS,
        maximum_concurrent_rpcs=MAX_STREAMS + _CALLS,
    )
    grpc_v1.add_VALServicer_to_server(ServiceV1(car), raw)
    grpc_v2.add_VALServicer_to_server(ServiceV2(car), raw)
    server = KuksaServer(raw)
    server.on_close(threads.shutdown)
    server.on_close(streams.close)
    try:
        server.listen(endpoint)
    except BaseException:
        server.close()
        raise
    return server
