"""can_bridge: DBC files alone in, a profile with one path `Message.Signal` for each signal out.

For a look into a recording before there is a vehicle: no ranges are checked and no counters, since a DBC
does not state either reliably.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from types import MappingProxyType

from cantools.database.can import Message, Signal

from can_bridge.dbc import WildDbc, bit_field, cycle_s, frame_key, page_count, page_of
from can_bridge.spec import FrameSpec, SignalSource, SignalSpec, VehicleProfile

_CYCLES, _MINIMUM_S, _UNKNOWN_LIMIT_S = 5.0, 0.5, 5.0
_FEW_BITS = 8  # an enumeration has no more


def profile_of_dbc(files: Iterable[WildDbc], name: str) -> VehicleProfile:
    """Everything that the files say; of a message that is in several, what the first one says."""
    signals: dict[str, SignalSpec] = {}
    sources: dict[str, SignalSource] = {}
    frames: dict[int, FrameSpec] = {}
    for message in (message for file in files for message in file.messages):
        key = frame_key(message)
        if key in frames:
            continue
        if message.signals:
            frames[key] = _frame(message, key)
        for signal in message.signals:
            path = f"{message.name}.{signal.name}"
            signals[path], sources[path] = _signal(path, message, signal)
    return VehicleProfile(
        id="dbc",
        name=name,
        spoken_name=name,
        region=MappingProxyType({}),
        units=MappingProxyType({}),
        bitrate=500_000,
        tyres=None,
        signals=MappingProxyType(signals),
        telltales=(),
        frames=MappingProxyType(frames),
        sources=MappingProxyType(sources),
        derived=MappingProxyType({}),
    )


def _frame(message: Message, key: int) -> FrameSpec:
    every_s = cycle_s(message)
    limit_s = _UNKNOWN_LIMIT_S if every_s is None else max(_MINIMUM_S, every_s * _CYCLES)
    page_limit_s = limit_s * page_count(message)
    return FrameSpec(key, message.name, message.length, every_s, limit_s, None, page_limit_s)


def _signal(path: str, message: Message, signal: Signal) -> tuple[SignalSpec, SignalSource]:
    field = bit_field(signal, message.length)
    named = {raw: str(name) for raw, name in (signal.choices or {}).items()}
    invalid = frozenset(raw for raw, text in named.items() if says_no_value(text))
    raws = range(field.lowest, field.highest + 1) if not signal.is_float else range(0)
    words: dict[int, str | bool] = {
        raw: text for raw, text in named.items() if raw in raws and raw not in invalid
    }
    is_enum = bool(words) and _is_enumeration(signal, sum(raw in raws for raw in named))
    if is_enum:
        words = {raw: named.get(raw, str(raw)) for raw in raws}
    spec = SignalSpec(
        path=path,
        unit=signal.unit or None,
        kind="enum" if is_enum else "number",
        description=signal.comment or "",
        values=tuple(str(word) for word in words.values()) if is_enum else (),
    )
    source = SignalSource(
        frame=frame_key(message),
        field=field,
        factor=float(signal.scale),
        offset=float(signal.offset),
        invalid=invalid,
        choices=MappingProxyType(words),
        page=page_of(message, signal),
    )
    return spec, source


def _is_enumeration(signal: Signal, named: int) -> bool:
    """Whether its values are names: of a number, some raw values may have one, such as "error"."""
    if signal.unit or signal.scale != 1 or signal.offset != 0:
        return False
    return signal.length <= _FEW_BITS and 2 * named >= 1 << signal.length


def says_no_value(name: str) -> bool:
    """Whether the name of a raw value says that there is no value."""
    words = re.sub(r"[\W_]+", " ", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)).lower().strip()
    return re.fullmatch(_NO_VALUE, words) is not None


_NO_VALUE = (
    r"(signal )?(sna|not available|na|n a|invalid|invalid value|unavailable|error|fault|no data|"
    r"undefined|not defined|signal invalid|unknown|no value|value invalid|data invalid|data not valid|not valid|init)"
)
