"""Adapter room: what the microphone and the loudspeaker of PortAudio share; names a device,
opens a stream on it, and notices when it goes away. Sound itself passes by here untouched.
"""

import atexit
import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from assistant.adapters.native_noise import leave_thread, muted_stderr
from assistant.errors import AudioDeviceError

log = logging.getLogger(__name__)

Kind = Literal["input", "output"]
NAMES = {"input": "microphone", "output": "loudspeaker"}
START_S = 4.0  # a device may take so long to its first callback
DEAD_S = 1.5  # no callback for so long: the device is gone; callbacks come every 10 to 60 ms
CLOSE_S = 2.0  # PortAudio may block for ever on a device that vanished

# PortAudio lists the devices once per process and only afresh when nothing is open.
_portaudio_lock = threading.Lock()
_open_streams: set[int] = set()


@dataclass(frozen=True, slots=True)
class Wish:
    """A stream as it is wanted."""

    kind: Kind
    device: str | int | None  # a part of its name, its index, or None for the default
    rates: tuple[int, ...]  # Hz, best first; the device's own rate is tried after them
    latency_s: float


@dataclass(frozen=True, slots=True)
class Choice:
    """A stream as the device can give it."""

    index: int
    name: str
    rate: int  # Hz
    channels: int


Callback = Callable[[Any, int, Any, Any], None]


class DeviceStream:
    """A PortAudio stream of 16-bit samples that knows whether its device is still there."""

    def __init__(self, wish: Wish, callback: Callback) -> None:
        self._wish = wish
        self._callback = callback
        self._stream: Any = None
        self._finished = threading.Event()
        self._beat_s = 0.0
        self.choice: Choice | None = None

    def open(self) -> Choice:
        """Open and start; raises AudioDeviceError."""
        with muted_stderr():
            return self._open()

    def _open(self) -> Choice:
        sounddevice = _portaudio()
        with _portaudio_lock:
            if not _open_streams:
                _list_devices_afresh(sounddevice)
            choice = _choose(sounddevice, self._wish)
            make = sounddevice.InputStream
            if self._wish.kind == "output":
                make = sounddevice.OutputStream
            self._finished.clear()
            self._beat_s = time.monotonic() + START_S - DEAD_S
            try:
                self._stream = make(
                    samplerate=choice.rate,
                    device=choice.index,
                    channels=choice.channels,
                    dtype="int16",
                    latency=self._wish.latency_s,
                    callback=self._called,
                    finished_callback=self._finished.set,
                )
                self._stream.start()
            except sounddevice.PortAudioError as error:
                self._stream = None
                raise _failed(self._wish, choice.name) from error
            _open_streams.add(id(self))
        self.choice = choice
        return choice

    def close(self) -> None:
        """Stop and close; waits 2 s at most."""
        stream, self._stream = self._stream, None
        if stream is None:
            return
        closer = threading.Thread(
            target=_close_quietly, args=(stream, id(self)), name="sounddevice close", daemon=True
        )
        closer.start()
        closer.join(CLOSE_S)
        if closer.is_alive():
            log.info("the %s did not close; it is left behind", NAMES[self._wish.kind])
            leave_thread()
            # What sounddevice does when Python ends would wait for it for ever.
            import sounddevice  # noqa: PLC0415

            atexit.unregister(sounddevice._exit_handler)

    @property
    def is_open(self) -> bool:
        """Whether open() succeeded and close() was not called since."""
        return self._stream is not None

    def check(self) -> None:
        """Raise AudioDeviceError when the device went away."""
        gone = self._finished.is_set() or time.monotonic() - self._beat_s > DEAD_S
        if self.is_open and gone:
            name = self.choice.name if self.choice else "?"
            raise AudioDeviceError(
                f"the {NAMES[self._wish.kind]} {name!r} went away; connect it and start again"
            )

    def _called(self, data: Any, frames: int, times: Any, status: Any) -> None:
        self._beat_s = time.monotonic()
        self._callback(data, frames, times, status)


def _close_quietly(stream: Any, key: int) -> None:
    import sounddevice  # noqa: PLC0415 - loaded long since

    try:
        stream.abort()
        stream.close()
    except sounddevice.PortAudioError as error:  # nothing is left to close
        log.debug("closing a lost device: %s", error)
    with _portaudio_lock:
        _open_streams.discard(key)


def _portaudio() -> Any:
    try:
        import sounddevice  # noqa: PLC0415 - raises where PortAudio is missing
    except ImportError as error:
        raise AudioDeviceError(
            "sound needs the sounddevice package; run: pip install sounddevice"
        ) from error
    except OSError as error:
        raise AudioDeviceError(
            "sound needs the PortAudio library; run: apt install libportaudio2"
        ) from error
    return sounddevice


def _list_devices_afresh(sounddevice: Any) -> None:
    # The only way that PortAudio has; sounddevice offers it under these names.
    try:
        sounddevice._terminate()
        sounddevice._initialize()
    except sounddevice.PortAudioError as error:
        raise AudioDeviceError(
            "PortAudio cannot list the sound devices; see auriga doctor"
        ) from error


def _choose(sounddevice: Any, wish: Wish) -> Choice:
    index, device = _find(sounddevice, wish)
    for rate in (*wish.rates, int(device["default_samplerate"])):
        for channels in (1, 2):
            if _accepts(sounddevice, wish.kind, Choice(index, device["name"], rate, channels)):
                return Choice(index, device["name"], rate, channels)
    raise _failed(wish, device["name"])


def _find(sounddevice: Any, wish: Wish) -> tuple[int, Any]:
    able = list(_able(sounddevice, wish.kind))
    what = NAMES[wish.kind]
    if not able:
        raise AudioDeviceError(
            f"there is no {what}; connect one, or use WAV files (ask --wav, say --out)"
        )
    if wish.device is None:
        default = sounddevice.default.device[wish.kind]
        return next(((i, device) for i, device in able if i == default), able[0])
    for index, device in able:
        if wish.device in (index, str(index), device["name"]):
            return index, device
    for index, device in able:
        if str(wish.device).casefold() in device["name"].casefold():
            return index, device
    names = ", ".join(f"{index} {device['name']!r}" for index, device in able)
    raise AudioDeviceError(f"there is no {what} {wish.device!r}; choose one of: {names}")


def _able(sounddevice: Any, kind: Kind) -> Iterator[tuple[int, Any]]:
    for index, device in enumerate(sounddevice.query_devices()):
        if device[f"max_{kind}_channels"] > 0:
            yield index, device


def _accepts(sounddevice: Any, kind: Kind, choice: Choice) -> bool:
    check = sounddevice.check_input_settings
    if kind == "output":
        check = sounddevice.check_output_settings
    try:
        check(choice.index, choice.channels, "int16", samplerate=choice.rate)
    except sounddevice.PortAudioError:
        return False
    return True


def _failed(wish: Wish, name: str) -> AudioDeviceError:
    return AudioDeviceError(
        f"the {NAMES[wish.kind]} {name!r} cannot be opened; close the program that uses it"
        " or choose another device"
    )
