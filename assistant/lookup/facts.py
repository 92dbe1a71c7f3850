"""Lookup: a Request comes in, the facts it needs go out; reads the car and the manual, no more."""

from dataclasses import dataclass

from assistant.events import Facts, Hits, Known, Passage, Request, RequestKind, Telltale
from assistant.lexicon import Lexicon
from assistant.ports import Manual, Vehicle


@dataclass(frozen=True, slots=True)
class Lookup:
    """Where facts come from."""

    vehicle: Vehicle
    manual: Manual
    lexicon: Lexicon
    passages: int  # how many passages are considered

    def facts(self, request: Request) -> Facts:
        """All that is known about the request; empty where nothing is looked up for it."""
        if request.kind is RequestKind.VEHICLE:
            return Facts(readings=tuple((p, self.vehicle.read(p)) for p in request.paths))
        if request.kind is RequestKind.WARNING:
            return self._lamps(request)
        if request.kind is RequestKind.MANUAL:
            terms = self.lexicon.terms(request.text)
            return Facts(hits=self.manual.search(terms, self.passages))
        return Facts()

    def _lamps(self, request: Request) -> Facts:
        asked = [lamp for lamp in self.vehicle.telltales if lamp.path in request.paths]
        readings = tuple((lamp.path, self.vehicle.read(lamp.path)) for lamp in asked)
        lit = [
            (lamp, str(reading.value))
            for lamp, (_, reading) in zip(asked, readings, strict=True)
            if isinstance(reading, Known) and reading.value != "off"
        ]
        # One lamp is explained from its section; of several, only their names are said.
        explained = asked if len(asked) == 1 else [lamp for lamp, _ in lit]
        passages = self._section(explained[0]) if len(explained) == 1 else ()
        return Facts(readings=readings, lamps=tuple(lit), hits=Hits(passages))

    def _section(self, lamp: Telltale) -> tuple[Passage, ...]:
        return self.manual.section(lamp.section)
