"""can_bridge: a message that may be sent comes in, the turn to send it goes out, with what was sent.

Every gate of this user, in whatever process, takes its turn here and notes each frame before it is
sent.  So the limits of commands.toml hold for the bus and not for a process: the turn is a lock on
a small file, which the kernel gives back however a process ends, and the file says when frames of
the message went out.  Times are those of time.monotonic(), which all processes share until the
machine starts anew; what was noted before that has no meaning any more and is passed over.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import math
import os
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from can_bridge.errors import LedgerError
from can_bridge.runtime_folder import runtime_folder
from can_bridge.spec import CommandFrame

KEPT_S = 60.0
"""No limit looks further back."""
_FOLDER = ".gate"  # no channel of the unix bus, which lie beside it, has such a name
_MOST_BYTES = 1 << 20
_BOOT = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Sent:
    """What is known of the frames of one message."""

    times: tuple[float, ...]
    """When they were sent, in the last minute at least; the latest last."""
    counter: int
    """Of the latest one."""


def nothing_sent() -> Sent:
    """The counter begins anywhere, since the receiver may remember the last."""
    return Sent((), random.randrange(256))


class Turn:
    """The right to send one message, until its block is left."""

    def __init__(self, sent: Sent, keep: Callable[[Sent], None]) -> None:
        """`keep` writes down what was sent; LedgerError when it cannot."""
        self._sent = sent
        self._keep = keep

    @property
    def times(self) -> tuple[float, ...]:
        """When frames were sent, the latest last."""
        return self._sent.times

    def note(self, now: float) -> int:
        """Write down that a frame is sent now, before it is; the counter that it has to have."""
        recent = tuple(at for at in self._sent.times if now - at < KEPT_S)
        sent = Sent((*recent, now), self._sent.counter + 1)
        self._keep(sent)
        self._sent = sent
        return sent.counter


class Ledger:
    """The ledgers of all messages; one file for each message on each bus."""

    def __init__(self, bus_name: Callable[[int], str]) -> None:
        """`bus_name` gives what the bus of a number is called on this machine."""
        self._bus_name = bus_name

    @contextlib.contextmanager
    def turn(self, frame: CommandFrame) -> Iterator[Turn | None]:
        """The turn to send a message; None while another command has it, here or elsewhere.

        LedgerError when what was sent cannot be read or not be written down.
        """
        bus = self._bus_name(frame.bus)
        file = _file(bus, frame)
        with _opened(file, frame) as descriptor:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield None
                return
            page = _Page(file, descriptor, bus, frame)
            try:
                yield Turn(page.read(), page.write)
            finally:
                fcntl.flock(descriptor, fcntl.LOCK_UN)


def _file(bus: str, frame: CommandFrame) -> Path:
    try:
        folder = runtime_folder() / _FOLDER
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        reason = str(error) if error.errno is None else f"{error.filename}: {error.strerror}"
        raise LedgerError(
            f"nobody would know how often {frame.name} was sent, since there is no folder for it "
            f"({reason})"
        ) from error
    named = hashlib.sha256(bus.encode(errors="surrogateescape")).hexdigest()[:16]
    return folder / f"{named}-{frame.key:x}.json"


@contextlib.contextmanager
def _opened(file: Path, frame: CommandFrame) -> Iterator[int]:
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    try:
        descriptor = os.open(file, flags, 0o600)
    except OSError as error:
        raise _unwritable(file, frame, error) from error
    try:
        yield descriptor
    finally:
        os.close(descriptor)


class _Page:
    """The open and locked file of one message."""

    def __init__(self, file: Path, descriptor: int, bus: str, frame: CommandFrame) -> None:
        self._file = file
        self._descriptor = descriptor
        self._bus = bus
        self._frame = frame
        self._bytes = 0

    def read(self) -> Sent:
        """What it says; LedgerError when it is damaged."""
        try:
            data = os.pread(self._descriptor, _MOST_BYTES, 0)
            boot = _BOOT.read_text().strip()
        except OSError as error:
            raise LedgerError(f"{self._file} cannot be read ({error.strerror})") from error
        self._bytes = len(data)
        if not data:
            return nothing_sent()
        try:
            entry = json.loads(data)
            return _sent(entry) if entry["boot"] == boot else nothing_sent()
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise LedgerError(
                f"{self._file} is damaged, so that nobody knows how often {self._frame.name} was "
                f"sent; remove it a minute after the last command"
            ) from error

    def write(self, sent: Sent) -> None:
        """In one piece and never shorter than before, so that it is whole whenever a process dies."""
        try:
            entry = {
                "boot": _BOOT.read_text().strip(),
                "bus": self._bus,
                "message": self._frame.name,
                "counter": sent.counter,
                "sent": sent.times,
            }
            data = json.dumps(entry).encode().ljust(self._bytes)
            if os.pwrite(self._descriptor, data, 0) < len(data):
                raise OSError(0, "the disk is full")
        except OSError as error:
            raise _unwritable(self._file, self._frame, error) from error
        self._bytes = len(data)


def _sent(entry: dict[str, object]) -> Sent:
    """ValueError for what was never written here."""
    counter, times = entry["counter"], entry["sent"]
    if type(counter) is not int or counter < 0 or not isinstance(times, list):
        raise ValueError(entry)
    if not all(isinstance(at, float) and math.isfinite(at) for at in times):
        raise ValueError(times)
    if times != sorted(times) or (times and times[-1] > time.monotonic()):
        raise ValueError(times)
    return Sent(tuple(times), counter)


def _unwritable(file: Path, frame: CommandFrame, error: OSError) -> LedgerError:
    return LedgerError(
        f"nobody would know how often {frame.name} was sent, since {file} cannot be written "
        f"({error.strerror})"
    )
