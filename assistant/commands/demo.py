"""Commands: `auriga demo`: a short drive in a simulated car, with spoken questions and replies.

The questions are spoken by the same voice into WAV files first; from there on everything is as in
the car: the files are heard in real time, understood, answered and spoken into WAV files.
"""

import argparse
import sys
import time
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

from assistant.adapters.sim_process import SimProcess
from assistant.adapters.wav_loudspeaker import WavLoudspeaker, WavLoudspeakerSettings
from assistant.adapters.wav_microphone import WavMicrophone, WavMicrophoneSettings
from assistant.app import Assistant, Need, assistant
from assistant.cancel import CancelToken
from assistant.commands.options import Commands, settings_of
from assistant.commands.scenario import car_on, own_bus
from assistant.commands.show import show_to, timing_line
from assistant.errors import SettingsError
from assistant.events import Spoken, TurnEvent
from assistant.ports import Voice
from assistant.settings import CONFIG

PLAN = CONFIG / "demo.toml"


def add(commands: Commands) -> None:
    """Add `demo` to the command line."""
    parser = commands.add_parser("demo", help="a short simulated drive with spoken questions")
    parser.add_argument("--out", type=Path, default=Path("out/demo"), metavar="DIR")
    parser.add_argument("--config", type=Path, metavar="FILE", help="settings that override")
    parser.set_defaults(execute=execute)


def execute(options: argparse.Namespace) -> int:
    """Drive, ask, answer, and say where the replies are."""
    plan = _plan(PLAN)
    options.out.mkdir(parents=True, exist_ok=True)
    settings = replace(settings_of(options), vehicle=plan["vehicle"])
    print("Loading the models …", flush=True)
    with (
        own_bus(settings) as on_bus,
        assistant(on_bus, Need(ears=True, voice=True), None) as running,
    ):
        assert running.voice is not None
        questions = _record_questions(plan["question"], running.voice, options.out)
        print("Starting the car …", flush=True)
        with car_on(on_bus, plan["scenario"], 0.0) as car:
            began = time.monotonic()
            for number, (question, wav) in enumerate(zip(plan["question"], questions, strict=True)):
                _wait_until(car, began, question["at_s"])
                _turn(running, number + 1, question, wav, options.out)
    print(f"\nThe questions and replies are WAV files in {options.out.resolve()}")
    return 0


def _plan(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"The demo's plan {path} cannot be read: {error}.") from error


def _record_questions(questions: list[dict[str, Any]], voice: Voice, out: Path) -> list[Path]:
    paths = []
    for number, question in enumerate(questions, 1):
        path = out / f"{number:02}-question.wav"
        speaker = WavLoudspeaker(WavLoudspeakerSettings(path))
        speaker.open()
        for sound in voice.synthesize(question["text"], CancelToken()):
            speaker.play(sound)
        speaker.close()
        paths.append(path)
    return paths


def _wait_until(car: SimProcess, began: float, at_s: float) -> None:
    while True:
        for step in car.steps():
            print(f"  car        {step}", flush=True)
        left = began + at_s - time.monotonic()
        if left <= 0:
            return
        time.sleep(min(left, 0.5))


def _turn(running: Assistant, number: int, question: dict[str, Any], wav: Path, out: Path) -> None:
    print(f"\n{number}. The driver asks: {question['text']}", flush=True)
    reply = WavLoudspeaker(WavLoudspeakerSettings(out / f"{number:02}-reply.wav"))
    microphone = WavMicrophone(WavMicrophoneSettings(wav, real_time=True))
    show = show_to(sys.stdout)

    def watch(event: TurnEvent) -> None:
        show(event)
        if isinstance(event, Spoken):
            reply.play(event.audio)

    reply.open()
    microphone.open()
    try:
        record = running.conversation.take_turn(microphone, watch, CancelToken())
    finally:
        microphone.close()
        reply.close()
    print(timing_line(record), flush=True)
