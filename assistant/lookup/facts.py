"""Lookup: a Request comes in, the facts it needs go out; reads the car and the manual, no more."""

from dataclasses import dataclass, replace

from assistant.events import Facts, Hits, Known, Request, RequestKind, Telltale
from assistant.lexicon import Lexicon
from assistant.ports import Manual, Vehicle

WHOLE_SECTIONS = 4  # of how many of the best sections everything is considered
LAMP_SHARE = 0.6  # what a lamp's section is worth to a question about something else


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
            return Facts(hits=self._manual(request))
        return Facts()

    def _manual(self, request: Request) -> Hits:
        """The best passages, and around the best few all of their section.

        A procedure seldom repeats its own title, and the sentence that answers often stands next
        to the one that holds the question's words.
        """
        hits = self.manual.search(self.lexicon.terms(request.text), self.passages)
        lamps = {lamp.section for lamp in self.vehicle.telltales}
        # The section of a lamp is for questions about that lamp, which come another way.
        ranked = sorted(
            (
                replace(p, score=p.score * LAMP_SHARE) if p.section in lamps else p
                for p in hits.passages
            ),
            key=lambda passage: -passage.score,
        )
        found = {passage.order: passage for passage in ranked}
        for section in list(dict.fromkeys(p.section for p in ranked))[:WHOLE_SECTIONS]:
            for passage in self.manual.section(section):
                found.setdefault(passage.order, passage)
        return Hits(tuple(found.values()), hits.terms)

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
        hits = self._section(explained[0], request) if len(explained) == 1 else Hits()
        return Facts(readings=readings, lamps=tuple(lit), hits=hits)

    def _section(self, lamp: Telltale, request: Request) -> Hits:
        """The lamp's own section, with what the question's words are worth in the whole manual."""
        terms = self.manual.search(self.lexicon.terms(request.text), 1).terms
        return Hits(self.manual.section(lamp.section), terms)
