"""Drafting: the mapping comes in, the text of vehicle.toml and signals.toml goes out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from can_bridge.dbc import frame_key
from can_bridge.drafting.naming import Candidate
from can_bridge.drafting.observing import MessageSeen, Pace, Seen
from can_bridge.profile_frames import LONGEST_S

_EVENT_CYCLES, _EVENT_MINIMUM_S = 2.0, 2.0
_CYCLES, _MINIMUM_S = 5, 0.5


@dataclass(frozen=True, slots=True)
class DraftName:
    """Who the car is, and where the draft comes from."""

    id: str
    name: str
    dbc: str
    """Name of the DBC file in the folder."""
    recording: str
    driver_side: str
    repair: bool


def vehicle_toml(draft: DraftName) -> str:
    """The text of vehicle.toml."""
    repair = (
        "# The DBC has signals that overlap or lie outside their messages; they are read leniently.\n"
        "repair = true\n"
        if draft.repair
        else ""
    )
    return f"""# {draft.name}: drafted from {draft.recording} and a DBC; see report.md, and correct what is wrong.

id = {_text(draft.id)}
name = {_text(draft.name)}
spoken_name = {_text(draft.name)}

[region]
# Assumed: it says which side VSS's DriverSide is.
driver_position = {_text(draft.driver_side)}

[units]
speed = "km/h"
distance = "km"
pressure = "bar"
temperature = "°C"

[bus]
bitrate = 500_000
dbc = [{_text(draft.dbc)}]
{repair}"""


def signals_toml(signals: Mapping[str, Candidate], seen: Seen, draft: DraftName) -> str:
    """The text of signals.toml."""
    plain = {path: c for path, c in signals.items() if not c.concept.telltale[0]}
    lamps = {path: c for path, c in signals.items() if c.concept.telltale[0]}
    parts = [
        f"# Drafted from {draft.recording}: every signal was seen there with plausible values.",
        "",
        "[freshness]",
        f"cycles = {_CYCLES}",
        f"minimum_s = {_MINIMUM_S}",
        "",
        "[messages]",
        "# Cycle times as recorded; counters and checksums that were right in every frame.",
        *_messages(signals.values(), seen),
        "",
        "[signals]",
        *(f"{_text(path)} = {_row(c, seen)}" for path, c in sorted(plain.items())),
    ]
    if lamps:
        parts += ["", "[telltales]", *(f"{path} = {_lamp(c, seen)}" for path, c in lamps.items())]
    return "\n".join(parts) + "\n"


def _messages(chosen: Iterable[Candidate], seen: Seen) -> list[str]:
    keys = dict.fromkeys(frame_key(candidate.message) for candidate in chosen)
    lines = []
    for key in keys:
        message = seen.messages[key]
        row = message_row(message)
        if row:
            inside = ", ".join(f"{name} = {_value(value)}" for name, value in row.items())
            lines.append(f"{message.message.name} = {{ {inside} }}")
    return lines


def message_row(message: MessageSeen) -> dict[str, object]:
    """What [messages] says of one message."""
    row: dict[str, object] = {}
    cycle_s = message.pace.cycle_s()
    if cycle_s is not None:
        row["cycle_s"] = cycle_s
    else:
        row["timeout_s"] = _event_limit_s(message.pace)
    if message.finder is not None:
        row |= message.finder.row()
    return row


def _event_limit_s(pace: Pace) -> float:
    return min(LONGEST_S, max(_EVENT_MINIMUM_S, round(_EVENT_CYCLES * pace.longest_gap_s, 1)))


def _page_limit(candidate: Candidate, seen: Seen) -> dict[str, float]:
    """Of a multiplexed signal: the limit by the frames that carried it."""
    signal = seen.messages[frame_key(candidate.message)].signals[candidate.signal.name]
    if signal.page is None:
        return {}
    cycle_s = signal.pace.cycle_s()
    if cycle_s is None:
        return {"timeout_s": _event_limit_s(signal.pace)}
    return {"timeout_s": round(min(LONGEST_S, max(_MINIMUM_S, _CYCLES * cycle_s)), 3)}


def _row(candidate: Candidate, seen: Seen) -> str:
    concept, unit = candidate.concept, candidate.unit
    row: dict[str, object] = {
        "message": candidate.message.name,
        "signal": candidate.signal.name,
    }
    if concept.kind == "number":
        assert unit is not None
        row["unit"] = concept.unit
        if unit.scale != 1.0:
            row["scale"] = unit.scale
        if unit.shift:
            row["shift"] = unit.shift
        row["range"] = [concept.low, concept.high]
    elif concept.kind == "gear":
        row["kind"] = "enum"
        row["words"] = {str(raw): word for raw, word in candidate.words.items()}
    else:
        row["kind"] = "bool"
        if candidate.on != (1,) or candidate.off != (0,):
            row |= {"on": list(candidate.on), "off": list(candidate.off)}
    if candidate.invalid:
        row["invalid"] = sorted(candidate.invalid)
    row |= _page_limit(candidate, seen)
    return "{ " + ", ".join(f"{key} = {_value(value)}" for key, value in row.items()) + " }"


def _lamp(candidate: Candidate, seen: Seen) -> str:
    name, colour = candidate.concept.telltale
    words = {str(raw): "off" for raw in candidate.off} | {str(raw): "on" for raw in candidate.on}
    row = {
        "name": name,
        "colour": colour,
        "section": "",
        "message": candidate.message.name,
        "signal": candidate.signal.name,
        "words": words,
        **({"invalid": sorted(candidate.invalid)} if candidate.invalid else {}),
        **_page_limit(candidate, seen),
    }
    return "{ " + ", ".join(f"{key} = {_value(value)}" for key, value in row.items()) + " }"


def _value(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_text(k)} = {_value(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    if isinstance(value, float):
        return f"{value:.10g}"
    return _text(value) if isinstance(value, str) else str(value)


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def identifier(name: str) -> str:
    """A folder's name as an id."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") or "car"
