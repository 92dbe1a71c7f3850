"""Manuals: a vehicle's manual files come in, the built SQLite file to search goes out.

A vehicle brings its manual in its own folder, as PDF, HTML, Markdown or plain text; it is built when
it is first needed and again when a file of it changed. Files given by hand (`auriga manual build
FILE…`) take its place until they are built again. Files that have not changed are not read again.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from assistant.adapters.manual_reader import Progress, ReadFile, read_files
from assistant.adapters.sqlite_manual import Source, build, built_from, kept_sources, source_key
from assistant.errors import ManualError
from assistant.events import Passage
from assistant.ingest.files import KINDS, PARSER, kind_of

BY_HAND = "by hand:"
BLOCK = 1 << 20


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
    """Whether a built manual is made of files that were given by hand."""
    return built_from(manual).startswith(BY_HAND)


def ensure_manual(data: Path, vehicle_id: str, folder: Path) -> Path:
    """The built manual of a vehicle, up to date; raises ManualError where there is none."""
    found = find_manual(data, vehicle_id, folder)
    if found is None:
        raise ManualError(
            f"The vehicle '{vehicle_id}' has no manual: put its files into "
            f"{folder / 'manual'} or run `auriga manual build FILE… --vehicle {folder}`."
        )
    return found


def find_manual(data: Path, vehicle_id: str, folder: Path) -> Path | None:
    """The same, but None where the vehicle has no manual."""
    target = manual_file(data, vehicle_id, folder)
    built = built_from(target)
    if built.startswith(BY_HAND):
        return target
    files = sorted(path for path in (folder / "manual").glob("*") if path.suffix.lower() in KINDS)
    if not files:
        return target if built else None
    sources = [_source(path) for path in files]
    fingerprint = _fingerprint(sources)
    if built != fingerprint:
        _build(files, sources, target, fingerprint)
    return target


def build_manual(
    files: Sequence[Path], target: Path, progress: Progress = lambda _path, _done, _total: None
) -> Built:
    """Build a manual from files given by hand; raises ManualError naming file and page."""
    for path in files:
        kind_of(path)
    sources = [_source(path) for path in files]
    return _build(files, sources, target, BY_HAND + _fingerprint(sources), progress)


def _build(
    files: Sequence[Path],
    sources: Sequence[Source],
    target: Path,
    fingerprint: str,
    progress: Progress = lambda _path, _done, _total: None,
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
    fresh = read_files(unread, progress)
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
