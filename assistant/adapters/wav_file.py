"""Adapter room: a WAV file comes in, mono 16-bit samples at 16 kHz go out.

The standard library's reader knows only plain PCM; this one also takes the extensible header,
floats, and what a program wrote to a pipe without knowing its length. A file that holds less than it
promises is refused: half a question may be another one.
"""

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.errors import SoundFileError
from assistant.events import SAMPLE_RATE, Samples

PCM, FLOAT, EXTENSIBLE = 1, 3, 0xFFFE  # wFormatTag, mmreg.h
RIFF_HEADER = 12
CHUNK_HEADER = 8
FORMAT_BYTES = 16
UNSIGNED_BITS = 8  # the only unsigned width
PACKED_BITS = 24  # the only width that numpy has no type for
SUBFORMAT_AT = 24  # of the extensible format chunk: the first two bytes hold the true tag
RATES = range(1_000, 768_001)  # Hz
MAX_CHANNELS = 64
STREAMED = range(
    0x7FFF_0000, 0x1_0000_0000
)  # sizes that stand for "not known": sox, arecord, ffmpeg
MISSING_S = 0.05  # a shorter end than this may be missing: no word is so short, and headers round
MAX_BYTES = 256 << 20  # more than an hour of 16-bit stereo; all of it is held in memory


@dataclass(frozen=True, slots=True)
class Format:
    """How the samples lie in the file."""

    tag: int  # PCM or FLOAT
    channels: int
    rate: int  # Hz
    bits: int

    @property
    def frame_bytes(self) -> int:
        """Bytes of one sample of all channels."""
        return self.channels * self.bits // 8


def read_wav(path: Path) -> Samples:
    """The file as mono samples at 16 kHz, shape (n,), n > 0; raises SoundFileError."""
    layout, data = _parse(_content(path), path)
    mono = _decode(layout, data, path).reshape(-1, layout.channels).mean(axis=1)
    return to_16k(mono.astype(np.float32), layout.rate)


def to_16k(mono: NDArray[np.float32], rate: int) -> Samples:
    """Floats of -1 to 1 at any rate as 16-bit samples at 16 kHz."""
    if rate != SAMPLE_RATE:
        import soxr  # noqa: PLC0415 - only where a rate differs

        mono = soxr.resample(mono, rate, SAMPLE_RATE)
    return (mono * 32767.0).round().clip(-32768, 32767).astype(np.int16)


def _content(path: Path) -> bytes:
    try:
        if path.exists() and not path.is_file():
            raise SoundFileError(f"{path} cannot be read (it is no file); give the path of a WAV")
        if path.stat().st_size > MAX_BYTES:
            raise SoundFileError(f"{path} is larger than 256 MiB; cut it into shorter files")
        content = path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SoundFileError(f"{path} cannot be read ({reason}); give the path of a WAV") from error
    if not content:
        raise SoundFileError(f"{path} is empty; record it again")
    return content


def _parse(content: bytes, path: Path) -> tuple[Format, bytes]:
    if content[:4] != b"RIFF" or content[8:12] != b"WAVE":
        raise SoundFileError(f"{path} is not a WAV; convert it to WAV first")
    layout: Format | None = None
    at = RIFF_HEADER
    while at + CHUNK_HEADER <= len(content):
        name, size = struct.unpack_from("<4sI", content, at)
        at += CHUNK_HEADER
        if name == b"fmt ":
            layout = _format(content[at : at + size], path)
        elif name == b"data":
            if layout is None:
                break
            return layout, _sound(content[at:], size, layout, path)
        at += size + size % 2
    raise SoundFileError(f"{path} was cut off before its sound; record it again")


def _sound(rest: bytes, size: int, layout: Format, path: Path) -> bytes:
    """Whole frames of the data chunk; `rest` begins with it, `size` is what its header says."""
    if size == 0 or size in STREAMED:
        size = len(rest)
    data = rest[:size]
    whole = len(data) - len(data) % layout.frame_bytes
    if not whole:
        raise SoundFileError(f"{path} holds no sound; record it again")
    there_s, promised_s = (part / layout.frame_bytes / layout.rate for part in (whole, size))
    if promised_s - there_s > MISSING_S:
        raise SoundFileError(
            f"{path} is cut off: of the {promised_s:.2f} s that it promises, {there_s:.2f} s are "
            "there; record or copy it again"
        )
    return data[:whole]


def _format(chunk: bytes, path: Path) -> Format:
    if len(chunk) < FORMAT_BYTES:
        raise SoundFileError(f"{path} was cut off in its header; record it again")
    tag, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", chunk)
    if tag == EXTENSIBLE and len(chunk) >= SUBFORMAT_AT + 2:
        (tag,) = struct.unpack_from("<H", chunk, SUBFORMAT_AT)
    known = (tag == PCM and bits in (8, 16, 24, 32)) or (tag == FLOAT and bits in (32, 64))
    if not known:
        raise SoundFileError(
            f"{path} holds format {tag} with {bits} bits; convert it to 16-bit PCM"
        )
    if rate not in RATES or not 1 <= channels <= MAX_CHANNELS:
        raise SoundFileError(f"{path} claims {channels} channels at {rate} Hz; record it again")
    return Format(tag, channels, rate, bits)


def _decode(layout: Format, data: bytes, path: Path) -> NDArray[np.float64]:
    """All samples as numbers of -1 to 1, channels interleaved."""
    if layout.tag == FLOAT:
        sound = np.frombuffer(data, f"<f{layout.bits // 8}").astype(np.float64)
        if not np.isfinite(sound).all():
            raise SoundFileError(f"{path} holds samples that are not numbers; record it again")
        return sound
    if layout.bits == UNSIGNED_BITS:
        return np.frombuffer(data, np.uint8).astype(np.float64) / 128.0 - 1.0
    if layout.bits == PACKED_BITS:
        wide = np.zeros((len(data) // 3, 4), np.uint8)
        wide[:, 1:] = np.frombuffer(data, np.uint8).reshape(-1, 3)
        return wide.view("<i4").reshape(-1).astype(np.float64) / 2.0**31
    whole = np.frombuffer(data, f"<i{layout.bits // 8}").astype(np.float64)
    return whole / 2.0 ** (layout.bits - 1)
