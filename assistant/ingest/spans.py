"""Ingest: single characters where they stand come in, words and spans go out."""

from collections.abc import Iterable
from dataclasses import dataclass

from assistant.ingest.cleaning import clean
from assistant.ingest.pages import Span, Style, Word

SPACE_EM = 0.2  # a wider gap ends a word
SPAN_EM = 1.0  # a wider gap ends a span: the next column of a table or of the page
BACK_EM = 0.3  # how far a character may lie over the one before it (kerning, accents)
BASELINE_EM = 0.12


@dataclass(slots=True)
class Glyph:
    """A character, its horizontal extent, its baseline and its look."""

    text: str
    x0: float
    x1: float
    y: float
    style: Style


def spans_of(glyphs: Iterable[Glyph]) -> tuple[Span, ...]:
    """The spans of a page, in no particular order; glyphs come as the file draws them."""
    runs: list[list[Glyph]] = []
    for glyph in glyphs:
        if runs and _follows(runs[-1][-1], glyph):
            runs[-1].append(glyph)
        else:
            runs.append([glyph])
    spans = [span for run in runs if (span := _span(run)) is not None]
    return tuple(_merged(_once(spans)))


def _follows(before: Glyph, glyph: Glyph) -> bool:
    em = max(before.style.size, 1.0)
    if abs(glyph.y - before.y) > BASELINE_EM * em or before.style is not glyph.style:
        return False
    # A ligature comes as its letters, all in one place.
    return -BACK_EM * em <= glyph.x0 - before.x1 <= SPAN_EM * em or glyph.x0 == before.x0


def _span(run: list[Glyph]) -> Span | None:
    words: list[Word] = []
    letters, x0, x1 = "", run[0].x0, run[0].x0
    for glyph in run:
        blank = not glyph.text.strip()
        if letters and (blank or glyph.x0 - x1 > SPACE_EM * glyph.style.size):
            words.append(Word(letters, x0, x1))
            letters = ""
        if blank:
            continue
        if not letters:
            x0 = glyph.x0
        letters += glyph.text
        x1 = glyph.x1
    if letters:
        words.append(Word(letters, x0, x1))
    cleaned = tuple(Word(text, w.x0, w.x1) for w in words if (text := clean(w.text)))
    return Span(cleaned, run[0].y, run[0].style) if cleaned else None


def _once(spans: list[Span]) -> list[Span]:
    """Without text that is printed twice over itself to look bold."""
    seen: set[tuple[str, int, int]] = set()
    out = []
    for span in spans:
        keys = {
            (span.text, round(span.x0 / 2 + dx), round(span.y / 2 + dy))
            for dx in (-0.5, 0, 0.5)
            for dy in (-0.5, 0, 0.5)
        }
        if not keys & seen:
            out.append(span)
        seen |= keys
    return out


def _merged(spans: list[Span]) -> list[Span]:
    """Neighbours of one look on one baseline are one span, whatever order they were drawn in."""
    out: list[Span] = []
    raised = [span for span in spans if len(span.words) == 1]
    for span in sorted(spans, key=lambda span: (round(span.y), span.x0)):
        if out and _continues(out[-1], span) and not _between(out[-1], span, raised):
            out[-1] = Span(_glued(out[-1], span), out[-1].y, out[-1].style)
        else:
            out.append(span)
    return out


def _continues(before: Span, span: Span) -> bool:
    em = max(before.style.size, span.style.size)
    gap = span.x0 - before.x1
    same = before.style == span.style and abs(before.y - span.y) <= BASELINE_EM * em
    return same and -BACK_EM * em <= gap <= SPAN_EM * em


def _between(before: Span, span: Span, others: list[Span]) -> bool:
    """Whether small print stands raised or lowered between two spans."""
    em = max(before.style.size, 1.0)
    return span.x0 - before.x1 > SPACE_EM * em and any(
        before.x1 - 1.0 <= other.x0
        and other.x1 <= span.x0 + 1.0
        and abs(other.y - span.y) < em
        and other.style.size < em
        for other in others
    )


def _glued(before: Span, span: Span) -> tuple[Word, ...]:
    first, last = span.words[0], before.words[-1]
    if first.x0 - last.x1 > SPACE_EM * span.style.size:
        return before.words + span.words
    return (*before.words[:-1], Word(last.text + first.text, last.x0, first.x1), *span.words[1:])
