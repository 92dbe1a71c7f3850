"""sim: standard input, a Unix socket or the keys of a terminal in, lines for the control out."""

from __future__ import annotations

import os
import socket
import termios
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sim.clock import WallClock
from sim.errors import SpecError

Reply = Callable[[str], str]
"""A line in, what to tell its sender out (empty: nothing)."""
_PIECE = 4096
_LONGEST_LINE = 65_536
_REPLY_WAITS_S = 0.5

KEYS: dict[str, str] = {
    "+": "speed +10",
    "-": "speed -10",
    " ": "speed 0",
    "p": "gear P",
    "r": "gear R",
    "n": "gear N",
    "d": "gear D",
    "b": "gear B",
    "s": "start",
    "o": "stop",
    "1": "door front_left toggle",
    "2": "door front_right toggle",
    "3": "door rear_left toggle",
    "4": "door rear_right toggle",
    "5": "door boot toggle",
    "6": "door bonnet toggle",
    "v": "press voice",
    "V": "press",
    "f": "faults",
    "c": "clear",
    "l": "lamps",
    "?": "help",
    "q": "quit",
}
"""Key of a terminal -> the line that it stands for; `:` begins a line of one's own."""


class Lines:
    """Cuts what is read into lines."""

    def __init__(self) -> None:
        """Nothing was read yet."""
        self._rest = b""

    def take(self, piece: bytes) -> Iterator[str]:
        """The lines that are complete now; a line that never ends is forgotten."""
        *lines, self._rest = (self._rest + piece).split(b"\n")
        if len(self._rest) > _LONGEST_LINE:
            self._rest = b""
        for line in lines:
            yield line.decode("utf-8", "replace")


def watch_lines(clock: WallClock, descriptor: int, reply: Reply, end: Callable[[], None]) -> None:
    """Answer the lines of a descriptor on standard output; `end` when it is closed."""
    lines = Lines()

    def read() -> None:
        piece = os.read(descriptor, _PIECE)
        for line in lines.take(piece):
            told = reply(line)
            if told:
                print(told, flush=True)
        if not piece:
            end()

    clock.watch(descriptor, read)


@contextmanager
def watched_socket(clock: WallClock, path: Path, reply: Reply) -> Iterator[None]:
    """Answer the lines of everybody who connects to a Unix socket; SpecError if it cannot be."""
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    peers: dict[socket.socket, Lines] = {}
    try:
        _clear_way(path)
        server.bind(str(path))
        server.listen()
    except OSError as error:
        server.close()
        raise SpecError(
            f"the control socket {path} cannot be opened ({error.strerror or error}); name another"
        ) from error

    def accept() -> None:
        peer, _ = server.accept()
        peer.settimeout(_REPLY_WAITS_S)
        peers[peer] = Lines()
        clock.watch(peer.fileno(), lambda: read(peer))

    def read(peer: socket.socket) -> None:
        try:
            piece = peer.recv(_PIECE)
            for line in peers[peer].take(piece):
                told = reply(line)
                if told:
                    peer.sendall(f"{told}\n".encode())
        except OSError:  # he is gone, or does not read
            piece = b""
        if not piece:
            clock.forget(peer.fileno())
            del peers[peer]
            peer.close()

    clock.watch(server.fileno(), accept)
    try:
        yield
    finally:
        for each in (*peers, server):
            each.close()
        path.unlink(missing_ok=True)


def _clear_way(path: Path) -> None:
    """Take away a socket that its simulation left behind; one that is in use stays."""
    if not path.is_socket():
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe, suppress(OSError):
        probe.connect(str(path))
        raise SpecError(f"the control socket {path} belongs to a running simulation; name another")
    path.unlink()


@contextmanager
def watched_keys(clock: WallClock, descriptor: int, reply: Reply) -> Iterator[None]:
    """Answer single keys of a terminal; the terminal is as before afterwards."""
    before = termios.tcgetattr(descriptor)
    tty.setcbreak(descriptor)

    typing = False

    def read() -> None:
        nonlocal typing
        if typing:  # a line of one's own, which the terminal has echoed
            line = os.read(descriptor, _PIECE).decode("utf-8", "replace")
            tty.setcbreak(descriptor)
            typing = False
        else:
            key = os.read(descriptor, 1).decode("ascii", "replace")
            line = KEYS.get(key, "")
            if key == ":":
                typing = True
                termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
                print(":", end="", flush=True)
        told = reply(line)
        if told:
            print(told, flush=True)

    clock.watch(descriptor, read)
    try:
        yield
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
