"""Drafting: the signals of a DBC come in, candidates for known concepts by name and unit go out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from cantools.database.can import Message, Signal

from can_bridge.dbc import bit_field
from can_bridge.dbc_profile import says_no_value
from can_bridge.drafting.concepts import (
    CONCEPTS,
    GEAR_WORDS,
    NEUTRAL,
    NEVER,
    NEVER_IN_MESSAGE,
    Concept,
)
from can_bridge.drafting.units import Unit, unit_of
from can_bridge.drafting.words import spelled_out, with_corners, words_of

_UNKNOWN_WORD, _UNIT_STATED, _SAME_MESSAGE = 0.6, 0.5, 0.3
_MOST_UNKNOWN = 1
_BOOL_BITS = 2
_NOTHING_SAYS = "nothing says"
_MEANINGLESS = "the name says nothing that is looked for"
_LEVERS = frozenset(("stalk", "switch", "toggle"))  # what the driver asks for, not what is
_YES = frozenset("yes true on active 1 set applied present actuated".split())
_NO = frozenset("no false off inactive not none 0 released idle".split())
_SIDES = {"left": "Left", "right": "Right"}
_GERMAN_DOORS = {
    "ft": ("door", "driver"),
    "bt": ("door", "passenger"),
    "hfs": ("door", "rear", "driver"),
    "hbfs": ("door", "rear", "passenger"),
    "hd": ("trunk",),
}
_GERMAN_OPEN = ("_offen", "_geoeffnet")


@dataclass
class Candidate:
    """A signal that may be what a path means."""

    path: str
    concept: Concept
    message: Message
    signal: Signal
    score: float
    unit: Unit | None = None
    on: tuple[int, ...] = ()
    off: tuple[int, ...] = ()
    words: dict[int, str] = field(default_factory=dict)
    invalid: set[int] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    unit_guessed: bool = False
    assumed: bool = False
    """Nothing says what 1 means; by custom it is what the name says."""

    @property
    def name(self) -> str:
        """Message.Signal"""
        return f"{self.message.name}.{self.signal.name}"


@dataclass(frozen=True, slots=True)
class Rejected:
    """A signal that was not taken."""

    name: str
    path: str
    """What it looked like; "" if like nothing that is looked for."""
    reason: str


def candidates(
    messages: Iterable[Message], driver_side: str
) -> tuple[list[Candidate], list[Rejected]]:
    """Every signal that may be something known, and why each of the others is not."""
    found: list[Candidate] = []
    rejected: list[Rejected] = []
    for message in messages:
        names = _Names(message)
        for signal in message.signals:
            items = [] if names.vetoes else list(_matches(signal, names, driver_side))
            found += [item for item in items if isinstance(item, Candidate)]
            rejected += [item for item in items if isinstance(item, Rejected)]
            if not items:
                reason = _MEANINGLESS
                if names.vetoes:
                    reason = f"the name of its message says '{min(names.vetoes)}'"
                rejected.append(Rejected(f"{message.name}.{signal.name}", "", reason))
    _reward_siblings(found)
    return found, rejected


class _Names:
    """The words of a message and of its signals."""

    def __init__(self, message: Message) -> None:
        self.message = message
        self.words = set(words_of(message.name))
        pieces = [words_of(signal.name) for signal in message.signals]
        self.siblings = frozenset(word for words in pieces for word in words)
        firsts = Counter(word for words in pieces for word in set(words[:2]) if len(words) > 2)  # noqa: PLR2004
        self.prefixes = {word for word, count in firsts.items() if count >= 3}  # noqa: PLR2004
        vetoes = self.words & NEVER_IN_MESSAGE
        if vetoes == {"acc"} and "pedal" in self.words:
            vetoes = set()
        self.vetoes = vetoes
        """Words by which the message is about something else than the car's own state."""

    def of(self, signal: Signal) -> tuple[str, ...]:
        name = signal.name
        words = spelled_out(words_of(name), frozenset(self.words))
        words = with_corners(words, self.siblings)
        if name.lower().endswith(_GERMAN_OPEN):
            words = tuple(w for word in words for w in _GERMAN_DOORS.get(word, (word,)))
        return words


