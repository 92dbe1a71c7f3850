"""The last gate before the voice: what is not in the evidence does not pass."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assistant.events import (
    Answer,
    By,
    DerivedEvidence,
    Evidence,
    Known,
    ManualEvidence,
    Outcome,
    Reason,
    SignalEvidence,
    Unknown,
)
from assistant.respond.verify import TELLING, grounded, supported
from tests.respond.sentence_pairs import FAITHFUL, UNFAITHFUL


def answer(text: str, *evidence: Evidence) -> Answer:
    return Answer(Outcome.ANSWERED, By.TEMPLATE, text, evidence)


def reading(value: float | bool | str, unit: str | None = None) -> SignalEvidence:
    return SignalEvidence("Vehicle.Some", Known(value, unit, 0.1))


def quote(text: str, section: str = "11.3", title: str = "Tyres") -> ManualEvidence:
    return ManualEvidence(section, title, "212", text)


# --- grounded --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        ("88 km/h.", reading(88.0, "km/h")),
        ("2.4 bar.", reading(2.38, "bar")),
        ("2.38 bar.", reading(2.38, "bar")),
        ("2 bar.", reading(2.38, "bar")),
        ("1,250 km.", reading(1250.0, "km")),
        ("-8 °C.", reading(-8.0, "°C")),
        ("−8 °C.", reading(-8.0, "°C")),
        ("0 °C.", reading(-0.3, "°C")),
        ("0.0 °C.", reading(-0.04, "°C")),
        ("0 °C.", reading(0.2, "°C")),
        ("2 h 15 min.", reading(135.0, "min")),
        ("45 min.", reading(45.0, "min")),
        ("5.2 l/100 km.", reading(5.2, "l/100km")),
        ("The door is open.", reading(value=True)),
        ("D is selected.", reading("D")),
        ("12.4 V at the 12-volt battery.", reading(12.4, "V")),
        ("Use 2.6 bar.", quote("With a full load use 2.60 bar.")),
        ("The rest is in section 11.3.", quote("Use the pump.")),
        ("About ½ turn.", quote("Loosen it by ½ turn.")),
        ("1,500 km.", quote("Check it every 1500 km.")),
        ("No number here.", quote("Nor here.")),
    ],
)
def test_what_is_in_the_evidence_passes(text: str, evidence: Evidence) -> None:
    assert grounded(answer(text, evidence))


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        ("89 km/h.", reading(88.0, "km/h")),
        ("2.5 bar.", reading(2.38, "bar")),
        ("8 bar.", reading(88.0, "bar")),
        (".5 bar.", reading(2.38, "bar")),
        ("2.4.7 bar.", reading(2.4, "bar")),
        ("-7 °C.", reading(7.0, "°C")),
        ("7 °C.", reading(-7.0, "°C")),
        ("12 bar.", reading(2.4, "bar")),
        ("112-volt.", reading(2.4, "V")),
        ("2½ bar.", reading(2.0, "bar")),
        ("2² bar.", reading(2.0, "bar")),
        ("٣ bar.", reading(2.0, "bar")),
        ("3 bar.", SignalEvidence("Vehicle.Some", Unknown(Reason.STALE))),
        ("1 door.", reading(value=True)),
        ("2,4 bar.", reading(2.4, "bar")),
        ("1250 km.", reading(1.25, "km")),
        ("Press R2D2.", quote("Press the button.")),
        ("Use 2.6 bar.", quote("Use 2.4 bar.")),
        ("Page 212.", quote("Use the pump.")),
        ("Ⅳ wheels.", quote("All wheels.")),
        ("5 l/100 km.", reading(6.0, "l/100km")),
    ],
)
def test_what_is_not_in_the_evidence_does_not_pass(text: str, evidence: Evidence) -> None:
    assert not grounded(answer(text, evidence))


def test_a_number_needs_evidence_at_all() -> None:
    assert not grounded(answer("88 km/h."))
    assert grounded(answer("I can't tell."))


def test_the_sources_of_a_derived_value_are_no_evidence_for_other_numbers() -> None:
    derived = DerivedEvidence("Range", Known(508.0, "km", 0.1, ("Vehicle.A1",)))
    assert grounded(answer("508 km.", derived))
    assert not grounded(answer("1 km.", derived))


DIGITS = re.compile(r"\d")


@given(st.text("0123456789.,-−½x ", max_size=12))
@example("0.0.0")
@example("-.5")
@example("00")
def test_no_digit_passes_without_evidence(text: str) -> None:
    assert grounded(answer(text)) == (DIGITS.search(text) is None and "½" not in text)


@given(st.floats(-5000, 5000), st.integers(0, 3))
@example(-0.3, 0)
@example(-0.0005, 3)
@example(0.5, 0)
@example(1000.0, 0)
def test_a_reading_passes_at_every_precision_at_which_it_is_said(value: float, digits: int) -> None:
    text = f"{value:,.{digits}f} km"
    said = text.removeprefix("-") if not re.search("[1-9]", text) else text
    assert grounded(answer(said, reading(value, "km")))


@given(st.integers(-300, 300), st.integers(-300, 300))
def test_a_whole_number_passes_only_for_itself(said: int, measured: int) -> None:
    assert grounded(answer(f"{said} km", reading(float(measured), "km"))) == (said == measured)


@given(st.text(max_size=60))
def test_a_quotation_passes_for_itself_whatever_it_holds(text: str) -> None:
    assert grounded(answer(text, quote(text)))


# --- supported -------------------------------------------------------------------------------

WHEEL = (
    "The highest speed with the temporary spare wheel is 80 km/h, and it may not be driven "
    "farther than 100 km."
)


@pytest.mark.parametrize(("sentence", "source"), FAITHFUL)
def test_leaving_out_what_only_adds_is_allowed(sentence: str, source: str) -> None:
    assert supported(sentence, source)


ATTACKS = {
    "another number": (
        "The highest speed with the temporary spare wheel is 90 km/h, and it may not be driven "
        "than 100 km.",
        WHEEL,
    ),
    "a further number": ("The jack has 3 parts.", "The jack has parts."),
    "a fraction": ("Turn the cap by ½ turn.", "Turn the cap by a turn."),
    "a number word": ("Turn the cap one turn.", "Turn the cap a turn."),
    "a number left out": ("Check the tyres every week.", "Check the tyres every 2 weeks."),
    "another unit": ("The tyres need 2.4 psi.", "The tyres need 2.4 bar."),
    "the unit left out": ("The tyres need 2.4.", "The tyres need 2.4 bar."),
    "a unit of another number": (
        "It needs 4 l oil and 2 bar.",
        "It needs 4 bar oil and 2 l.",
    ),
    "a negation added": ("The airbag is not switched off.", "The airbag is switched off."),
    "a negation lost": ("The car is to be towed.", "The car is not to be towed."),
    "another negation": ("The car is never towed.", "The car is not towed."),
    "a condition lost": (
        "Open the cap of the tank.",
        "Open the cap of the tank when the engine is cold.",
    ),
    "permission for duty": ("You may wear the belt.", "You must wear the belt."),
    "a limit lost": ("The boot holds 75 kg.", "The boot holds up to 75 kg."),
    "a part that is not there": (
        "Use the wiper blade wrench.",
        "Use the wrench for the wheel, and fold the wiper up.",
    ),
    "on for off": ("Switch the ignition on.", "Switch the ignition off."),
    "off for on": ("Switch the lamps off.", "Switch the lamps on."),
    "right for left": ("Turn the knob to the right.", "Turn the knob to the left."),
    "down for up": ("Pull the lever down.", "Pull the lever fully up."),
    "in for out": ("Pull the plug in.", "Pull the plug out."),
    "a duty added": ("You must close the flap.", "You close the flap."),
    "only added": ("Only use the pump.", "Use the pump."),
    "front and rear exchanged": (
        "The rear tyres need 2.4 bar, the front tyres 2.3 bar.",
        "The front tyres need 2.4 bar, the rear tyres 2.3 bar.",
    ),
    "cause and effect exchanged": (
        "The engine stops, the lamp starts.",
        "The lamp stops, the engine starts.",
    ),
    "no end": ("The jack is under the", "The jack is under the floor."),
    "too short to be a sentence": ("The jack.", "The jack is under the floor."),
    "nothing": ("", "The jack is under the floor."),
    "another language": ("Der Wagenheber liegt hinten.", "The jack is under the floor."),
}


def test_the_pairs_are_many_and_each_quotation_supports_itself() -> None:
    assert len(UNFAITHFUL) >= 60
    assert all(supported(source, source) for _, source in UNFAITHFUL.values())


@pytest.mark.parametrize("name", UNFAITHFUL)
def test_what_a_quotation_does_not_say_does_not_pass(name: str) -> None:
    assert not supported(*UNFAITHFUL[name])


@pytest.mark.parametrize("name", ATTACKS)
def test_a_sentence_that_says_something_else_does_not_pass(name: str) -> None:
    sentence, source = ATTACKS[name]
    assert not supported(sentence, source)


WORDS = st.sampled_from(
    "the tyres jack engine off on up not never if when only may must 2.4 bar 80 km/h and is".split()
)
SENTENCES = st.lists(WORDS, min_size=4, max_size=14).map(lambda words: " ".join(words) + ".")


@given(SENTENCES)
def test_a_sentence_supports_itself(source: str) -> None:
    assert supported(source, source)


@given(SENTENCES, SENTENCES)
def test_what_passes_keeps_numbers_and_all_that_tells(sentence: str, source: str) -> None:
    if supported(sentence, source):
        said, given_words = set(sentence[:-1].split()), set(source[:-1].split())
        numbers = {"2.4", "80"}
        assert said & numbers == given_words & numbers
        assert said & TELLING == given_words & TELLING


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_two_texts_can_be_compared(sentence: str, source: str) -> None:
    assert supported(sentence, source) in {True, False}


def test_many_clauses_that_may_be_left_out_are_compared_at_once() -> None:
    source = "The jack is here, " + "such as this jack, " * 200 + "under the floor."
    assert not supported("The jack is here, " + "such as jack, " * 20 + "in the boot.", source)
