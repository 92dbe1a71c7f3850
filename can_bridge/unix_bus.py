"""can_bridge: a CAN bus between processes of one machine; frames in, the same frames out to all.

A python-can interface named `unix`, for a bench without a CAN kernel: every participant listens on
a socket of its own in the channel's folder and is linked to every other one, so no hub has to run.
It uses no network and works under `unshare -n`.  Like python-can's other virtual buses it models
neither arbitration nor throughput.

Links are SOCK_SEQPACKET: a message boundary is a frame boundary, the kernel's send buffer is the
bounded queue, and a peer that ends is noticed at once.  (A datagram socket would hold only
`net.unix.max_dgram_qlen` frames, ten by default.)
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import secrets
import select
import socket
import stat
import struct
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import can
from can.typechecking import CanFilters

from can_bridge.runtime_folder import runtime_folder, runtime_path

_HEADER = struct.Struct("<dIHB")  # timestamp in s since the epoch, identifier, flags, DLC
_MAX_FRAME = _HEADER.size + 64
_FLAGS = (
    "is_extended_id",
    "is_remote_frame",
    "is_error_frame",
    "is_fd",
    "bitrate_switch",
    "error_state_indicator",
)
_MAX_SOCKET_PATH = 107
_MAX_CLASSIC_BYTES = 8
_SEND_BUFFER = 1 << 22
_CHECK_S = 1.0
CHANNEL = "a name of letters, digits, '_', '-' and '.', or the absolute path of a folder"
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}")


RawFrame = tuple[float, int, int, bytes]
"""Timestamp in s since the epoch, identifier (bit 31 set if it has 29 bits), flags, data; the flags
are 1 extended, 2 remote, 4 error.
"""
_EXTENDED_KEY = 1 << 31


class UnixBus(can.BusABC):
    """One participant of a channel that any process of this user may join.

    Frames that a full peer could not take are lost for that peer and counted in `dropped`;
    messages that are no frame are counted in `malformed`.
    """

    def __init__(
        self,
        channel: str = "auriga",
        can_filters: CanFilters | None = None,
        receive_own_messages: bool = False,
        **kwargs: object,
    ) -> None:
        """Join `channel`: a name, or the absolute path of a folder.

        Raises can.CanInitializationError when the folder or the socket cannot be used.
        """
        self.dropped = 0
        self.malformed = 0
        self._lock = threading.Lock()
        self._joining = threading.Lock()
        self._links: dict[int, socket.socket] = {}
        self._outgoing: tuple[socket.socket, ...] = ()
        self._own: socket.socket | None = None
        self._resources = contextlib.ExitStack()
        self._is_shutdown = True  # until the channel is joined there is nothing to shut down
        try:
            self._join(str(channel), receive_own_messages)
        except OSError as error:
            self._resources.close()
            raise can.CanInitializationError(_cannot_join(str(channel), error)) from error
        except can.CanInitializationError:
            self._resources.close()
            raise
        self._is_shutdown = False
        self.channel_info = f"unix bus '{channel}'"
        super().__init__(channel=channel, can_filters=can_filters, **kwargs)

    def _join(self, channel: str, receive_own_messages: bool) -> None:
        folder = channel_folder(channel)
        path = folder / f"{os.getpid()}-{secrets.token_hex(4)}"
        if len(os.fsencode(path)) > _MAX_SOCKET_PATH:
            raise can.CanInitializationError(
                f"the path of the unix bus '{channel}' is longer than {_MAX_SOCKET_PATH} bytes; "
                f"choose a shorter channel name"
            )
        self._poll = self._resources.enter_context(select.epoll())
        self._resources.callback(self._close_links)
        if receive_own_messages:
            self._own, back = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            self._own.setblocking(False)
            self._resources.callback(self._own.close)
            self._add_link(back)
            self._outgoing = ()  # frames are read from `back`, and written to `_own` only
        with _locked(folder):  # one joins at a time, so that two never link to each other twice
            for peer in sorted(folder.iterdir()):
                self._link_to(peer)
            self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            self._resources.callback(self._listener.close)
            self._listener.bind(os.fspath(path))
            self._path, self._check_at = path, time.monotonic() + _CHECK_S
            self._resources.callback(path.unlink, missing_ok=True)
            self._listener.listen(128)
        self._listener.setblocking(False)
        self._poll.register(self._listener.fileno(), select.EPOLLIN)

    def _link_to(self, peer: Path) -> None:
        try:
            if not stat.S_ISSOCK(peer.lstat().st_mode):
                return
        except FileNotFoundError:  # it has just left
            return
        link = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        link.setblocking(False)
        try:
            link.connect(os.fspath(peer))
        except ConnectionRefusedError:  # left behind by a process that was killed
            link.close()
            peer.unlink(missing_ok=True)
        except OSError:  # it is leaving, or it has not accepted 128 others: not a peer
            link.close()
        else:
            self._add_link(link)

    def _add_link(self, link: socket.socket) -> None:
        link.setblocking(False)
        # The kernel grants twice net.core.wmem_max at most: some 500 frames, 0.1 s of a full bus.
        link.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
        with self._lock:
            self._links[link.fileno()] = link
            self._outgoing += (link,)
        self._poll.register(link.fileno(), select.EPOLLIN)

    def _drop_link(self, link: socket.socket) -> None:
        with self._lock:
            if self._links.pop(link.fileno(), None) is None:
                return
            self._outgoing = tuple(other for other in self._outgoing if other is not link)
            link.close()  # closing removes it from the poll set

    def _close_links(self) -> None:
        with self._lock:
            for link in self._links.values():
                link.close()
            self._links.clear()
            self._outgoing = ()

    def _accept_all(self) -> None:
        # With the lock, so that a thread that sends waits for a peer that another one just accepts.
        with self._joining, contextlib.suppress(OSError):  # BlockingIOError: nobody waits any more
            while True:
                link, _ = self._listener.accept()
                self._add_link(link)

    def send(self, msg: can.Message, timeout: float | None = None) -> None:
        """Give the frame to every participant; `timeout` is not used, since nothing blocks."""
        if self._is_shutdown:
            raise can.CanOperationError(f"{self.channel_info} is shut down")
        frame = _pack(msg, time.time())
        self._accept_all()
        for link in self._outgoing:
            self._send_to(link, frame)
        if self._own is not None:
            self._send_to(self._own, frame)

    def _send_to(self, link: socket.socket, frame: bytes) -> None:
        try:
            link.send(frame)
        except BlockingIOError:
            self.dropped += 1
        except OSError:  # the peer is gone
            if link is not self._own:
                self._drop_link(link)

    def _recv_internal(self, timeout: float | None) -> tuple[can.Message | None, bool]:
        if self._is_shutdown:
            raise can.CanOperationError("this unix bus is shut down")
        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            left = None if deadline is None else max(0.0, deadline - time.monotonic())
            events = self._events(left, 1)  # one at a time: the kernel takes turns
            if not events:
                return None, False
            message = self._receive_from(events[0][0])
            if message is not None:
                return message, False

    def _events(self, timeout: float | None, most: int) -> list[tuple[int, int]]:
        try:
            return self._poll.poll(timeout, most)
        except (OSError, ValueError) as error:  # closed by another thread
            raise can.CanOperationError(f"{self.channel_info} was closed") from error

    def _receive_from(self, descriptor: int) -> can.Message | None:
        if descriptor == self._listener.fileno():
            self._accept_all()
            return None
        link = self._links.get(descriptor)
        if link is None:
            return None
        try:
            frame = link.recv(_MAX_FRAME + 1)
        except BlockingIOError:
            return None
        except OSError:
            frame = b""
        if not frame:
            self._drop_link(link)
            return None
        message = _unpack(frame)
        self.malformed += message is None
        return message

    def receive_raw(self, timeout: float, most: int) -> list[RawFrame]:
        """The frames that wait, up to `most` of each peer, unfiltered; none when the time is up.

        For a receiver that takes thousands a second: no can.Message is made, and one call to the
        kernel tells which peers have sent.  can.CanOperationError also when the channel's folder
        is gone, since nobody could join this participant any more.
        """
        if self._is_shutdown:
            raise can.CanOperationError("this unix bus is shut down")
        frames: list[RawFrame] = []
        for descriptor, _ in self._events(timeout, -1):
            link = self._links.get(descriptor)
            if link is not None:
                self._read_link(link, most, frames)
            elif descriptor == self._listener.fileno():
                self._accept_all()
        if time.monotonic() >= self._check_at:
            self._check_at = time.monotonic() + _CHECK_S
            if not os.path.exists(self._path):  # noqa: PTH110 (nor where it may not be entered)
                raise can.CanOperationError(f"the folder of {self.channel_info} is gone")
        return frames

    def _read_link(self, link: socket.socket, most: int, frames: list[RawFrame]) -> None:
        try:
            for _ in range(most):
                packet = link.recv(_MAX_FRAME + 1)
                if not packet:
                    self._drop_link(link)
                    return
                frame = _unpack_raw(packet)
                if frame is None:
                    self.malformed += 1
                else:
                    frames.append(frame)
        except BlockingIOError:  # everything was read
            return
        except OSError:
            self._drop_link(link)

    def fileno(self) -> int:
        """A descriptor that select() and poll() report as readable when a frame waits."""
        return -1 if self._is_shutdown else self._poll.fileno()

    def shutdown(self) -> None:
        """Leave the channel and remove this participant's socket; may be called again."""
        if self._is_shutdown:
            return
        super().shutdown()
        self._resources.close()