def _matches(signal: Signal, names: _Names, driver_side: str) -> Iterator[Candidate | Rejected]:
    words = names.of(signal)
    for concept in CONCEPTS:
        pattern = _pattern(concept, set(words))
        if pattern is None:
            continue
        full = f"{names.message.name}.{signal.name}"
        unknown = _unknown(words, concept, pattern, names)
        reason = _another(set(words), concept, pattern, names) or _half_said(
            unknown, concept, pattern
        )
        place = _place(concept, set(words), driver_side)
        if place is None and reason.startswith(_NOTHING_SAYS):
            continue  # all that it has in common is one word of many meanings
        if reason or place is None:
            reason = reason or f"the name does not say which {concept.place or 'row'}"
            yield Rejected(full, concept.path, reason)
            continue
        score = len(pattern) - _UNKNOWN_WORD * len(unknown)
        score += _SAME_MESSAGE * bool(pattern & names.words)
        filled = concept.path.format(**place) if place or "{" not in concept.path else concept.path
        found = Candidate(filled, concept, names.message, signal, score)
        reason = _typed(found, set(words))
        if not reason and found.assumed and unknown:
            reason = f"nothing says what 1 means, and the name also says '{unknown[0]}'"
        if reason:
            yield Rejected(full, found.path, reason)
        elif concept.kind == "turn":
            yield from split_turns(found)
        else:
            yield found


def _another(known: set[str], concept: Concept, pattern: frozenset[str], names: _Names) -> str:
    """Why the words say that it is something else; "" if they do not."""
    veto = (known & (NEVER | concept.veto)) - pattern
    veto |= names.words & concept.veto & _LEVERS
    if "warning" in known - pattern:
        veto.add("warning")
    if veto:
        return f"the name says '{min(veto)}'"
    if not _supported(concept, known | names.words, names.siblings):
        return f"{_NOTHING_SAYS} {' or '.join(sorted(concept.needs_any))}"
    return ""


def _half_said(unknown: list[str], concept: Concept, pattern: frozenset[str]) -> str:
    allowed = 0 if concept.kind == "number" and len(pattern) == 1 else _MOST_UNKNOWN
    return f"the name also says '{unknown[0]}'" if len(unknown) > allowed else ""


def _supported(concept: Concept, near: set[str], beside: frozenset[str]) -> bool:
    """Whether a word says of which of several batteries, pressures … the signal is."""
    return not concept.needs_any or bool(concept.needs_any & near or concept.or_beside & beside)


def _pattern(concept: Concept, known: set[str]) -> frozenset[str] | None:
    fitting = [pattern for pattern in concept.patterns if pattern <= known]
    return max(fitting, key=len, default=None)


def _unknown(
    words: tuple[str, ...], concept: Concept, pattern: frozenset[str], names: _Names
) -> list[str]:
    said = pattern | NEUTRAL | concept.true_words | concept.false_words | names.prefixes
    if concept.place:
        said |= frozenset("front rear left right driver passenger first second row middle".split())
    in_message = names.words if concept.kind != "number" or len(pattern) > 1 else set()
    return [
        word for word in words if word not in said and word not in in_message and not word.isdigit()
    ]


def _place(concept: Concept, known: set[str], driver_side: str) -> dict[str, str] | None:
    """What to fill into the path; None if the name does not say which one it is."""
    if not concept.place:
        return {} if not known & {"second", "third"} else None
    row = _row(known)
    sides = [word for word in ("left", "right") if word in known]
    if concept.place == "side":
        return {"side": _SIDES[sides[0]]} if len(sides) == 1 else None
    if concept.place == "wheel":
        if row is None or len(sides) != 1:
            return None
        return {"corner": f"{row}.Wheel.{_SIDES[sides[0]]}"}
    who = [word for word in ("driver", "passenger") if word in known]
    if len(who) == 1 and not sides:
        side = "DriverSide" if who[0] == "driver" else "PassengerSide"
        return {concept.place: f"{row or 'Row1'}.{side}"}
    if len(sides) == 1 and row is not None and not who:
        side = "DriverSide" if sides[0] == driver_side else "PassengerSide"
        return {concept.place: f"{row}.{side}"}
    return None


