"""Speak: an answer's spoken text comes in, clauses of sound go out, the first as soon as it can.

Clauses are made one after the other, so that the first is heard while the next is being made. A
voice that died is asked once more: it starts again by itself.
"""

from collections.abc import Iterator

from assistant.cancel import CancelToken
from assistant.errors import VoiceError
from assistant.events import AudioChunk
from assistant.ports import Voice
from assistant.speak.clauses import clauses


def speak(spoken: str, voice: Voice, cancel: CancelToken) -> Iterator[tuple[str, AudioChunk]]:
    """Yield (clause, sound) pairs; a clause may come in several pieces. Raises VoiceError."""
    for clause in clauses(spoken):
        begun = False
        try:
            for chunk in voice.synthesize(clause, cancel):
                begun = True
                yield clause, chunk
        except VoiceError:
            if begun or cancel.cancelled:
                raise  # half a clause was heard: saying it twice is worse than stopping
            for chunk in voice.synthesize(clause, cancel):
                yield clause, chunk
        if cancel.cancelled:
            return
