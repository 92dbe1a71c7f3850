"""PortAudio for real, on a PulseAudio null sink: what is played comes back by its monitor."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from assistant.adapters.sounddevice_loudspeaker import LoudspeakerSettings, SounddeviceLoudspeaker
from assistant.adapters.sounddevice_microphone import MicrophoneSettings, SounddeviceMicrophone
from assistant.cancel import CancelToken
from assistant.errors import AudioDeviceError
from assistant.events import SAMPLE_RATE, AudioChunk, Samples
from tests.audio import PulseServer, pitch, pulse_server, tone

VOICE_RATE = 22_050


class Recording:
    """Fetches a microphone's sound on a thread."""

    def __init__(self, microphone: SounddeviceMicrophone) -> None:
        self.cancel = CancelToken()
        self.error: AudioDeviceError | None = None
        self.failed_s = 0.0
        self._microphone = microphone
        self._chunks: list[Samples] = []
        self._thread = threading.Thread(target=self._fetch, name="recording")
        self._thread.start()

    def sound(self) -> Samples:
        """All of it, after the end."""
        self.cancel.cancel()
        self._thread.join(5.0)
        return np.concatenate(self._chunks)

    def wait_for_failure(self) -> None:
        self._thread.join(5.0)

    def _fetch(self) -> None:
        try:
            self._chunks.extend(chunk.samples for chunk in self._microphone.chunks(self.cancel))
        except AudioDeviceError as error:
            self.error, self.failed_s = error, time.monotonic()


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[PulseServer]:
    """A sound server that a test may harm."""
    with pulse_server(tmp_path) as server:
        yield server


@pytest.mark.parametrize("rate", [16_000, VOICE_RATE, 44_100])
def test_a_tone_comes_back(sound_server: PulseServer, rate: int) -> None:
    microphone, loudspeaker = SounddeviceMicrophone(), SounddeviceLoudspeaker()
    microphone.open()
    loudspeaker.open()
    recording = Recording(microphone)
    for _ in range(4):  # in pieces, as a voice delivers it; 0.25 s is 110 whole periods
        loudspeaker.play(AudioChunk(tone(0.25, 440, rate), rate))
    loudspeaker.wait(CancelToken())
    time.sleep(0.4)
    sound = recording.sound()
    microphone.close()
    loudspeaker.close()
    loud = np.flatnonzero(np.abs(sound.astype(np.int32)) > 1000)
    assert (loud[-1] - loud[0]) / SAMPLE_RATE == pytest.approx(1.0, abs=0.1)
    assert pitch(sound[loud[0] : loud[-1]]) == pytest.approx(440, abs=3)
    assert microphone.dropped == 0


def test_stopping_is_heard_at_once(sound_server: PulseServer) -> None:
    microphone, loudspeaker = SounddeviceMicrophone(), SounddeviceLoudspeaker()
    microphone.open()
    loudspeaker.open()
    recording = Recording(microphone)
    loudspeaker.play(AudioChunk(tone(3.0, 440, VOICE_RATE), VOICE_RATE))
    time.sleep(0.5)
    loudspeaker.stop()
    time.sleep(0.6)
    sound = recording.sound()
    microphone.close()
    loudspeaker.close()
    loud = np.flatnonzero(np.abs(sound.astype(np.int32)) > 1000)
    assert 0.2 < (loud[-1] - loud[0]) / SAMPLE_RATE < 0.8


def test_sound_that_nobody_fetches_is_counted(sound_server: PulseServer) -> None:
    microphone = SounddeviceMicrophone(MicrophoneSettings(queue_s=0.05))
    microphone.open()
    time.sleep(1.0)
    microphone.close()
    assert SAMPLE_RATE // 10 < microphone.dropped < 2 * SAMPLE_RATE


def test_a_device_is_found_by_name_and_index(sound_server: PulseServer) -> None:
    for name in ("default", "DEFAULT", 0, "0"):
        loudspeaker = SounddeviceLoudspeaker(LoudspeakerSettings(device=name))
        loudspeaker.open()
        loudspeaker.close()


def test_an_unknown_device_names_the_others(sound_server: PulseServer) -> None:
    with pytest.raises(AudioDeviceError, match=r"no microphone 'flux'; choose one of: .*default"):
        SounddeviceMicrophone(MicrophoneSettings(device="flux")).open()
    with pytest.raises(AudioDeviceError, match=r"no loudspeaker 99; choose one of"):
        SounddeviceLoudspeaker(LoudspeakerSettings(device=99)).open()


def test_no_device_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("sounddevice", reason="sounddevice is missing", exc_type=ImportError)
    server = PulseServer(tmp_path)  # never started
    server.configure()
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(AudioDeviceError, match="there is no microphone; connect one"):
        SounddeviceMicrophone().open()
    with pytest.raises(AudioDeviceError, match="there is no loudspeaker; connect one"):
        SounddeviceLoudspeaker().open()


def _unplug(server: PulseServer) -> None:
    server.unplug()


def _kill(server: PulseServer) -> None:
    server.send(signal.SIGKILL)


def _freeze(server: PulseServer) -> None:
    server.send(signal.SIGSTOP)


@pytest.mark.parametrize("harm", [_unplug, _kill, _freeze])
def test_a_device_that_goes_away_is_an_error_within_2_s(
    own_server: PulseServer, harm: Callable[[PulseServer], None]
) -> None:
    microphone, loudspeaker = SounddeviceMicrophone(), SounddeviceLoudspeaker()
    microphone.open()
    loudspeaker.open()
    recording = Recording(microphone)
    loudspeaker.play(AudioChunk(tone(5.0, 440, VOICE_RATE), VOICE_RATE))
    time.sleep(0.5)
    harm(own_server)
    began = time.monotonic()
    with pytest.raises(AudioDeviceError, match="loudspeaker 'default' went away"):
        loudspeaker.wait(CancelToken())
    assert time.monotonic() - began < 2.0
    recording.wait_for_failure()
    assert recording.failed_s - began < 2.0
    assert "microphone 'default' went away" in str(recording.error)
    with pytest.raises(AudioDeviceError, match="went away"):
        loudspeaker.play(AudioChunk(tone(0.1)))
    began = time.monotonic()
    microphone.close()
    loudspeaker.close()
    assert time.monotonic() - began < 5.0
    own_server.stop()  # lets a close that hangs go on


def test_a_device_that_comes_back_can_be_opened_again(tmp_path: Path) -> None:
    loudspeaker = SounddeviceLoudspeaker()
    for name in ("first", "second"):
        folder = tmp_path / name
        folder.mkdir()
        with pulse_server(folder):
            loudspeaker.open()
            loudspeaker.play(AudioChunk(tone(0.2)))
            loudspeaker.wait(CancelToken())
        time.sleep(0.2)
        with pytest.raises(AudioDeviceError, match="went away"):
            loudspeaker.play(AudioChunk(tone(5.0)))
        loudspeaker.close()
