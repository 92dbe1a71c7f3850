"""Ingest: the path of a file comes in, its kind and its text go out, or what is wrong with it."""

import re
from pathlib import Path

from assistant.errors import ManualError

PARSER = "2"
"""The version of what ingestion makes of a file: whatever was read by another is read again."""
KINDS = {
    ".pdf": "pdf",
    ".html": "html", ".htm": "html", ".xhtml": "html",
    ".md": "markdown", ".markdown": "markdown",
    ".txt": "text", ".text": "text",
}  # fmt: skip
PDF_MARK = b"%PDF-"
HEAD = 1024  # bytes in which a PDF says that it is one
CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([a-zA-Z0-9_-]{2,20})", re.IGNORECASE)
BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
MAX_BYTES = 600_000_000
MAX_TEXT = 60_000_000


def kind_of(path: Path) -> str:
    """pdf, html, markdown or text; raises ManualError for other files and unreadable ones."""
    kind = KINDS.get(path.suffix.lower())
    if kind is None:
        raise ManualError(
            f"{path} is a '{path.suffix}' file; a manual is built from PDF (.pdf), HTML (.html),"
            " Markdown (.md) or plain text (.txt)."
        )
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(HEAD)
    except OSError as error:
        raise ManualError(f"{path} cannot be read: {error.strerror}.") from error
    if not size:
        raise ManualError(f"{path} is empty: it holds no text from page 1 on.")
    if size > (MAX_BYTES if kind == "pdf" else MAX_TEXT):
        raise ManualError(f"{path} has {size / 1e6:.0f} MB, which is too large for a manual.")
    if kind == "pdf" and PDF_MARK not in head:
        raise ManualError(f"{path} is named a PDF and is none; save it as PDF again.")
    return kind


def read_text(path: Path) -> str:
    """The text of a Markdown, HTML or plain text file; raises ManualError where it is none."""
    kind = kind_of(path)
    if kind == "pdf":
        raise ManualError(f"{path} is a '.pdf' file; expected Markdown (.md).")
    raw = path.read_bytes()
    for mark, encoding in BOMS:
        if raw.startswith(mark) and kind != "markdown":
            return raw.decode(encoding, "replace")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        if kind == "markdown" or _is_binary(raw):
            raise ManualError(
                f"{path} is not text: byte {error.start} is no UTF-8; expected {_expected(kind)}."
            ) from error
        text = raw.decode(_declared(raw), "replace")
    if "\x00" in text:
        raise ManualError(f"{path} is binary, not text; expected {_expected(kind)}.")
    return text


def _expected(kind: str) -> str:
    return {"html": "HTML", "markdown": "Markdown"}.get(kind, "plain text")


def _is_binary(raw: bytes) -> bool:
    controls = sum(byte < 32 and byte not in b"\t\n\f\r\v" for byte in raw[:100_000])  # noqa: PLR2004
    return controls > len(raw[:100_000]) / 100


def _declared(raw: bytes) -> str:
    found = CHARSET.search(raw[:4096])
    name = found.group(1).decode() if found else "cp1252"
    try:
        "".encode(name)
    except LookupError:
        return "cp1252"
    return name
