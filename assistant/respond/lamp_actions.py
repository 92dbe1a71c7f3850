"""Respond: a question about a lamp and its section's sentences come in, what to do goes out.

Whether to drive on, what to do at once, and the steps, where the section gives any for the lamp in
its state. All steps are handed out, to be said one by one; none is left out.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.events import ManualEvidence, Passage, Request
from assistant.pieces import steps, without_references
from assistant.respond.instructing import IMPERATIVE
from assistant.respond.lamp_states import CONDITION, FLASHING, Said
from assistant.respond.replies import Replies

ASKS_DRIVE_ON = re.compile(
    r"\b(drive|driving|keep going|carry on|go on(?! (the|a|my)\b)|continue|limp|get home|safe|"
    r"dangerous|what now|how (fast|far)|speed|overtake|stop|pull over|(do|should|must|can) (I|we) do)\b",
    re.IGNORECASE,
)
# How sections say whether to drive on.
DRIVE_ON = re.compile(r"^Stop\b|\bdrive on\b|\bdriv(e|ing|en)\b.*\bworkshop\b|do not drive")
MEANS = re.compile(r"\bmeans?\b")
RED = re.compile(r"The red\b")  # how the section of a lamp that asks to act at once begins
WHAT_TO_DO = frozenset({"how_to", "what_if"})  # the interpreter's names for asking that
WHY = re.compile(r"\bwhy\b", re.IGNORECASE)
# Sentences that begin with what to do.
DO = re.compile(
    r"^(?:Refuel|Switch|Drive|Charge|Keep|Press|Hold|Call|Have|Wait|Clean|Check|Fasten|Fill|Turn)\b"
)
STEPS = 2  # of those that a flashing lamp asks for, beside other lamps that are lit
BARE_LEAD = 4  # words of a lead that names nothing but the lamp's state: "If the lamp flashes:"


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps of a lamp's section, and under which condition they are to be done."""

    passage: Passage
    steps: tuple[str, ...]
    lead: Said | None = None

    @property
    def evidence(self) -> ManualEvidence:
        """The steps as they stand in the manual."""
        passage = self.passage
        return ManualEvidence(passage.section, passage.title, passage.page, passage.text)

    def text(self) -> str:
        """All steps, numbered."""
        numbered = " ".join(f"{number}. {step}" for number, step in enumerate(self.steps, 1))
        return f"{self._under()}{numbered}"

    def short(self, replies: Replies) -> str:
        """How many there are, and the first."""
        pattern = replies.say["first_step"]
        return f"{self._under()}{pattern.format(count=len(self.steps), step=self.steps[0])}"

    def _under(self) -> str:
        return f"{self.lead.text} " if self.lead else ""


def asks_drive_on(request: Request) -> bool:
    """Whether a question is whether to drive on with a lamp that is lit, or how fast or how far."""
    about = request.slots.get("about")  # as the interpreter says what the lamps are asked for
    return about in {"driving", "limits"} or ASKS_DRIVE_ON.search(request.text) is not None


def asks_what_to_do(request: Request) -> bool:
    """Whether a question is what to do about a lamp."""
    slots = request.slots
    to_do = "advice" in slots and slots["ask"] in WHAT_TO_DO
    return to_do and WHY.search(request.text) is None


def plan_of(said: Sequence[Said], state: str) -> Plan | None:
    """The steps that a section gives for a lamp in a state; None where it gives none.

    Of an amber lamp that flashes only steps for just that: what it asks for when it is steady is
    for something else. A red one asks for the same in both.
    """
    strict = state == FLASHING and not RED.match(said[0].text)
    fitting = [
        one for one in said if one.step and (one.state == state if strict else one.holds_for(state))
    ]
    if not fitting:
        return None
    passage = fitting[0].passage
    told = tuple(without_references(step) for step in steps(passage.text))
    lead = next((one for one in said if one.passage == passage and one.leads), None)
    bare = lead is None or len(lead.text.split()) <= BARE_LEAD
    return Plan(passage, told, None if bare else lead)


def to_do(said: Sequence[Said], state: str) -> list[Said]:
    """What a section says to do with a lamp in a state, without its steps, and of driving on."""
    texts = [one for one in said if not one.step and not one.leads]
    told = drive_on(texts, state)
    first = next(
        (one for one in texts if one.holds_for(state) and (_is_to_do(one) or one in told)), None
    )
    if first is None or first in told:
        return told
    before = not told or texts.index(first) < texts.index(told[0])
    return [first, *told[:1]] if before else told


def _is_to_do(one: Said) -> bool:
    return bool(DO.match(one.text) or IMPERATIVE.match(one.text))


def drive_on(said: Sequence[Said], state: str) -> list[Said]:
    """What a section says of driving on with a lamp in this state, and what comes next in it.

    What it says of the state itself counts before what it says of the lamp.
    """
    texts = [one for one in said if one.holds_for(state)]
    by_state = sorted(texts, key=lambda one: one.state != state) if state == FLASHING else texts
    found = next((one for one in by_state if DRIVE_ON.search(one.text)), None)
    if found is None:
        return []
    at = texts.index(found)
    after = [one for one in texts[at + 1 : at + 2] if one.passage == found.passage]
    after = [one for one in after if not one.step]
    before = [one for one in texts[:at] if one.text == found.under]
    return [one for one in (*before, found, *after) if not one.leads]


def what_now(said: Sequence[Said], state: str) -> list[Said]:
    """What to do at once with a red lamp, and the condition that stands before it."""
    told = drive_on(said, state)
    if not told:
        return []
    return told[: 2 if CONDITION.match(told[0].text) and told[1:] and told[1].under else 1]


def when_flashing(request: Request, said: Sequence[Said]) -> list[Said]:
    """What a lamp's flashing means and asks for; the lamp's meaning where flashing has no own."""
    told = of_flashing(said)
    if not told:
        return []
    if not MEANS.search(told[0].text):
        told = [said[0], *told]
    if asks_drive_on(request) or "advice" in request.slots:
        rest = said[said.index(told[-1]) + 1 :]
        told += [one for one in drive_on(rest, FLASHING)[:1] if one not in told]
    return told


def of_flashing(said: Sequence[Said]) -> list[Said]:
    """The sentence on what flashing means, or on when the lamp flashes, and what to do then."""
    own = [one for one in said if one.state == FLASHING]
    meant = [one for one in own if MEANS.search(one.text)] or own
    if not meant:
        return []
    at = own.index(meant[0])
    after = [one for one in own[at + 1 :] if one.passage == meant[0].passage]
    if after and after[0].leads:
        return [meant[0], *[one for one in after if one.step][:STEPS]]
    return [meant[0], *after[:1]]
