"""Commands: `auriga ask`: one question as text or WAV, or a file of them, is answered."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from assistant.adapters.wav_loudspeaker import WavLoudspeaker, WavLoudspeakerSettings
from assistant.adapters.wav_microphone import WavMicrophone, WavMicrophoneSettings
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
from assistant.contract import TurnRecord, turn_json
from assistant.errors import SoundFileError, UsageError
from assistant.events import TurnEvent

TURN_FAILED = 1  # exit code where an engine failed in mid-turn


@dataclass(frozen=True, slots=True)
class Question:
    """A text, or a sound file."""

    text: str = ""
    wav: Path | None = None


def add(commands: Commands) -> None:
    """Add `ask` to the command line."""
    parser = commands.add_parser("ask", help="answer one question, or a file of them")
    parser.add_argument("question", nargs="?", help="the question as text")
    parser.add_argument("--wav", type=Path, metavar="FILE", help="the question as a WAV")
    parser.add_argument(
        "--batch",
        type=Path,
        metavar="FILE",
        help="a question, or a path ending in .wav, per line; each line is a conversation of its own",
    )
    parser.add_argument(
        "--keep",
        action="store_true",
        help="with --batch: all lines are one conversation, in which a line may follow up another",
    )
    parser.add_argument("--say", type=Path, metavar="FILE", help="write the spoken reply as a WAV")
    parser.add_argument("--json", action="store_true", help="one JSON object per turn")
    add_settings(parser)
    add_scenario(parser)
    parser.set_defaults(execute=execute)


def execute(options: argparse.Namespace) -> int:
    """Answer what was asked; the exit code is 0 for every completed turn."""
    check_scenario(options)
    questions = list(questions_of(options))
    loudspeaker = WavLoudspeaker(WavLoudspeakerSettings(options.say)) if options.say else None
    need = Need(ears=any(q.wav for q in questions), voice=loudspeaker is not None)
    with (
        simulated(settings_of(options), options.scenario, options.at) as (settings, _),
        assistant(settings, need, loudspeaker) as running,
    ):
        code = 0
        for question in questions:
            if not options.keep:
                running.conversation.forget()
            record = _answer(running, question, options)
            if options.json:
                print(json.dumps(turn_json(record), ensure_ascii=False), flush=True)
            else:
                print(timing_line(record))
            if record.failed is not None:
                unreadable = record.failed.code == SoundFileError.code
                code = SoundFileError.exit_code if unreadable else code or TURN_FAILED
        return code


def questions_of(options: argparse.Namespace) -> Iterator[Question]:
    """What is asked; UsageError where that is not clear."""
    given = [options.question is not None, options.wav is not None, options.batch is not None]
    if sum(given) != 1:
        raise UsageError(
            "Give one question, or --wav FILE, or --batch FILE; see `auriga ask --help`."
        )
    if options.keep and options.batch is None:
        raise UsageError("--keep belongs to --batch.")
    if options.batch is None:
        yield Question(options.question or "", options.wav)
        return
    try:
        # Only an end of line parts questions, and some editors begin a file with a mark of its
        # encoding.
        lines = options.batch.read_text(encoding="utf-8-sig").split("\n")
    except OSError as error:
        raise UsageError(
            f"The questions {options.batch} cannot be read ({error.strerror}); "
            "give a text file with one question per line."
        ) from error
    except UnicodeDecodeError as error:
        raise UsageError(
            f"The questions {options.batch} are no UTF-8 text (byte {error.start}); "
            "save the file as UTF-8."
        ) from error
    for line in (line.strip() for line in lines):
        if line.lower().endswith(".wav"):
            yield Question(wav=Path(line))
        elif line:
            yield Question(line)


def _answer(running: Assistant, question: Question, options: argparse.Namespace) -> TurnRecord:
    watch = _nothing if options.json else show_to()
    if question.wav is None:
        return running.conversation.take_text(question.text, watch)
    microphone = WavMicrophone(WavMicrophoneSettings(question.wav, silence_s=0.5))
    try:
        microphone.open()
        return running.conversation.take_file(microphone, watch, CancelToken())
    except SoundFileError as error:
        if options.batch is None:
            raise
        return failed_record(error, watch)
    finally:
        microphone.close()


def failed_record(error: SoundFileError, watch: Callable[[TurnEvent], None]) -> TurnRecord:
    """A turn of a batch whose file cannot be heard; the other lines go on."""
    from assistant.events import Failed  # noqa: PLC0415

    print(f"auriga: {error}", file=sys.stderr)
    record = TurnRecord()
    event = Failed(error.code, str(error), error.spoken)
    record.add(event)
    watch(event)
    return record


def _nothing(_: TurnEvent) -> None:
    """Watch without a word."""
