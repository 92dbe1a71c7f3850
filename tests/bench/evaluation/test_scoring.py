"""What is right, and what counts as a wrong number."""

import pytest

from assistant.events import Outcome
from bench.evaluation.figures import asks_for_figure, figures_said, steps_of, unsupported
from bench.evaluation.scoring import Verdict, score
from tests.bench.evaluation.cases import attempt, question, quote

OIL = question(("4\\.1 ?l / four point one",), sections=("14.2",), forbidden=("without",))


def test_an_answer_with_every_fact_is_right() -> None:
    scored = score("auriga", OIL, attempt("The engine holds 4.1 litres."))
    assert (scored.verdict, scored.why, scored.wrong_numbers) == (Verdict.RIGHT, (), ())


def test_a_fact_may_be_met_as_it_is_read_aloud() -> None:
    said = attempt("It is 4,1 L.", spoken="It is four point one litres.")
    assert score("auriga", OIL, said).verdict is Verdict.RIGHT


def test_one_missing_fact_makes_it_wrong() -> None:
    two = question(("jack", "boot / luggage"))
    scored = score("auriga", two, attempt("The jack is under the seat."))
    assert (scored.verdict, scored.why) == (Verdict.WRONG, ("no match for boot | luggage",))


def test_what_is_forbidden_makes_it_wrong() -> None:
    scored = score("auriga", OIL, attempt("Without the filter 4.1 litres."))
    assert (scored.verdict, scored.why) == (Verdict.WRONG, ("forbidden: without",))


@pytest.mark.parametrize(("count", "verdict"), [(30, Verdict.RIGHT), (31, Verdict.WRONG)])
def test_more_than_thirty_words_are_wrong(count: int, verdict: Verdict) -> None:
    said = attempt(" ".join(["jack"] * count))
    scored = score("auriga", question(("jack",)), said)
    assert scored.verdict is verdict
    assert scored.why == (() if verdict is Verdict.RIGHT else ("31 words",))


def test_of_a_procedure_each_step_may_have_thirty_words() -> None:
    step = " ".join(["pull"] * 29)
    steps = attempt(f"1. {step}. 2. {step}. 3. {step}.")
    assert score("auriga", question(("pull",)), steps).verdict is Verdict.RIGHT
    longer = attempt(f"1. {step}. 2. {step} and pull again.")
    assert score("auriga", question(("pull",)), longer).why == ("32 words",)


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.CLARIFY])
def test_a_refusal_and_a_question_back_are_refused(outcome: Outcome) -> None:
    refused = attempt(text="Which one?", outcome=outcome)
    assert score("auriga", OIL, refused).verdict is Verdict.REFUSED
    assert score("auriga", question(), refused).verdict is Verdict.RIGHT


def test_to_answer_what_cannot_be_answered_is_wrong() -> None:
    scored = score("auriga", question(), attempt("The spare wheel is in the boot."))
    assert (scored.verdict, scored.why) == (Verdict.WRONG, ("answered, but it cannot be",))


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.DONE, Outcome.CONFIRM])
def test_another_outcome_is_no_answer(outcome: Outcome) -> None:
    said = attempt("4.1 litres", outcome=outcome)
    assert score("auriga", OIL, said).verdict is Verdict.WRONG
    assert score("auriga", question(), said).verdict is Verdict.WRONG


# --- wrong numbers -----------------------------------------------------------------------------


def test_a_number_that_no_evidence_holds_is_wrong() -> None:
    said = attempt("4.1 litres, every 15,000 km.", evidence=(quote("4.1 litres"),))
    scored = score("auriga", OIL, said)
    assert (scored.verdict, scored.wrong_numbers) == (Verdict.RIGHT, ("ungrounded",))


def test_another_figure_than_the_one_asked_for_is_wrong() -> None:
    assert score("auriga", OIL, attempt("It is 5.3 litres.")).wrong_numbers == ("mismatch",)
    assert score("auriga", OIL, attempt("Use a funnel.")).wrong_numbers == ()
    assert score("auriga", OIL, attempt("The 12-volt battery.")).wrong_numbers == ()


def test_the_right_figure_of_the_wrong_thing_is_wrong() -> None:
    said = attempt("Without a filter change 4.1 litres.")
    assert score("auriga", OIL, said).wrong_numbers == ("mismatch",)


def test_a_figure_beside_a_fact_that_is_none_is_not_a_wrong_number() -> None:
    where = question(("left",))
    assert score("auriga", where, attempt("Wait 5 minutes.")).wrong_numbers == ()


