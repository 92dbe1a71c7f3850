"""kuksa: a subscriber's call in, its changes until the client leaves or the server closes out."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence

import grpc

from can_bridge.kuksa.border import Refusal, invalid
from can_bridge.state import Change
from can_bridge.subscription import Subscription

Subscribe = Callable[[Sequence[str], int], Subscription]
"""Paths and the size of the queue -> the subscription, which loses its oldest changes when full."""
MAX_STREAMS = 32
MAX_BUFFER = 1000  # that of the databroker
LOST = "auriga-lost"
"""Trailing metadata: how many changes a slow client did not get; neither protocol has a field for it."""
_LOOK_S = 1.0  # how often a quiet stream looks whether its client is still there


class Streams:
    """All subscribers of a server; each costs a thread, so that their number is limited."""

    def __init__(self, subscribe: Subscribe, limit: int = MAX_STREAMS) -> None:
        self._subscribe = subscribe
        self._limit = limit
        self._places = threading.BoundedSemaphore(limit)
        self._closed = threading.Event()
        self._open: set[Subscription] = set()

    def close(self) -> None:
        """Every stream ends now, with its status and its trailing metadata."""
        self._closed.set()
        for subscription in tuple(self._open):
            subscription.close()

    def follow(
        self, context: grpc.ServicerContext, paths: Sequence[str], buffer_size: int = 0
    ) -> Iterator[list[Change]]:
        """Changes in order, beginning with the present readings; no path twice in one list."""
        if not paths:
            raise invalid("expected at least one path to subscribe to, found none")
        if buffer_size > MAX_BUFFER:
            raise invalid(f"expected a buffer_size up to {MAX_BUFFER}, found {buffer_size}")
        if not self._places.acquire(blocking=False):
            text = f"{self._limit} subscriptions are open already; close one"
            raise Refusal(grpc.StatusCode.RESOURCE_EXHAUSTED, text)
        try:
            yield from self._follow(context, paths, buffer_size)
        finally:
            self._places.release()

    def _follow(
        self, context: grpc.ServicerContext, paths: Sequence[str], buffer_size: int
    ) -> Iterator[list[Change]]:
        subscription = self._subscribe(paths, max(buffer_size, 2 * len(paths)))
        self._open.add(subscription)  # before `_closed` is looked at, so that `close` misses none
        try:
            if not context.add_callback(subscription.close):
                return  # the client has left already
            lost = 0
            while context.is_active() and not self._closed.is_set():
                changes, more = subscription.take(_LOOK_S)
                if more:
                    lost += more
                    context.set_trailing_metadata(((LOST, str(lost)),))
                yield from _distinct(changes)
        finally:
            self._open.discard(subscription)
            subscription.close()


def _distinct(changes: Sequence[Change]) -> Iterator[list[Change]]:
    """The changes, cut wherever a path comes again."""
    part: dict[str, Change] = {}
    for change in changes:
        if change[0] in part:
            yield list(part.values())
            part = {}
        part[change[0]] = change
    if part:
        yield list(part.values())
