"""The frozen vocabulary: everything that passes from one stage of a turn to the next.

Nothing here does anything. Times are in seconds unless a name says otherwise; sound is 16-bit
mono and always carries its rate; a value of the car is `Known` or `Unknown`, never a bare number.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.int16]
"""Mono 16-bit samples, shape (n,)."""

Vectors = NDArray[np.float32]
"""Directions in the space of an embedder, mostly one a row, shape (n, dimensions)."""

SAMPLE_RATE = 16_000
"""Hz; the rate of all sound between the microphone and the recognizer."""

Value = float | bool | str


# --- sound ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class AudioChunk:
    """A stretch of mono sound."""

    samples: Samples
    rate: int = SAMPLE_RATE  # Hz

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return len(self.samples) / self.rate


@dataclass(frozen=True, slots=True, eq=False)
class Utterance:
    """What was said between two silences, with a little of the silence on both sides."""

    audio: AudioChunk
    starts_s: float  # where the audio begins, on the capture's own clock (seconds of sound)
    speech_end_s: float  # the end of the last voiced frame, on the same clock
    truncated: bool = False  # the speaker went on beyond the longest utterance


# --- words ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Transcript:
    """What a recognizer made of an utterance; an empty text is "nothing understandable"."""

    text: str
    confidence: float | None = None  # 0 to 1, None where the engine has none


class RequestKind(StrEnum):
    """What the driver wants, in the JSON contract's words."""

    MANUAL = "manual"
    VEHICLE = "vehicle"
    COMMAND = "command"
    SERVICE = "service"
    WARNING = "warning"
    SMALLTALK = "smalltalk"
    UNKNOWN = "unknown"


class Move(StrEnum):
    """What a driver does with an answer, instead of asking something new."""

    NEXT = "next"  # the next step
    BACK = "back"  # the step before
    HERE = "here"  # the same step, after something else was asked
    FIRST = "first"  # the steps from the beginning
    REPEAT = "repeat"  # what was said last
    MORE = "more"  # the rest of the section that was quoted
    PAGE = "page"  # where the manual says that


@dataclass(frozen=True, slots=True)
class GaugePath:
    """One of the signals that a gauge reads."""

    path: str  # VSS path
    where: Mapping[str, str]  # kind of place -> part of the path ("row": "Row1")
    place: str  # "front left", "" where the gauge has one place only
    label: str  # "front left door"


@dataclass(frozen=True, slots=True)
class Gauge:
    """Something a driver can ask of this car, and how the answer is said."""

    name: str
    called: str  # "the tyre pressure"
    paths: tuple[GaugePath, ...]
    says: Mapping[str, str]  # "one", "many", "some", "none", or a value in lower case
    digits: int = 0  # how many decimals are said
    format: str = "number"  # "duration": minutes as hours and minutes; "clock": after midnight
    listed: bool | str | None = None  # which value is worth listing: True, False, "not_zero"
    joint: str = "and"  # joins the last two of a list
    measured: bool = False  # nobody sets it: what it is set to is another question
    lamps: tuple[GaugePath, ...] = ()  # that warn of its value, their label with article
    given: tuple[GaugePath, ...] = ()  # what counts: of belts the seats, true where one is taken
    cue: re.Pattern[str] | None = None  # speaks of it, beside something else that is asked
    bounds: re.Pattern[str] | None = None  # a sentence of a manual that bounds it matches


@dataclass(frozen=True, slots=True)
class Request:
    """A text understood: its kind, its name within the kind, and what fills it."""

    kind: RequestKind
    name: str
    text: str
    slots: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    paths: tuple[str, ...] = ()  # the VSS paths it asks about, most wanted first
    gauge: Gauge | None = None  # of kind vehicle: how to say what is read
    move: Move | None = None  # set where it asks nothing new
    follows: bool = False  # `text` was completed from an earlier question
    added: tuple[str, ...] = ()  # its telling words that the earlier question did not have
    beside: tuple[Gauge, ...] = ()  # what the manual may bound, where the answer needs both
    doubtful: bool = False  # of kind vehicle: says so much else that the manual may be meant
    units: tuple[str, ...] = ()  # in which the answer is wanted, where that was said
    of_lamps: "Request | None" = None  # the same of the lamps: one that is lit may decide it


