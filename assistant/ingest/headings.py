"""Ingest: the outline and the lines of a PDF come in, which lines are headings goes out.

The outline is believed where there is one. Otherwise, and below its depth, a look that is larger
or bolder than the running text and stands in short lines of their own is one of headings; looks
are ranked by size, and where most of a look's headings are numbered, by the depth of the numbers.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from assistant.ingest.markers import BULLET, STEP, label_of
from assistant.ingest.pages import Line, OutlineEntry, Style

NUMBERED = re.compile(
    r"^(?:chapter\s+|section\s+|part\s+)?(\d+(?:\.\d+)*)[.:)]?\s+\S", re.IGNORECASE
)
LARGER = 1.12
MAX_WORDS = 16
MAX_LINES = 3
MAX_LEVELS = 5
SENTENCE_END = re.compile(r"[.;,:!]$")
MIN_LETTERS = 2


@dataclass(frozen=True, slots=True)
class Looks:
    """What the looks of a document's text mean."""

    body: Style
    levels: dict[Style, int] = field(default_factory=dict)  # of looks that headings have
    titles: dict[int, dict[str, int]] = field(default_factory=dict)  # page -> title -> level
    depth: int = 0  # of the outline

    def level(self, lines: Sequence[Line]) -> int | None:
        """The level of a heading that these lines are together; None where they are none."""
        text = " ".join(line.text for line in lines)
        known = self.titles.get(lines[0].page, {})
        level = known.get(key_of(text))
        if level is not None and self.stands_out(lines[0]):
            return level
        if not _may_be(text, lines[0].style, self.body) or any(len(o.cells) > 1 for o in lines):
            return None
        return self.levels.get(lines[0].style)

    def stands_out(self, line: Line) -> bool:
        """Whether a line can be a title of the outline: words in running text can be the same."""
        return line.style != self.body or NUMBERED.match(line.text) is not None

    def begins_title(self, line: Line) -> bool:
        """Whether a title of the outline begins with this line."""
        key = key_of(line.text)
        known = self.titles.get(line.page, {})
        return len(key) >= MIN_LETTERS and any(title.startswith(key) for title in known)

    def large(self, line: Line) -> bool:
        """Whether a line looks like a heading by itself."""
        style = line.style
        if len(line.cells) > 1:
            return self.level([line]) is not None
        return style in self.levels and (
            style.size >= LARGER * self.body.size or self.level([line]) is not None
        )


def key_of(text: str) -> str:
    """A title as it is compared: letters and digits only."""
    return "".join(character for character in text.casefold() if character.isalnum())


def looks_of(regions: Sequence[Sequence[Line]], outline: Sequence[OutlineEntry]) -> Looks:
    """What the looks of the lines mean; `regions` are stretches in reading order."""
    lines = [line for region in regions for line in region]
    body = _body(lines)
    titles = _titles(outline)
    depth = max((entry.level for entry in outline), default=0)
    candidates: dict[Style, list[Line]] = defaultdict(list)
    for region in regions:
        for line in _standing_alone(region, body):
            candidates[line.style].append(line)
    outlined = _outlined(lines, titles)
    levels = _ranked(candidates, outlined, body)
    return Looks(body, levels, titles, depth)


def without_title(outline: Sequence[OutlineEntry]) -> tuple[OutlineEntry, ...]:
    """The outline without a single outermost entry, which is the document's own title."""
    outer = [entry for entry in outline if entry.level == 1]
    if len(outer) == 1 and len(outline) > 1:
        return tuple(
            OutlineEntry(entry.level - 1, entry.title, entry.page)
            for entry in outline
            if entry.level > 1
        )
    return tuple(outline)


def _body(lines: Iterable[Line]) -> Style:
    letters: Counter[Style] = Counter()
    for line in lines:
        for span in line.spans:
            letters[span.style] += len(span.text)
    return letters.most_common(1)[0][0] if letters else Style(10.0)


def _titles(outline: Sequence[OutlineEntry]) -> dict[int, dict[str, int]]:
    titles: dict[int, dict[str, int]] = defaultdict(dict)
    for entry in outline:
        key = key_of(entry.title)
        if len(key) >= MIN_LETTERS:
            titles[entry.page].setdefault(key, entry.level)
    return dict(titles)


def _standing_alone(region: Sequence[Line], body: Style) -> Iterable[Line]:
    """Lines that can be headings: short, in a look of their own, not inside running text."""
    for index, line in enumerate(region):
        if not _may_be(line.text, line.style, body) or len(line.cells) > 1:
            continue
        same = 1
        for other in (*reversed(region[:index]), None):
            if other is None or other.style != line.style:
                break
            same += 1
        for other in region[index + 1 :]:
            if other.style != line.style:
                break
            same += 1
        if same <= MAX_LINES or line.style.size >= LARGER * body.size:
            yield line


def _may_be(text: str, style: Style, body: Style) -> bool:
    if len(text.split()) > MAX_WORDS or sum(c.isalpha() for c in text) < MIN_LETTERS:
        return False
    if label_of(text) is not None or BULLET.match(text):
        return False
    if style.size >= LARGER * body.size:
        return not text.endswith((";", ","))
    if STEP.match(text) and not NUMBERED.match(text):
        return False
    distinct = (style.bold and not body.bold) or (style.accent and not body.accent)
    return (
        distinct
        and style.size >= 0.95 * body.size
        and not SENTENCE_END.search(text)
        and not text[0].islower()
    )


def _outlined(
    lines: Iterable[Line], titles: dict[int, dict[str, int]]
) -> dict[Style, Counter[int]]:
    """For each look, the levels of the outline's titles that have it."""
    found: dict[Style, Counter[int]] = defaultdict(Counter)
    for line in lines:
        level = titles.get(line.page, {}).get(key_of(line.text))
        if level is not None:
            found[line.style][level] += 1
    return found


def _ranked(
    candidates: dict[Style, list[Line]], outlined: dict[Style, Counter[int]], body: Style
) -> dict[Style, int]:
    """The level of each look, the largest first."""
    order = sorted(candidates, key=lambda style: (-style.size, not style.bold, not style.accent))
    levels: dict[Style, int] = {}
    before = 0
    for style in order:
        lines = candidates[style]
        depth = _number_depth(lines)
        if style in outlined:
            level = outlined[style].most_common(1)[0][0]
        elif depth is not None:
            level = depth
        elif len(lines) == 1 and style.size < 1.5 * body.size and not outlined:
            continue  # one odd line is no class of headings
        else:
            level = before + 1
        levels[style] = max(1, level)
        before = max(before, levels[style])
    return {style: min(level, MAX_LEVELS + 4) for style, level in levels.items()}


def _number_depth(lines: Sequence[Line]) -> int | None:
    """How deep the numbers are that most of these headings begin with."""
    depths = Counter(
        match.group(1).count(".") + 1 for line in lines if (match := NUMBERED.match(line.text))
    )
    if sum(depths.values()) <= len(lines) / 2:
        return None
    return depths.most_common(1)[0][0]
