"""Commands: `auriga say`: a text is read aloud, to the loudspeaker or into a WAV."""

import argparse
from pathlib import Path

from assistant.adapters.native_noise import own_stderr
from assistant.adapters.sounddevice_loudspeaker import LoudspeakerSettings, SounddeviceLoudspeaker
from assistant.adapters.wav_loudspeaker import WavLoudspeaker, WavLoudspeakerSettings
from assistant.app import build_voice, model_store, voice_weights
from assistant.cancel import CancelToken
from assistant.commands.options import Commands, settings_of
from assistant.commands.run import device
from assistant.errors import UsageError
from assistant.ports import Loudspeaker
from assistant.settings import Settings
from assistant.speak.speaking import speak
from assistant.speak.wording import spoken


def add(commands: Commands) -> None:
    """Add `say` to the command line."""
    parser = commands.add_parser("say", help="read a text aloud, as an answer would be")
    parser.add_argument("text")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write a WAV instead of playing")
    parser.add_argument("--config", type=Path, metavar="FILE", help="settings that override")
    parser.set_defaults(execute=execute)


def execute(options: argparse.Namespace) -> int:
    """Say the text and wait until it was said."""
    if not options.text.strip():
        raise UsageError("There is nothing to say: the text is empty.")
    settings = settings_of(options)
    with own_stderr():
        return _say(options, settings)


def _say(options: argparse.Namespace, settings: Settings) -> int:
    cancel = CancelToken()
    loudspeaker: Loudspeaker = (
        WavLoudspeaker(WavLoudspeakerSettings(options.out))
        if options.out
        else SounddeviceLoudspeaker(LoudspeakerSettings(device(settings.speak.loudspeaker)))
    )
    voice = build_voice(settings, voice_weights(settings, model_store(settings)))
    try:
        loudspeaker.open()
        voice.open()
        said = spoken(options.text)
        print(said)
        for _, sound in speak(said, voice, cancel):
            loudspeaker.play(sound)
        loudspeaker.wait(cancel)
    finally:
        voice.close()
        loudspeaker.close()
    return 0
