"""Respond: a lamp's section comes in, its sentences with the state they hold for go out.

A section says of a lamp what it means, what it means when it is steady and when it flashes, and what
is to be done in either case. A sentence that names the state holds for it, and so do the sentences
after it in the paragraph; where the paragraph opens with the state as a condition ("If the lamp
flashes while you drive, …"), all of it does.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from assistant.events import Passage, PassageKind
from assistant.pieces import sentences, steps

ANY_STATE = ""
STEADY, FLASHING = "on", "flashing"  # as a telltale's readings have it
_LAMP = r"(?:lamp|light|telltale|indicator|arrow)"
FLASHES = re.compile(
    rf"\bflashing (?:[a-z]+ )?{_LAMP}\b|\b{_LAMP}s?(?: [a-z]+){{0,2}} flash", re.IGNORECASE
)
STAYS = re.compile(
    rf"\bsteady (?:[a-z]+ )?{_LAMP}\b|(?<!until the )\b{_LAMP}s? (?:is|are|stays?) steady\b",
    re.IGNORECASE,
)
CONDITION = re.compile(r"(If|When|While|With|Without|After|Once)\b")


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of a lamp's section."""

    passage: Passage
    text: str
    state: str = ANY_STATE  # of the lamp for which it holds
    under: str = ""  # the sentence before it that states its condition
    step: bool = False

    @property
    def leads(self) -> bool:
        """Whether it only leads to the steps after it."""
        return self.text.endswith(":")

    def holds_for(self, state: str) -> bool:
        """Whether it is true of a lamp in this state."""
        return self.state in (ANY_STATE, state)


def said_in(passages: Iterable[Passage]) -> tuple[Said, ...]:
    """The sentences and steps of a section in their order; tables and boxes say nothing alone."""
    told = {PassageKind.TEXT, PassageKind.PROCEDURE}
    every: list[Said] = []
    for passage in (p for p in passages if p.kind in told):
        every += _paragraph(passage, every[-1].state if every else ANY_STATE)
    first, *others = every
    # What a section begins with is the lamp's meaning, whatever it speaks of.
    return (replace(first, state=ANY_STATE), *others)


def _paragraph(passage: Passage, state_before: str) -> Iterator[Said]:
    """The sentences of a paragraph; bare steps are for the state that the one before ended with."""
    all_steps = steps(passage.text) if passage.kind is PassageKind.PROCEDURE else []
    text = passage.text.split("\n")[0] if all_steps else passage.text
    before = Said(passage, "")
    for text_of_one in [] if text.startswith("1. ") else sentences(text):
        before = _after(before, text_of_one)
        yield before
    under = before.text if CONDITION.match(before.text) else before.under
    # Steps belong to what leads to them: "If the lamp flashes:".
    state = before.state if before.leads else ANY_STATE
    if text.startswith("1. "):
        state = state_before
    for step in all_steps:
        yield Said(passage, step, state, under if state else "", step=True)


def _after(before: Said, text: str) -> Said:
    """A sentence with what holds for it, after the one before it in its paragraph."""
    said = Said(before.passage, text)
    flashes, steady = FLASHES.search(text), STAYS.search(text)
    if flashes and steady:
        return said  # tells the two apart
    if flashes or steady:
        return replace(said, state=FLASHING if flashes else STEADY)
    opening = before.under or before.text
    opened, opens = CONDITION.match(opening), CONDITION.match(text)
    # "If … . If …" are two cases; another condition is one within the first.
    if opens and (not opened or opened[1] == opens[1]):
        return said
    return replace(said, state=before.state, under=opening if opened else "")