# --- the car -------------------------------------------------------------------------------


class Reason(StrEnum):
    """Why a reading is unknown."""

    NEVER_SEEN = "never_seen"
    STALE = "stale"
    NOT_AVAILABLE = "not_available"
    OUT_OF_RANGE = "out_of_range"
    BAD_CHECKSUM = "bad_checksum"
    BAD_COUNTER = "bad_counter"
    IMPLAUSIBLE = "implausible"
    INPUT_UNKNOWN = "input_unknown"
    BUS_OFF = "bus_off"


@dataclass(frozen=True, slots=True)
class Known:
    """A value that the car reported `age_s` ago, within its freshness limit."""

    value: Value
    unit: str | None
    age_s: float
    sources: tuple[str, ...] = ()  # VSS paths a derived value was computed from


@dataclass(frozen=True, slots=True)
class Unknown:
    """There is no value that could be said, and why."""

    reason: Reason


Reading = Known | Unknown


@dataclass(frozen=True, slots=True)
class Telltale:
    """A lamp of the cluster as the vehicle's profile describes it."""

    id: str
    path: str  # VSS path; its readings are "off", "on" or "flashing"
    name: str  # as the manual calls it
    colour: str  # red, amber, green, blue or white
    section: str  # the manual's section about it

    @property
    def severity(self) -> int:
        """0 for red (stop), 1 for amber (soon), 2 for what only informs."""
        return {"red": 0, "amber": 1}.get(self.colour, 2)

    @property
    def warns(self) -> bool:
        """Whether it asks for something to be done."""
        return self.severity < 2  # noqa: PLR2004


@dataclass(frozen=True, slots=True)
class TroubleCode:
    """A diagnostic trouble code (SAE J2012) that a control unit has stored."""

    code: str  # "P0301"
    meaning: str  # what it stands for, "" where no checked source says so
    area: str  # what its form alone tells: "powertrain, generic, ignition or misfire"
    status: str  # "confirmed", or "pending" where the fault was not seen often enough yet


@dataclass(frozen=True, slots=True)
class TroubleCodes:
    """What the control units have stored, as far as they said so."""

    codes: tuple[TroubleCode, ...] = ()
    unread: tuple[str, ...] = ()  # names of the units whose codes are not known
    asked: bool = True  # False: this car has no control unit that could be asked


# --- the manual ----------------------------------------------------------------------------


class PassageKind(StrEnum):
    """How a piece of the manual is to be read."""

    TEXT = "text"
    PROCEDURE = "procedure"
    TABLE = "table"
    WARNING = "warning"
    SPECIFICATION = "specification"  # a named figure that stands in no table


