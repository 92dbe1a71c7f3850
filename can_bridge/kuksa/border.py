"""kuksa: refusals of this package in, statuses of gRPC out; a client sees one sentence, no traceback."""

from __future__ import annotations

import functools
import hmac
from collections.abc import Callable, Iterator
from typing import Any

import grpc


class Refusal(Exception):
    """A call that is not done, with the status and the sentence that its client gets."""

    def __init__(self, code: grpc.StatusCode, text: str, path: str = "") -> None:
        """`path` is the one that is refused, where several were asked for."""
        super().__init__(text)
        self.code = code
        self.text = text
        self.path = path


def invalid(text: str, path: str = "") -> Refusal:
    """The request is malformed."""
    return Refusal(grpc.StatusCode.INVALID_ARGUMENT, text, path)


def not_found(text: str) -> Refusal:
    """The vehicle has no such path."""
    return Refusal(grpc.StatusCode.NOT_FOUND, text)


def denied(text: str, path: str = "") -> Refusal:
    """Nobody may do this here."""
    return Refusal(grpc.StatusCode.PERMISSION_DENIED, text, path)


def read_only() -> Refusal:
    """Only the car says what is."""
    return denied(
        "current values come from the car alone and cannot be written; set the target of a command"
    )


_Call = Callable[[Any, Any, grpc.ServicerContext], Any]


def call(behaviour: _Call) -> _Call:
    """A method that answers once."""

    @functools.wraps(behaviour)
    def mapped(servicer: Any, request: Any, context: grpc.ServicerContext) -> Any:
        try:
            return behaviour(servicer, request, context)
        except Refusal as refusal:
            return context.abort(refusal.code, refusal.text)

    return mapped


def stream(behaviour: _Call) -> _Call:
    """A method that answers until its client leaves."""

    @functools.wraps(behaviour)
    def mapped(servicer: Any, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        try:
            yield from behaviour(servicer, request, context)
        except Refusal as refusal:
            context.abort(refusal.code, refusal.text)

    return mapped


class TokenCheck:
    """An interceptor of gRPC: lets a call pass whose metadata hold `authorization: Bearer TOKEN`."""

    def __init__(self, token: str) -> None:
        self._expected = f"Bearer {token}".encode()

    def intercept_service(self, continuation: Any, details: Any) -> Any:
        """The handler of the call, or one that refuses it."""
        handler = continuation(details)
        given = dict(details.invocation_metadata).get("authorization", "")
        given = given if isinstance(given, bytes) else given.encode()
        if handler is None or hmac.compare_digest(given, self._expected):
            return handler
        return _refusing(handler)


def _refusing(handler: Any) -> Any:
    """One of the same form, since gRPC reads the request by the form."""

    def refuse(request: Any, context: grpc.ServicerContext) -> None:
        context.abort(
            grpc.StatusCode.UNAUTHENTICATED,
            "expected the token of --token-file as metadata 'authorization: Bearer TOKEN'",
        )

    if handler.request_streaming:
        return grpc.stream_stream_rpc_method_handler(refuse)
    if handler.response_streaming:
        return grpc.unary_stream_rpc_method_handler(refuse)
    return grpc.unary_unary_rpc_method_handler(refuse)
