"""Evaluation: questions come in, their recordings by the assistant's own voice go out.

A recording is kept in the user's cache folder under the hash of what it depends on.
"""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

from assistant.adapters.wav_loudspeaker import WavLoudspeaker, WavLoudspeakerSettings
from assistant.cancel import CancelToken
from assistant.errors import VoiceError
from assistant.lexicon import words
from assistant.ports import Voice
from assistant.settings import ModelSettings
from assistant.speak.wording import spoken

ATTEMPTS = 3


class CachedRecordings:
    """The `Recordings` of one voice."""

    def __init__(self, voice: Voice, models: ModelSettings, folder: Path | None = None) -> None:
        """`folder` is the user's cache folder where it is None."""
        self._voice = voice
        self._name = models.voice_file or models.voice
        self._folder = folder or cache_folder()

    def of(self, text: str) -> Path:
        """The sound file of a question, made now where it is not there yet.

        Raises VoiceError where the voice fails again and again: once, on a busy machine, must not
        end a long run.
        """
        name = hashlib.sha256(f"{self._name}\n{text}".encode()).hexdigest()
        path = self._folder / f"{name}.wav"
        if not path.is_file():
            self._folder.mkdir(parents=True, exist_ok=True)
            part = path.with_suffix(f".{os.getpid()}.part")
            try:
                self._record_patiently(text, part)
                part.replace(path)  # never half a recording under its name
            finally:
                part.unlink(missing_ok=True)
        return path

    def _record_patiently(self, text: str, path: Path) -> None:
        for left in reversed(range(ATTEMPTS)):
            try:
                self._record(text, path)
                return
            except VoiceError:  # the next call starts the voice again
                if not left:
                    raise

    def _record(self, text: str, path: Path) -> None:
        speaker = WavLoudspeaker(WavLoudspeakerSettings(path))
        speaker.open()
        try:
            for sound in self._voice.synthesize(spoken(text), CancelToken()):
                speaker.play(sound)
        finally:
            speaker.close()


def cache_folder() -> Path:
    """Where recordings are kept."""
    root = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")  # noqa: PTH111
    return Path(root) / "auriga" / "evaluation"


def word_errors(said: str, heard: str) -> tuple[int, int]:
    """How many words were substituted, deleted or inserted, and how many were said.

    The least number of edits (Levenshtein distance) between the words as they are read aloud, so
    that "12" and "twelve" are the same.
    """
    reference, result = words(spoken(said)), words(spoken(heard))
    return _distance(reference, result), len(reference)


def _distance(reference: Sequence[str], result: Sequence[str]) -> int:
    row = list(range(len(result) + 1))
    for number, word in enumerate(reference, 1):
        above, row[0] = row[0], number
        for column, other in enumerate(result, 1):
            edits = min(row[column] + 1, row[column - 1] + 1, above + (word != other))
            above, row[column] = row[column], edits
    return row[-1]
