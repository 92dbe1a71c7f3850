"""Respond: a passage comes in, sentences that can be said by themselves go out."""

import re

SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9\"“])")
REFERENCE = re.compile(
    r",?\s*(?:and )?see (?:section |chapter )?\d+(?:\.\d+)*(?: [A-Z][^.;,]*)?(?=[.;,])"
)
BOX = re.compile(r"^(?:Warning|Caution|Note|Danger):\s*")
LEANING = re.compile(
    r"^(it|they|this|these|that|those|he|she|do so|otherwise|then|also|in that case|here"
    r"|\w+ (it|them))\b",
    re.IGNORECASE,
)


def sentences(text: str) -> list[str]:
    """The sentences of a paragraph; the items of a list, each with the list's own opening."""
    lines = [line for line in text.split("\n") if line.strip()]
    if len(lines) > 1:
        lead = lines[0] if lines[0].endswith(":") else ""
        items = lines[1:] if lead else lines
        return [f"{lead} {item.removeprefix('- ')}".strip() for item in items]
    text = BOX.sub("", text).removeprefix("- ")
    return [part.strip() for part in SENTENCE_END.split(text) if part.strip()]


def steps(text: str) -> list[str]:
    """The steps of a procedure without their numbers."""
    lines = [line for line in text.split("\n") if re.match(r"\d+\. ", line)]
    return [line.split(". ", 1)[1] for line in lines]


def leans(sentence: str) -> bool:
    """Whether a sentence cannot be understood without the one before it."""
    return LEANING.match(sentence) is not None


def without_references(sentence: str) -> str:
    """The sentence as it is said: "see 11.3 Tyre pressures" helps only a reader."""
    return REFERENCE.sub("", sentence)
