"""Questions and attempts for tests of the evaluation, each with only what matters to the test."""

import re
from pathlib import Path
from typing import Any

from assistant.events import Outcome
from bench.evaluation.questions import Place, Question
from bench.evaluation.scoring import Attempt

FILE = Path("set.jsonl")


def question(facts: tuple[str, ...] = (), **changes: Any) -> Question:
    """An answerable one where there are facts; each fact is its alternatives with " / " between."""
    compiled = tuple(
        tuple(re.compile(item, re.IGNORECASE) for item in fact.split(" / ")) for fact in facts
    )
    forbidden = tuple(re.compile(item, re.IGNORECASE) for item in changes.pop("forbidden", ()))
    for key in ("sections", "pages"):
        changes[key] = frozenset(changes.get(key, ()))
    values: dict[str, Any] = {
        "id": "q1",
        "text": "How much oil?",
        "place": Place(changes.pop("file", FILE), changes.pop("line", 1)),
        "category": "number",
        "answerable": bool(facts),
        "gold": "",
    }
    return Question(facts=compiled, forbidden=forbidden, **{**values, **changes})


def quote(text: str, section: str = "14.2", page: str = "180") -> dict[str, Any]:
    """Evidence out of the manual."""
    return {"kind": "manual", "section": section, "title": "Oil", "page": page, "quote": text}


def attempt(text: str = "", **changes: Any) -> Attempt:
    """An answered one where there is a text, else a refusal; its evidence is itself."""
    values: dict[str, Any] = {
        "outcome": Outcome.ANSWERED if text else Outcome.REFUSED,
        "by": "quote" if text else "template",
        "text": text,
        "spoken": text,
        "evidence": (quote(text),) if text else (),
        "passages": (),
        "kind": "manual",
        "heard": "",
        "took_s": 0.01,
    }
    return Attempt(**{**values, **changes})
