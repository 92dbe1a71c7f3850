"""Adapter: the SQLite file of a manual, always written as a whole and sealed; a changed byte shows.

What the file holds is quoted as the manual's own words, and SQLite does not see a letter or a figure
that a bad disk has changed. So each file carries a seal: the first 64 bits of its SHA-256, in the two
fields of the header that SQLite leaves to its users. What SQLite writes into the header together with
these fields does not count.
"""

import hashlib
import os
import secrets
import shutil
import sqlite3
import struct
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from assistant.errors import DiskFullError, ManualError, is_full

HEADER_BYTES = 100  # https://www.sqlite.org/fileformat2.html#the_database_header
USER_VERSION = slice(60, 64)
APPLICATION_ID = slice(68, 72)
# Change counter, and what was current and which SQLite it was when that was counted.
COUNTED = (slice(24, 28), slice(92, 100))


def is_whole(path: Path) -> bool:
    """Whether a file is as it was sealed; raises OSError where it cannot be read."""
    header, digest = _digest(path)
    return len(header) == HEADER_BYTES and header[USER_VERSION] + header[APPLICATION_ID] == digest


def require_whole(path: Path) -> None:
    """Raise ManualError where a file is not as it was sealed, or is not there."""
    try:
        whole = is_whole(path)
    except OSError as error:
        raise ManualError(
            f"The manual {path} cannot be read ({error.strerror}); run `auriga manual build`."
        ) from error
    if not whole:
        raise ManualError(
            f"{path} is no built manual, or is damaged: it is not as it was written; run "
            "`auriga manual build`."
        )


@contextmanager
def writing(path: Path, *, what: str = "manual") -> Iterator[sqlite3.Connection]:
    """A new file that takes the place of `path`, sealed, once all went well.

    Raises ManualError or DiskFullError saying that `what` cannot be written.
    """
    part = _part(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield from _filled(part)
        part.replace(path)
    except (OSError, sqlite3.Error) as error:
        raise _not_written(path, what, error) from error
    finally:
        with suppress(OSError):
            part.unlink()


@contextmanager
def rewriting(path: Path, *, what: str) -> Iterator[sqlite3.Connection]:
    """A copy of `path` that takes its place, sealed, once all went well.

    Where somebody else has written the manual meanwhile, theirs stays: it may be another one.
    Raises ManualError, also for a file that is not whole, or DiskFullError.
    """
    require_whole(path)
    part = _part(path)
    try:
        copied = _which(path)
        shutil.copyfile(path, part)
        yield from _filled(part)
        if _which(path) == copied:
            part.replace(path)
    except (OSError, sqlite3.Error) as error:
        raise _not_written(path, what, error) from error
    finally:
        with suppress(OSError):
            part.unlink()


def _part(path: Path) -> Path:
    """Where a file is written first; others may write the same manual at this moment."""
    return path.with_name(f"{path.name}.{os.getpid()}-{secrets.token_hex(4)}.part")


def _which(path: Path) -> tuple[int, int]:
    """What tells a file from one that took its place."""
    found = path.stat()
    return found.st_ino, found.st_mtime_ns


def _filled(part: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(part)) as connection:
        yield connection
        connection.commit()
        version, application = struct.unpack(">ii", _digest(part)[1])
        connection.execute(f"PRAGMA user_version = {version}")
        connection.execute(f"PRAGMA application_id = {application}")
        connection.commit()


def _digest(path: Path) -> tuple[bytes, bytes]:
    """The header of a file and the first 64 bits of its SHA-256, the seal left out."""
    with path.open("rb") as file:
        header = file.read(HEADER_BYTES)
        counted = bytearray(header)
        for field in (USER_VERSION, APPLICATION_ID, *COUNTED):
            counted[field] = bytes(len(counted[field]))
        digest = hashlib.sha256(counted)
        hashlib.file_digest(file, lambda: digest)
    return header, digest.digest()[:8]


def _not_written(
    path: Path, what: str, error: OSError | sqlite3.Error
) -> ManualError | DiskFullError:
    """Why a manual was not written, and what helps."""
    reason = error.strerror if isinstance(error, OSError) else str(error)
    code = getattr(error, "sqlite_errorcode", None)
    if code == sqlite3.SQLITE_FULL or (isinstance(error, OSError) and is_full(error)):
        return DiskFullError(f"The {what} {path} cannot be written ({reason}); free some space.")
    if code == sqlite3.SQLITE_IOERR_WRITE:  # a quota or a limit may be what cut the write short
        return DiskFullError(
            f"The {what} {path} cannot be written ({reason}); free some space or check the disk."
        )
    return ManualError(
        f"The {what} {path} cannot be written ({reason}); make its folder writable, or name "
        "another one in models.folder or XDG_DATA_HOME."
    )
