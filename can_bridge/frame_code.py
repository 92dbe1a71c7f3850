"""can_bridge: the plan of a frame in, a Python function that takes such frames out.

What a frame costs is the steps that Python takes for it.  So these are written out for each frame
of a vehicle when its profile is loaded: where its counter and its checksum lie, which bits belong
to which signal.  Nothing but numbers gets into the text.  For a message with one signal it reads:

    def take(data, now, bus):
        if alike:
            counter = alike.get(data)
            if counter is not None:
                ...
        if len(data) == 8 and follows[(counter := data[1] & 15) - check.counter] and (
            sum(data) - 2 * data[0] & 255 == 0
        ):
            check.counter = counter
            ...
        number = from_bytes(data, "little")
        changed = (number ^ part0.number) & 4294901760
        ...

A frame that is not known to be good at first sight goes to `FrameCheck.feed`, which is the plain
definition and alone refuses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from types import CodeType, FunctionType, MappingProxyType
from typing import Any

from fastcrc.crc8 import autosar, gsm_a, sae_j1850

from can_bridge.checksum import MANY_IDS
from can_bridge.frame_state import LiveFrame, LiveSignal, Part
from can_bridge.readings import Reading, Reason
from can_bridge.spec import FrameSpec, Protection

Take = Callable[[bytes, float, int | None], Reason | None]
"""(data, time, number of the bus) -> why the frame was refused, or None."""
Publish = Callable[[tuple[str, Reading, float]], object]
Derive = Callable[[Iterable[LiveSignal], float], None]

_CRC: Mapping[str, Callable[..., int]] = MappingProxyType(
    {
        "crc8_sae_j1850": sae_j1850,
        "crc8_autosar": autosar,
        "crc8_autosar_p1": gsm_a,
        "crc8_autosar_p2": autosar,
    }
)
_REMEMBERED = 64
_TEXT = """
def take(data, now, bus):
    if alike:
        counter = alike.get(data)
        if counter is not None:
            fault = None
            if follows[counter - check.counter]:
                check.counter = counter
                check.accepted += 1
                check.valid_at = now
            else:
                fault = feed(data, now)
            if fault is None:
                live.bus = bus
            return fault
    if len(data) == {length} and follows[(counter := {counter}) - check.counter] and {intact}:
        check.counter = counter
        check.accepted += 1
        check.valid_at = now
    else:
        fault = feed(data, now)
        if fault is not None:
            return fault
    live.bus = bus
    says_new = False
{parts}
    if says_new:
        if alike:
            alike.clear()
    elif len(alike) < {remembered}:
        alike[data] = check.counter
    else:
        alike.clear()
    return None
"""
_PART = """
    number = from_bytes(data, {order!r})
    changed = (number ^ part{part}.number) & {mask}
    if changed:
        says_new = True
        part{part}.number = number
{fields}
"""
_FOLLOWED = """
        if changed & {followed}:
            derive_from(part{part}.signals_of(changed), now)
"""
_FIELD = """
        if changed & {mask}:
            reading = readings{field}[{bits}]
            if reading is not signal{field}.reading:
                signal{field}.reading = reading
                if signal{field}.plain:
                    publish((path{field}, reading, now))
