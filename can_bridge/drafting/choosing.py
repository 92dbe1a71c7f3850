"""Drafting: candidates and what was seen of them come in, one signal per path goes out.

Precision comes first: what is not in the recording, has implausible values, or contradicts another
candidate as good as itself is left out, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from can_bridge.dbc import frame_key
from can_bridge.drafting.naming import Candidate, Rejected
from can_bridge.drafting.observing import MessageSeen, Seen, SignalSeen, paired
from can_bridge.frame_plan import float_reader

NOT_THERE = "its message does not occur in the recording"
_PLAUSIBLE = 0.98
_SAME_LENGTH = 0.9
_LIVELY, _NOT_LIVELY = 0.4, -0.3
_CLEARLY_BETTER = 0.45
_AGREE = 0.95
_REACHED = 0.05  # of the highest plausible value, by a signal whose unit is only guessed
_MIN_SENTINEL_BITS = 6
_JUMP = 0.25  # of the field's range, between the sentinel and every other value seen
_MOVING_KMH, _WHEELS_AGREE = 15.0, 0.15


@dataclass
class Chosen:
    """The mapping, and what was left out."""

    signals: dict[str, Candidate] = field(default_factory=dict)
    rejected: list[Rejected] = field(default_factory=list)


def choose(candidates: Iterable[Candidate], seen: Seen) -> Chosen:
    """Take the best candidate of each path, if it is certain."""
    chosen = Chosen()
    paths: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        reason = _looked_at(candidate, seen)
        if reason:
            chosen.rejected.append(Rejected(candidate.name, candidate.path, reason))
        else:
            paths.setdefault(candidate.path, []).append(candidate)
    for path, rivals in paths.items():
        rivals.sort(key=lambda c: (-c.score, -_resolution(c), c.name))
        _take_best(path, rivals, seen, chosen)
    _check_speed(chosen, seen)
    return chosen


def _resolution(candidate: Candidate) -> float:
    return candidate.signal.length


def _seen(candidate: Candidate, seen: Seen) -> tuple[MessageSeen, SignalSeen]:
    message = seen.messages[frame_key(candidate.message)]
    return message, message.signals[candidate.signal.name]


def _looked_at(candidate: Candidate, seen: Seen) -> str:
    """Compare the candidate with the recording; the reason if it cannot be it."""
    message, signal = _seen(candidate, seen)
    if not message.count:
        return NOT_THERE
    right = message.lengths[candidate.message.length]
    if right < _SAME_LENGTH * message.count:
        length = message.lengths.most_common(1)[0][0]
        return f"its frames have {length} bytes, and the DBC says {candidate.message.length}"
    if candidate.concept.kind == "number":
        return _number_fits(candidate, signal)
    known = {*candidate.on, *candidate.off, *candidate.words}
    total = sum(signal.counts.values())
    fitting = sum(count for raw, count in signal.counts.items() if raw in known)
    if not fitting:
        return "it never had a value in the recording"
    silent = sum(count for raw, count in signal.counts.items() if raw in candidate.invalid)
    if fitting + silent < _PLAUSIBLE * total:
        return "it has values that the DBC does not name"
    if candidate.assumed and sum(signal.counts[raw] for raw in candidate.on) > fitting / 2:
        return "nothing says what 1 means, and it is 1 most of the time"
    return ""


def physical(candidate: Candidate, raw: int) -> float:
    """The value in the concept's unit."""
    assert candidate.unit is not None
    number: float = raw
    if candidate.signal.is_float:
        number = float_reader(candidate.signal.length)(raw)
    value = number * float(candidate.signal.scale) + float(candidate.signal.offset)
    return value * candidate.unit.scale + candidate.unit.shift


def _number_fits(candidate: Candidate, signal: SignalSeen) -> str:
    sentinel = _sentinel(candidate, signal)
    if sentinel is not None:
        candidate.invalid.add(sentinel)
    concept = candidate.concept
    counts = {raw: n for raw, n in signal.counts.items() if raw not in candidate.invalid}
    total = sum(counts.values())
    if not total:
        return "it never had a value in the recording"
    values = {raw: physical(candidate, raw) for raw in counts}
    good = sum(n for raw, n in counts.items() if concept.low <= values[raw] <= concept.high)
    if good < _PLAUSIBLE * total:
        odd = max(values.values(), key=lambda v: max(v - concept.high, concept.low - v))
        return (
            f"it was {odd:g} {concept.unit}, outside of what is plausible, {concept.low:g} to "
            f"{concept.high:g}"
        )
    if candidate.unit_guessed and max(values.values()) < concept.high * _REACHED:
        return f"it has no unit, and never exceeded {max(values.values()):g}"
    if concept.lively:
        candidate.score += _LIVELY if len(counts) > 3 else _NOT_LIVELY  # noqa: PLR2004
        if len(counts) == 1:
            candidate.notes.append("it never changed in the recording")
    return ""


