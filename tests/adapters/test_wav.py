"""Sound files: every form that is read, every way in which one can be broken, what is written."""

import contextlib
import errno
import resource
import struct
import time
import wave
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.adapters.wav_file import EXTENSIBLE, FLOAT, PCM, read_wav
from assistant.adapters.wav_loudspeaker import WavLoudspeaker, WavLoudspeakerSettings
from assistant.adapters.wav_microphone import WavMicrophone, WavMicrophoneSettings
from assistant.cancel import CancelToken
from assistant.errors import DiskFullError, SoundFileError
from assistant.events import SAMPLE_RATE, AudioChunk, Samples
from tests.audio import pitch, tone

FORMS = [
    (PCM, 8, 1, 8_000), (PCM, 16, 1, 16_000), (PCM, 16, 2, 44_100), (PCM, 24, 1, 48_000),
    (PCM, 24, 2, 22_050), (PCM, 32, 1, 96_000), (PCM, 16, 6, 11_025), (FLOAT, 32, 1, 48_000),
    (FLOAT, 64, 2, 16_000),
]  # fmt: skip


def wav(form: tuple[int, int, int, int], sound: Samples, extensible: bool = False) -> bytes:
    """A WAV of the given tag, bits, channels and rate; the sound is on all channels."""
    tag, bits, channels, rate = form
    wide = np.repeat(sound.astype(np.float64) / 32768.0, channels)
    if tag == FLOAT:
        data = wide.astype(f"<f{bits // 8}").tobytes()
    elif bits == 8:
        data = ((wide + 1.0) * 128.0).clip(0, 255).astype(np.uint8).tobytes()
    else:
        whole = (wide * 2.0 ** (bits - 1)).astype("<i8")
        data = whole.view(np.uint8).reshape(-1, 8)[:, : bits // 8].tobytes()
    frame = channels * bits // 8
    known = EXTENSIBLE if extensible else tag
    layout = struct.pack("<HHIIHH", known, channels, rate, rate * frame, frame, bits)
    if extensible:
        layout += struct.pack("<HHIH14s", 22, bits, 0, tag, bytes(14))
    chunks = b"fmt " + struct.pack("<I", len(layout)) + layout
    chunks += b"LIST" + struct.pack("<I", 3) + b"abc\0"  # an odd chunk, padded
    chunks += b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


@pytest.mark.parametrize("extensible", [False, True])
@pytest.mark.parametrize("form", FORMS)
def test_every_form_becomes_16_khz_mono(
    tmp_path: Path, form: tuple[int, int, int, int], extensible: bool
) -> None:
    path = tmp_path / "tone.wav"
    path.write_bytes(wav(form, tone(1.0, rate=form[3]), extensible))
    sound = read_wav(path)
    assert sound.dtype == np.int16
    assert len(sound) == pytest.approx(SAMPLE_RATE, abs=2)
    assert pitch(sound) == pytest.approx(440, abs=2)
    middle = sound[4000:12000]
    assert np.abs(middle).max() == pytest.approx(8000, rel=0.03)


def test_a_file_that_is_cut_off_says_how_much_of_it_is_there(tmp_path: Path) -> None:
    content = wav((PCM, 16, 2, SAMPLE_RATE), tone(2.0))
    path = tmp_path / "cut.wav"
    for missing in (64_000 + 1, 64_000 - 2):  # in the middle of a sample too
        path.write_bytes(content[:-missing])
        with pytest.raises(SoundFileError, match=r"cut\.wav is cut off: of the 2\.00 s .* 1\.00 s"):
            read_wav(path)


def test_a_file_that_lacks_less_than_a_sound_is_heard(tmp_path: Path) -> None:
    content = wav((PCM, 16, 1, SAMPLE_RATE), tone(1.0))
    path = tmp_path / "cut.wav"
    path.write_bytes(content[:-45])  # a header that counts itself
    assert len(read_wav(path)) == SAMPLE_RATE - 23


def test_a_recorder_that_never_wrote_the_length_is_heard(tmp_path: Path) -> None:
    content = wav((PCM, 16, 1, SAMPLE_RATE), tone(1.0))
    start = content.index(b"data") + 4
    for size in (0, 0xFFFFFFFF, 0x7FFFF000, 0x7FFF_FFFF, 0x80000000 - 44):
        path = tmp_path / "stream.wav"
        path.write_bytes(content[:start] + struct.pack("<I", size) + content[start + 4 :])
        assert len(read_wav(path)) == SAMPLE_RATE


WHOLE = wav((PCM, 16, 1, SAMPLE_RATE), tone(0.1))
BROKEN = {
    "empty": (b"", "is empty"),
    "text": (b"hello, I am no sound at all", "is not a WAV"),
    "header only": (WHOLE[: WHOLE.index(b"data") + 8], "holds no sound"),
    "half a header": (WHOLE[:24], "cut off"),
    "before data": (WHOLE[: WHOLE.index(b"data")], "before its sound"),
    "ADPCM": (WHOLE[:20] + struct.pack("<H", 17) + WHOLE[22:], "convert it to 16-bit PCM"),
    "no channels": (WHOLE[:22] + struct.pack("<H", 0) + WHOLE[24:], "0 channels"),
    "no rate": (WHOLE[:24] + struct.pack("<I", 0) + WHOLE[28:], "0 Hz"),
    "not a number": (
        wav((FLOAT, 32, 1, SAMPLE_RATE), tone(0.1))[:-4] + struct.pack("<f", float("nan")),
        "not numbers",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_one_sentence(tmp_path: Path, name: str) -> None:
    content, words = BROKEN[name]
    path = tmp_path / "broken.wav"
    path.write_bytes(content)
    with pytest.raises(SoundFileError, match=words):
        WavMicrophone(WavMicrophoneSettings(path)).open()


def test_a_missing_file_and_a_folder_are_one_sentence(tmp_path: Path) -> None:
    for path in (tmp_path / "no.wav", tmp_path):
        with pytest.raises(SoundFileError, match="cannot be read"):
            WavMicrophone(WavMicrophoneSettings(path)).open()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(at=st.integers(0, 60), value=st.binary(min_size=1, max_size=8), keep=st.integers(0, 400))
def test_a_damaged_file_is_heard_or_refused(
    tmp_path: Path, at: int, value: bytes, keep: int
) -> None:
    path = tmp_path / "damaged.wav"
    path.write_bytes((WHOLE[:at] + value + WHOLE[at + len(value) :])[:keep])
    with contextlib.suppress(SoundFileError):  # any other error fails the test
        assert len(read_wav(path))


def test_the_microphone_adds_silence_and_keeps_time(tmp_path: Path) -> None:
    path = tmp_path / "tone.wav"
    path.write_bytes(wav((PCM, 16, 1, SAMPLE_RATE), tone(0.3)))
    microphone = WavMicrophone(WavMicrophoneSettings(path, real_time=True, silence_s=0.2))
    microphone.open()
    began = time.monotonic()
    sound = np.concatenate([chunk.samples for chunk in microphone.chunks(CancelToken())])
    took = time.monotonic() - began
    microphone.close()
    assert len(sound) == SAMPLE_RATE // 2
    assert not sound[-3200:].any()
    assert sound[:4800].any()
    assert 0.49 < took < 0.8
    assert microphone.started_s == pytest.approx(began, abs=0.05)


def heard(path: Path) -> tuple[Samples, int]:
    with wave.open(str(path)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), np.int16), file.getframerate()


def test_the_loudspeaker_writes_what_it_played(tmp_path: Path) -> None:
    loudspeaker = WavLoudspeaker(WavLoudspeakerSettings(tmp_path / "reply.wav"))
    loudspeaker.open()
    loudspeaker.play(AudioChunk(tone(0.5, rate=22_050), 22_050))
    loudspeaker.play(AudioChunk(tone(0.5, rate=16_000), 16_000))
    assert len(heard(tmp_path / "reply.wav")[0]) == 22_050  # whole at any time
    loudspeaker.close()
    sound, rate = heard(tmp_path / "reply.wav")
    assert rate == 22_050
    assert pitch(sound, rate) == pytest.approx(440, abs=2)


def test_what_a_barge_in_cut_off_is_not_in_the_file(tmp_path: Path) -> None:
    settings_ = WavLoudspeakerSettings(tmp_path / "reply.wav", real_time=True)
    loudspeaker = WavLoudspeaker(settings_)
    loudspeaker.open()
    loudspeaker.play(AudioChunk(tone(3.0)))
    time.sleep(0.3)
    loudspeaker.stop()
    loudspeaker.play(AudioChunk(tone(0.2)))
    loudspeaker.wait(CancelToken())
    loudspeaker.close()
    assert 0.45 < len(heard(tmp_path / "reply.wav")[0]) / SAMPLE_RATE < 0.8


def test_without_a_sound_there_is_no_file_and_an_old_one_is_kept(tmp_path: Path) -> None:
    old, new = tmp_path / "old.wav", tmp_path / "new.wav"
    old.write_bytes(WHOLE)
    for path in (old, new):
        loudspeaker = WavLoudspeaker(WavLoudspeakerSettings(path))
        loudspeaker.open()
        loudspeaker.close()
    assert list(tmp_path.iterdir()) == [old]
    assert old.read_bytes() == WHOLE


def test_a_longer_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "reply.wav"
    path.write_bytes(bytes(1_000_000))
    loudspeaker = WavLoudspeaker(WavLoudspeakerSettings(path))
    loudspeaker.open()
    loudspeaker.play(AudioChunk(tone(0.1)))
    loudspeaker.close()
    assert path.stat().st_size == 44 + 2 * SAMPLE_RATE // 10


def test_a_path_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "no" / "reply.wav"):
        with pytest.raises(SoundFileError, match="cannot be written"):
            WavLoudspeaker(WavLoudspeakerSettings(path)).open()


def test_no_half_of_a_wav_is_left_on_a_full_disk(tmp_path: Path) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    loudspeaker = WavLoudspeaker(WavLoudspeakerSettings(tmp_path / "reply.wav"))
    loudspeaker.open()
    loudspeaker.play(AudioChunk(tone(0.1)))
    resource.setrlimit(resource.RLIMIT_FSIZE, (5_000, hard))
    try:
        with pytest.raises(DiskFullError, match="no room"):
            loudspeaker.play(AudioChunk(tone(0.5)))
        with pytest.raises(DiskFullError, match="no room"):
            loudspeaker.play(AudioChunk(tone(0.5)))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    with pytest.raises(DiskFullError):
        loudspeaker.close()
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_said() -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    loudspeaker = WavLoudspeaker(WavLoudspeakerSettings(full))
    loudspeaker.open()
    with pytest.raises(DiskFullError, match="free some space") as caught:
        loudspeaker.play(AudioChunk(tone(0.5)))
    assert isinstance(caught.value.__cause__, OSError)
    assert caught.value.__cause__.errno == errno.ENOSPC
    with pytest.raises(DiskFullError):
        loudspeaker.close()