def _row(known: set[str]) -> str | None:
    front, rear = bool(known & {"front", "first"}), bool(known & {"rear", "second"})
    if front == rear or "third" in known:
        return None
    return "Row1" if front else "Row2"


def _typed(found: Candidate, known: set[str]) -> str:
    """Fill in unit or values; the reason if the signal is of another type."""
    signal, concept = found.signal, found.concept
    if signal.is_float and concept.kind != "number":
        return "it is a floating-point number, not one of several values"
    named = _unprefixed({raw: str(text) for raw, text in (signal.choices or {}).items()})
    if not signal.is_float:
        field = bit_field(signal, found.message.length)
        named = {raw: text for raw, text in named.items() if field.lowest <= raw <= field.highest}
    found.invalid = {raw for raw, text in named.items() if says_no_value(text)}
    if concept.kind == "number":
        return _number(found, known, {r: t for r, t in named.items() if r not in found.invalid})
    if concept.kind == "gear":
        return _gear(found, named)
    if concept.kind == "turn":
        return _turn(found, named)
    return _bool(found, known, named)


def _unprefixed(named: dict[int, str]) -> dict[int, str]:
    """`DI_GEAR_P`, `DI_GEAR_INVALID` without the pieces that all names begin with."""
    pieces = {raw: text.split("_") for raw, text in named.items()}
    while len(pieces) > 1 and len({parts[0] for parts in pieces.values()}) == 1:
        if any(len(parts) == 1 for parts in pieces.values()):
            break
        pieces = {raw: parts[1:] for raw, parts in pieces.items()}
    return {raw: "_".join(parts) for raw, parts in pieces.items()}


def _number(found: Candidate, known: set[str], named: Mapping[int, str]) -> str:
    signal, concept = found.signal, found.concept
    if signal.length < 5 or len(named) > 4:  # noqa: PLR2004
        return "it is an enumeration, not a number"
    unit = unit_of(signal.unit or "")
    if concept.unit == "°C" and (signal.unit or "").lower().strip() in ("deg", "degrees", "degree"):
        unit = Unit("°C") if signal.offset < 0 else None
    if unit is None:
        unit = _guessed_unit(signal, concept, known)
        if unit is not None:
            found.unit_guessed = True
            found.notes.append(f"the DBC states no unit; taken as {concept.unit}")
    else:
        found.score += _UNIT_STATED
    if unit is None:
        stated = f"the unit '{signal.unit}' is not known" if signal.unit else "it has no unit"
        return f"{stated}, expected one of {concept.unit}"
    if unit.name != concept.unit:
        return f"its unit '{signal.unit}' is not one of {concept.unit}"
    if concept.signed and not signal.is_signed and signal.offset >= 0 < signal.scale:
        return "it cannot be negative: its sign is in another signal"
    found.unit = unit
    return ""


def _guessed_unit(signal: Signal, concept: Concept, known: set[str]) -> Unit | None:
    """The unit of a signal that states none, where name and scaling leave no doubt."""
    if signal.unit:
        return None
    if concept.unit == "km/h":
        if known & {"kph", "kmh"}:
            return Unit("km/h")
        return Unit("km/h", 1.609344) if "mph" in known else None
    if concept.unit == "rpm" and "rpm" in known:
        return Unit("rpm")
    if concept.unit == "°C" and signal.offset in (-40, -48, -50, -60) and signal.scale <= 1:
        return Unit("°C")
    if concept.unit == "%" and signal.maximum == 100 and signal.minimum == 0:  # noqa: PLR2004
        return Unit("%")
    if concept.unit == "%" and signal.maximum == 1 and 0 < signal.scale <= 0.02:  # noqa: PLR2004
        return Unit("%", 100.0)
    return None


