"""Ingest: what is printed in the margins of pages comes in, the pages' printed labels go out."""

import itertools
import re
from collections import Counter
from collections.abc import Sequence

NUMBER = re.compile(r"(?<![\w.,/-])(\d{1,4})(?![\w,/-]|\.\d)")
CHAPTERED = re.compile(r"(?<![\w.,/-])((?:\d{1,2}|[A-Z])[-–.]\d{1,3})(?![\w,/–-])")
ROMAN = re.compile(r"(?<!\w)([ivxlc]{1,7}|[IVXLC]{1,7})(?!\w)")
# "212", "iv", "3-12", "A-7", "Cover": short, and never a sentence.
LABEL = re.compile(r"[A-Za-z]{1,8}|[A-Za-z]{0,3}[-–. ]?\d{1,4}(?:[-–./]\d{1,4})?[A-Za-z]?")
VALUES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
PRINTED_SHARE = 0.5  # of the pages must print a label that fits, for print to be believed
MIN_RUN = 3  # pages in a row whose numbers count up

Margins = Sequence[Sequence[str]]  # per page, the texts of its head and foot


def is_label(text: str) -> bool:
    """Whether a text can be what a page prints as its number; a file may declare anything."""
    return LABEL.fullmatch(text) is not None


def page_labels(margins: Margins, declared: Sequence[str]) -> list[str]:
    """A label for every page, as it is printed on the paper as far as that can be told.

    `declared` are the labels that the file gives, "" where it gives none. What is printed wins
    where it is on most pages, since this is what a reader finds; then what is declared; then the
    page's position in the file.
    """
    declared = [label if is_label(label) else "" for label in declared]
    printed = _chaptered(margins) or _counted(margins)
    seen = sum(label is not None for label in printed)
    if any(declared):
        agreeing = sum(
            label == said
            for label, said in zip(printed, declared, strict=True)
            if label is not None
        )
        if seen < PRINTED_SHARE * len(printed) or agreeing >= PRINTED_SHARE * seen:
            return [said or str(number) for number, said in enumerate(declared, 1)]
    if seen == 0:
        return [str(number) for number in range(1, len(printed) + 1)]
    # What a page itself prints wins over what its neighbours let expect.
    own = [label or _alone(texts) for label, texts in zip(printed, margins, strict=True)]
    return _filled(own if seen >= PRINTED_SHARE * len(printed) else printed, declared)


def odd_labels(labels: Sequence[str]) -> list[str]:
    """What a reader should know of labels that repeat or jump, one sentence each."""
    out = []
    repeated = [label for label, times in Counter(labels).items() if times > 1]
    if repeated:
        out.append(f"the page labels {_some(repeated)} occur more than once")
    jumps = [
        f"{before} to {after}"
        for before, after in itertools.pairwise(labels)
        if before.isdecimal()
        and after.isdecimal()
        and int(after) not in {int(before), int(before) + 1}
    ]
    if jumps:
        out.append(f"the page labels jump from {_some(jumps)}")
    return out


def roman_value(text: str) -> int | None:
    """The value of a Roman number up to 399, None where it is none."""
    values = [VALUES.get(letter, 0) for letter in text.lower()]
    if not values or 0 in values:
        return None
    total = sum(
        -value if value < after else value
        for value, after in zip(values, [*values[1:], 0], strict=True)
    )
    return total if roman(total) == text.lower() else None


def roman(value: int) -> str:
    """A number from 1 to 399 in small Roman letters."""
    steps = (
        (100, "c"),
        (90, "xc"),
        (50, "l"),
        (40, "xl"),
        (10, "x"),
        (9, "ix"),
        (5, "v"),
        (4, "iv"),
        (1, "i"),
    )
    out = ""
    for step, letters in steps:
        while value >= step:
            out += letters
            value -= step
    return out


def _counted(margins: Margins) -> list[str | None]:
    """Numbers, Arabic or Roman, that count up with the pages."""
    arabic = [_values(texts, NUMBER, int) for texts in margins]
    romans = [_values(texts, ROMAN, roman_value) for texts in margins]
    out: list[str | None] = [None] * len(margins)
    for found, write in ((arabic, str), (romans, _shown)):
        offsets = Counter(value - index for index, values in enumerate(found) for value in values)
        for offset, times in offsets.most_common(40):
            if times < min(MIN_RUN, len(margins)):
                break
            for first, last in _runs(found, offset):
                for index in range(first, last + 1):
                    if out[index] is None and index + offset in found[index]:
                        out[index] = write(index + offset)
    return out


def _values(texts: Sequence[str], form: re.Pattern[str], read: object) -> dict[int, str]:
    assert callable(read)
    found: dict[int, str] = {}
    for text in texts:
        for match in form.finditer(text):
            value = read(match.group(1))
            if value:
                found[value] = match.group(1)
    return found


def _alone(texts: Sequence[str]) -> str | None:
    """The only text of the margins that is nothing but a number; None where there are several."""
    found = [text.strip("-– ") for text in texts if text.strip("-– ").isdecimal()]
    return found[0] if len(found) == 1 and is_label(found[0]) else None


def _shown(value: int) -> str:
    return roman(value)


def _runs(found: list[dict[int, str]], offset: int) -> list[tuple[int, int]]:
    """Stretches of pages whose numbers have this offset, gaps of a few pages allowed."""
    hits = [index for index, values in enumerate(found) if index + offset in values]
    runs: list[list[int]] = []
    for index in hits:
        if runs and index - runs[-1][-1] <= 4:  # noqa: PLR2004  chapter openings print none
            runs[-1].append(index)
        else:
            runs.append([index])
    needed = min(MIN_RUN, len(found))
    return [(run[0], run[-1]) for run in runs if len(run) >= needed]


def _chaptered(margins: Margins) -> list[str | None] | None:
    """Labels like 3-12, which begin anew with each chapter; None where pages have no such."""
    out: list[str | None] = []
    before: tuple[str, int] | None = None
    fitting = 0
    for texts in margins:
        found = [m.group(1) for text in texts for m in CHAPTERED.finditer(text)]
        label = found[0] if found else None
        if label is not None:
            chapter, number = re.split(r"[-–.]", label, maxsplit=1)
            fitting += before is not None and before[0] == chapter and before[1] + 1 == int(number)
            before = chapter, int(number)
        out.append(label)
    return out if fitting > PRINTED_SHARE * len(margins) else None


def _filled(printed: list[str | None], declared: Sequence[str]) -> list[str]:
    """Labels for pages that print none: counted on from their neighbours."""
    out = list(printed)
    for index in range(len(out) - 2, -1, -1):
        after = out[index + 1]
        if out[index] is None and after is not None:
            out[index] = _before(after)
    for index in range(1, len(out)):
        before = out[index - 1]
        if out[index] is None and before is not None:
            out[index] = _after(before)
    return [
        label or said or f"[{number}]"
        for number, (label, said) in enumerate(zip(out, declared, strict=True), 1)
    ]


def _before(label: str) -> str | None:
    """The label of the page before, None where a count begins."""
    if label.isdecimal():
        return str(int(label) - 1) if int(label) > 1 else None
    value = roman_value(label)
    return roman(value - 1) if value is not None and value > 1 else None


def _after(label: str) -> str | None:
    if label.isdecimal():
        return str(int(label) + 1)
    value = roman_value(label)
    return roman(value + 1) if value is not None else None


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(names[:5])
    return shown if len(names) <= 5 else f"{shown} and {len(names) - 5} more"  # noqa: PLR2004
