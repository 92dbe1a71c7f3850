"""Respond: a row of a table comes in, a sentence that names its conditions goes out."""

import re
from dataclasses import dataclass

from assistant.events import Term
from assistant.lexicon import stem, words

UNIT_IN_HEAD = re.compile(r"^(.*?)\s*\(([^()]+)\)$")
UNIT_HEADS = {"unit"}
PLAIN_HEADS = {"value", "what it protects", "meaning"}  # add nothing to their cell
ANSWERLESS = {"yes", "no", "-", "–", "—"}  # say nothing without their heading
VERDICT = re.compile(r"(?:yes|no)(?:,|$)", re.IGNORECASE)  # answers what its heading asks
# "2.4", "about 16", "3 h 50 min", "30 to 160 km/h"; not "215/60 R17 96H" or "0W-20"
FIGURE = re.compile(
    r"^(?:about |up to |at most |at least )?[-−+]?\d[\d.,]*"
    r"(?:\s?(?:h|min|s|km|km/h|kg|g|bar|V|A|Ah|W|kW|kWh|Nm|mm|cm|m|litres?|months?|years?|days?|%|°C|"
    r"rpm)(?:\s\d+\s?min)?)?(?:\s(?:to|or)\s.*)?$",
    re.IGNORECASE,
)
WORDY = re.compile(r"[^\W\d_]{4,}")  # a word, not a code
MAX_FIGURES = 2  # more than these are said only when asked for by name


@dataclass(frozen=True, slots=True)
class _Cell:
    head: str
    text: str  # with its unit
    figure: bool


def row_sentence(
    row: tuple[tuple[str, str], ...],
    terms: tuple[Term, ...],
    measure: re.Pattern[str] | None,
    before: tuple[tuple[str, str], ...] = (),
) -> str:
    """A row as it is said: its conditions first, then the figures that were asked for.

    ("Tyre size": "215/60 R17", "Load": "Full load", "Front (bar)": "2.6", "Rear (bar)": "2.9") is
    "215/60 R17, full load: front 2.6 bar, rear 2.9 bar"; asked for the rear alone, the front is
    left out. `measure` is what the answer's measure looks like, where one was asked for. A "yes"
    or "no" is said with its heading, and one with nothing to add only where that was asked for.
    `before` is the row that was said before this one: conditions that both share are not repeated.
    """
    cells = _cells(row)
    shared = {cell for cell in _cells(before) if not cell.figure}
    telling = [c for c in cells if c.text.lower() not in ANSWERLESS and not VERDICT.match(c.text)]
    verdicts = [
        c for c in cells if VERDICT.match(c.text) and ("," in c.text or _named(c.head, terms))
    ]
    if not telling:  # "Fitted: yes" says something only with its heading
        return "; ".join(f"{head}: {cell}" for head, cell in row) + "."
    apart = [cell for cell in telling if cell not in shared]
    if any(not cell.figure for cell in apart):
        telling = apart
    first, *others = telling
    subject = [f"{first.head.lower()} {first.text}" if first.figure else first.text]
    subject += [_lower(cell.text) for cell in others if not cell.figure]
    figures = [cell for cell in others if cell.figure]
    named = [cell for cell in figures if _named(cell.head, terms)]
    measured = [cell for cell in figures if measure is not None and measure.search(cell.text)]
    asked = [cell for cell in named if cell in measured] or named or measured
    said = (asked or figures)[:MAX_FIGURES]
    judged = "".join(f"; {_question(cell.head)}: {_lower(cell.text)}" for cell in verdicts)
    if not said:
        head, *rest = subject
        return f"{head}: {', '.join(rest)}{judged}." if rest else f"{head}{judged}."
    plain = len(figures) == 1 or all(cell.head.lower() in PLAIN_HEADS for cell in said)
    values = [cell.text if plain else f"{cell.head.lower()} {cell.text}" for cell in said]
    return f"{', '.join(subject)}: {', '.join(values)}{judged}."


def row_cells(row: tuple[tuple[str, str], ...]) -> list[str]:
    """The cells of a row, the figures with their units."""
    return [cell.text for cell in _cells(row)]


def row_subject(row: tuple[tuple[str, str], ...]) -> str:
    """What a row is about: the first cell in words, not a figure or a code ("F12", "Red")."""
    telling = (text for _, text in row if any(WORDY.match(word) for word in text.split()))
    return next(telling, "")


def _cells(row: tuple[tuple[str, str], ...]) -> list[_Cell]:
    """The cells with their units; a column of units is joined to the value before it."""
    out: list[_Cell] = []
    for head, text in row:
        if head.lower() in UNIT_HEADS and out:
            before = out[-1]
            out[-1] = _Cell(before.head, f"{before.text} {text}", before.figure)
            continue
        figure = FIGURE.match(text) is not None
        unit = UNIT_IN_HEAD.match(head)
        if unit and figure and not text[-1:].isalpha():
            out.append(_Cell(unit.group(1), f"{text} {unit.group(2)}", True))
        else:
            out.append(_Cell(unit.group(1) if unit else head, text, figure))
    return out


def _named(head: str, terms: tuple[Term, ...]) -> bool:
    stems = {stem(word) for word in words(head)}
    return any(stem(word) in stems for term in terms for word in term.words)


def _question(head: str) -> str:
    return _lower(head.rstrip("?"))


def _lower(text: str) -> str:
    """A condition in the middle of a sentence; a name or an abbreviation keeps its capitals."""
    first = text.split(" ", 1)[0]
    keeps = first.isupper() or any(c.isdigit() for c in first)
    return text if keeps else text[:1].lower() + text[1:]
