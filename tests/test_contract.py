"""The JSON object of a turn: other programs rely on every key of it."""

import json

import pytest

from assistant.contract import TurnRecord, record_of, turn_json
from assistant.errors import BusError
from assistant.events import (
    Answer,
    Answered,
    AudioChunk,
    By,
    DerivedEvidence,
    Facts,
    Failed,
    Found,
    Heard,
    Known,
    ManualEvidence,
    Outcome,
    Reason,
    Request,
    RequestKind,
    SignalEvidence,
    Spoken,
    Transcript,
    TurnEvent,
    Understood,
    Unknown,
)
from tests.audio import tone

KEYS = ["schema", "heard", "request", "answer", "evidence", "actions", "timings_ms"]
TIMINGS = ["endpoint", "recognize", "interpret", "lookup", "respond", "first_audio"]
EVIDENCE = (
    ManualEvidence("11.3", "Tyre pressures", "166", "Use 2.4 bar."),
    SignalEvidence("Vehicle.Speed", Known(88.0, "km/h", 0.0404)),
    SignalEvidence("Vehicle.Gear", Known("drive", None, 0.0)),
    SignalEvidence("Vehicle.Door", Known(value=False, unit=None, age_s=1.0)),
    SignalEvidence("Vehicle.Fuel", Unknown(Reason.STALE)),
    DerivedEvidence("Range", Known(312.123456789, "km", 0.1, ("Vehicle.A", "Vehicle.B"))),
)
TURN: list[TurnEvent] = [
    Heard(Transcript("how fast", 0.9), 0.101),
    Understood(Request(RequestKind.VEHICLE, "speed", "how fast", {"row": "Row1"}), 0.002),
    Found(Facts(), 0.003),
    Answered(Answer(Outcome.ANSWERED, By.TEMPLATE, "88 km/h.", EVIDENCE), "eighty-eight", 0.004),
    Spoken("eighty-eight", AudioChunk(tone(0.1)), 0.105),
    Spoken("eighty-eight", AudioChunk(tone(0.1)), 0.205),
]


def test_every_key_of_the_contract_is_there() -> None:
    turn = turn_json(record_of(TURN))
    assert list(turn) == KEYS
    assert turn["schema"] == 1
    assert turn["heard"] == "how fast"
    assert turn["request"] == {"kind": "vehicle", "name": "speed", "slots": {"row": "Row1"}}
    assert turn["answer"] == {
        "outcome": "answered",
        "by": "template",
        "text": "88 km/h.",
        "spoken": "eighty-eight",
    }
    assert turn["actions"] == []


def test_evidence_says_where_it_is_from() -> None:
    assert turn_json(record_of(TURN))["evidence"] == [
        {
            "kind": "manual",
            "section": "11.3",
            "title": "Tyre pressures",
            "page": "166",
            "quote": "Use 2.4 bar.",
        },
        {"kind": "signal", "path": "Vehicle.Speed", "value": 88.0, "unit": "km/h", "age_ms": 40},
        {"kind": "signal", "path": "Vehicle.Gear", "value": "drive", "age_ms": 0},
        {"kind": "signal", "path": "Vehicle.Door", "value": False, "age_ms": 1000},
        {"kind": "signal", "path": "Vehicle.Fuel", "unknown": "stale"},
        {
            "kind": "derived",
            "name": "Range",
            "value": 312.123457,
            "unit": "km",
            "age_ms": 100,
            "from": ["Vehicle.A", "Vehicle.B"],
        },
    ]


def test_timings_are_whole_milliseconds_and_first_audio_is_the_first() -> None:
    record = record_of(TURN)
    record.endpoint_s = 0.16
    assert turn_json(record)["timings_ms"] == {
        "endpoint": 160,
        "recognize": 101,
        "interpret": 2,
        "lookup": 3,
        "respond": 4,
        "first_audio": 105,
    }


@pytest.mark.parametrize("count", range(len(TURN) + 1))
def test_a_turn_that_stopped_anywhere_has_every_key(count: int) -> None:
    turn = turn_json(record_of(TURN[:count]))
    assert list(turn) == KEYS
    assert list(turn["timings_ms"]) == TIMINGS
    assert set(turn["answer"]) == {"outcome", "by", "text", "spoken"}
    assert json.loads(json.dumps(turn, allow_nan=False)) == turn


def test_a_turn_that_failed_before_its_answer_says_the_drivers_sentence() -> None:
    record = record_of([*TURN[:2], Failed("bus", "the socket is closed", BusError.spoken)])
    answer = turn_json(record)["answer"]
    assert (answer["outcome"], answer["by"]) == ("failed", "template")
    assert answer["text"] == answer["spoken"] == BusError.spoken


def test_a_voice_that_failed_leaves_the_answer() -> None:
    record = record_of([*TURN[:4], Failed("voice", "the voice died", "Sorry.")])
    assert turn_json(record)["answer"]["outcome"] == "answered"
    assert record.failed is not None


def test_the_sounds_of_a_turn_are_kept_in_order() -> None:
    assert len(record_of(TURN).sounds) == 2
    assert TurnRecord().sounds == []


@pytest.mark.parametrize("kind", RequestKind)
@pytest.mark.parametrize("outcome", Outcome)
def test_kinds_and_outcomes_are_written_in_the_words_of_the_contract(
    kind: RequestKind, outcome: Outcome
) -> None:
    answer = Answered(Answer(outcome, By.QUOTE, "x"), "x", 0.0)
    turn = turn_json(record_of([Understood(Request(kind, "x", ""), 0.0), answer]))
    assert turn["request"]["kind"] == kind.value
    assert turn["answer"]["outcome"] == outcome.value
