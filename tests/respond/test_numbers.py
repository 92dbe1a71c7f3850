"""Numbers as a driver reads them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.events import Known
from assistant.respond.numbers import canonical, numbers_in, rounded, value_text


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("", set()),
        ("no number", set()),
        ("2.40 bar", {"2.4"}),
        ("1,250 km and 12,400 km", {"1250", "12400"}),
        ("from 2.3, 2.4 or 2.5.", {"2.3", "2.4", "2.5"}),
        ("215/60 R17", {"215", "60", "17"}),
        ("SAE 0W-20", {"0", "20"}),
        ("30-50 km", {"30", "50"}),
        ("at -8 °C or −10 °C", {"-8", "-10"}),
        ("section 11.3.2", {"11.3.2"}),
        (".5 l", {"0.5"}),
        ("P0301", {"301"}),
        ("½ turn", {"½"}),
        ("007", {"7"}),
    ],
)
def test_every_number_of_a_text_is_found(text: str, numbers: set[str]) -> None:
    assert numbers_in(text) == numbers


@pytest.mark.parametrize(
    ("number", "form"),
    [
        ("0", "0"),
        ("-0", "0"),
        ("-0.0", "0"),
        ("0.50", "0.5"),
        ("-0.5", "-0.5"),
        ("100", "100"),
        ("100.0", "100"),
        ("1,000", "1000"),
        ("2,4", "2,4"),
    ],
)
def test_a_number_has_one_form(number: str, form: str) -> None:
    assert canonical(number) == form


@given(st.floats(-1e6, 1e6), st.integers(0, 3))
def test_the_form_of_a_form_is_itself(value: float, digits: int) -> None:
    form = canonical(f"{value:,.{digits}f}")
    assert canonical(form) == form
    assert float(form) == float(f"{value:.{digits}f}")


@pytest.mark.parametrize(
    ("value", "unit", "digits", "style", "text"),
    [
        (True, None, 0, "number", "yes"),
        (False, None, 0, "number", "no"),
        ("battery_hold", None, 0, "number", "battery hold"),
        (12400.4, "km", 0, "number", "12,400 km"),
        (-0.3, "°C", 0, "number", "0 °C"),
        (2.38, "bar", 1, "number", "2.4 bar"),
        (27.5, "l", 1, "number", "27.5 litres"),
        (5.25, "l/100km", 1, "number", "5.2 l/100 km"),
        (3.0, None, 0, "number", "3"),
        (0.0, "min", 0, "duration", "0 min"),
        (59.4, "min", 0, "duration", "59 min"),
        (59.6, "min", 0, "duration", "1 h"),
        (60.0, "min", 0, "duration", "1 h"),
        (135.0, "min", 0, "duration", "2 h 15 min"),
        (845.0, "min", 0, "clock", "14:05"),
        (0.0, "min", 0, "clock", "00:00"),
        (1439.4, "min", 0, "clock", "23:59"),
    ],
)
def test_a_value_is_said_with_its_unit(
    value: float | bool | str, unit: str | None, digits: int, style: str, text: str
) -> None:
    assert value_text(Known(value, unit, 0.0), digits, style) == text


@given(st.floats(-1000, 1000), st.integers(0, 2))
def test_nothing_is_ever_minus_zero(value: float, digits: int) -> None:
    assert not rounded(value, digits).startswith("-0") or "0." in rounded(value, digits)
    assert float(rounded(value, digits).replace(",", "")) == pytest.approx(value, abs=0.51)
