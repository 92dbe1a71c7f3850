"""What a turn was, as the JSON object that `auriga ask --json` prints; other programs rely on it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from assistant.events import (
    Answered,
    AudioChunk,
    CodeEvidence,
    DerivedEvidence,
    Evidence,
    Failed,
    Found,
    Heard,
    Known,
    ManualEvidence,
    Outcome,
    Reading,
    Request,
    RequestKind,
    SignalEvidence,
    Spoken,
    TurnEvent,
    Understood,
)

SCHEMA = 1


@dataclass(slots=True)
class TurnRecord:
    """Everything a turn reported, put together as its events come."""

    heard: Heard | None = None
    understood: Understood | None = None
    found: Found | None = None
    answered: Answered | None = None
    failed: Failed | None = None
    first_sound_s: float | None = None  # from the verified answer to its first sample
    endpoint_s: float = 0.0  # from the end of speech to the decision that it ended
    sounds: list[AudioChunk] = field(default_factory=list)

    def add(self, event: TurnEvent) -> None:
        """Take the next event of the turn."""
        match event:
            case Heard():
                self.heard = event
            case Understood():
                self.understood = event
            case Found():
                self.found = event
            case Answered():
                self.answered = event
            case Failed():
                self.failed = event
            case Spoken():
                if self.first_sound_s is None:
                    self.first_sound_s = event.took_s
                self.sounds.append(event.audio)


def record_of(events: Iterable[TurnEvent]) -> TurnRecord:
    """Run a turn to its end and keep what it reported."""
    record = TurnRecord()
    for event in events:
        record.add(event)
    return record


def turn_json(record: TurnRecord) -> dict[str, Any]:
    """The object of the contract; every key is always there."""
    answered = record.answered
    evidence = answered.answer.evidence if answered else ()
    return {
        "schema": SCHEMA,
        "heard": record.heard.transcript.text if record.heard else "",
        "request": _request(record.understood.request if record.understood else None),
        "answer": _answer(record),
        "evidence": [evidence_json(piece) for piece in evidence],
        "actions": [],
        "timings_ms": timings_ms(record),
    }


def evidence_json(evidence: Evidence) -> dict[str, Any]:
    """One piece of evidence."""
    match evidence:
        case ManualEvidence():
            return {
                "kind": "manual",
                "section": evidence.section,
                "title": evidence.title,
                "page": evidence.page,
                "quote": evidence.quote,
            }
        case SignalEvidence():
            return {"kind": "signal", "path": evidence.path, **_reading(evidence.reading)}
        case DerivedEvidence():
            reading = evidence.reading
            return {
                "kind": "derived",
                "name": evidence.name,
                **_reading(reading),
                "from": list(reading.sources),
            }
        case CodeEvidence():
            meaning = {"meaning": evidence.meaning} if evidence.meaning else {}
            return {"kind": "dtc", "code": evidence.code, "status": evidence.status, **meaning}


def timings_ms(record: TurnRecord) -> dict[str, int]:
    """How long each stage took."""
    return {
        "endpoint": _ms(record.endpoint_s),
        "recognize": _ms(record.heard.took_s if record.heard else 0.0),
        "interpret": _ms(record.understood.took_s if record.understood else 0.0),
        "lookup": _ms(record.found.took_s if record.found else 0.0),
        "respond": _ms(record.answered.took_s if record.answered else 0.0),
        "first_audio": _ms(record.first_sound_s or 0.0),
    }


def _request(request: Request | None) -> dict[str, Any]:
    if request is None:
        return {"kind": RequestKind.UNKNOWN.value, "name": "", "slots": {}}
    return {"kind": request.kind.value, "name": request.name, "slots": dict(request.slots)}


def _answer(record: TurnRecord) -> dict[str, str]:
    answered, failed = record.answered, record.failed
    if answered is not None:
        answer = answered.answer
        return {
            "outcome": answer.outcome.value,
            "by": answer.by.value,
            "text": answer.text,
            "spoken": answered.spoken,
        }
    sentence = failed.spoken if failed else ""
    return {
        "outcome": Outcome.FAILED.value,
        "by": "template",
        "text": sentence,
        "spoken": sentence,
    }


def _reading(reading: Reading) -> dict[str, Any]:
    if isinstance(reading, Known):
        value = round(reading.value, 6) if isinstance(reading.value, float) else reading.value
        known: dict[str, Any] = {"value": value}
        if reading.unit:
            known["unit"] = reading.unit
        return {**known, "age_ms": _ms(reading.age_s)}
    return {"unknown": reading.reason.value}


def _ms(seconds: float) -> int:
    return round(1000 * seconds)
