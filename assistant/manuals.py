"""Manuals: a vehicle's manual files come in, the built SQLite file to search goes out.

A vehicle brings its manual in its own folder, as PDF, HTML, Markdown or plain text; it is built when
it is first needed and again when a file of it changed. Files given by hand (`auriga manual build
FILE…`) take its place until they are built again. Files that have not changed are not read again,
and passages that have not changed keep their vectors.
"""

import hashlib
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from assistant.adapters.manual_reader import ReadFile, read_files
from assistant.adapters.sqlite_examples import add_examples
from assistant.adapters.sqlite_manual_file import (
    Source,
    build,
    built_from,
    kept_sources,
    said_to_be_from,
    source_key,
)
from assistant.adapters.sqlite_vectors import add_vectors
from assistant.errors import ManualError
from assistant.events import Passage
from assistant.examples import FILE as EXAMPLES
from assistant.ingest.files import KINDS, PARSER, kind_of
from assistant.ports import Embedder

BY_HAND = "by hand:"
BLOCK = 1 << 20
LOG = logging.getLogger(__name__)


class BuildProgress(Protocol):
    """Is told how far a manual is built."""

    def pages(self, path: Path, done: int, total: int) -> None:
        """How much of a file is read, and how much there is; two steps for each page."""

    def passages(self, done: int, total: int) -> None:
        """How many passages have got the vectors that they need, and how many need them."""


class Silent:
    """The `BuildProgress` of whom nobody watches."""

    def pages(self, path: Path, done: int, total: int) -> None:
        """Say nothing."""

    def passages(self, done: int, total: int) -> None:
        """Say nothing."""


SILENT = Silent()


@dataclass(frozen=True, slots=True)
class Built:
    """What came of building: how many passages, from how many files that had to be read, and what
    their owner should know.
    """

    passages: int
    read: int
    remarks: tuple[str, ...]


def manual_file(data: Path, vehicle_id: str, folder: Path) -> Path:
    """Where the built manual of a vehicle is; a copy of its folder elsewhere has one of its own."""
    place = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:8]
    return data / "manuals" / f"{vehicle_id}-{place}.sqlite"


def by_hand(manual: Path) -> bool:
    """Whether a built manual, whole or not, is made of files that were given by hand."""
    return said_to_be_from(manual).startswith(BY_HAND)


def ensure_manual(
    data: Path,
    vehicle_id: str,
    folder: Path,
    embedder: Embedder | None = None,
    progress: BuildProgress = SILENT,
) -> Path:
    """The built manual of a vehicle, up to date; raises ManualError where there is none."""
    found = find_manual(data, vehicle_id, folder, embedder, progress)
    if found is None:
        raise ManualError(
            f"The vehicle '{vehicle_id}' has no manual: put its files into "
            f"{folder / 'manual'} or run `auriga manual build FILE… --vehicle {folder}`."
        )
    return found


def find_manual(
    data: Path,
    vehicle_id: str,
    folder: Path,
    embedder: Embedder | None = None,
    progress: BuildProgress = SILENT,
) -> Path | None:
    """The same, but None where the vehicle has no manual.

    With an embedder (not open) the manual gets its vectors, too, where it has not the right ones.
    """
    target = manual_file(data, vehicle_id, folder)
    built = _bring_up_to_date(target, folder, progress)
    if not built:
        return None
    if embedder is not None:
        add_vectors(target, embedder, progress.passages)
        if not built.startswith(BY_HAND):
            add_examples(target, folder / EXAMPLES, embedder, progress.passages)
    return target


def _bring_up_to_date(target: Path, folder: Path, progress: BuildProgress) -> str:
    """Build a vehicle's manual where that is needed; what it is built from, "" where there is none.

    What was built from a folder that has no manual any more is another car's, or an older one's.
    """
    built = built_from(target)
    if built.startswith(BY_HAND):
        return built
    if not built and by_hand(target):
        raise ManualError(
            f"The manual {target}, built of files given by hand, is damaged or of an older version; "
            f"build it again with `auriga manual build FILE… --vehicle {folder}`, or the vehicle's "
            f"own by leaving FILE… out."
        )
    files = _own_files(folder)
    if not files:
        return ""
    if target.exists() and not said_to_be_from(target):
        LOG.warning(
            "the manual %s was damaged and is built again from the vehicle's own folder; files that "
            "were given by hand must be given again",
            target,
        )
    sources = [_source(path) for path in files]
    fingerprint = _fingerprint(sources)
    if built != fingerprint:
        _build(files, sources, target, fingerprint, progress)
    return fingerprint


def _own_files(folder: Path) -> list[Path]:
    return sorted(path for path in (folder / "manual").glob("*") if path.suffix.lower() in KINDS)


def build_own_manual(
    data: Path,
    vehicle_id: str,
    folder: Path,
    embedder: Embedder | None = None,
    progress: BuildProgress = SILENT,
) -> Path:
    """Build the manual of a vehicle's own folder, in place of one of files given by hand."""
    target = manual_file(data, vehicle_id, folder)
    files = _own_files(folder)
    if files:
        sources = [_source(path) for path in files]
        _build(files, sources, target, _fingerprint(sources), progress)
    else:
        target.unlink(missing_ok=True)
    return ensure_manual(data, vehicle_id, folder, embedder, progress)


def build_manual(
    files: Sequence[Path],
    target: Path,
    embedder: Embedder | None = None,
    progress: BuildProgress = SILENT,
) -> Built:
    """Build a manual from files given by hand; raises ManualError naming file and page."""
    for path in files:
        kind_of(path)
    sources = [_source(path) for path in files]
    built = _build(files, sources, target, BY_HAND + _fingerprint(sources), progress)
    if embedder is not None:
        add_vectors(target, embedder, progress.passages)
    return built


def _build(
    files: Sequence[Path],
    sources: Sequence[Source],
    target: Path,
    fingerprint: str,
    progress: BuildProgress,
) -> Built:
    kept = {
        (source.name, source.sha256, source.parser): ReadFile(passages, source.remarks)
        for source, passages in kept_sources(target).items()
        if passages
    }
    unread = [
        path
        for path, source in zip(files, sources, strict=True)
        if (source.name, source.sha256, source.parser) not in kept
    ]
    fresh = read_files(unread, progress.pages)
    held: list[ReadFile] = []
    for source in sources:
        known = kept.get((source.name, source.sha256, source.parser))
        held.append(known if known is not None else next(fresh))
    whole = [
        replace(source, remarks=read.remarks) for source, read in zip(sources, held, strict=True)
    ]
    count = build(target, _passages(whole, held), fingerprint, whole)
    remarks = tuple(remark for read in held for remark in read.remarks)
    return Built(count, len(unread), remarks)


def _passages(sources: Sequence[Source], read: Sequence[ReadFile]) -> Iterator[Passage]:
    for source, file in zip(sources, read, strict=True):
        key = source_key(source)
        for passage in file.passages:
            yield replace(passage, source=key)


def _source(path: Path) -> Source:
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                digest.update(block)
    except OSError as error:
        raise ManualError(f"{path} cannot be read: {error.strerror}.") from error
    return Source(path.name, digest.hexdigest(), PARSER)


def _fingerprint(sources: Sequence[Source]) -> str:
    parts = (f"{source.name}\n{source.sha256}\n{source.parser}\n" for source in sources)
    return hashlib.sha256("".join(parts).encode()).hexdigest()
