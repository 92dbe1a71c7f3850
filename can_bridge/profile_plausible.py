"""can_bridge: [plausible] of signals.toml in, the rules by which a signal is doubted out."""

from __future__ import annotations

from collections.abc import Mapping

from can_bridge.spec import FrameSpec, PlausibleSpec, SignalSource, SignalSpec
from can_bridge.toml_table import Range, TomlTable

_ABSOLUTE: Range = (0, 1e20)
_RELATIVE: Range = (0, 1)
_HOLD = 0.5  # of the signal's limit
_LONGEST_HOLD = 0.75  # so that the doubt is told within the limit, although looks have a pause


def read_plausible(
    table: TomlTable,
    sources: Mapping[str, SignalSource],
    frames: Mapping[int, FrameSpec],
    signals: Mapping[str, SignalSpec],
) -> tuple[PlausibleSpec, ...]:
    """Read every rule; the keys are the signals to doubt."""
    rules = []
    for path in table:
        row = table.table(path)
        near = row.names("near")
        if not near:
            row.fail("expected at least one signal to compare with; add one", "near")
        for name in (path, *near):
            if name not in sources or signals[name].kind != "number":
                row.fail(f"'{name}' is no number of [signals]; correct it", "near")
        if path in near:
            row.fail(f"'{path}' always agrees with itself; name other signals", "near")
        limit_s = frames[sources[path].frame].limit_of(sources[path])
        rule = PlausibleSpec(
            path=path,
            near=near,
            scale=row.factor("scale", 1.0),
            absolute=row.number("absolute", within=_ABSOLUTE),
            relative=row.number("relative", 0.0, _RELATIVE),
            hold_s=row.number("hold_s", limit_s * _HOLD),
        )
        if not 0 < rule.hold_s <= limit_s * _LONGEST_HOLD:
            row.fail(
                f"expected a time above 0 s and at most {_LONGEST_HOLD:g} of the signal's limit "
                f"of {limit_s:g} s; correct it",
                "hold_s",
            )
        rules.append(rule)
        row.finish()
    return tuple(rules)
