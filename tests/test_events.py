"""The vocabulary: frozen, and complete in the places that list all of it."""

import dataclasses
import inspect
import typing

import numpy as np
import pytest

from assistant import errors, events
from assistant.errors import AurigaError, StageError
from assistant.events import AudioChunk, Known, Reason
from can_bridge import Reason as BridgeReason

CLASSES = [
    kind
    for _, kind in inspect.getmembers(events, inspect.isclass)
    if dataclasses.is_dataclass(kind) and kind.__module__ == events.__name__
]
ERRORS = [
    kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, AurigaError)
]


@pytest.mark.parametrize("kind", CLASSES)
def test_every_event_is_frozen(kind: type) -> None:
    assert kind.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert "__slots__" in vars(kind)


def test_seconds_follow_from_samples_and_rate() -> None:
    assert AudioChunk(np.zeros(8000, np.int16)).seconds == 0.5
    assert AudioChunk(np.zeros(22_050, np.int16), 22_050).seconds == 1.0


def test_the_reasons_are_those_of_the_bridge() -> None:
    assert {reason.value for reason in Reason} == {reason.value for reason in BridgeReason}


def test_a_reading_is_known_or_unknown() -> None:
    assert set(typing.get_args(events.Reading)) == {events.Known, events.Unknown}
    assert Known(1.0, None, 0.0).sources == ()


@pytest.mark.parametrize("kind", ERRORS)
def test_every_error_has_a_code_an_exit_code_and_a_sentence_for_the_driver(
    kind: type[AurigaError],
) -> None:
    assert kind.code
    assert kind.exit_code in {1, 2, 3, 4, 5}
    assert kind.spoken.endswith(".")
    assert not any(character.isdigit() for character in kind.spoken)


def test_every_code_names_one_error() -> None:
    codes = [kind.code for kind in ERRORS]
    assert len(codes) == len(set(codes))


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    assert errors.__doc__ is not None
    for kind in ERRORS:
        line = next(line for line in errors.__doc__.splitlines() if f"{kind.__name__} " in line)
        assert kind is StageError or kind.code in line or kind is AurigaError
