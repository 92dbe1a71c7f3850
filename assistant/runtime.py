"""Runtime: the threads of a conversation, its bounded waits, barge-in and shutdown.

The caller's thread listens; a turn thinks and speaks on a thread of its own. At a pause in speech
a turn is begun on the words so far (speculation): it stops before its first sound until the end
of speech is certain, and is thrown away when the speaker goes on. At most one turn runs at a
time, so the engines take turns on the cores. What is remembered of the conversation grows by the
turns that were committed, and by no other.
"""

import logging
import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from assistant.cancel import CancelToken
from assistant.contract import TurnRecord
from assistant.errors import AudioDeviceError, AurigaError
from assistant.events import AudioChunk, Failed, Spoken, TurnEvent, Utterance
from assistant.hear.segmenter import Ended, Framer, Paused, Resumed, Segmenter, SegmentEvent
from assistant.memory import EMPTY, Memory
from assistant.pipeline import SaidNothing, SaidSound, SaidText, Source, Stages, run_turn
from assistant.ports import Loudspeaker, Microphone, VoiceDetector
from assistant.settings import HearSettings
from assistant.speak.speaking import speak

log = logging.getLogger(__name__)

TURN_S = 60.0  # a turn that takes longer hangs
NOTHING_S = 8.0  # how long a press of the button waits for the first word
STOP_S = 5.0  # how long a cancelled turn may take to let go of the engines
LOOK_S = 0.05  # how often a wait looks whether it is still wanted

Watcher = Callable[[TurnEvent], None]
"""Sees each event of the turn that counts, in order; called on the turn's thread.

What it raises ends the turn and is raised to the caller.
"""


@dataclass(slots=True)
class TurnClock:
    """When the parts of a spoken turn happened, by `time.monotonic()`."""

    speech_end_s: float | None = None  # the end of the last voiced frame, on the sound's own clock
    ended_s: float | None = None  # when the end of speech was decided
    first_sample_s: float | None = None  # when the reply's first sample was played


@dataclass(frozen=True, slots=True)
class Task:
    """What a turn is to answer."""

    source: Source
    memory: Memory  # of the turns before


class Turn:
    """One turn on its own thread; silent until committed."""

    def __init__(
        self, task: Task, stages: Stages, loudspeaker: Loudspeaker | None, watch: Watcher
    ) -> None:
        self.cancel = CancelToken()
        self.record = TurnRecord()
        self.error: Exception | None = None  # of the loudspeaker or the watcher
        self._task = task
        self._stages = stages
        self._loudspeaker = loudspeaker
        self._watch = watch
        self._committed = threading.Event()
        # Waited for instead of the thread: in CPython 3.11, Thread.join() that Ctrl-C interrupts
        # takes the thread for ended from then on.
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="auriga-turn", daemon=True)

    def start(self) -> None:
        """Begin to think."""
        self._thread.start()

    def commit(self) -> None:
        """The words are final: what was made may be shown and heard."""
        self._committed.set()

    def abandon(self, wait_s: float = TURN_S) -> None:
        """The words were not final: stop, and wait until the engines are free again."""
        self.cancel.cancel()
        self._ended.wait(wait_s)

    def remembered(self, now_s: float) -> Memory:
        """The memory with this turn; as it was, where the turn failed or was stopped before."""
        understood, answered = self.record.understood, self.record.answered
        if understood is None or answered is None:
            return self._task.memory
        return self._task.memory.after(understood.request, answered.answer, now_s)

    def join(self) -> None:
        """Wait for the end of the turn; raise what its loudspeaker or its watcher raised."""
        if not self._ended.wait(TURN_S):
            self.cancel.cancel()
            message = f"The turn took more than {TURN_S:.0f} s."
            failed = Failed("timeout", message, AurigaError.spoken)
            self.record.add(failed)
            self._watch(failed)
        if self.error is not None:
            raise self.error

    def _run(self) -> None:
        held: list[TurnEvent] = []
        try:
            for event in self._events():
                held.append(event)
                if isinstance(event, Spoken) and not self._wait_for_commit():
                    return
                if self._committed.is_set():
                    self._release(held)
            if self._wait_for_commit():
                self._release(held)
                if self._loudspeaker is not None:
                    self._loudspeaker.wait(self.cancel)
        except Exception as error:  # noqa: BLE001  told to the caller, who owns both
            self.error = error
        finally:
            self._ended.set()

    def _events(self) -> Iterator[TurnEvent]:
        """What the turn reports; whatever an engine throws ends the turn and not the assistant."""
        try:
            yield from run_turn(self._task.source, self._stages, self.cancel, self._task.memory)
        except Exception as error:  # noqa: BLE001  the border of the turn
            # The text of the error may hold the driver's words, so it is not logged.
            log.error("a turn failed: %s", type(error).__name__)
            yield Failed("internal", type(error).__name__, AurigaError.spoken)

    def _wait_for_commit(self) -> bool:
        while not self._committed.wait(LOOK_S):
            if self.cancel.cancelled:
                return False
        return not self.cancel.cancelled

    def _release(self, held: list[TurnEvent]) -> None:
        for event in held:
            self.record.add(event)
            self._watch(event)
            if isinstance(event, Spoken) and self._loudspeaker is not None:
                self._play(event.audio, self._loudspeaker)
            if isinstance(event, Failed):
                self._say_failure(event)
        held.clear()

    def _play(self, sound: AudioChunk, loudspeaker: Loudspeaker) -> None:
        """Play a piece unless interrupted, also while it was handed over."""
        if not self.cancel.cancelled:
            loudspeaker.play(sound)
        if self.cancel.cancelled:
            loudspeaker.stop()

    def _say_failure(self, failed: Failed) -> None:
        """Tell the driver, if the voice can; a dead voice is not asked again."""
        voice = self._stages.voice
        if failed.code == "voice" or voice is None or self._loudspeaker is None:
            return
        try:
            for _, sound in speak(failed.spoken, voice, self.cancel):
                self._play(sound, self._loudspeaker)
        except AudioDeviceError:
            raise
        except AurigaError as error:
            log.error("the failure could not be spoken: %s", error.code)


