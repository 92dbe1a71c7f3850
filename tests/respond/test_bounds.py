"""How a reading compares with the only figure that bounds it in a sentence."""

import pytest

from assistant.respond.bounds import Compared, compared
from tests.turns import known


@pytest.mark.parametrize(
    ("value", "unit", "sentence", "expected"),
    [
        (58.0, "km/h", "The highest speed with snow chains is 50 km/h.", ("more", "50 km/h")),
        (50.0, "km/h", "The highest speed with snow chains is 50 km/h.", ("not_more", "50 km/h")),
        (5.0, "°C", "We recommend winter tyres below +7 °C.", ("below", "+7 °C")),
        (7.0, "°C", "We recommend winter tyres below +7 °C.", ("not_below", "+7 °C")),
        (-23.0, "°C", "It can be charged between −20 °C and +45 °C.", ("not_between", "−20 and +45 °C")),
        (96.0, "°C", "Normal is from 85 to 105 °C.", ("between", "85 and 105 °C")),
        (20.3, "%", "It works when the drive battery is above 20 %.", ("not_above", "20 %")),
        (4600.0, "rpm", "Keep the engine below 4,000 rpm.", ("not_below", "4,000 rpm")),
        (90.0, "km/h", "Drive no more than 100 km/h with a trailer.", ("not_more", "100 km/h")),
        (8.0, "%", "The charge must be at least 10 %.", ("less", "10 %")),
    ],
)  # fmt: skip
def test_one_bound_is_compared_with_the_value_as_it_is_said(
    value: float, unit: str, sentence: str, expected: tuple[str, str]
) -> None:
    assert compared(known(value, unit), 0, sentence) == Compared(*expected)


@pytest.mark.parametrize(
    "sentence",
    [
        "Up to 80 km/h with the spare wheel and up to 50 km/h with snow chains.",  # which one?
        "Do not drive above 50 km/h.",  # turned around
        "At 50 km/h the doors lock.",  # no bound
        "The wind may blow at up to 60 m/s.",  # another unit
        "Between 30 and 160 km/h, but at most 100 km/h with a trailer.",
    ],
)
def test_where_it_is_not_clear_nothing_is_compared(sentence: str) -> None:
    assert compared(known(58.0, "km/h"), 0, sentence) is None


def test_words_and_switches_are_not_compared() -> None:
    for value in (True, "park"):
        assert compared(known(value), 0, "Below 50 km/h.") is None
