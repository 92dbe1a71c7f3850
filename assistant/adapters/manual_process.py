"""Adapter room: the reading process. Paths of files come in, passages go out as lines of JSON.

A manual is a file from anywhere, and the libraries that take PDF and HTML apart are C and C++. So
they work in a process of their own, with limits on memory and time and without a network, where
a hostile or broken file can end nothing but its own reading. Run as
`python -m assistant.adapters.manual_process --fd N FILE…`.
"""

import argparse
import itertools
import json
import os
import resource
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from assistant.errors import ManualError
from assistant.events import Passage
from assistant.ingest.document import Document
from assistant.ingest.files import kind_of, read_text
from assistant.ingest.labels import odd_labels
from assistant.ingest.language import foreign_language
from assistant.ingest.markdown import markdown_document
from assistant.ingest.passages import passages_of
from assistant.ingest.pdf import document_of, pages_without_text
from assistant.ingest.plain import plain_document
from assistant.ingest.sifting import sifted
from assistant.network_lock import lock_network

MEMORY = 3 * 2**30  # bytes of address space
CPU_S = 900
TELL_S = 0.1  # between two messages of progress
SHOWN = 8  # runs of pages that a sentence names

Progress = Callable[[int, int], None]


def read_file(path: Path, progress: Progress) -> tuple[list[Passage], list[str]]:
    """The passages of one file, and remarks for its owner.

    Raises ManualError for a file that is no manual; a sentence that names the file and the page.
    """
    kind = kind_of(path)
    document = sifted(_document(path, kind, progress))
    passages = passages_of(document)
    if not passages:
        why = "; ".join(document.remarks) or "expected headings with text under them"
        raise ManualError(f"{path} holds no text; {why}.")
    remarks = [f"{path.name}: {remark}" for remark in document.remarks]
    foreign = foreign_language(passage.text for passage in passages)
    if foreign is not None:
        remarks.append(f"{path.name} is in {foreign}; questions are understood in English only")
    return passages, remarks


def _document(path: Path, kind: str, progress: Progress) -> Document:
    if kind == "pdf":
        return _pdf(path, progress)
    progress(1, 1)
    text = read_text(path)
    if kind == "html":
        from assistant.adapters.selectolax_html import html_document  # noqa: PLC0415

        document = html_document(text)
    else:
        document = markdown_document(text) if kind == "markdown" else plain_document(text)
    # Each page once: the blocks of one follow each other.
    labels = [
        page for page, _ in itertools.groupby(block.page for block in document.blocks) if page
    ]
    return Document(document.blocks, (*document.remarks, *odd_labels(labels)))


def _pdf(path: Path, progress: Progress) -> Document:
    # Imported where it is needed: a manual in Markdown loads no PDFium.
    from assistant.adapters.pdfium_text import read_pdf  # noqa: PLC0415

    pdf = read_pdf(path, lambda page, count: progress(page, 2 * count))
    count = len(pdf.pages)
    if not count:
        raise ManualError(f"{path} is empty: it has no page 1.")
    blank = pages_without_text(pdf)
    if not any(page.spans for page in pdf.pages):
        what = "is scanned" if blank else "is empty"
        pages = "page 1 has" if count == 1 else f"none of the pages 1 to {count} has"
        pages = pages.replace("page 1 has", "page 1 has no") if count == 1 else pages
        raise ManualError(
            f"{path} {what}: {pages} text; run text recognition (OCR) on it and build it again."
        )
    document = document_of(pdf, lambda page, _: progress(count + page, 2 * count))
    if not blank:
        return document
    remark = f"{_pages(blank)} shows a picture without text, of which nothing can be found"
    if len(blank) > 1:
        remark = f"{_pages(blank)} show pictures without text, of which nothing can be found"
    return Document(document.blocks, (remark, *document.remarks))


def _pages(numbers: Sequence[int]) -> str:
    """Numbers of pages as "pages 3, 7 to 9"."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    parts = [f"{run[0]} to {run[-1]}" if len(run) > 1 else f"{run[0]}" for run in runs]
    more = f" and {len(parts) - SHOWN} more" if len(parts) > SHOWN else ""
    return f"page{'s' if len(numbers) > 1 else ''} {', '.join(parts[:SHOWN])}{more} of the file"


class _Link:
    """The pipe to the parent."""

    def __init__(self, descriptor: int) -> None:
        self._pipe = os.fdopen(descriptor, "w", encoding="utf-8")
        self._told = 0.0

    def send(self, message: dict[str, Any]) -> None:
        """One message, one line."""
        self._pipe.write(json.dumps(message) + "\n")
        self._pipe.flush()

    def progress(self, done: int, total: int) -> None:
        """How far the file is, now and then."""
        now = time.monotonic()
        if now - self._told >= TELL_S or done == total:
            self._told = now
            self.send({"done": done, "total": total})


def _serve(link: _Link, paths: Sequence[Path]) -> None:
    for path in paths:
        link.send({"begun": str(path)})
        try:
            passages, remarks = read_file(path, link.progress)
        except ManualError as error:
            link.send({"error": str(error)})
            return
        except MemoryError:
            link.send({"error": f"{path} needs more memory than a manual may."})
            return
        except RecursionError:
            link.send({"error": f"{path} is nested too deeply to be read."})
            return
        link.send({"passages": [asdict(passage) for passage in passages], "remarks": remarks})


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the files, tell the parent over the inherited descriptor."""
    parser = argparse.ArgumentParser(prog="manual_process", description=__doc__)
    parser.add_argument("--fd", type=int, required=True, help="write to this inherited pipe")
    parser.add_argument("files", nargs="+", type=Path)
    given = parser.parse_args(arguments)
    lock_network()
    for limit, value in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, CPU_S)):
        _, hard = resource.getrlimit(limit)
        resource.setrlimit(limit, (value if hard < 0 else min(value, hard), hard))
    _serve(_Link(given.fd), given.files)


if __name__ == "__main__":
    main(sys.argv[1:])
