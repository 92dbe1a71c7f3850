"""Lookup: a Request comes in, the facts it needs go out; reads the car and the manual, no more."""

import contextlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TypeGuard

from assistant.errors import BusError, ManualError
from assistant.events import (
    Facts,
    Hits,
    Known,
    Move,
    Passage,
    PassageKind,
    Reading,
    Request,
    RequestKind,
    Telltale,
    Term,
    Unknown,
)
from assistant.lexicon import Lexicon
from assistant.lookup.lamp_sections import NOWHERE, LampSections
from assistant.ports import Manual, Vehicle

WHOLE_SECTIONS = 6  # of how many of the best sections everything is considered
HOW_TO = "how_to"  # the interpreter's name for a question that asks for steps
FURTHER = 20  # how many passages are considered where the first answer nothing
WARNINGS = 60  # among how many passages a warning of another section is looked for
ELSEWHERE = "elsewhere"  # the interpreter's name for a lamp outside the cluster
EVERY_LAMP = "every"  # the interpreter's name for all lamps, those that only inform too
# Asks about a lamp, or what to do in a case that a lamp may tell of.
OF_LAMPS = re.compile(
    r"\b(?:lamps?|lights?|telltales?|symbols?|what (?:do|should|must|can) (?:i|we) do|what to do)\b",
    re.IGNORECASE,
)
TROUBLE_CODES = "trouble_codes"  # the interpreter's name for a question about them
SPEED = "Vehicle.Speed"
OF_THE_CAR = frozenset({"beyond", "not_reported"})  # asked of the car or the road, and not known
NEARLY = 0.75  # of the best coverage: as good as the best
LIT = 1.1  # what the section of a lamp that is lit is worth more: the question may be about it


