"""Piper in its process: what happens when it dies, hangs, is missing, or is a service."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue
from typing import Any

import pytest

from assistant.adapters.piper_voice import PACKAGE_ROOT, PiperSettings, PiperVoice
from assistant.cancel import CancelToken
from assistant.errors import ModelError, VoiceError

LONG = "Stop the car where it is safe. Switch the engine off. Wait until it is cold. Then look."


@pytest.fixture
def settings(model_path: Callable[[str], Path]) -> PiperSettings:
    pytest.importorskip("piper", reason="piper-tts is missing")
    return PiperSettings(model_path("piper-joe"))


@pytest.fixture
def voice(settings: PiperSettings) -> Iterator[PiperVoice]:
    voice = PiperVoice(settings)
    voice.open()
    yield voice
    voice.close()


def say(voice: PiperVoice, text: str = "Yes.") -> float:
    """How many seconds of sound came."""
    return sum(chunk.seconds for chunk in voice.synthesize(text, CancelToken()))


def child_of(voice: PiperVoice) -> int:
    assert voice.process_id is not None
    return voice.process_id


def test_a_killed_voice_fails_once_and_is_started_again(voice: PiperVoice) -> None:
    first = child_of(voice)
    os.kill(first, signal.SIGKILL)
    with pytest.raises(VoiceError, match="started again"):
        say(voice)
    assert say(voice) > 0.2
    assert child_of(voice) != first


def test_a_voice_killed_while_speaking_fails_and_is_started_again(voice: PiperVoice) -> None:
    chunks = voice.synthesize(LONG, CancelToken())
    next(chunks)
    os.kill(child_of(voice), signal.SIGKILL)
    with pytest.raises(VoiceError, match="started again"):
        list(chunks)
    assert say(voice) > 0.2


def test_a_voice_that_hangs_is_given_up_in_time_and_that_is_said(
    settings: PiperSettings, caplog: pytest.LogCaptureFixture
) -> None:
    voice = PiperVoice(PiperSettings(settings.voice, chunk_timeout_s=0.5))
    voice.open()
    try:
        os.kill(child_of(voice), signal.SIGSTOP)
        began = time.monotonic()
        with pytest.raises(VoiceError, match=r"no sound for 0\.5 s"):
            say(voice)
        assert time.monotonic() - began < 4.0
        assert caplog.messages == ["the voice process sent no sound for 0.5 s; it is started again"]
        assert say(voice) > 0.2
    finally:
        voice.close()


@pytest.mark.parametrize("variation", [0.0, 1.0])
def test_without_variation_a_text_is_said_the_same_each_time(
    settings: PiperSettings, variation: float
) -> None:
    voice = PiperVoice(PiperSettings(settings.voice, variation=variation))
    voice.open()
    try:
        said = [
            b"".join(chunk.samples.tobytes() for chunk in voice.synthesize("Yes.", CancelToken()))
            for _ in range(2)
        ]
    finally:
        voice.close()
    assert (said[0] == said[1]) is (variation == 0.0)


def test_a_later_text_takes_the_voice(voice: PiperVoice) -> None:
    earlier = voice.synthesize(LONG, CancelToken())
    next(earlier)
    assert 0.2 < say(voice) < 2.0
    with pytest.raises(VoiceError, match="later reply"):
        list(earlier)


def test_the_child_ends_with_its_parent(settings: PiperSettings) -> None:
    code = (
        "import sys, os; from pathlib import Path\n"
        "from assistant.adapters.piper_voice import PiperSettings, PiperVoice\n"
        "voice = PiperVoice(PiperSettings(Path(sys.argv[1]))); voice.open()\n"
        "print(voice.process_id, flush=True); os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(settings.voice)],
        cwd=PACKAGE_ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    deadline = time.monotonic() + 5.0
    while _alive(int(done.stdout)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _alive(int(done.stdout))


def _alive(number: int) -> bool:
    try:
        state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_the_child_has_no_socket_but_unix_ones(voice: PiperVoice) -> None:
    assert say(voice) > 0.2
    root = Path(f"/proc/{child_of(voice)}")
    links = [str(entry.readlink()) for entry in (root / "fd").iterdir()]
    sockets = {link[8:-1] for link in links if link.startswith("socket:[")}
    unix = {line.split()[6] for line in (root / "net/unix").read_text().splitlines()[1:]}
    assert sockets
    assert sockets <= unix


def test_a_missing_voice_file_says_what_helps(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no\.onnx is missing; look elsewhere"):
        PiperVoice(PiperSettings(tmp_path / "no.onnx", remedy="look elsewhere")).open()


def test_a_broken_voice_file_is_a_model_error(tmp_path: Path, settings: PiperSettings) -> None:
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"garbage")
    Path(f"{broken}.json").write_bytes(Path(f"{settings.voice}.json").read_bytes())
    with pytest.raises(ModelError, match=r"not a Piper voice .*; name another file"):
        PiperVoice(PiperSettings(broken)).open()


def test_no_service_on_the_socket_says_so(tmp_path: Path) -> None:
    settings = PiperSettings(tmp_path / "voice.onnx", socket_path=tmp_path / "voice.socket")
    with pytest.raises(VoiceError, match="start the auriga-voice service"):
        PiperVoice(settings).open()


def test_the_service_speaks_to_one_client_after_the_other(
    tmp_path: Path, settings: PiperSettings
) -> None:
    path = tmp_path / "voice.socket"
    command = [sys.executable, "-m", "assistant.adapters.piper_process", "--listen", str(path)]
    with subprocess.Popen([*command, "--voice", str(settings.voice)], cwd=PACKAGE_ROOT) as service:
        try:
            deadline = time.monotonic() + 30.0
            while not path.exists() and time.monotonic() < deadline:
                time.sleep(0.05)
            assert path.stat().st_mode & 0o077 == 0
            for _ in range(2):
                voice = PiperVoice(PiperSettings(settings.voice, socket_path=path))
                voice.open()
                assert say(voice) > 0.2
                assert voice.process_id is None
                voice.close()
        finally:
            service.terminate()


def test_a_voice_that_is_closed_while_it_starts_leaves_nothing(
    settings: PiperSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: Queue[subprocess.Popen[bytes]] = Queue()

    def stopped(*arguments: Any, **options: Any) -> "subprocess.Popen[bytes]":
        child = popen(*arguments, **options)
        child.send_signal(signal.SIGSTOP)  # it will never be ready, nor see that we are gone
        started.put(child)
        return child

    popen = subprocess.Popen
    monkeypatch.setattr(subprocess, "Popen", stopped)
    voice = PiperVoice(settings)
    with ThreadPoolExecutor(1) as pool:
        opening = pool.submit(voice.open)
        child = started.get(timeout=60)
        voice.close()
        assert isinstance(opening.exception(), VoiceError)
    assert child.returncode == -signal.SIGKILL
