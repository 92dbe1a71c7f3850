"""Commands: the events of a turn come in, lines for a person go out, as they happen."""

import sys
from collections.abc import Callable
from typing import TextIO

from assistant.contract import TurnRecord, timings_ms
from assistant.events import (
    Answered,
    CodeEvidence,
    DerivedEvidence,
    Evidence,
    Failed,
    Heard,
    Known,
    ManualEvidence,
    Reading,
    SignalEvidence,
    TurnEvent,
    Understood,
)
from assistant.ingest.cleaning import printed

WIDTH = 11
MAX_EVIDENCE = 4
MAX_QUOTE = 90  # characters


def show_to(stream: TextIO | None = None) -> Callable[[TurnEvent], None]:
    """A watcher that prints each event of a turn to a stream (default: stdout)."""
    out = stream or sys.stdout

    def show(event: TurnEvent) -> None:
        for name, text in _lines(event):
            print(f"  {name:<{WIDTH}}{text}", file=out, flush=True)

    return show


def timing_line(record: TurnRecord) -> str:
    """Where the time of a turn went, in one line."""
    timings = timings_ms(record)
    parts = (f"{name.replace('_', ' ')} {ms}" for name, ms in timings.items())
    return f"  {'time, ms':<{WIDTH}}{' · '.join(parts)}"


def _lines(event: TurnEvent) -> list[tuple[str, str]]:
    match event:
        case Heard():
            # A question from a file can hold what a terminal would obey.
            return [("heard", f"“{printed(event.transcript.text)}”")]
        case Understood():
            request = event.request
            slots = ", ".join(f"{key} {value}" for key, value in request.slots.items())
            return [("understood", f"{request.kind} · {request.name} {slots}".rstrip())]
        case Answered():
            answer = event.answer
            shown = [("evidence", evidence_line(e)) for e in answer.evidence[:MAX_EVIDENCE]]
            if len(answer.evidence) > MAX_EVIDENCE:
                shown.append(("", f"and {len(answer.evidence) - MAX_EVIDENCE} more"))
            said = [("says", f"{answer.text}   ({answer.outcome}, by {answer.by})")]
            spelled = [("spoken", event.spoken)] if event.spoken != answer.text else []
            return shown + said + spelled
        case Failed():
            return [("failed", f"{event.message} {event.spoken}".strip())]
        case _:
            return []


def evidence_line(evidence: Evidence) -> str:
    """One piece of evidence in one line: where it is from, and how old."""
    match evidence:
        case ManualEvidence():
            page = f", page {evidence.page}" if evidence.page else ""
            quote = " ".join(evidence.quote.split())
            short = quote if len(quote) <= MAX_QUOTE else f"{quote[: MAX_QUOTE - 1]}…"
            return f"manual {evidence.section} {evidence.title}{page}: {short}"
        case SignalEvidence():
            return f"signal {evidence.path} {_reading(evidence.reading)}"
        case DerivedEvidence():
            return f"derived {evidence.name} {_reading(evidence.reading)}"
        case CodeEvidence():
            return f"trouble code {evidence.code}: {evidence.status.replace('_', ' ')}"


def _reading(reading: Reading) -> str:
    if not isinstance(reading, Known):
        return f"unknown: {reading.reason}"
    value = f"{reading.value:g}" if isinstance(reading.value, float) else str(reading.value)
    unit = f" {reading.unit}" if reading.unit else ""
    return f"= {value}{unit}, {1000 * reading.age_s:.0f} ms old"