@dataclass(frozen=True, slots=True)
class Lookup:
    """Where facts come from."""

    vehicle: Vehicle
    manual: Manual
    lexicon: Lexicon
    passages: int  # how many passages are considered
    lamp_sections: LampSections = field(default_factory=LampSections)

    @property
    def telltales(self) -> tuple[Telltale, ...]:
        """The vehicle's lamps, with the sections that explain them in the manual that is open."""
        return self.lamp_sections.placed(self.vehicle.telltales, self.manual)

    def facts(self, request: Request) -> Facts:
        """All that is known about the request; empty where nothing is looked up for it."""
        facts = self._facts(request)
        if request.of_lamps is None:
            return facts
        try:
            return replace(facts, of_lamps=self._lamps(request.of_lamps))
        except BusError:  # the lamps do not decide what cannot be seen
            return facts

    def _facts(self, request: Request) -> Facts:
        if request.move is not None:
            return self._section_of(request)
        if request.kind is RequestKind.VEHICLE:
            joined = request.beside or request.doubtful
            hits = self._manual(request) if joined else Hits()
            return self._with_cluster(Facts(readings=self._readings(request), hits=hits))
        if request.kind is RequestKind.WARNING:
            return self._with_codes(self._explained(self._lamps(request), request), request)
        if request.kind is RequestKind.MANUAL:
            hits = self._manual(request)
            facts = Facts(readings=self._beside(request), hits=hits, unlit=self._unlit())
            return self._with_cluster(facts)
        return self._with_cluster(Facts()) if request.name in OF_THE_CAR else Facts()

    def _with_codes(self, facts: Facts, request: Request) -> Facts:
        """The facts with the stored trouble codes, where they are asked for, or why a lamp is lit."""
        if request.name == TROUBLE_CODES:
            return replace(facts, codes=self.vehicle.trouble_codes())
        if "why" in request.slots and facts.lamps:
            with contextlib.suppress(BusError):
                return replace(facts, codes=self.vehicle.trouble_codes())
        return facts

    def _readings(self, request: Request) -> tuple[tuple[str, Reading], ...]:
        return tuple((path, self.vehicle.read(path)) for path in request.paths)

    def _beside(self, request: Request) -> tuple[tuple[str, Reading], ...]:
        """What the car reports beside what the manual says; nothing while it cannot be asked."""
        try:
            return self._readings(request)
        except BusError:
            return ()

    def _manual(self, request: Request, meant: str = "") -> Hits:
        """The best passages, and around the best few all of their section.

        `meant` is what the question is about, where that is known by another name.

        A procedure seldom repeats its own title, and the sentence that answers often stands next
        to the one that holds the question's words.
        """
        terms = self.lexicon.terms(request.text)
        about = f"{request.text} {meant}".strip()
        hits = self.manual.search(terms, max(self.passages, FURTHER), about)
        found = self._with_sections(self._about_the_car(hits.passages[: self.passages], request))
        further = self._with_sections(hits.passages)
        if request.slots.get("lamp") == ELSEWHERE:
            found, further = self._without_lamps(found), self._without_lamps(further)
        if request.name == HOW_TO and not OF_LAMPS.search(request.text):
            # The steps of a lamp's section are for when it is lit: closing a door, not opening it.
            found, further = self._without_their_steps(found), self._without_their_steps(further)
        rest = tuple(further[order] for order in further if order not in found)
        return replace(
            hits,
            passages=self.manual.compared(tuple(found.values()), request.text),
            further=self.manual.compared(rest, request.text),
            warnings=self._warnings((*found.values(), *rest), terms, request),
            tyre_size=self.vehicle.tyre_size,
        )

    def _with_sections(self, ranked: Sequence[Passage]) -> dict[int, Passage]:
        """The passages, and of the best few all of their section, by their place in the manual."""
        found = {passage.order: passage for passage in ranked}
        for section in list(dict.fromkeys(p.section for p in ranked))[:WHOLE_SECTIONS]:
            for passage in self.manual.section(section):
                found.setdefault(passage.order, passage)
        return found

    def _without_lamps(self, found: dict[int, Passage]) -> dict[int, Passage]:
        lamps = {lamp.section for lamp in self.telltales}
        return {n: passage for n, passage in found.items() if passage.section not in lamps}

    def _without_their_steps(self, found: dict[int, Passage]) -> dict[int, Passage]:
        lamps = {lamp.section for lamp in self.telltales}
        return {
            order: passage
            for order, passage in found.items()
            if passage.section not in lamps or passage.kind is not PassageKind.PROCEDURE
        }

    def _section_of(self, request: Request) -> Facts:
        """The section of which the rest is to be told; no other move needs facts."""
        if request.move is not Move.MORE:
            return Facts()
        return Facts(hits=Hits(self.manual.section(request.slots["section"])))

    def _warnings(
        self, passages: tuple[Passage, ...], terms: tuple[Term, ...], request: Request
    ) -> tuple[Passage, ...]:
        """The warnings in the sections of procedures: they are said with them.

        Of other sections those that hold the question's words: steps may do what they warn of.
        """
        sections = dict.fromkeys(p.section for p in passages if p.kind is PassageKind.PROCEDURE)
        every = [passage for section in sections for passage in self.manual.section(section)]
        if request.name == HOW_TO:
            every += self.manual.search(terms, WARNINGS).passages
        warnings = (passage for passage in every if passage.kind is PassageKind.WARNING)
        return tuple({passage.order: passage for passage in warnings}.values())

    def _about_the_car(self, passages: tuple[Passage, ...], request: Request) -> list[Passage]:
        """Leave the lamps' sections out, where others hold nearly as much of the question.

        They are for questions about a lamp, which come another way, and name so much of the car
        that they would crowd out the sections about it. Of a lamp that is lit the section stays.
        """
        # How a thing is done does not depend on what is lit: with the parking brake on, its lamp is.
        lit = set() if request.name == HOW_TO else self._lit_sections()
        lamps = {lamp.section for lamp in self.telltales} - lit
        if lit:
            passages = _raised(passages, lit)
        others = [passage for passage in passages if passage.section not in lamps]
        best = max((passage.coverage for passage in passages), default=0.0)
        nearly = max((passage.coverage for passage in others), default=0.0)
        return others if nearly >= NEARLY * best else list(passages)

    def _unlit(self) -> tuple[Telltale, ...]:
        """The lamps that are not known to be lit."""
        lit = self._lit_sections()
        return tuple(lamp for lamp in self.telltales if lamp.section not in lit)

    def _lit_sections(self) -> set[str]:
        """The sections of the lamps that are lit; none while the car cannot be asked."""
        try:
            read = [(lamp.section, self.vehicle.read(lamp.path)) for lamp in self.telltales]
        except BusError:
            return set()
        return {section for section, reading in read if _is_lit(reading)}

    def _lamps(self, request: Request) -> Facts:
        asked = [lamp for lamp in self.telltales if lamp.path in request.paths]
        readings = tuple((lamp.path, self.vehicle.read(lamp.path)) for lamp in asked)
        lit = [
            (lamp, str(reading.value))
            for lamp, (_, reading) in zip(asked, readings, strict=True)
            if _is_lit(reading)
        ]
        if len(asked) > 1 and any(lamp.id == request.slots["lamp"] for lamp in asked):
            # Of those that people call the same, what is lit; else the one that they mean most.
            lamps = {lamp for lamp, _ in lit} or {
                lamp for lamp in asked if lamp.id == request.slots["lamp"]
            }
            unseen = {path for path, reading in readings if isinstance(reading, Unknown)}
            asked = [lamp for lamp in asked if lamp in lamps or lamp.path in unseen]
            readings = tuple((p, r) for p, r in readings if p in {lamp.path for lamp in asked})
        elif len(asked) > 1:
            lit = _meant(lit, request)
        # One lamp is explained from its section; of several, the sections tell what comes first.
        explained = asked if len(asked) == 1 else [lamp for lamp, _ in lit]
        hits = self._sections(explained, request) if explained else Hits()
        return Facts(readings=readings, lamps=tuple(lit), hits=hits, cluster=self._cluster())

    def _with_cluster(self, facts: Facts) -> Facts:
        """The facts with the lamps that are lit: one that asks to stop is said before all else."""
        with contextlib.suppress(BusError, ManualError):  # what cannot be seen is not said first
            cluster = self._cluster()
            if cluster.lamps:
                return replace(facts, cluster=cluster, standing=self._stands())
        return facts

    def _stands(self) -> bool:
        """Whether the car is known to stand still."""
        speed = self.vehicle.read(SPEED) if SPEED in self.vehicle.signals else None
        return isinstance(speed, Known) and speed.value == 0

    def _cluster(self) -> Facts:
        """All lamps that are lit, with their sections: what one means may depend on another."""
        read = [(lamp, self.vehicle.read(lamp.path)) for lamp in self.vehicle.telltales]
        seen = {lamp.path: reading for lamp, reading in read if _is_lit(reading)}
        if not seen:
            return Facts()
        lit = [(lamp, seen[lamp.path]) for lamp in self.telltales if lamp.path in seen]
        sections = dict.fromkeys(lamp.section for lamp, _ in lit)
        return Facts(
            readings=tuple((lamp.path, reading) for lamp, reading in lit),
            lamps=tuple((lamp, str(reading.value)) for lamp, reading in lit),
            hits=Hits(tuple(p for section in sections for p in self.manual.section(section))),
        )

    def _explained(self, facts: Facts, request: Request) -> Facts:
        """The facts; of a lamp without a section, with what the manual says on the question."""
        asked = {path for path, _ in facts.readings} if len(facts.readings) == 1 else set()
        asked |= {lamp.path for lamp, _ in facts.lamps}
        lamps = [lamp for lamp in self.telltales if lamp.path in asked]
        if not lamps or any(lamp.section != NOWHERE for lamp in lamps):
            return facts
        hits = self._manual(request, " ".join(f"{lamp.name} lamp" for lamp in lamps))
        return facts if hits.no_manual else replace(facts, hits=hits, undescribed=True)

    def _sections(self, lamps: Sequence[Telltale], request: Request) -> Hits:
        """The lamps' own sections, with what the question's words are worth in the whole manual."""
        terms = self.manual.search(self.lexicon.terms(request.text), 1).terms
        sections = dict.fromkeys(lamp.section for lamp in lamps)
        return Hits(tuple(p for section in sections for p in self.manual.section(section)), terms)


def _is_lit(reading: Reading) -> TypeGuard[Known]:
    return isinstance(reading, Known) and reading.value != "off"


def _raised(passages: tuple[Passage, ...], sections: set[str]) -> tuple[Passage, ...]:
    """The passages with those of some sections raised a little, best first."""
    raised = [
        replace(passage, score=passage.score * LIT) if passage.section in sections else passage
        for passage in passages
    ]
    return tuple(sorted(raised, key=lambda passage: -passage.score))


def _meant(lit: list[tuple[Telltale, str]], request: Request) -> list[tuple[Telltale, str]]:
    """Of the lamps that are lit, those that a question about "that light" can be about.

    One that flashes, where it is said to; no green one beside one that warns, nor where it is
    asked what to do.
    """
    state = request.slots.get("state")
    lit = [(lamp, value) for lamp, value in lit if state in (None, value)]
    if request.slots["lamp"] == EVERY_LAMP:
        return lit
    warning = [(lamp, value) for lamp, value in lit if lamp.warns]
    return warning if warning or "advice" in request.slots else lit
