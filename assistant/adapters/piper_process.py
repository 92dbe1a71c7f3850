"""Adapter room: the Piper process. Frames with text come in on a Unix socket, PCM goes out.

This is a process of its own, and the only file that imports piper, for two reasons. The
piper-tts package is GPL-3.0 and Auriga is Apache-2.0: the two exchange text and sound over a
socket and share no memory. And a crash of espeak or of onnxruntime ends this process, not the
assistant. Run as `python -m assistant.adapters.piper_process`; it knows no socket but AF_UNIX.
"""

import argparse
import contextlib
import ctypes
import json
import os
import re
import select
import signal
import socket
import struct
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.adapters.piper_protocol import MAX_PAYLOAD, FrameBuffer, ProtocolError, encode
from assistant.network_lock import lock_network

PR_SET_PDEATHSIG = 1  # linux/prctl.h
SEND_TIMEOUT = struct.pack("ll", 30, 0)  # s, µs; a client that does not read is dropped
RECEIVE_BYTES = 64 * 1024
# How an arena of ONNX Runtime grows: without limit, by what is asked for, the rest as it likes.
_AS_REQUESTED = {"max_mem": 0, "arena_extend_strategy": 1}
MAX_WAITING = 4  # requests; a client sends one at a time, the others it has cancelled


@dataclass(frozen=True, slots=True)
class Options:
    """What the process was started with."""

    voice: Path  # the .onnx file; its .json lies beside it
    threads: int
    length_scale: float  # above 1 speaks more slowly
    variation: float = 1.0  # of melody and rhythm, times the voice's own; 0: each time the same


class _Session:
    """The session of ONNX Runtime that Piper runs; what a run has taken it gives back.

    Otherwise the longest sentence ever spoken decides how much memory stays taken: 380 MB after
    14 s of speech, instead of 110.
    """

    def __init__(self, options: Options) -> None:
        import onnxruntime  # noqa: PLC0415 - slow to import and only needed here

        settings = onnxruntime.SessionOptions()
        settings.intra_op_num_threads = options.threads
        settings.inter_op_num_threads = 1
        # The cores are shared with the recognizer and the language model: no busy waiting.
        settings.add_session_config_entry("session.intra_op.allow_spinning", "0")
        settings.add_session_config_entry("session.use_env_allocators", "1")
        memory = onnxruntime.OrtMemoryInfo(
            "Cpu",
            onnxruntime.OrtAllocatorType.ORT_ARENA_ALLOCATOR,
            0,
            onnxruntime.OrtMemType.DEFAULT,
        )
        onnxruntime.create_and_register_allocator(memory, onnxruntime.OrtArenaCfg(_AS_REQUESTED))
        self._session = onnxruntime.InferenceSession(
            str(options.voice), sess_options=settings, providers=["CPUExecutionProvider"]
        )
        self._each_run = onnxruntime.RunOptions()
        self._each_run.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")

    def run(self, outputs: list[str] | None, inputs: dict[str, Any]) -> Any:
        """InferenceSession's."""
        return self._session.run(outputs, inputs, self._each_run)


class Synthesizer:
    """Piper with an explicit number of threads, warmed up."""

    def __init__(self, options: Options) -> None:
        from piper import PiperConfig, PiperVoice, SynthesisConfig  # noqa: PLC0415 - as below

        config = json.loads(Path(f"{options.voice}.json").read_text(encoding="utf-8"))
        # PiperVoice.load() does the same but has no thread count.
        session: Any = _Session(options)
        self._voice = PiperVoice(config=PiperConfig.from_dict(config), session=session)
        own = self._voice.config
        self._settings = SynthesisConfig(
            length_scale=own.length_scale * options.length_scale,
            noise_scale=own.noise_scale * options.variation,
            noise_w_scale=own.noise_w_scale * options.variation,
        )
        self.rate = int(self._voice.config.sample_rate)
        for _ in self.pcm("Ready."):
            pass

    def pcm(self, text: str) -> Iterator[bytes]:
        """16-bit mono sound of the text, a sentence at a time."""
        # [[...]] would be taken for raw phonemes.
        readable = re.sub(r"\[\[|\]\]", " ", text).strip()
        if not readable:
            return
        for chunk in self._voice.synthesize(readable, self._settings):
            yield chunk.audio_int16_bytes