def _sentinel(candidate: Candidate, signal: SignalSeen) -> int | None:
    """The raw value that is all ones, if it cannot be a value: the usual 'not available'."""
    bits = candidate.signal.length
    if bits < _MIN_SENTINEL_BITS or candidate.signal.is_float:
        return None
    signed = candidate.signal.is_signed
    for raw in (-(1 << bits - 1),) if signed else ((1 << bits) - 1,):
        value = physical(candidate, raw)
        concept = candidate.concept
        if not concept.low <= value <= concept.high:
            return raw
        if _above_declared(candidate, signal, raw):
            return raw
        if raw in signal.counts and _stands_alone(raw, signal, bits):
            candidate.notes.append(f"raw value {raw} taken as 'not available': it stands alone")
            return raw
    return None


def _above_declared(candidate: Candidate, signal: SignalSeen, raw: int) -> bool:
    """Whether all ones lies above the DBC's maximum, and everything else that was seen below."""
    low, high = candidate.signal.minimum, candidate.signal.maximum
    if low is None or high is None or not low < high:
        return False
    scale, offset = float(candidate.signal.scale), float(candidate.signal.offset)
    if scale <= 0 or raw * scale + offset <= high + scale / 2:
        return False
    others = [other for other in signal.counts if other != raw]
    return bool(others) and max(others) * scale + offset <= high + scale / 2


def _stands_alone(raw: int, signal: SignalSeen, bits: int) -> bool:
    others = [other for other in signal.counts if other != raw]
    nearest = min((abs(other - raw) for other in others), default=0)
    return len(others) >= 3 and nearest > _JUMP * (1 << bits)  # noqa: PLR2004


def _take_best(path: str, rivals: list[Candidate], seen: Seen, chosen: Chosen) -> None:
    best, others = rivals[0], rivals[1:]
    for other in others:
        if best.score - other.score >= _CLEARLY_BETTER or _agree(best, other, seen):
            continue
        for rival in rivals:
            rest = next(r for r in (other, best) if r is not rival)
            chosen.rejected.append(
                Rejected(rival.name, path, f"{rest.name} fits as well and has other values")
            )
        return
    chosen.signals[path] = best
    for other in others:
        same = "has the same values" if _agree(best, other, seen) else "fits better"
        chosen.rejected.append(Rejected(other.name, path, f"{best.name} {same} and was taken"))


def _agree(first: Candidate, second: Candidate, seen: Seen) -> bool:
    """Whether two candidates said the same at the same times, within a twentieth of their span."""
    pairs = list(_pairs(first, second, seen))
    if not pairs:
        return False
    if first.concept.kind != "number":
        same = sum(a == b for a, b in pairs)
    else:
        span = max(a for a, _ in pairs) - min(a for a, _ in pairs)
        limit = max(span / 20, abs(pairs[0][0]) / 50, 0.5)
        same = sum(abs(a - b) <= limit for a, b in pairs)
    return same >= _AGREE * len(pairs)


def _pairs(first: Candidate, second: Candidate, seen: Seen) -> Iterator[tuple[float, float]]:
    for one, other in paired(_seen(first, seen)[1], _seen(second, seen)[1]):
        if one in first.invalid or other in second.invalid:
            continue
        if first.concept.kind == "number":
            yield physical(first, one), physical(second, other)
        elif first.words:
            yield hash(first.words.get(one)), hash(second.words.get(other))
        else:
            yield one in first.on, other in second.on


def _check_speed(chosen: Chosen, seen: Seen) -> None:
    """A speed that is not that of the wheels is in another unit, or another speed."""
    speed = chosen.signals.get("Vehicle.Speed")
    wheels = [
        c for path, c in chosen.signals.items() if path.endswith((".Left.Speed", ".Right.Speed"))
    ]
    if speed is None or len(wheels) < 2:  # noqa: PLR2004
        return
    contradicting = 0
    for wheel in wheels:
        pairs = [(a, b) for a, b in _pairs(speed, wheel, seen) if max(a, b) > _MOVING_KMH]
        ratios = sorted(a / b if b else 0.0 for a, b in pairs)
        middle = ratios[len(ratios) // 2] if ratios else 1.0
        contradicting += not 1 - _WHEELS_AGREE <= middle <= 1 + _WHEELS_AGREE
    if contradicting > len(wheels) / 2:
        del chosen.signals["Vehicle.Speed"]
        reason = "it contradicts the wheel speeds: another unit, or another speed"
        chosen.rejected.append(Rejected(speed.name, "Vehicle.Speed", reason))
