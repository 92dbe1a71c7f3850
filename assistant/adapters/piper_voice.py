"""Adapter room: the Voice port; text goes to the Piper process, chunks of sound come back.

The process is either a child of this one (`python -m assistant.adapters.piper_process`, over
an inherited socket pair) or the `auriga-voice` service on a Unix socket path. Everything has a
deadline; a voice that died is started again by the next call.
"""

import contextlib
import logging
import os
import select
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.adapters.piper_protocol import Frame, FrameBuffer, ProtocolError, encode
from assistant.cancel import CancelToken
from assistant.errors import ModelError, VoiceError
from assistant.events import AudioChunk

log = logging.getLogger(__name__)

PACKAGE_ROOT = Path(__file__).parents[2]
LOOK_S = 0.05  # how often a wait looks whether it is still wanted
CLOSE_S = 2.0  # how long a child may take to end by itself
RECEIVE_BYTES = 64 * 1024
MAX_TEXT = 4000  # characters; far more than an answer, less than a header line holds


@dataclass(frozen=True, slots=True)
class PiperSettings:
    """Where the voice is and how it runs."""

    voice: Path  # the .onnx file, its .json beside it
    threads: int = 1  # of onnxruntime
    length_scale: float = 1.0  # above 1 speaks more slowly
    variation: float = 1.0  # of melody and rhythm, times the voice's own; 0: each time the same
    socket_path: Path | None = None  # of the auriga-voice service; None starts a child
    open_timeout_s: float = 90.0  # a busy machine; a child that dies is seen at once
    chunk_timeout_s: float = 10.0  # the longest wait for the next piece of sound
    remedy: str = "name another file"  # what helps where it is no voice


class PiperVoice:
    """A Voice. One text at a time: a later `synthesize` takes the voice from an earlier one."""

    def __init__(self, settings: PiperSettings) -> None:
        self._settings = settings
        self._closing = threading.Event()  # somebody waits to close it while it is opened
        self._lock = threading.RLock()  # guards all below
        self._link: _Link | None = None
        self._number = 0  # of the latest request

    def open(self) -> None:
        """Start the voice and let it warm up; raises ModelError or VoiceError."""
        with self._lock:
            if self._link is None:
                self._link = _open_link(self._settings, self._closing)

    def close(self) -> None:
        """End the child or leave the service; what is being opened meanwhile is given up."""
        self._closing.set()
        with self._lock:
            self._closing.clear()
            if self._link is not None:
                self._link.close()
            self._link = None

    @property
    def process_id(self) -> int | None:
        """Of the child, None where there is none."""
        with self._lock:
            child = self._link.child if self._link else None
            return child.pid if child else None

    def synthesize(self, text: str, cancel: CancelToken) -> Iterator[AudioChunk]:
        """Yield the sound of `text`, at most 0.75 s a chunk, mono at the voice's rate.

        Raises VoiceError when the voice died, is too late, or was taken by a later call.
        """
        if cancel.cancelled or not text.strip():
            return
        number = self._request(text[:MAX_TEXT])
        finished = False
        try:
            while (frame := self._next(number, cancel)) is not None:
                if not frame.payload:
                    finished = True
                    return
                samples = np.frombuffer(frame.payload, dtype=np.int16)
                yield AudioChunk(samples, int(frame.header["rate"]))
        finally:
            if not finished:
                self._cancel(number)

    def _request(self, text: str) -> int:
        with self._lock:
            self.open()
            assert self._link is not None
            if self._number:  # whoever still reads the former one shall not hold us up
                self._cancel(self._number)
                self.open()
            self._number += 1
            self._send({"say": text, "id": self._number})
            return self._number

    def _next(self, number: int, cancel: CancelToken) -> Frame | None:
        """The next frame of a request; None when it was cancelled."""
        deadline = time.monotonic() + self._settings.chunk_timeout_s
        while not cancel.cancelled:
            with self._lock:
                if number != self._number:
                    raise VoiceError("a later reply took the voice; ask again")
                frame = self._poll()
                if frame is not None and frame.header.get("id") == number:
                    if "error" in frame.header:
                        raise VoiceError(f"{frame.header['error']}; ask again")
                    return frame
                if time.monotonic() > deadline:
                    self.close()
                    log.warning(
                        "the voice process sent no sound for %g s; it is started again",
                        self._settings.chunk_timeout_s,
                    )
                    raise VoiceError(
                        f"the voice sent no sound for {self._settings.chunk_timeout_s:g} s;"
                        " it is started again with the next answer"
                    )
        return None

    def _poll(self) -> Frame | None:
        if self._link is None:
            raise VoiceError("the voice was closed; open it before speaking")
        try:
            return self._link.poll(LOOK_S)
        except (OSError, ProtocolError) as error:
            raise self._lost() from error

    def _cancel(self, number: int) -> None:
        with self._lock:
            if self._link is not None and number == self._number:
                with contextlib.suppress(VoiceError):
                    self._send({"cancel": number})

    def _send(self, header: dict[str, object]) -> None:
        assert self._link is not None
        try:
            self._link.send(header)
        except OSError as error:
            raise self._lost() from error

    def _lost(self) -> VoiceError:
        self.close()
        log.warning("the voice process ended; the next answer starts it again")
        return VoiceError("the voice process ended; it is started again with the next answer")


