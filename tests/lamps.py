"""Questions about lamps for tests: the Aster's own manual, and lamps in any state."""

from assistant.cancel import CancelToken
from assistant.events import Answer, Reading
from assistant.lookup.facts import Lookup
from tests import aster
from tests.fakes import FakeManual
from tests.turns import LEXICON, Build, known

LAMPS = {lamp.id: lamp for lamp in aster.car().telltales}
OFF = {lamp.path: known("off") for lamp in LAMPS.values()}


def ask(text: str, others: dict[str, Reading] | None = None, **states: Reading | str) -> Answer:
    """The answer where the named lamps are in these states and all others are off.

    `others` are readings of other signals, by VSS path.
    """
    readings: dict[str, Reading] = {**OFF, **(others or {})}
    for lamp, state in states.items():
        readings[LAMPS[lamp].path] = known(state) if isinstance(state, str) else state
    car = aster.car(**{path.replace(".", "__"): reading for path, reading in readings.items()})
    lookup = Lookup(car, FakeManual(aster.passages()), LEXICON, 12)
    request = aster.interpreter().interpret(text)
    return Build().responder.respond(request, lookup.facts(request), CancelToken())
