"""Lookup: a vehicle's lamps and a manual come in, the lamps with the manual's own section go out.

A vehicle names the section that explains each lamp. Another manual may be open than the one that it
had in mind, and its section of that number is about something else.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from assistant.events import Passage, Telltale
from assistant.lexicon import stem, words
from assistant.pieces import sentences
from assistant.ports import Manual

NOWHERE = ""  # the section of a lamp that the manual does not explain in one of its own
LAMP = frozenset(map(stem, ("lamp", "light", "telltale", "indicator", "symbol", "icon")))
COMMON = LAMP | frozenset(map(stem, ("warning", "system", "the", "of", "and", "or", "a", "is")))
HALF = 0.5  # of a name's words, in the title: people shorten names


@dataclass(slots=True)
class LampSections:
    """Which section explains which lamp; asked of the manual once."""

    _found: dict[str, Telltale] = field(default_factory=dict)

    def placed(self, lamps: Iterable[Telltale], manual: Manual) -> tuple[Telltale, ...]:
        """The lamps; those that the open manual does not explain where it should, in no section."""
        return tuple(self._placed(lamp, manual) for lamp in lamps)

    def _placed(self, lamp: Telltale, manual: Manual) -> Telltale:
        if lamp.id not in self._found:
            explains = is_about(manual.section(lamp.section), lamp.name)
            self._found[lamp.id] = lamp if explains else replace(lamp, section=NOWHERE)
        return self._found[lamp.id]


def is_about(passages: Sequence[Passage], name: str) -> bool:
    """Whether a section names a lamp: in its title, or in a sentence that speaks of lamps."""
    own = _stems(name) - COMMON or _stems(name)
    for passage in passages:
        if len(own & _stems(f"{passage.title} {passage.heading}")) >= HALF * len(own):
            return True
        for sentence in sentences(passage.text):
            said = _stems(sentence)
            if own <= said and LAMP & said:
                return True
    return False


def _stems(text: str) -> frozenset[str]:
    return frozenset(map(stem, words(text)))
