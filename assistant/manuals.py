"""Manuals: a vehicle's manual files come in, the built SQLite file to search goes out.

A vehicle brings its manual as Markdown in its own folder; it is built when it is first needed and
again when a file of it changed. Files given by hand (`auriga manual build FILE…`) take its place
until they are built again.
"""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from assistant.adapters.sqlite_manual import build, built_from
from assistant.adapters.sqlite_vectors import add_vectors
from assistant.errors import ManualError
from assistant.events import Passage
from assistant.lookup.markdown import read_markdown
from assistant.ports import Embedder

SUFFIXES = frozenset({".md", ".markdown"})
BY_HAND = "by hand:"


def manual_file(data: Path, vehicle_id: str, folder: Path) -> Path:
    """Where the built manual of a vehicle is; a copy of its folder elsewhere has one of its own."""
    place = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:8]
    return data / "manuals" / f"{vehicle_id}-{place}.sqlite"


def by_hand(manual: Path) -> bool:
    """Whether a built manual is made of files that were given by hand."""
    return built_from(manual).startswith(BY_HAND)


def ensure_manual(
    data: Path, vehicle_id: str, folder: Path, embedder: Embedder | None = None
) -> Path:
    """The built manual of a vehicle, up to date; raises ManualError where there is none."""
    found = find_manual(data, vehicle_id, folder, embedder)
    if found is None:
        raise ManualError(
            f"The vehicle '{vehicle_id}' has no manual: put Markdown files into "
            f"{folder / 'manual'} or run `auriga manual build FILE… --vehicle {folder}`."
        )
    return found


def find_manual(
    data: Path, vehicle_id: str, folder: Path, embedder: Embedder | None = None
) -> Path | None:
    """The same, but None where the vehicle has no manual.

    With an embedder (not open) the manual gets its vectors, too, where it has not the right ones.
    """
    found = _find(data, vehicle_id, folder)
    if found is not None and embedder is not None:
        add_vectors(found, embedder)
    return found


def _find(data: Path, vehicle_id: str, folder: Path) -> Path | None:
    target = manual_file(data, vehicle_id, folder)
    built = built_from(target)
    if built.startswith(BY_HAND):
        return target
    files = sorted(path for path in (folder / "manual").glob("*") if path.suffix in SUFFIXES)
    if not files:
        return target if built else None
    fingerprint = _fingerprint(files)
    if built != fingerprint:
        build(target, _passages(files), fingerprint)
    return target


def build_manual(files: Sequence[Path], target: Path, embedder: Embedder | None = None) -> int:
    """Build a manual from files given by hand; return how many passages it has."""
    count = build(target, _passages(files), BY_HAND + _fingerprint(files))
    if embedder is not None:
        add_vectors(target, embedder)
    return count


def read_text(path: Path) -> str:
    """The text of a manual's file; raises ManualError where it is none."""
    if path.suffix not in SUFFIXES:
        raise ManualError(
            f"{path} is a '{path.suffix}' file; a manual is built from Markdown (.md)."
        )
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ManualError(f"{path} cannot be read: {error.strerror}.") from error
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ManualError(
            f"{path} is not text: byte {error.start} is no UTF-8; expected Markdown."
        ) from error
    if "\x00" in text:
        raise ManualError(f"{path} is binary, not text; expected Markdown.")
    return text


def _passages(files: Sequence[Path]) -> Iterator[Passage]:
    for path in files:
        found = False
        for passage in read_markdown(read_text(path)):
            found = True
            yield passage
        if not found:
            raise ManualError(f"{path} holds no text; expected Markdown with headings.")


def _fingerprint(files: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.name.encode())
        try:
            digest.update(path.read_bytes())
        except OSError as error:
            raise ManualError(f"{path} cannot be read: {error.strerror}.") from error
    return digest.hexdigest()
