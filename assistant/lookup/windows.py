"""Lookup: a passage comes in, the texts whose vectors stand for it go out.

A passage seldom names what its section is about, so that title and heading stand before its text.
One that is longer than the embedder looks at is divided into windows that overlap.
"""

from assistant.ports import Embedder

OVERLAP = 0.25  # of a window's words begin the next one


def windows(title: str, heading: str, text: str, embedder: Embedder) -> list[str]:
    """The texts of a passage, each at most `max_tokens` long; mostly one."""
    around = "".join(f"{part}. " for part in (title, heading) if part)
    whole = around + text
    most = embedder.traits.max_tokens
    if embedder.count(whole) <= most:
        return [whole]
    if embedder.count(around) > most // 2:  # a title that is no title
        around = ""
    room = most - embedder.count(around)
    return [around + part for part in _parts(text.split(), room, embedder)]


def _parts(words: list[str], room: int, embedder: Embedder) -> list[str]:
    marks = embedder.count("")
    sizes = [embedder.count(word) - marks for word in words]
    parts: list[str] = []
    begin = 0
    while True:
        end, used = begin, 0
        while end < len(words) and (end == begin or used + sizes[end] <= room):
            used += sizes[end]
            end += 1
        parts.append(" ".join(words[begin:end]))
        if end == len(words):
            return parts
        begin = max(begin + 1, end - int(OVERLAP * (end - begin)))
