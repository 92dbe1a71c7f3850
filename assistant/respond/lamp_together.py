"""Respond: what is to be said of one lamp comes in, it goes out with what holds together with others."""

import re
from collections.abc import Sequence

from assistant.events import Facts, Request
from assistant.respond.lamp_actions import asks_drive_on
from assistant.respond.lamp_couplings import Coupling, couplings
from assistant.respond.lamp_demands import Demand, lit_lamps, together_of
from assistant.respond.lamp_others import others_stop
from assistant.respond.lamp_states import Said

PERMITS = re.compile(r"\b(?:may|can) (?:\w+ ){0,2}drive\b", re.IGNORECASE)


def with_together(
    chosen: list[Said], request: Request, facts: Facts, said: Sequence[Said]
) -> tuple[list[Said], bool]:
    """The sentences with those for the lamp together with others that are lit, and whether the
    lamp's steps may be told as well.

    Where both together ask to stop, or another alone, what the lamp permits by itself is not said.
    """
    section = facts.hits.passages[0].section
    lit = next((one for one in lit_lamps(facts) if one.lamp.section == section), None)
    together = lit.together if lit else _though_off(request, facts, said)
    told = together_of(together)
    if lit and lit.alone is Demand.STOP:
        return list(dict.fromkeys([*chosen, *told])), True
    if not any(coupling.stops for coupling in together):
        if others_stop(facts) and any(PERMITS.search(one.text) for one in chosen):
            chosen = list(said[:1])
        return list(dict.fromkeys([*told, *chosen])), not others_stop(facts)
    return [*told, *([] if asks_drive_on(request) else said[:1])], False


def _though_off(request: Request, facts: Facts, said: Sequence[Said]) -> tuple[Coupling, ...]:
    """The couplings of a lamp that the driver sees lit and the car reports to be off."""
    if facts.cluster is None or not ("advice" in request.slots or asks_drive_on(request)):
        return ()
    return couplings(said, [lamp for lamp, _ in facts.cluster.lamps])
