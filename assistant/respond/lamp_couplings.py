"""Respond: a lamp's section and the other lamps that are lit come in, what holds for them together goes out.

Two lamps that are lit at once may mean something else than each alone: with the anti-lock brakes one
may drive on, but not with the brake system lamp lit as well. The section of one of the two says so.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from assistant.events import Telltale
from assistant.respond.lamp_states import Said

NAME_ENDS = re.compile(r" lamps?$")  # "rear fog lamp"
IN_CASE = re.compile(r"(?:If|When|While|With)\b")
LAMP = r"(?: warning| indicator)? (?:lamp|light|telltale|indicator)s?\b"
# Both are lit: "come on together", "is on as well", or just "comes on" in another lamp's section.
BOTH_LIT = re.compile(
    r"\b(?:comes?|is|are) (?:\w+ )?(?:on|lit)\b|\b(?:together|as well|at the same time)\b", re.I
)
# What is to be done comes after the condition there: "If the red lamp comes on as well, stop".
STOPS = re.compile(
    r"\bstop (?:at once|soon|in a safe place)\b|, stop\b|\b(?:do|may) not drive\b(?!.*\buntil\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Coupling:
    """What a section says of its lamp together with another."""

    lamp: Telltale  # the other
    said: tuple[Said, ...]

    @property
    def stops(self) -> bool:
        """Whether the car is to be stopped, or not to be driven."""
        return any(STOPS.search(one.text) for one in self.said)


def lamp_name(lamp: Telltale) -> str:
    """A lamp's name before the word "lamp"."""
    return NAME_ENDS.sub("", lamp.name.lower())


def couplings(said: Sequence[Said], others: Iterable[Telltale]) -> tuple[Coupling, ...]:
    """What a section says of its lamp together with each of some others, where it does."""
    found = ((lamp, tuple(_together(said, lamp))) for lamp in others)
    return tuple(Coupling(lamp, told) for lamp, told in found if told)


def _together(said: Sequence[Said], lamp: Telltale) -> Iterator[Said]:
    """The sentence for the case that another lamp is lit too, and those that go on with it."""
    case: Said | None = None
    for number, one in enumerate(said):
        before = said[number - 1] if number else None
        if one.step or one.leads:
            case = None
        elif case and one.under == case.text and one.passage == case.passage:
            yield one
        elif _names(one, before, lamp):
            case = one
            yield one
        else:
            case = None


def _names(one: Said, before: Said | None, lamp: Telltale) -> bool:
    """Whether a sentence is for the case that a lamp is lit, named by itself or just before.

    "The amber lamp is not the same as the red oil pressure lamp. If the red lamp comes on, …"
    """
    if not IN_CASE.match(one.text) or not BOTH_LIT.search(one.text):
        return False
    name = re.compile(rf"\b{re.escape(lamp_name(lamp))}{LAMP}", re.IGNORECASE)
    if name.search(one.text):
        return True
    pointed = re.match(rf"\w+ the {lamp.colour}{LAMP}", one.text, re.IGNORECASE)
    same = before is not None and before.passage == one.passage
    return bool(pointed and before and same and name.search(before.text))