@dataclass(frozen=True, slots=True)
class Listening:
    """How long to listen."""

    hear: HearSettings
    patience_s: float  # how long the first word is waited for


class Conversation:
    """Takes turns with a driver, one press of the button or one text at a time."""

    def __init__(
        self,
        stages: Stages,
        detector: VoiceDetector,
        loudspeaker: Loudspeaker | None,
        hear: HearSettings,
    ) -> None:
        self._stages = stages
        self._detector = detector
        self._loudspeaker = loudspeaker
        self._hear = hear
        self._turn: Turn | None = None
        self._memory = EMPTY
        self.clock = TurnClock()

    def forget(self) -> None:
        """Begin a new conversation."""
        self._memory = EMPTY

    def take_text(self, text: str, watch: Watcher) -> TurnRecord:
        """Answer a text."""
        return self._finish(self._begin(SaidText(text), watch))

    def take_file(self, microphone: Microphone, watch: Watcher, cancel: CancelToken) -> TurnRecord:
        """Answer a recording: all its speech is one utterance, whatever pauses it holds."""
        whole = replace(self._hear, endpoint_ms=5000, pause_ms=5000)
        with self._dropped_on_error():
            return self._listen(microphone, Listening(whole, math.inf), watch, cancel)

    def take_turn(self, microphone: Microphone, watch: Watcher, cancel: CancelToken) -> TurnRecord:
        """Listen until the end of an utterance and answer it; a cancelled turn is empty."""
        with self._dropped_on_error():
            return self._listen(microphone, Listening(self._hear, NOTHING_S), watch, cancel)

    def interrupt(self) -> None:
        """Stop the running turn and its sound (barge-in, Ctrl-C); from any thread."""
        turn = self._turn
        if turn is not None:
            turn.cancel.cancel()
        if self._loudspeaker is not None:
            self._loudspeaker.stop()

    def _listen(
        self, microphone: Microphone, how: Listening, watch: Watcher, cancel: CancelToken
    ) -> TurnRecord:
        self._detector.reset()
        self.clock = TurnClock()
        framer = Framer(self._detector.frame_samples)
        segmenter = Segmenter(how.hear, self._detector.frame_samples)
        listened_s = 0.0
        for chunk in microphone.chunks(cancel):
            for frame in framer.push(chunk):
                probability = self._detector.probability(frame)
                for event in segmenter.process(frame, probability):
                    if self._follow(event, watch):
                        return self._finish(self._turn, cancel)
            listened_s += chunk.seconds
            if listened_s > how.patience_s and not segmenter.speaking:
                break
        if cancel.cancelled:
            self._drop()
            return TurnRecord()
        for event in segmenter.flush():
            if self._follow(event, watch):
                return self._finish(self._turn, cancel)
        self._drop()
        return self._finish(self._begin(SaidNothing("nothing_heard"), watch))

    def _follow(self, event: SegmentEvent, watch: Watcher) -> bool:
        """Let the turn follow what was heard; return whether the utterance is over."""
        match event:
            case Paused(utterance):
                self._drop()
                self._begin(self._source(utterance), watch)
                return False
            case Resumed():
                self._drop()
                return False
            case Ended(utterance):
                self.clock.speech_end_s = utterance.speech_end_s
                self.clock.ended_s = time.monotonic()
                if self._turn is None:
                    self._begin(self._source(utterance), watch)
                assert self._turn is not None
                silence = utterance.starts_s + utterance.audio.seconds - utterance.speech_end_s
                self._turn.record.endpoint_s = max(0.0, silence)
                return True

    def _source(self, utterance: Utterance) -> Source:
        if utterance.truncated:
            return SaidNothing("too_long")
        assert self._stages.recognizer is not None, "a conversation by voice has a recognizer"
        return SaidSound(utterance, self._stages.recognizer)

    def _begin(self, source: Source, watch: Watcher) -> Turn:
        task = Task(source, self._memory.at(time.monotonic()))
        self._turn = Turn(task, self._stages, self._loudspeaker, watch)
        self._turn.start()
        return self._turn

    def _drop(self, wait_s: float = TURN_S) -> None:
        if self._turn is not None:
            self._turn.abandon(wait_s)
            self._turn = None

    @contextmanager
    def _dropped_on_error(self) -> Iterator[None]:
        """A turn begun at a pause does not outlive the listening that it belongs to."""
        try:
            yield
        except BaseException:  # Ctrl-C too: the engines may be closed next
            self._drop(STOP_S)
            raise

    def _finish(self, turn: Turn | None, cancel: CancelToken | None = None) -> TurnRecord:
        assert turn is not None
        if cancel is not None and cancel.cancelled:
            turn.cancel.cancel()
        turn.commit()
        try:
            turn.join()
        except BaseException:
            turn.abandon(STOP_S)
            raise
        finally:
            self._turn = None
        if self._loudspeaker is not None:
            self.clock.first_sample_s = self._loudspeaker.first_sample_s
        self._memory = turn.remembered(time.monotonic())
        return turn.record
