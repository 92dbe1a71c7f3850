"""Ingest: the first words of a line come in, what they say of it goes out: a bullet, a step, a
label of a warning.
"""

import re
from collections.abc import Sequence

from assistant.ingest.pages import Line, Span, lines_of

BULLET = re.compile(r"^(?:[•▪■□●○◦‣⁃∙·◆◇►▶▸➤➢✓✔❑❒▷»]|[–—*-](?=\s))\s*")
STEP = re.compile(r"^(?:step\s+)?\(?(\d{1,2})[.):]\)?(?=\s|$)\s*(?!\d)", re.IGNORECASE)
LETTER = re.compile(r"^\(?([a-z])[.)]\s+")
NAMES = "warning|caution|danger|attention|notice|note|important|tip|hint|information"
LABEL = re.compile(
    rf"^[⚠!△▲\s]*(?=(?-i:[A-Z]))({NAMES})s?"
    r"\s*(?:[:!–—-]\s*|$)",
    re.IGNORECASE,
)
CAPITAL_LABEL = re.compile(
    r"^[⚠!△▲\s]*(WARNING|CAUTION|DANGER|ATTENTION|NOTICE|NOTE|IMPORTANT)S?\b[:!.\s–—-]*"
)
MARKER_ONLY = re.compile(
    r"^(?:[•▪■□●○◦‣⁃∙·◆◇►▶▸➤➢✓✔❑❒▷»–—*-]|\(?\d{1,2}[.)]\)?|\(?[a-z][.)]|\d{1,2}(?:\.\d{1,3})+\.?)$"
)
MARKER_PT = 45.0  # how far a marker may stand before its text


def label_of(text: str) -> tuple[str, str] | None:
    """The label that a text begins with, as "Warning", and the rest; None without one."""
    found = LABEL.match(text) or CAPITAL_LABEL.match(text)
    if found is None:
        return None
    return found.group(1).capitalize(), text[found.end() :].strip()


def with_markers(spans: Sequence[Span], page: int) -> list[Span]:
    """Bullets and numbers that stand apart are one span with the text that they mark."""
    out: list[Span] = []
    for line in lines_of(spans, page):
        held: Span | None = None
        for span in line.spans:
            if held is not None and span.x0 - held.x1 <= MARKER_PT:
                out.append(Span((*held.words, *span.words), span.y, span.style))
                held = None
                continue
            if held is not None:
                out.append(held)
                held = None
            if MARKER_ONLY.match(span.text):
                held = span
            else:
                out.append(span)
        if held is not None:
            out.append(held)
    return out


def is_item(line: Line) -> bool:
    """Whether a line begins an item of a list."""
    text = line.text
    return bool(BULLET.match(text) or STEP.match(text) or LETTER.match(text))
