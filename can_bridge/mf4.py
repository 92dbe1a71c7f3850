"""can_bridge: an MF4 file in, python-can's messages out, one by one; asammdf reads it, an extra.

asammdf raises whatever a damaged file makes of it, writes to the log as well, and complains once more
when a half-opened file is taken away.  One error with one sentence leaves this room.
"""

from __future__ import annotations

import contextlib
import gc
import logging
import struct
import sys
import traceback
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import can

from can_bridge.errors import RecordingError, first_line

if TYPE_CHECKING:
    from can.io.mf4 import MF4Reader

_BEGINS = (b"MDF     ", b"UnFinMF ")
_FIRST_BLOCK = 64
_BLOCK = struct.Struct("<8sQQ")
_LINK = struct.Struct("<Q")
_MOST_BLOCKS = 100_000
_LARGEST = 1 << 48  # bytes; what is beyond is damaged, since no file is so large


def mf4_messages(file: Path) -> Iterator[can.Message]:
    """Every frame in the order of time; RecordingError where the file cannot be read any further."""
    with file.open("rb") as stream:
        if stream.read(len(_BEGINS[0])) not in _BEGINS:
            raise RecordingError(f"{file} is no MF4 recording; name one, or another format")
    with _unlogged():
        reader = _opened(file)
        count = 0
        try:
            for message in reader:
                count += 1
                yield message
        except Exception as error:  # asammdf and what it decompresses with have no common base
            place = f"{file}, after {count} frame{'' if count == 1 else 's'}"
            raise _cut_off(file) or RecordingError(
                f"{place}: the recording is broken here ({first_line(error)}); record it again, or "
                f"convert what can be read"
            ) from error
        finally:
            reader.stop()


def _opened(file: Path) -> MF4Reader:
    try:
        from can.io.mf4 import MF4Reader  # noqa: PLC0415  asammdf is an extra

        return MF4Reader(str(file))
    except (ImportError, NotImplementedError) as error:
        raise RecordingError(
            f"{file} is an MF4 recording, for which a package is missing; install the extra with: "
            f"pip install 'auriga[mf4]'"
        ) from error
    except Exception as error:  # as above
        _let_go(error)
        raise _cut_off(file) or RecordingError(
            f"{file} is no whole MF4 recording of CAN frames ({first_line(error)}); record it again"
        ) from error


def _cut_off(file: Path) -> RecordingError | None:
    """The sentence about a file that ends before a block that it names; None for other damage."""
    size = file.stat().st_size
    if _end_of_blocks(file, size) <= size:
        return None
    return RecordingError(
        f"{file}, offset {size}: the recording ends here, before the parts that it names: it was cut "
        f"off, or is damaged, and an MF4 cannot be read in part; record it again"
    )


def _end_of_blocks(file: Path, size: int) -> int:
    """The largest offset to which blocks reach that can be found, by their links, in bytes.

    It is not searched any further once that is beyond the file's `size`.

    A block of MDF 4: `##` and two letters, 4 bytes reserved, its size, the number of its links, and
    the offsets of other blocks, 0 for none; ASAM MDF 4.1, block structure.
    """
    waiting, seen, end = [_FIRST_BLOCK], {0}, 0
    with file.open("rb") as stream:
        while waiting and len(seen) < _MOST_BLOCKS:
            at = waiting.pop()
            if at in seen or at > _LARGEST:
                continue
            seen.add(at)
            end = max(end, at + _BLOCK.size)
            if end > size:
                return end
            stream.seek(at)
            head = stream.read(_BLOCK.size)
            if not head.startswith(b"##"):
                continue
            _, length, links = _BLOCK.unpack(head)
            if length > _LARGEST:
                continue
            end = max(end, at + length)
            if _BLOCK.size + 8 * links <= length:
                linked = stream.read(8 * min(links, _MOST_BLOCKS))
                waiting += [link for (link,) in _LINK.iter_unpack(linked[: len(linked) // 8 * 8])]
    return end


def _let_go(error: BaseException) -> None:
    """Let go of the half-opened file now, while nothing shows that its destructor fails."""
    hook = sys.unraisablehook

    def without_asammdf(unraisable: sys.UnraisableHookArgs) -> None:
        if not str(getattr(unraisable.object, "__module__", "")).startswith("asammdf"):
            hook(unraisable)

    sys.unraisablehook = without_asammdf
    try:
        with warnings.catch_warnings(action="ignore", category=ResourceWarning):
            cause: BaseException | None = error
            while cause is not None:
                traceback.clear_frames(cause.__traceback__)
                cause = cause.__context__
            gc.collect()  # it is part of a cycle; python-can's file is closed with it
    finally:
        sys.unraisablehook = hook


@contextlib.contextmanager
def _unlogged() -> Iterator[None]:
    """What asammdf raises it also logs, with a traceback."""
    logger = logging.getLogger("asammdf")
    disabled, logger.disabled = logger.disabled, True
    try:
        yield
    finally:
        logger.disabled = disabled