def _bool(found: Candidate, known: set[str], named: Mapping[int, str]) -> str:
    signal, concept = found.signal, found.concept
    meant = {raw: text for raw, text in named.items() if raw not in found.invalid}
    if signal.is_signed or signal.scale != 1 or signal.offset != 0:
        return "it is a number, not a yes or no"
    inverted = bool(known & concept.false_words) and not known & concept.true_words
    if len(meant) > 1:
        return _bool_by_names(found, meant, inverted)
    if signal.length > _BOOL_BITS:
        return f"it has {signal.length} bits, and the DBC does not say what its values mean"
    said = bool(known & (concept.true_words | concept.false_words))
    if concept.polarity_needed and not said:
        return "neither its name nor its values say what 1 means"
    if not said:
        found.assumed = True
        found.notes.append("nothing says what 1 means; by custom it is 'yes'")
    found.on, found.off = ((0,), (1,)) if inverted else ((1,), (0,))
    if signal.length == _BOOL_BITS:
        found.invalid |= {2, 3}
    return ""


def _bool_by_names(found: Candidate, named: Mapping[int, str], inverted: bool) -> str:
    on: list[int] = []
    off: list[int] = []
    for raw, text in named.items():
        words = set(words_of(text)) | {text.lower()}
        negated = "not" in words
        if words & found.concept.true_words:
            (off if negated else on).append(raw)
        elif words & found.concept.false_words:
            (on if negated else off).append(raw)
        elif words & _YES and not words & _NO:
            (off if inverted else on).append(raw)
        elif words & _NO:
            (on if inverted else off).append(raw)
    if found.signal.length == 1 and len(named) == 2 and len(on) + len(off) == 1:  # noqa: PLR2004
        rest = [raw for raw in named if raw not in (*on, *off)]
        on, off = on or rest, off or rest
    if not on or not off or len(on) + len(off) < min(len(named), 2):
        return "the names of its values do not say which means yes and which no"
    found.on, found.off = tuple(on), tuple(off)
    return ""


def _gear(found: Candidate, named: Mapping[int, str]) -> str:
    words = {}
    for raw, text in named.items():
        if raw in found.invalid:
            continue
        said = {GEAR_WORDS[p] for p in re.split(r"[\W_]+", text.lower()) if p in GEAR_WORDS}
        plain = re.sub(r"\W+", "_", text.strip()).strip("_").lower()
        words[raw] = said.pop() if len(said) == 1 else plain or f"value_{raw}"
    if len({"park", "reverse", "neutral", "drive"} & set(words.values())) < 3:  # noqa: PLR2004
        return "the DBC does not name values for park, reverse, neutral and drive"
    found.words = words
    return ""


def _turn(found: Candidate, named: Mapping[int, str]) -> str:
    said = {raw: set(words_of(text)) | {text.lower()} for raw, text in named.items()}
    left = [raw for raw, words in said.items() if "left" in words and "right" not in words]
    right = [raw for raw, words in said.items() if "right" in words and "left" not in words]
    if not left or not right:
        return "the names of its values say neither left nor right"
    both = [raw for raw, words in said.items() if words & {"both", "hazard"}]
    rest = [raw for raw in named if raw not in found.invalid and raw not in (*left, *right, *both)]
    found.words = {**dict.fromkeys(left, "left"), **dict.fromkeys(right, "right")}
    found.words |= {**dict.fromkeys(both, "both"), **dict.fromkeys(rest, "off")}
    return ""


def _reward_siblings(found: list[Candidate]) -> None:
    """Four wheels of one message are preferred to one wheel of another."""
    groups = Counter((c.message.name, c.concept.path) for c in found if c.concept.place)
    for candidate in found:
        count = groups.get((candidate.message.name, candidate.concept.path), 1)
        candidate.score += 0.1 * min(count - 1, 3)


def split_turns(found: Candidate) -> Iterator[Candidate]:
    """The two paths of a turn signal enumeration."""
    for side in ("left", "right"):
        on = tuple(raw for raw, word in found.words.items() if word in (side, "both"))
        yield Candidate(
            path=found.path.format(side=_SIDES[side]),
            concept=found.concept,
            message=found.message,
            signal=found.signal,
            score=found.score,
            on=on,
            off=tuple(raw for raw in found.words if raw not in on),
            invalid=set(found.invalid),
            notes=list(found.notes),
        )
