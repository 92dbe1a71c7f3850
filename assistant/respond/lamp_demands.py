"""Respond: the sections of several lamps that are lit come in, what each demands of the driver goes out.

Red or amber alone does not say it: a red airbag lamp lets the driver go on to a workshop, an amber
one that flashes may ask to stop. What a lamp demands stands in its own section.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from assistant.events import Facts, ManualEvidence, Passage, PassageKind, Telltale
from assistant.pieces import without_references
from assistant.respond.lamp_actions import drive_on, of_flashing, to_do
from assistant.respond.lamp_couplings import Coupling, couplings
from assistant.respond.lamp_states import ANY_STATE, CONDITION, FLASHING, Said, said_in

# The car is to be stopped, or not to be driven.
STOPS = re.compile(
    r"^Stop\b|\bstop (?:at once|soon|in a safe place)\b|\b(?:do|may) not drive\b(?!.*\buntil\b)",
    re.IGNORECASE,
)
# The car may be driven, but not as usual.
SLOWS = re.compile(
    r"\bdriv(?:e|ing) (?:\w+ )?(?:gently|carefully|slowly|more slowly)\b|\bslow down\b|"
    r"\bdrive at no more than\b|\bdrive on (?:only|as soon as)\b|\bdo not (?:overtake|drive fast)\b|"
    r"\bfoot off the accelerator a little\b",
    re.IGNORECASE,
)
STOPPING = 3  # lamps that ask to stop, of which the instruction is said
TOLD = 2  # of others
CASE = re.compile(
    r"\b(?:if|when|in that case)\b", re.IGNORECASE
)  # holds only in a case within the lamp's


class Demand(IntEnum):
    """What a lamp that is lit demands, the most severe first."""

    STOP = 0  # stop, or do not drive
    LIMIT = 1  # drive with care, or only so fast or so far
    NONE = 2  # nothing that concerns driving


@dataclass(frozen=True, slots=True)
class LitLamp:
    """A lamp that is lit, with its section."""

    lamp: Telltale
    state: str  # "on" or "flashing"
    passages: tuple[Passage, ...]  # its section; empty where the manual has none
    said: tuple[Said, ...]
    together: tuple[Coupling, ...] = ()  # what holds for it with others that are lit as well

    @property
    def demand(self) -> Demand:
        """What is demanded of the driver now, by itself or together with another lamp."""
        stops = any(coupling.stops for coupling in self.together)
        return Demand.STOP if stops else self.alone

    @property
    def alone(self) -> Demand:
        """What its section demands, whatever else is lit."""
        held = [one for one in self.said if one.holds_for(self.state)]
        if any(self._stops(one) for one in held):
            return Demand.STOP
        return Demand.LIMIT if any(SLOWS.search(one.text) for one in held) else Demand.NONE

    @property
    def rank(self) -> tuple[bool, int, Demand]:
        """First what asks to stop, then red before amber, then what limits driving."""
        return self.demand is not Demand.STOP, self.lamp.severity, self.demand

    def instruction(self) -> list[Said]:
        """What its section says to do now; with a flashing lamp, what the flashing means.

        What the lamp demands is always in it, where a section says more of driving on. What holds
        for it together with another that is lit goes before what holds for it alone.
        """
        alone = self._instruction_alone()
        if self.alone is Demand.STOP:
            return alone
        told = together_of(self.together)
        return told if self.demand is Demand.STOP else list(dict.fromkeys([*told, *alone]))

    def _instruction_alone(self) -> list[Said]:
        told = of_flashing(self.said) if self.state == FLASHING else []
        told = told or drive_on(self.said, self.state)[:1] or to_do(self.said, self.state)[:1]
        if self.alone is Demand.NONE or any(self._demands(one) for one in told):
            return told
        demanded = next(one for one in self.said if self._demands(one))
        return sorted({*told, demanded}, key=self.said.index)

    def _demands(self, one: Said) -> bool:
        """Whether a sentence holds what the lamp demands."""
        if not one.holds_for(self.state):
            return False
        if self.alone is Demand.STOP:
            return self._stops(one)
        return bool(SLOWS.search(one.text) or STOPS.search(one.text))

    def _stops(self, one: Said) -> bool:
        """Whether a sentence asks to stop by itself, and not in some case beside the lamp's."""
        if one.step or not STOPS.search(one.text):
            return False
        if one.state != ANY_STATE:
            return True
        return not (CONDITION.match(one.text) or one.under or CASE.search(one.text))


def lit_lamps(facts: Facts) -> list[LitLamp]:
    """The lamps that are lit, each with its section, in the order in which they are to be told."""
    return sorted(_with_sections(facts), key=lambda one: one.rank)


def to_be_told(lit: Sequence[LitLamp]) -> list[LitLamp]:
    """Of the lamps that are lit, in their order, those whose instruction may not be left out.

    All that ask to stop; where none does, what limits driving; and a red one beside another.
    """
    strictest = min((one.demand for one in lit), default=Demand.NONE)
    most = STOPPING if strictest is Demand.STOP else TOLD
    told = [one for one in lit if one.demand is strictest is not Demand.NONE][:most]
    red = [one for one in lit if one.lamp.severity == 0 and one not in told]
    told += [*red, *lit][: max(0, 1 if not told else TOLD - len(told) if red else 0)]
    return sorted(told, key=lambda one: one.rank)


def together_of(every: Iterable[Coupling]) -> list[Said]:
    """The sentences of couplings, each once."""
    return list(dict.fromkeys(one for coupling in every for one in coupling.said))


def _with_sections(facts: Facts) -> Iterator[LitLamp]:
    alone = {one.lamp.id: one for one in _alone(facts.cluster or facts)}
    for one in _alone(facts):
        others = [other for other in alone.values() if other.lamp.id != one.lamp.id]
        yield replace(one, together=_together(one, others))


def _together(one: LitLamp, others: Sequence[LitLamp]) -> tuple[Coupling, ...]:
    """What holds for a lamp with others that are lit: from its own section, else from theirs."""
    own = couplings(one.said, [other.lamp for other in others])
    if own or one.alone is Demand.STOP:
        return own
    theirs = ((other, couplings(other.said, [one.lamp])) for other in others)
    return tuple(Coupling(other.lamp, each.said) for other, found in theirs for each in found)


def _alone(facts: Facts) -> Iterator[LitLamp]:
    """The lamps that are lit, each with its section, as if no other were."""
    for lamp, state in facts.lamps:
        passages = tuple(p for p in facts.hits.passages if p.section == lamp.section)
        told = any(p.kind in (PassageKind.TEXT, PassageKind.PROCEDURE) for p in passages)
        yield LitLamp(lamp, state, passages, said_in(passages) if told else ())


def said_of(chosen: Sequence[Said]) -> str:
    """The sentences as they are said."""
    return " ".join(without_references(one.text) for one in chosen)


def quoted(chosen: Sequence[Said]) -> tuple[ManualEvidence, ...]:
    """The sentences as evidence."""
    return tuple(
        ManualEvidence(one.passage.section, one.passage.title, one.passage.page, one.text)
        for one in chosen
    )