def _give_back() -> None:
    """Return freed memory to the system, where the C library can (glibc)."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


class Connection:
    """Serves one client until it goes away."""

    def __init__(self, link: socket.socket, synthesizer: Synthesizer) -> None:
        self._link = link
        self._synthesizer = synthesizer
        self._buffer = FrameBuffer()
        self._requests: deque[tuple[int, str]] = deque()
        self._cancelled = -1  # every request up to this number is unwanted

    def serve(self) -> None:
        """Answer until the client closes its end; raises OSError or ProtocolError."""
        self._send({"ready": self._synthesizer.rate})
        while True:
            while not self._requests:
                self._receive()
            self._answer(*self._requests.popleft())
            if not self._requests:
                _give_back()

    def _answer(self, number: int, text: str) -> None:
        try:
            self._say(number, text)
        except (OSError, ProtocolError):
            raise
        except Exception as error:  # noqa: BLE001 - whatever Piper raises ends this request only
            self._send({"id": number, "error": f"the voice failed with {type(error).__name__}"})
        else:
            self._send({"id": number, "end": True})

    def _say(self, number: int, text: str) -> None:
        if self._unwanted(number):
            return
        for pcm in self._synthesizer.pcm(text):
            for start in range(0, len(pcm), MAX_PAYLOAD):
                if self._unwanted(number):
                    return
                header = {"id": number, "rate": self._synthesizer.rate}
                self._send(header, pcm[start : start + MAX_PAYLOAD])

    def _unwanted(self, number: int) -> bool:
        while select.select([self._link], [], [], 0)[0]:
            self._receive()
        return number <= self._cancelled

    def _receive(self) -> None:
        data = self._link.recv(RECEIVE_BYTES)
        if not data:
            raise ConnectionResetError("the client closed its end")
        self._buffer.add(data)
        while (frame := self._buffer.next()) is not None:
            self._note(frame.header)

    def _note(self, header: dict[str, Any]) -> None:
        match header:
            case {"cancel": int(number)}:
                self._cancelled = max(self._cancelled, number)
            case {"say": str(text), "id": int(number)}:
                if len(self._requests) >= MAX_WAITING:
                    raise ProtocolError("too many requests wait")
                self._requests.append((number, text))
            case _:
                raise ProtocolError("a request is neither say nor cancel")

    def _send(self, header: dict[str, Any], payload: bytes = b"") -> None:
        self._link.sendall(encode(header, payload))


def serve_parent(descriptor: int, options: Options) -> None:
    """Be the child of an assistant: serve the inherited socket, end with it."""
    end_with_parent()
    with socket.socket(fileno=descriptor) as link, contextlib.suppress(OSError, ProtocolError):
        try:
            synthesizer = Synthesizer(options)
        except Exception as error:  # noqa: BLE001 - told to the parent
            link.sendall(encode({"error": f"{type(error).__name__}: {error}"}))
            return
        Connection(link, synthesizer).serve()


def serve_socket(path: Path, options: Options) -> None:
    """Be a service: listen on a Unix socket, one client after the other."""
    synthesizer = Synthesizer(options)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        path.unlink(missing_ok=True)
        listener.bind(str(path))
        path.chmod(0o600)
        listener.listen(1)
        while True:
            link, _ = listener.accept()
            link.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, SEND_TIMEOUT)
            with link, contextlib.suppress(OSError, ProtocolError):
                Connection(link, synthesizer).serve()


def end_with_parent() -> None:
    """Ask the kernel for a signal when the parent dies, and leave Ctrl-C to the parent.

    The kernel also sends it when only the *thread* that started this process ends, so the
    handler looks whether the parent is still there.
    """
    parent = os.getppid()

    def end_if_orphaned(_signal: int, _frame: object) -> None:
        if os.getppid() != parent:
            os._exit(0)

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, end_if_orphaned)
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGHUP, 0, 0, 0)


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve an inherited descriptor or a socket path."""
    parser = argparse.ArgumentParser(prog="piper_process", description=__doc__)
    end = parser.add_mutually_exclusive_group(required=True)
    end.add_argument("--fd", type=int, help="serve this inherited Unix socket")
    end.add_argument("--listen", type=Path, help="listen on this Unix socket path")
    parser.add_argument("--voice", type=Path, required=True, help="the .onnx file of the voice")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--length-scale", type=float, default=1.0)
    parser.add_argument("--variation", type=float, default=1.0)
    given = parser.parse_args(arguments)
    lock_network()  # before any engine is loaded: no library here has business with a network
    options = Options(given.voice, given.threads, given.length_scale, given.variation)
    if given.fd is not None:
        serve_parent(given.fd, options)
    else:
        serve_socket(given.listen, options)


if __name__ == "__main__":
    main(sys.argv[1:])
