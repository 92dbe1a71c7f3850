"""Respond: rows of a table come in, a sentence that names their conditions goes out."""

import re

from assistant.events import Term
from assistant.lexicon import stem, words

UNIT_IN_HEAD = re.compile(r"^(.*?)\s*\(([^()]+)\)$")
VALUE_HEADS = {"value", "what it protects", "meaning"}
UNIT_HEADS = {"unit"}
ANSWERLESS = {"yes", "no", "-", "–", "—"}  # say nothing without their heading
MEASURE = re.compile(r"^[-−]?\d[\d.,]*$")


def row_sentence(row: tuple[tuple[str, str], ...], terms: tuple[Term, ...]) -> str:
    """A row as it is said: its conditions first, then the figures that were asked for.

    ("Tyre size": "215/60 R17", "Load": "Full load", "Front (bar)": "2.6", "Rear (bar)": "2.9") is
    "215/60 R17, full load: front 2.6 bar, rear 2.9 bar"; asked for the rear alone, the front
    is left out.
    """
    cells = [cell for cell in _with_units(row) if cell[1].lower() not in ANSWERLESS]
    labels = [cell for head, cell, measured in cells if not measured]
    figures = [(head, cell) for head, cell, measured in cells if measured]
    asked = [(head, cell) for head, cell in figures if _named(head, terms)] or figures
    if not figures:
        first, *rest = labels
        return f"{first}: {', '.join(rest)}." if rest else f"{first}."
    if len(figures) == 1 or all(head.lower() in VALUE_HEADS for head, _ in asked):
        said = [cell for _, cell in asked]
    else:
        said = [f"{head.lower()} {cell}" for head, cell in asked]
    subject = ", ".join([labels[0], *(_lower(label) for label in labels[1:])]) if labels else ""
    return f"{subject}: {', '.join(said)}." if subject else f"{', '.join(said)}."


def _with_units(row: tuple[tuple[str, str], ...]) -> list[tuple[str, str, bool]]:
    """(head, cell with its unit, whether it is a figure), a column of units joined to its value."""
    out: list[tuple[str, str, bool]] = []
    for head, cell in row:
        if head.lower() in UNIT_HEADS and out:
            before, value, measured = out[-1]
            out[-1] = (before, f"{value} {cell}", measured)
            continue
        found = UNIT_IN_HEAD.match(head)
        measured = MEASURE.match(cell) is not None
        if found and measured:
            out.append((found.group(1), f"{cell} {found.group(2)}", True))
        else:
            plain = found.group(1) if found else head
            out.append((plain, cell, measured or head.lower() in VALUE_HEADS))
    return out


def _named(head: str, terms: tuple[Term, ...]) -> bool:
    stems = {stem(word) for word in words(head)}
    return any(stem(word) in stems for term in terms for word in term.words)


def _lower(label: str) -> str:
    """A condition in the middle of a sentence; a name or an abbreviation keeps its capitals."""
    first = label.split(" ", 1)[0]
    return label if first.isupper() or any(c.isdigit() for c in first) else label[:1].lower() + label[1:]
