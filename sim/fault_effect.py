"""sim: a fault and the messages of a vehicle in, a sentence out where it would change nothing.

A fault that changes nothing looks like a receiver that notices nothing, so it is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from sim.errors import ScenarioError
from sim.fault import Fault
from sim.frame import NOT_AVAILABLE, FrameBuilder

_Struck = Callable[[Fault, FrameBuilder], bool]

_STRIKES: Mapping[str, tuple[_Struck, str]] = {
    "freeze_counter": (lambda _, one: one.counter_modulus > 1, "has a counter"),
    "wrong_counter": (
        lambda fault, one: one.counter_modulus > 1 and fault.step % one.counter_modulus != 1,
        "has a counter for which `step` is another than 1",
    ),
    "bad_checksum": (lambda _, one: one.has_checksum, "has a checksum"),
    "corrupt": (lambda _, one: one.length > 0, "has data"),
    "wrong_length": (lambda fault, one: one.length != fault.length, "has another length"),
}
"""Kind -> whether it changes the frames of a message, and what such a message has."""


def check_effect(fault: Fault, builders: Iterable[FrameBuilder]) -> None:
    """Raise a ScenarioError if a fault, whose names are all there, would change nothing."""
    every = tuple(builders)
    struck = [one for one in every if fault.message == one.name or fault.ecu == one.sender]
    if fault.message and not any(one.cycle_s > 0 for one in struck):
        raise ScenarioError(
            f"{fault.message} has no cycle time and is never sent, so that {fault.kind} would change "
            f"nothing; choose another message"
        )
    if fault.kind in _STRIKES:
        _check_messages(fault, struck, every)
    if fault.signal:
        _check_signal(fault, struck[0])


def _check_messages(
    fault: Fault, struck: list[FrameBuilder], every: Iterable[FrameBuilder]
) -> None:
    strikes, having = _STRIKES[fault.kind]
    if any(strikes(fault, one) for one in struck):
        return
    fitting = [one for one in every if strikes(fault, one)]
    if fault.message:
        found = f"expected a message that {having}, and {fault.message} is none"
        choice = sorted(one.name for one in fitting)
    else:
        found = f"expected an ECU with a message that {having}, and {fault.ecu} is none"
        choice = sorted({one.sender for one in fitting})
    advice = f"choose of {', '.join(choice)}" if choice else "correct it, or leave it out"
    raise ScenarioError(f"{fault.kind} would change nothing: {found}; {advice}")


def _check_signal(fault: Fault, builder: FrameBuilder) -> None:
    signal = fault.signal
    if fault.kind == "raw":
        builder.check_raw(signal, fault.raw)
    elif fault.kind == "out_of_range":
        builder.raw_beyond(signal)
    elif fault.kind == "sna" and not builder.may_lack(signal):
        with_it = [other for other in builder.signals if builder.may_lack(other)]
        advice = f"choose of {', '.join(with_it)}" if with_it else "choose another message"
        raise ScenarioError(
            f"expected a signal with a raw value named {NOT_AVAILABLE} in the DBC, and {signal} of "
            f"{builder.name} has none; {advice}"
        )
    elif fault.kind == "implausible" and fault.value is not None:
        low, high = builder.limits(signal)
        if not low <= fault.value <= high:
            raise ScenarioError(
                f"expected a value of {signal} from {low:g} to {high:g}, found {fault.value:g}; "
                f"correct it, or use the fault out_of_range or raw"
            )