def _cannot_join(channel: str, error: OSError) -> str:
    """Why, and what to do."""
    if error.errno is None:  # a sentence of ours
        return str(error)
    place = error.filename or channel_path(channel)
    if Path(channel).is_absolute():
        advice = "name a folder that this user may write"
    else:
        advice = "make it one that this user may write, or set XDG_RUNTIME_DIR to such a folder"
    return f"the folder {place} cannot be used ({error.strerror}); {advice}"


def is_channel(text: str) -> bool:
    """Whether a text can name a channel: a name, or the absolute path of a folder."""
    return Path(text).is_absolute() or _NAME.fullmatch(text) is not None


def channel_path(channel: str) -> Path:
    """The folder of a channel, which may not be there yet."""
    return runtime_path() / channel  # which is the channel alone if that is absolute


def channel_folder(channel: str) -> Path:
    """The folder of a channel, made if missing; only this user may enter the default ones."""
    if not is_channel(channel):
        raise can.CanInitializationError(f"'{channel}' is no unix bus channel: expected {CHANNEL}")
    folder = channel_path(channel)
    if not Path(channel).is_absolute():
        runtime_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _pack(message: can.Message, timestamp: float) -> bytes:
    flags = sum(1 << bit for bit, name in enumerate(_FLAGS) if getattr(message, name))
    header = _HEADER.pack(timestamp, message.arbitration_id, flags, message.dlc)
    return header + bytes(message.data)


def _unpack_raw(packet: bytes) -> RawFrame | None:
    size = len(packet)
    if not _HEADER.size <= size <= _MAX_FRAME:
        return None
    timestamp, identifier, flags, _ = _HEADER.unpack_from(packet)
    if flags & 1:
        identifier |= _EXTENDED_KEY
    return timestamp, identifier, flags, packet[_HEADER.size :]


def _unpack(frame: bytes) -> can.Message | None:
    if not _HEADER.size <= len(frame) <= _MAX_FRAME:
        return None
    timestamp, identifier, flags, dlc = _HEADER.unpack_from(frame)
    try:
        return can.Message(
            timestamp=timestamp,
            arbitration_id=identifier,
            dlc=dlc,
            data=frame[_HEADER.size :],
            is_rx=True,
            check=True,
            is_extended_id=bool(flags & 1),
            is_remote_frame=bool(flags & 2),
            is_error_frame=bool(flags & 4),
            is_fd=bool(flags & 8),
            bitrate_switch=bool(flags & 16),
            error_state_indicator=bool(flags & 32),
        )
    except ValueError:
        return None