"""


def taker(live: LiveFrame, publish: Publish, derive_from: Derive) -> Take:
    """What takes the frames of one identifier, and tells every change of a reading.

    `derive_from` is called with the signals that changed, if others are derived from any of them.
    """
    spec = live.check.spec
    names: dict[str, Any] = {
        "alike": live.alike,
        "check": live.check,
        "derive_from": derive_from,
        "feed": live.check.feed,
        "follows": live.check.follows,
        "from_bytes": int.from_bytes,
        "live": live,
        "publish": publish,
    }
    parts = "".join(_part(number, part, names) for number, part in enumerate(live.parts))
    intact = _intact(spec, names)
    text = _TEXT.format(
        length=spec.length,
        counter=_counter(spec, names),
        intact=intact,
        parts=parts,
        remembered=_REMEMBERED,
    )
    # A copy of its own, as Python fits code to the globals that it runs with: frames that read the
    # same, or two states of one vehicle, would undo that for each other.
    return FunctionType(_compiled(text).replace(), names)


@lru_cache(256)
def _compiled(text: str) -> CodeType:
    module = compile(text, "<taker of a frame>", "exec")  # made above, of numbers
    return next(code for code in module.co_consts if isinstance(code, CodeType))


def _part(number: int, part: Part, names: dict[str, Any]) -> str:
    names[f"part{number}"] = part
    fields = []
    for place, (plan, signal) in enumerate(part.fields):
        field = f"{number}_{place}"
        names[f"readings{field}"] = plan.readings
        names[f"signal{field}"] = signal
        names[f"path{field}"] = signal.path
        bits = _bits("number", plan.shift, plan.mask >> plan.shift)
        fields.append(_FIELD.format(mask=plan.mask, bits=bits, field=field))
    if part.followed:
        fields.append(_FOLLOWED.format(followed=part.followed, part=number))
    return _PART.format(
        order=part.order,
        part=number,
        mask=part.mask,
        fields="".join(fields),
    )


def _bits(number: str, shift: int, mask: int) -> str:
    return f"{number} >> {shift} & {mask}" if shift else f"{number} & {mask}"


def _counter(spec: FrameSpec, names: dict[str, Any]) -> str:
    """The counter of a frame of the right length."""
    field = None if spec.protection is None else spec.protection.counter
    if field is None:
        return "0"
    byte, shift = divmod(field.shift, 8)
    if shift + field.bits > 8:  # noqa: PLR2004
        names["extract"] = field.extract
        return "extract(data)"
    at = spec.length - 1 - byte if field.big_endian else byte
    return _bits(f"data[{at}]", shift, (1 << field.bits) - 1)


def _intact(spec: FrameSpec, names: dict[str, Any]) -> str:
    """Whether the checksum of a frame of the right length is right."""
    protection, last = spec.protection, spec.length - 1
    if protection is None or protection.checksum_byte is None:
        return "True"
    at, algorithm = protection.checksum_byte, protection.algorithm
    if algorithm == "xor8":
        return " ^ ".join(f"data[{n}]" for n in range(spec.length)) + " == 0"
    if algorithm == "sum8":
        return f"sum(data) - 2 * data[{at}] & 255 == 0"
    if algorithm not in _CRC or at not in (0, last):
        names["is_right"] = protection.checksum_is_right
        return "is_right(data, counter)"
    crc = names["crc"] = _CRC[algorithm]
    before = crc(b"")
    if algorithm == "crc8_autosar_p1":  # the data ID comes before the data
        before = crc((protection.data_ids[0] & 0xFFFF).to_bytes(2, "little"))
    if algorithm == "crc8_autosar_p2":
        names |= _undoing(protection)
        return f"{_rest(crc, before, at)} ^ ids[counter] == combined[data[{at}]]"
    if at == 0:
        return f"{_rest(crc, before, at)} == data[0]"
    # What is followed by its own checksum always has the same one.
    return f"crc(data, {before}) == {crc(bytes((before,)), before)}"


def _rest(crc: Callable[[bytes, int], int], before: int, at: int) -> str:
    """The checksum of all but the first or last byte, continued from that of what came before."""
    if at != 0:
        return f"crc(data[:-1], {before})"
    # Taking the first byte along is quicker than to cut it off: with this beginning, it leads to
    # `before`, whatever it is, since byte and beginning are first combined by exclusive or.
    beginning = next(value for value in range(256) if crc(bytes(1), value) == before)
    return f"crc(data, data[0] ^ {beginning})"


def _undoing(protection: Protection) -> dict[str, Any]:
    """Of AUTOSAR profile 2: a data ID that belongs to the counter comes after the data.

    That last step is undone instead of done.  It begins by combining the ID with the checksum so
    far by exclusive or, and what follows depends on the result alone, so one table undoes it.
    """
    counters = 1 << protection.counter.bits if protection.counter else 1
    return {
        "ids": tuple(protection.data_ids[n % MANY_IDS] & 0xFF for n in range(counters)),
        "combined": {autosar(bytes((value,))): value for value in range(256)},
    }
