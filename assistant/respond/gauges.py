"""Respond: a question about a gauge and its readings come in, a sentence goes out."""

from collections.abc import Iterable
from dataclasses import replace

from assistant.events import (
    Answer,
    By,
    DerivedEvidence,
    Evidence,
    Facts,
    Gauge,
    GaugePath,
    Known,
    Outcome,
    Reading,
    Request,
    SignalEvidence,
    Unknown,
)
from assistant.respond.numbers import value_text
from assistant.respond.replies import Replies

Asked = list[tuple[GaugePath, Reading]]


def answer_gauge(request: Request, facts: Facts, replies: Replies) -> Answer:
    """Say what the car reports, and of what it does not report, that it does not.

    The outcome is `refused` when nothing that was asked for is known.
    """
    gauge = request.gauge
    assert gauge is not None, "a request of kind vehicle carries its gauge"
    asked, given = _of(gauge.paths, facts), _of(gauge.given, facts)
    if given and not any(isinstance(reading, Known) and reading.value for _, reading in given):
        answer = _not_there(gauge, given, replies)
    else:
        answer = _told(gauge, asked, replies)
    answer = replace(answer, evidence=_evidence([*asked, *given]))
    lit = [
        (lamp, reading)
        for lamp, reading in _of(gauge.lamps, facts)
        if isinstance(reading, Known) and reading.value != "off"
    ]
    if not lit:
        return answer
    lamps = [replies.say["lamp_of_gauge"].format(lamp=lamp.label) for lamp, _ in lit]
    text, evidence = " ".join([answer.text, *lamps]), (*answer.evidence, *_evidence(lit))
    return Answer(Outcome.ANSWERED, By.TEMPLATE, text, evidence)


def _of(paths: Iterable[GaugePath], facts: Facts) -> Asked:
    """The readings of some of a gauge's paths, as far as they were asked for."""
    labels = {path.path: path for path in paths}
    return [(labels[path], reading) for path, reading in facts.readings if path in labels]


def _evidence(asked: Iterable[tuple[GaugePath, Reading]]) -> tuple[Evidence, ...]:
    return tuple(evidence_of(path.path, reading) for path, reading in asked)


def _told(gauge: Gauge, asked: Asked, replies: Replies) -> Answer:
    """What is reported, and of the rest that it is unknown."""
    known = [(path, reading) for path, reading in asked if isinstance(reading, Known)]
    if not known:
        text = _cannot_tell(gauge, asked, replies)
        return Answer(Outcome.REFUSED, By.TEMPLATE, text)
    if len(asked) == 1:
        text = _one(gauge, *known[0])
    else:
        text = _several(gauge, known, partial=len(asked) < len(gauge.paths))
        unknown = [path.label for path, reading in asked if isinstance(reading, Unknown)]
        if unknown:
            rest = replies.say["some_unknown"].format(what=joined(unknown))
            # "All are closed" may not be said while one of them is unknown.
            says_all = gauge.listed is not None and not _listed(gauge, known)
            text = rest if says_all else f"{text} {rest}"
    return Answer(Outcome.ANSWERED, By.TEMPLATE, text)


def evidence_of(path: str, reading: Reading) -> Evidence:
    """A reading as evidence; a value computed from others names them."""
    if isinstance(reading, Known) and reading.sources:
        return DerivedEvidence(path.removeprefix("Vehicle.").removeprefix("Derived."), reading)
    return SignalEvidence(path, reading)


def joined(parts: Iterable[str], joint: str = "and") -> str:
    """A list as it is said: "a, b and c"."""
    *most, last = parts
    return f"{', '.join(most)} {joint} {last}" if most else last


def _cannot_tell(gauge: Gauge, asked: Asked, replies: Replies) -> str:
    reasons = [reading.reason for _, reading in asked if isinstance(reading, Unknown)]
    why = replies.unknown[reasons[0].value]
    return replies.say["cannot_tell"].format(what=gauge.called, why=why)


def _not_there(gauge: Gauge, given: Asked, replies: Replies) -> Answer:
    """Nothing is known of that counts: no belt does where nobody sits, or who knows."""
    if any(isinstance(reading, Unknown) for _, reading in given):
        text = _cannot_tell(gauge, given, replies)
        return Answer(Outcome.REFUSED, By.TEMPLATE, text)
    return Answer(Outcome.ANSWERED, By.TEMPLATE, _absent(gauge, given))


def _absent(gauge: Gauge, given: Asked) -> str:
    if len(given) == 1:
        return _sentence(gauge.says["absent_one"].format(place=given[0][0].place))
    partial = len(given) < len(gauge.given)
    place = _common_words({path.place for path, _ in given}) if partial else ""
    return _sentence(gauge.says["absent"].format(place=place))


def _one(gauge: Gauge, path: GaugePath, reading: Known) -> str:
    value = value_text(reading, gauge.digits, gauge.format)
    key = str(reading.value).lower() if isinstance(reading.value, bool | str) else value.lower()
    pattern = gauge.says.get(key) or gauge.says.get("one") or gauge.says["some"]
    return _sentence(pattern.format(place=path.place, item=path.label, value=value, list=value))


def _several(gauge: Gauge, known: list[tuple[GaugePath, Known]], *, partial: bool) -> str:
    if gauge.listed is None:
        return _sentence(gauge.says["many"].format(list=_values(gauge, known)))
    listed = _listed(gauge, known)
    if listed:
        return _sentence(gauge.says["some"].format(list=joined(path.label for path in listed)))
    places = {path.place for path, _ in known}
    common = _common_words(places) if partial else ""
    pattern = gauge.says.get("none_at", gauge.says["none"]) if partial else gauge.says["none"]
    return _sentence(" ".join(pattern.format(place=common).split()))


def _listed(gauge: Gauge, known: list[tuple[GaugePath, Known]]) -> list[GaugePath]:
    if gauge.listed == "not_zero":
        return [path for path, reading in known if reading.value != 0]
    return [path for path, reading in known if reading.value == gauge.listed]


def _values(gauge: Gauge, known: list[tuple[GaugePath, Known]]) -> str:
    """Join values, as in "front left 2.4 and front right 2.3 bar": one unit is said once."""
    texts = [value_text(reading, gauge.digits, gauge.format) for _, reading in known]
    units = {text.rpartition(" ")[2] for text in texts}
    if len(units) == 1 and len(texts) > 1:
        texts = [text.rpartition(" ")[0] for text in texts[:-1]] + texts[-1:]
    parts = (f"{path.label} {text}".strip() for (path, _), text in zip(known, texts, strict=True))
    return joined(parts, gauge.joint)


def _common_words(places: set[str]) -> str:
    """What all places share: of "rear left" and "rear right" it is "rear"."""
    shared = set.intersection(*(set(place.split()) for place in places))
    return " ".join(word for word in min(places, default="").split() if word in shared)


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    return text[:1].upper() + text[1:]
