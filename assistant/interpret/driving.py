"""Interpret: a question comes in, whether the lamps that are lit bear on it goes out.

"How fast may I drive now?" has its answer in the manual's figures only as long as no lamp is lit
whose section says otherwise. Whether one is lit is not known here: the question is asked of the
lamps as well, and what is lit decides.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from assistant.events import Request, RequestKind, Telltale

ABOUT = "about"  # slot: why the lamps are asked
DRIVING = "driving"  # may it be driven now, how fast, how far
CAUSE = "cause"  # why is the car as it is
LIMITS = "limits"  # how fast or how far in some way that has limits of its own
PICTURE = "picture"  # a symbol was described without the word "lamp"
GAUGE = "gauge"  # of a gauge whose lamps warn of what it shows
TO_DO = "to_do"  # what is to be done now
ASKS = {
    DRIVING: "permission",
    LIMITS: "permission",
    CAUSE: "meaning",
    TO_DO: "how_to",
}  # the interpreter's names
ANY = "any"
WHERE, GO = "WHERE", "GO"  # stand for the lists of the same name in a pattern


@dataclass(frozen=True, slots=True)
class DrivingShapes:
    """How people ask about driving now, from `requests.toml`."""

    asks: re.Pattern[str]  # may the car be driven, how fast, how far
    limits: re.Pattern[str]  # the same in some way that has limits of its own
    onward: re.Pattern[str]  # of those, asks for leave to drive on, and nothing else
    cause: re.Pattern[str]  # asks why the car is as it is
    to_do: re.Pattern[str]  # asks what to do now, and about nothing
    tells: re.Pattern[str]  # tells how something is

    def with_lamps(self, request: Request, asked: str, telltales: Iterable[Telltale]) -> Request:
        """The request, to be asked of the lamps too where one that is lit may decide it."""
        if request.kind in {RequestKind.WARNING, RequestKind.COMMAND, RequestKind.SMALLTALK}:
            return request
        if "lamp" in request.slots:  # one outside the cluster
            return request
        about = self._about(request, asked)
        return (
            replace(request, of_lamps=_of_lamps(request.text, about, telltales))
            if about
            else request
        )

    def leave(self, text: str, asked: str, telltales: Iterable[Telltale]) -> Request | None:
        """A question for leave to drive on, which the lamps answer whether one is lit or not."""
        if not self.asks.search(asked) or not self.onward.search(asked):
            return None
        return _of_lamps(text, DRIVING, telltales)

    def _about(self, request: Request, asked: str) -> str:
        if self.asks.search(asked):
            return DRIVING
        if self.limits.search(asked):
            return LIMITS
        if self.to_do.search(asked):
            return TO_DO
        manual = request.kind is RequestKind.MANUAL
        return CAUSE if manual and (self.cause.search(asked) or self.tells.search(asked)) else ""


def _of_lamps(text: str, about: str, telltales: Iterable[Telltale]) -> Request:
    said = {"lamp": ANY, "ask": ASKS[about], ABOUT: about}
    if about != CAUSE:
        said["advice"] = "yes"
    paths = tuple(lamp.path for lamp in telltales if lamp.warns)
    return Request(RequestKind.WARNING, "telltale", text, MappingProxyType(said), paths)


def load_driving(table: Mapping[str, Any]) -> DrivingShapes:
    """The shapes of one table of `requests.toml`; raise KeyError or re.error for a wrong one."""
    asks = "|".join(table["asks"]).replace(WHERE, table["where"]).replace(GO, table["go"])
    return DrivingShapes(
        asks=re.compile(asks),
        limits=re.compile(table["limits"]),
        onward=re.compile(table["onward"]),
        cause=re.compile(table["cause"]),
        tells=re.compile(table["tells"]),
        to_do=re.compile(table["to_do"]),
    )