@dataclass(frozen=True, slots=True)
class Piece:
    """What of a passage can be said by itself: sentences, a row, a step, or all steps."""

    text: str
    kind: PassageKind  # the passage's own; a single step is text
    cosine: float = 0.0  # how near its meaning is to the question's, -1 to 1; 0 without an embedder
    asked: float = 0.0  # the same of the nearest example question that it answers; 0 where none


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of the manual that is small enough to quote from."""

    section: str  # "11.3"
    title: str  # the section's title
    page: str  # the printed page label
    text: str
    kind: PassageKind = PassageKind.TEXT
    chapter: str = ""  # the title of the chapter around it
    heading: str = ""  # the nearest heading below the section's, if any
    row: tuple[tuple[str, str], ...] = ()  # of a table: (column heading, cell), in their order
    order: int = 0  # its place in the manual
    coverage: float = 0.0  # share of the query's weight that the passage holds, 0 to 1
    score: float = 0.0  # the retriever's; higher is better, comparable within one search
    path: tuple[str, ...] = ()  # all headings above it, the outermost first
    source: str = ""  # the name of the file that it is from
    cosine: float = 0.0  # how near its meaning is to the question's, -1 to 1; 0 without an embedder
    pieces: tuple[Piece, ...] = ()  # compared with the question; empty until `Manual.compared`


@dataclass(frozen=True, slots=True)
class Term:
    """A word of a question with the words that mean the same in a manual."""

    words: tuple[str, ...]
    weight: float = 0.0  # how telling it is in this manual (inverse document frequency)


@dataclass(frozen=True, slots=True)
class Hits:
    """What a search of the manual found, best first, and what each word was worth."""

    passages: tuple[Passage, ...] = ()
    terms: tuple[Term, ...] = ()
    no_manual: bool = False  # there is no manual to search
    further: tuple[Passage, ...] = ()  # what words alone would not have found, and lamps' sections
    warnings: tuple[Passage, ...] = ()  # of the sections of which a procedure was found
    tyre_size: str = ""  # of the wheels that the car has, "" where that is not known
    examples: bool = False  # there are example questions to compare with
    unanswered: float = 0.0  # how near the nearest example question is that nothing answers


# --- evidence ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ManualEvidence:
    """A quotation that the answer rests on."""

    section: str
    title: str
    page: str
    quote: str


@dataclass(frozen=True, slots=True)
class SignalEvidence:
    """A reading that the answer rests on, or that was asked for and is unknown."""

    path: str
    reading: Reading


@dataclass(frozen=True, slots=True)
class DerivedEvidence:
    """A value computed from other readings."""

    name: str
    reading: Known


@dataclass(frozen=True, slots=True)
class CodeEvidence:
    """A stored trouble code that the answer names."""

    code: str
    status: str
    meaning: str = ""  # as it was said


Evidence = ManualEvidence | SignalEvidence | DerivedEvidence | CodeEvidence


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the lookup found for a request; the answer may use nothing else."""

    readings: tuple[tuple[str, Reading], ...] = ()
    lamps: tuple[tuple[Telltale, str], ...] = ()  # the lit ones of those asked for, "on"/"flashing"
    hits: Hits = field(default_factory=Hits)
    codes: TroubleCodes | None = None  # None: not asked for
    unlit: tuple[Telltale, ...] = ()  # of the manual: lamps that are not known to be lit
    of_lamps: "Facts | None" = None  # what is known of the lamps that may decide the question
    undescribed: bool = False  # the manual has no section of its own for the lamps asked about
    cluster: "Facts | None" = None  # of a question about lamps: all that are lit, asked for or not
    standing: bool = False  # the car is known to stand still


# --- the answer ----------------------------------------------------------------------------


class Outcome(StrEnum):
    """How a turn ended, in the JSON contract's words."""

    ANSWERED = "answered"
    REFUSED = "refused"
    CLARIFY = "clarify"
    CONFIRM = "confirm"
    DONE = "done"
    FAILED = "failed"


class By(StrEnum):
    """What made the sentence."""

    MODEL = "model"
    QUOTE = "quote"
    TABLE = "table"
    TEMPLATE = "template"


@dataclass(frozen=True, slots=True)
class Answer:
    """What is shown, and what it rests on. Every number in `text` is in `evidence`."""

    outcome: Outcome
    by: By
    text: str
    evidence: tuple[Evidence, ...] = ()
    short: str = ""  # what is spoken where the text is too long for it
    steps: tuple[str, ...] = ()  # of a procedure, all of them
    step: int = 0  # which of the steps is said, from 1 on


# --- what a turn reports while it runs -------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Heard:
    """The words are known."""

    transcript: Transcript
    took_s: float


@dataclass(frozen=True, slots=True)
class Understood:
    """The request is known."""

    request: Request
    took_s: float


@dataclass(frozen=True, slots=True)
class Found:
    """The facts are known."""

    facts: Facts
    took_s: float


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer is verified; `spoken` is its text as the voice reads it."""

    answer: Answer
    spoken: str
    took_s: float


@dataclass(frozen=True, slots=True, eq=False)
class Spoken:
    """A clause became sound."""

    text: str
    audio: AudioChunk
    took_s: float  # since the answer was verified


@dataclass(frozen=True, slots=True)
class Failed:
    """A stage failed; what the driver is told stands in `spoken`."""

    code: str
    message: str
    spoken: str


TurnEvent = Heard | Understood | Found | Answered | Spoken | Failed
