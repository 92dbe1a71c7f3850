"""Drafting: the mapping and what was seen come in, the report for a person and for programs goes out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from can_bridge.drafting.choosing import NOT_THERE, Chosen, physical
from can_bridge.drafting.naming import Candidate, Rejected
from can_bridge.drafting.observing import Seen
from can_bridge.drafting.writing import message_row
from can_bridge.spec import EXTENDED

_MOST_REJECTED, _MOST_IDS, _MOST_NAMES = 60, 40, 40
_FORCED = ("the name says", "the name also says")


@dataclass(frozen=True, slots=True)
class DraftReport:
    """Everything that is worth telling about a draft."""

    recording: str
    dbc: str
    warnings: tuple[str, ...]
    """Repairs of the DBC."""
    chosen: Chosen
    seen: Seen

    def as_json(self) -> dict[str, object]:
        """For programs."""
        return {
            "schema": 1,
            "recording": self.recording,
            "dbc": self.dbc,
            "coverage": self.coverage(),
            "signals": [
                _signal(path, c, self.seen) for path, c in sorted(self.chosen.signals.items())
            ],
            "rejected": [
                {"signal": r.name, "path": r.path or None, "reason": r.reason}
                for r in self.chosen.rejected
            ],
            "protected": self.protected(),
            "not_in_dbc": [_shown_id(key) for key in sorted(self.seen.strangers)],
            "dbc_repairs": list(self.warnings),
        }

    def protected(self) -> dict[str, object]:
        """Messages with a certain counter or checksum."""
        found: dict[str, object] = {}
        for message in self.seen.messages.values():
            row = message_row(message) if message.count and message.finder else {}
            row = {k: v for k, v in row.items() if k not in ("cycle_s", "timeout_s")}
            if row:
                found[message.message.name] = row
        return found

    def coverage(self) -> dict[str, float]:
        """Counts of messages, signals and frames."""
        present = [m for m in self.seen.messages.values() if m.count]
        total = sum(len(m.message.signals) for m in self.seen.messages.values())
        mapped = {c.name for c in self.chosen.signals.values()}
        return {
            "seconds": round(self.seen.seconds, 3),
            "frames": self.seen.frames,
            "frames_in_dbc": self.seen.frames - sum(self.seen.strangers.values()),
            "messages_in_dbc": len(self.seen.messages),
            "messages_seen": len(present),
            "signals_in_dbc": total,
            "signals_seen": sum(len(m.message.signals) for m in present),
            "signals_mapped": len(mapped),
            "paths": len(self.chosen.signals),
            "identifiers_not_in_dbc": len(self.seen.strangers),
        }

    def as_text(self) -> str:
        """For a person, as Markdown."""
        count = self.coverage()
        lines = [
            f"# Draft from {self.recording} and {self.dbc}",
            "",
            f"- {count['frames']} frames in {count['seconds']:.1f} s, {count['frames_in_dbc']} of "
            f"them of messages in the DBC",
            f"- {count['messages_seen']} of the DBC's {count['messages_in_dbc']} messages occur, with "
            f"{count['signals_seen']} of its {count['signals_in_dbc']} signals",
            f"- {count['signals_mapped']} signals recognized, as {count['paths']} paths",
            "",
            "## Recognized",
            "",
        ]
        lines += self._recognized() + self._protection() + self._left_out() + self._unknown()
        return "\n".join(lines) + "\n"

    def _recognized(self) -> list[str]:
        if not self.chosen.signals:
            return ["Nothing: no name and unit in this DBC is certain.", ""]
        lines = ["| path | signal | seen | notes |", "|---|---|---|---|"]
        for path, candidate in sorted(self.chosen.signals.items()):
            row = _signal(path, candidate, self.seen)
            notes = "; ".join(candidate.notes)
            lines.append(f"| {path} | {candidate.name} | {row['seen']} | {notes} |")
        sided = any("DriverSide" in path or "PassengerSide" in path for path in self.chosen.signals)
        lines.append("")
        if sided:
            lines += ["Left and right were turned into driver and passenger; see [region].", ""]
        return lines

    def _protection(self) -> list[str]:
        rows = self.protected()
        if not rows:
            return []
        lines = ["## Counters and checksums that were right in every frame", ""]
        for name, row in rows.items():
            assert isinstance(row, dict)
            lines.append(f"- {name}: " + ", ".join(f"{k} {v}" for k, v in row.items()))
        return [*lines, ""]

    def _left_out(self) -> list[str]:
        """First what was close, then, by reason, the names that say they are something else."""
        close = [r for r in self.chosen.rejected if r.path and not _is_other(r)]
        lines = ["## Looked like something, and left out", ""]
        lines += [f"- {r.name} ({r.path}): {r.reason}" for r in close[:_MOST_REJECTED]]
        if len(close) > _MOST_REJECTED:
            lines.append(f"- and {len(close) - _MOST_REJECTED} more, in report.json")
        lines = [*lines, ""] if len(lines) > 2 else []  # noqa: PLR2004
        return lines + self._something_else({r.name for r in close})

    def _something_else(self, told: set[str]) -> list[str]:
        """What was neither taken nor told of so far."""
        told |= {candidate.name for candidate in self.chosen.signals.values()}
        reasons: dict[str, list[str]] = {}
        for rejected in self.chosen.rejected:
            if rejected.name not in told:
                told.add(rejected.name)
                reasons.setdefault(rejected.reason, []).append(rejected.name)
        lines = ["## Left out by their names", ""]
        for reason, names in sorted(reasons.items()):
            more = f" and {len(names) - _MOST_NAMES} more, in report.json"
            shown = ", ".join(names[:_MOST_NAMES]) + (more if len(names) > _MOST_NAMES else "")
            lines.append(f"- {reason}: {shown}")
        return [*lines, ""] if reasons else []

    def _unknown(self) -> list[str]:
        lines = []
        if self.seen.strangers:
            most = Counter(self.seen.strangers).most_common(_MOST_IDS)
            shown = ", ".join(f"{_shown_id(key)} ({count})" for key, count in most)
            more = len(self.seen.strangers) - len(most)
            lines += ["## Identifiers that the DBC does not have (frames)", "", shown]
            lines += [f"and {more} more", ""] if more else [""]
        if self.warnings:
            lines += ["## Repairs of the DBC", "", *(f"- {w}" for w in self.warnings), ""]
        return lines


def _signal(path: str, candidate: Candidate, seen: Seen) -> dict[str, object]:
    message = next(m for m in seen.messages.values() if m.message is candidate.message)
    counts = message.signals[candidate.signal.name].counts
    known = [raw for raw in counts if raw not in candidate.invalid]
    if candidate.concept.kind == "number":
        values = sorted(physical(candidate, raw) for raw in known)
        shown = f"{values[0]:.6g} to {values[-1]:.6g} {candidate.concept.unit}"
    elif candidate.words and candidate.concept.kind == "gear":
        shown = ", ".join(candidate.words[raw] for raw in sorted(known) if raw in candidate.words)
    else:
        shown = " and ".join(_truths(candidate, known))
    return {
        "path": path,
        "message": candidate.message.name,
        "signal": candidate.signal.name,
        "seen": shown,
        "unit": candidate.concept.unit or None,
        "invalid": sorted(candidate.invalid),
        "notes": list(candidate.notes),
    }


def _is_other(rejected: Rejected) -> bool:
    return rejected.reason.startswith(_FORCED) or rejected.reason == NOT_THERE


def _truths(candidate: Candidate, known: list[int]) -> list[str]:
    said = []
    if any(raw in candidate.off for raw in known):
        said.append("no")
    if any(raw in candidate.on for raw in known):
        said.append("yes")
    return said


def _shown_id(key: int) -> str:
    return f"0x{key & ~EXTENDED:08X}" if key & EXTENDED else f"0x{key:03X}"


def summary(coverage: Mapping[str, float]) -> str:
    """One line."""
    return (
        f"{coverage['paths']:.0f} paths from {coverage['signals_mapped']:.0f} of "
        f"{coverage['signals_seen']:.0f} signals in the recording"
    )
