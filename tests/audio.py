"""Sound for tests: tones, speech that is made on the spot, and a sound server without a card."""

import io
import os
import shutil
import signal
import subprocess
import time
import wave
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from assistant.adapters.piper_voice import PiperSettings, PiperVoice
from assistant.adapters.wav_file import to_16k
from assistant.cancel import CancelToken
from assistant.events import SAMPLE_RATE, AudioChunk, Samples

QUESTION = "How do I check the engine oil level?"


def tone(seconds: float, hertz: float = 440.0, rate: int = SAMPLE_RATE) -> Samples:
    """A sine at a quarter of full scale."""
    time_s = np.arange(int(seconds * rate)) / rate
    return np.asarray(8000 * np.sin(2 * np.pi * hertz * time_s), np.int16)


def silence(seconds: float) -> Samples:
    """Digital silence at 16 kHz."""
    return np.zeros(int(seconds * SAMPLE_RATE), np.int16)


def pitch(samples: Samples, rate: int = SAMPLE_RATE) -> float:
    """The strongest frequency in Hz."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(spectrum)) * rate / len(samples)


def chunked(samples: Samples, size: int = 1600) -> Iterator[AudioChunk]:
    """The samples in chunks of 0.1 s."""
    for start in range(0, len(samples), size):
        yield AudioChunk(samples[start : start + size])


def espeak(text: str, voice: str) -> Samples:
    """Speech of espeak-ng at 16 kHz with a little silence around it; skips where it is missing."""
    program = shutil.which("espeak-ng")
    if program is None:
        pytest.skip("the Debian package espeak-ng is missing")
    command = [program, "-v", voice, "-s", "150", "--stdout", text]
    content = subprocess.run(command, capture_output=True, check=True).stdout
    with wave.open(io.BytesIO(content)) as file:
        rate = file.getframerate()
    # espeak writes to a pipe and leaves the lengths in the header at their largest.
    sound = np.frombuffer(content[44:], np.int16).astype(np.float32) / 32768.0
    return np.concatenate([silence(0.2), to_16k(sound, rate), silence(0.2)])


def piper(voice_file: Path, texts: Iterable[str]) -> dict[str, Samples]:
    """Texts said by Piper, at 16 kHz; skips where it is missing.

    Without the random variation of the voice, so that a recognizer hears the same in every run.
    """
    pytest.importorskip("piper", reason="piper-tts is missing")
    voice = PiperVoice(PiperSettings(voice_file, variation=0.0))
    voice.open()
    try:
        made = {text: list(voice.synthesize(text, CancelToken())) for text in texts}
    finally:
        voice.close()
    return {text: _at_16k(chunks) for text, chunks in made.items()}


def _at_16k(chunks: Sequence[AudioChunk]) -> Samples:
    sound = np.concatenate([chunk.samples for chunk in chunks]).astype(np.float32) / 32768.0
    return to_16k(sound, chunks[0].rate)


@pytest.fixture(scope="session")
def question(model_path: Callable[[str], Path]) -> Samples:
    """QUESTION, said by Piper, at 16 kHz."""
    sound = piper(model_path("piper-joe"), [QUESTION])[QUESTION]
    return np.concatenate([silence(0.3), sound, silence(0.3)])


class PulseServer:
    """A private PulseAudio with one null sink; its monitor is the microphone."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._socket = folder / "pulse.socket"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """What a client needs, ALSA programs and PortAudio included."""
        return {
            "HOME": str(self._folder),
            "XDG_RUNTIME_DIR": str(self._folder),
            "PULSE_SERVER": f"unix:{self._socket}",
            "ALSA_CONFIG_PATH": str(self._folder / "asound.conf"),
        }

    def configure(self) -> None:
        """Write the configuration by which ALSA finds it, and nothing else."""
        config = "pcm.!default { type pulse }\nctl.!default { type pulse }\n"
        (self._folder / "asound.conf").write_text(config)

    def start(self) -> None:
        """Start it and wait until its sink is there."""
        self.configure()
        modules = [
            f"module-native-protocol-unix socket={self._socket} auth-anonymous=1",
            # Without norewinds the sink sleeps up to 2 s at a stretch, as no sound card does.
            "module-null-sink sink_name=car rate=48000 norewinds=1",
        ]
        command = ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1"]
        command += ["--disable-shm=yes", "--use-pid-file=no"]
        command += [part for module in modules for part in ("-L", module)]
        self._process = subprocess.Popen(
            command,
            env={**os.environ, **self.environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 10.0
        while "car.monitor" not in self._control("list", "short", "sources"):
            assert self._process.poll() is None, "pulseaudio ended at its start"
            assert time.monotonic() < deadline, "pulseaudio did not start"
            time.sleep(0.05)

    def unplug(self) -> None:
        """Take the sink and its monitor away."""
        self._control("unload-module", "module-null-sink")

    def send(self, number: signal.Signals) -> None:
        """Send the server a signal."""
        assert self._process is not None
        self._process.send_signal(number)

    def stop(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def _control(self, *words: str) -> str:
        done = subprocess.run(
            ["pactl", *words],
            env={**os.environ, **self.environment},
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
        )
        return done.stdout


@contextmanager
def pulse_server(folder: Path) -> Iterator[PulseServer]:
    """A running sound server that this process's PortAudio talks to; skips where one is missing."""
    for program, package in (("pulseaudio", "pulseaudio"), ("pactl", "pulseaudio-utils")):
        if shutil.which(program) is None:
            pytest.skip(f"the Debian package {package} is missing")
    if not list(Path("/usr/lib").glob("*/alsa-lib/libasound_module_pcm_pulse.so")):
        pytest.skip("the Debian package libasound2-plugins is missing")
    pytest.importorskip("sounddevice", reason="sounddevice is missing", exc_type=ImportError)
    server = PulseServer(folder)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in server.environment.items():
            patch.setenv(name, value)
        try:
            server.start()
            yield server
        finally:
            server.stop()


@pytest.fixture(scope="session")
def sound_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PulseServer]:
    """One sound server for all tests that do not harm it."""
    with pulse_server(tmp_path_factory.mktemp("pulse")) as server:
        yield server