class _Link:
    """The socket to the voice, and the child behind it where there is one."""

    def __init__(self, link: socket.socket, child: subprocess.Popen[bytes] | None) -> None:
        self.child = child
        self._link = link
        self._buffer = FrameBuffer()

    def send(self, header: dict[str, object]) -> None:
        """Send a frame; raises OSError."""
        self._link.sendall(encode(header))

    def poll(self, seconds: float) -> Frame | None:
        """The next frame within `seconds`, else None; raises OSError, ProtocolError."""
        frame = self._buffer.next()
        if frame is not None:
            return frame
        if not select.select([self._link], [], [], seconds)[0]:
            return None
        data = self._link.recv(RECEIVE_BYTES)
        if not data:
            raise ConnectionResetError("the voice closed its end")
        self._buffer.add(data)
        return self._buffer.next()

    def close(self) -> None:
        """Close the socket; the child sees it and ends, or is killed after a while."""
        self._link.close()
        if self.child is None:
            return
        try:
            self.child.wait(CLOSE_S)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()


def _open_link(settings: PiperSettings, closing: threading.Event) -> _Link:
    link = _connect(settings.socket_path) if settings.socket_path else _start_child(settings)
    try:
        _await_ready(link, settings, closing)
    except BaseException:
        if link.child is not None:
            link.child.kill()  # while it loads its model it would not see that we close
        link.close()
        raise
    return link


def _connect(path: Path) -> _Link:
    link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        link.connect(str(path))
    except OSError as error:
        link.close()
        raise VoiceError(f"no voice answers on {path}; start the auriga-voice service") from error
    return _Link(link, None)


def _start_child(settings: PiperSettings) -> _Link:
    for file in (settings.voice, Path(f"{settings.voice}.json")):
        if not file.is_file():
            raise ModelError(f"the voice file {file} is missing; {settings.remedy}")
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    command = [sys.executable, "-m", "assistant.adapters.piper_process"]
    command += ["--fd", str(theirs.fileno()), "--voice", str(settings.voice)]
    command += ["--threads", str(settings.threads), "--length-scale", str(settings.length_scale)]
    command += ["--variation", str(settings.variation)]
    paths = [str(PACKAGE_ROOT), os.environ.get("PYTHONPATH", "")]
    with theirs:
        try:
            child = subprocess.Popen(
                command,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))},
            )
        except OSError as error:
            ours.close()
            raise VoiceError("the voice process cannot be started; see auriga doctor") from error
    return _Link(ours, child)


def _await_ready(link: _Link, settings: PiperSettings, closing: threading.Event) -> None:
    deadline = time.monotonic() + settings.open_timeout_s
    while time.monotonic() < deadline:
        if closing.is_set():
            raise VoiceError("the voice was closed while it started; open it again")
        try:
            frame = link.poll(LOOK_S)
        except (OSError, ProtocolError) as error:
            raise VoiceError("the voice process ended at its start; see auriga doctor") from error
        if frame is not None and "error" in frame.header:
            raise _start_error(str(frame.header["error"]), settings)
        if frame is not None and "ready" in frame.header:
            return
    raise VoiceError(
        f"the voice was not ready within {settings.open_timeout_s:g} s; see auriga doctor"
    )


def _start_error(reason: str, settings: PiperSettings) -> ModelError | VoiceError:
    if reason.startswith(("ModuleNotFoundError", "ImportError")):
        return VoiceError("the voice needs piper-tts; run: pip install piper-tts")
    kind = reason.partition(":")[0]
    return ModelError(f"{settings.voice} is not a Piper voice ({kind}); {settings.remedy}")
