"""Commands: `auriga run`: the loop on the real microphone and loudspeaker, push-to-talk by key."""

import argparse
import os
import select
import sys
import termios
import threading
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from assistant.adapters.native_noise import own_stderr
from assistant.adapters.sounddevice_loudspeaker import LoudspeakerSettings, SounddeviceLoudspeaker
from assistant.adapters.sounddevice_microphone import MicrophoneSettings, SounddeviceMicrophone
from assistant.app import Assistant, Need, assistant
from assistant.cancel import CancelToken
from assistant.commands.options import (
    Commands,
    add_scenario,
    add_settings,
    check_scenario,
    settings_of,
)
from assistant.commands.scenario import simulated
from assistant.commands.show import show_to, timing_line
from assistant.settings import Settings

LOOK_S = 0.1  # how often the wait for a key looks whether the turn is over
INVITATION = "Press a key and speak; a key while Auriga speaks interrupts it; q ends."
QUIT = {"q", "\x03", "\x04", ""}  # q, Ctrl-C, Ctrl-D, the end of input


def add(commands: Commands) -> None:
    """Add `run` to the command line."""
    parser = commands.add_parser("run", help="talk with the car: microphone in, loudspeaker out")
    add_settings(parser)
    add_scenario(parser)
    parser.set_defaults(execute=execute)


def execute(options: argparse.Namespace) -> int:
    """Take turns until q, Ctrl-C or the end of input."""
    check_scenario(options)
    with (
        own_stderr(),
        simulated(settings_of(options), options.scenario, options.at) as (settings, _),
    ):
        loudspeaker = SounddeviceLoudspeaker(
            LoudspeakerSettings(device(settings.speak.loudspeaker))
        )
        microphone = _microphone(settings)
        microphone.open()  # first of all: without one there is nothing to load models for
        microphone.close()
        with assistant(settings, Need(ears=True, voice=True), loudspeaker) as running:
            _loop(running, settings)
    return 0


def _loop(running: Assistant, settings: Settings) -> None:
    talk: _Talk | None = None
    try:
        with keys() as next_key:
            print(INVITATION, flush=True)
            while (key := next_key()) not in QUIT:
                if talk is not None and (key is not None or not talk.running):
                    talk.end()
                    talk = None
                if key is not None:
                    talk = _Talk(running, settings)
                    talk.start()
    finally:
        if talk is not None:
            talk.end()


class _Talk:
    """One turn on a thread of its own, so that a key can interrupt it."""

    def __init__(self, running: Assistant, settings: Settings) -> None:
        self._running = running
        self._settings = settings
        self._cancel = CancelToken()
        self._error: Exception | None = None
        self._ended = threading.Event()  # a join that Ctrl-C interrupts cannot be repeated

    @property
    def running(self) -> bool:
        return not self._ended.is_set()

    def start(self) -> None:
        threading.Thread(target=self._take, name="auriga-talk", daemon=True).start()

    def end(self) -> None:
        """Interrupt the turn if it still runs; raise what a device raised."""
        self._cancel.cancel()
        if self.running:
            self._running.conversation.interrupt()
        self._ended.wait()
        if self._error is not None:
            raise self._error

    def _take(self) -> None:
        microphone = _microphone(self._settings)
        try:
            microphone.open()
            print("listening …", flush=True)
            conversation = self._running.conversation
            record = conversation.take_turn(microphone, show_to(), self._cancel)
            if record.heard is not None:  # not interrupted before a word was heard
                print(timing_line(record), flush=True)
        except Exception as error:  # noqa: BLE001  raised again by end()
            self._error = error
        finally:
            microphone.close()
            self._ended.set()


def _microphone(settings: Settings) -> SounddeviceMicrophone:
    return SounddeviceMicrophone(MicrophoneSettings(device(settings.hear.microphone)))


def device(setting: str) -> str | int | None:
    """What a setting of a device means: its number, a part of its name, or the default."""
    if not setting:
        return None
    return int(setting) if setting.isdecimal() else setting


@contextmanager
def keys() -> Iterator[Callable[[], str | None]]:
    """A function that gives the next key, None after a while without one, "" at the end of input.

    A key that was pressed before, while the models were loaded, is not lost. Where the input is no
    terminal, a line counts as a key.
    """
    descriptor = sys.stdin.fileno()
    terminal = os.isatty(descriptor)
    before = termios.tcgetattr(descriptor) if terminal else None

    def next_key() -> str | None:
        if not select.select([descriptor], [], [], LOOK_S)[0]:
            return None
        return os.read(descriptor, 1 if terminal else 4096).decode("utf-8", "replace")[:1]

    try:
        if terminal:
            tty.setcbreak(descriptor, termios.TCSANOW)  # the default throws away what was typed
        yield next_key
    finally:
        if before is not None:
            with suppress(termios.error):  # the terminal was closed
                termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