def test_a_figure_for_what_cannot_be_answered_is_wrong() -> None:
    assert score("auriga", question(), attempt("It is 200 km.")).wrong_numbers == ("unanswerable",)
    assert score("auriga", question(), attempt("It is white.")).wrong_numbers == ()
    refused = attempt("Page 12 may help.", outcome=Outcome.REFUSED)
    assert score("auriga", question(), refused).wrong_numbers == ()


def test_who_never_cites_is_asked_for_evidence_only_where_the_answer_is_wrong() -> None:
    assert score("alone", OIL, attempt("4.1 litres", evidence=())).wrong_numbers == ()
    wrong = score("alone", OIL, attempt("5 litres", evidence=()))
    assert wrong.wrong_numbers == ("ungrounded", "mismatch")


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        ("1,250 kg", {"quote": "1250 kg"}),
        ("2.40 bar", {"quote": "2.4 bar"}),
        ("2.4 bar", {"quote": "2,4 bar"}),
        ("½ turn", {"quote": "1/2 or ½"}),
        ("3 m²", {"quote": "3 square metres"}),
        ("88 km/h", {"value": 87.6, "unit": "km/h"}),
        ("2 h 15 min", {"value": 135.0, "unit": "min"}),
        ("4 °C below zero", {"value": -4.2, "unit": "°C"}),
        ("Section 9.4, page 120", {"section": "9.4", "page": "120"}),
        ("1. Stop. 2. Wait 5 minutes.", {"quote": "Wait 5 minutes."}),
    ],
)
def test_a_number_may_be_said_otherwise_than_the_evidence_has_it(
    text: str, evidence: dict[str, object]
) -> None:
    assert not unsupported(text, [evidence])


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        ("1,250 kg", {"quote": "1,205 kg"}),
        ("2.4 bar", {"quote": "24 bar"}),
        ("40 ms", {"age_ms": 40}),
        ("89 km/h", {"value": 87.6, "unit": "km/h"}),
        ("1 door", {"value": True}),
        ("¼ turn", {"quote": "½ turn"}),
        ("3 steps", {"quote": "1. a 2. b"}),
    ],
)
def test_a_number_that_is_not_there_is_found(text: str, evidence: dict[str, object]) -> None:
    assert unsupported(text, [evidence])


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("1. Pull. 2. Push.", ["Pull.", "Push."]),
        ("Stop at once. 1. Pull. 2. Push.", ["Stop at once.", "Pull.", "Push."]),
        ("Wait 1. Then go.", ["Wait 1. Then go."]),
        ("1. Wait 5 minutes. 3. Go.", ["Wait 5 minutes. 3. Go."]),
        ("No steps.", ["No steps."]),
        ("", [""]),
    ],
)
def test_steps_are_those_that_are_numbered_from_one(text: str, steps: list[str]) -> None:
    assert steps_of(text) == steps


def test_the_number_of_a_step_is_not_said() -> None:
    assert not figures_said("1. Pull. 2. Push.")
    assert figures_said("1. Pull 3 times. 2. Push.")


@pytest.mark.parametrize(
    ("fact", "figure"),
    [
        ((r"\b75 ?(kg|kilo)", "seventy[- ]five"), True),
        (("CR ?2032",), True),
        (("half",), True),
        (("emergency key", "CR ?2032"), False),
        ((r"\d{2}",), False),
        (("bonnet", "stone"), False),
        (("tension",), False),
    ],
)
def test_a_fact_is_a_figure_where_all_its_alternatives_are(
    fact: tuple[str, ...], figure: bool
) -> None:
    assert asks_for_figure(fact) is figure


# --- places ------------------------------------------------------------------------------------


def test_the_first_right_passage_is_ranked() -> None:
    found = attempt("x", passages=(("3.1", "40"), ("14.2", "180"), ("14.2", "181")))
    assert score("auriga", OIL, found).rank == 2
    assert score("auriga", OIL, attempt("x", passages=(("3.1", "40"),))).rank is None


def test_a_subsection_and_a_page_are_right_places_too() -> None:
    asked = question(("x",), sections=("14.2",), pages=("xii",))
    places = (("14.2.1", "9"), ("14.20", "9"), ("1", "xii"), ("1", "12"))
    ranks = [score("auriga", asked, attempt("x", passages=(place,))).rank for place in places]
    assert ranks == [1, None, 1, None]


def test_each_citation_is_judged_and_signals_are_none() -> None:
    evidence = (quote("x"), quote("x", "9.9", "1"), {"kind": "signal", "path": "Vehicle.Speed"})
    assert score("auriga", OIL, attempt("x", evidence=evidence)).cited == (True, False)
