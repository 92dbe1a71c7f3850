"""What the weights choose where the rules find no answer, and when it is not said."""

from dataclasses import replace
from pathlib import Path

import pytest

from assistant.errors import SettingsError
from assistant.events import (
    Answer,
    By,
    Facts,
    Hits,
    ManualEvidence,
    Outcome,
    Passage,
    PassageKind,
    Piece,
    Request,
    RequestKind,
    Term,
)
from assistant.respond.likeliest import Likely, answer_likeliest
from assistant.respond.verify import grounded
from assistant.respond.weighing import weighed
from assistant.respond.weights import (
    BIAS,
    Choosing,
    Weights,
    load_choosing,
    probability,
    total,
)
from tests.turns import ENGLISH, LEXICON, REPLIES

SURE, UNSURE = {BIAS: 5.0}, {BIAS: -5.0}
BY_MEANING = Weights({"piece": 10.0, "passage": 1.0}, SURE)


def passage(text: str, cosine: float, order: int, kind: PassageKind = PassageKind.TEXT) -> Passage:
    return Passage(
        f"{order}.1", f"Title {order}", str(order), text, kind, order=order, cosine=cosine,
        pieces=(Piece(text, kind, cosine),),
    )  # fmt: skip


SEALANT = passage("You may drive at most 200 km with a sealed tyre.", 0.6, 1)
RADIO = passage("The radio has six stations.", 0.2, 2)
RANGE = passage("A sealed tyre must be replaced after 200 km.", 0.59, 3)


def answer(
    *passages: Passage,
    question: str = "after the gunk how much further",
    name: str = "fact",
    weights: Weights = BY_MEANING,
) -> Answer:
    terms = tuple(Term(term.words, 1.0) for term in LEXICON.terms(question))
    likely = Likely(Choosing(weights, weights, Weights({}, UNSURE)), 0.5, 30)
    request = Request(RequestKind.MANUAL, name, question)
    return answer_likeliest(request, Facts(hits=Hits(passages, terms)), REPLIES, likely)


def test_the_piece_that_is_nearest_in_meaning_is_quoted() -> None:
    told = answer(RADIO, SEALANT)
    assert (told.outcome, told.by, told.text) == (Outcome.ANSWERED, By.QUOTE, SEALANT.text)
    assert told.evidence == (ManualEvidence("1.1", "Title 1", "1", SEALANT.text),)


def test_what_is_not_likely_enough_is_refused_with_the_nearest_section() -> None:
    told = answer(RADIO, SEALANT, weights=replace(BY_MEANING, right=UNSURE))
    assert told.outcome is Outcome.REFUSED
    assert "1.1 Title 1, page 1" in told.text
    assert SEALANT.text not in told.text
    assert grounded(told)


def test_a_section_that_is_not_near_is_not_offered() -> None:
    told = answer(RADIO, weights=replace(BY_MEANING, right=UNSURE))
    assert told.text == REPLIES.refuse["not_in_manual"]


def test_however_far_ahead_what_has_nothing_to_do_with_it_is_not_said() -> None:
    assert answer(RADIO).outcome is Outcome.REFUSED


def test_two_sentences_of_a_section_that_are_as_likely_are_both_said_in_their_order() -> None:
    second = replace(RANGE, section=SEALANT.section)
    told = answer(second, SEALANT)
    assert told.text == f"{SEALANT.text} {second.text}"
    assert len(told.evidence) == 2


def test_words_without_a_question_must_fit_as_a_whole() -> None:
    assert answer(SEALANT, question="foam bottle done", name="fragment").outcome is Outcome.REFUSED
    told = answer(SEALANT, question="sealed tyre drive", name="fragment")
    assert told.outcome is Outcome.ANSWERED


def test_words_that_go_on_from_nothing_are_not_answered() -> None:
    question = "sealed tyre"
    assert answer(RANGE, question=question, name="fragment").outcome is Outcome.ANSWERED
    assert answer(RANGE, question=f"and {question}", name="fragment").outcome is Outcome.REFUSED


def test_how_a_thing_is_done_is_not_answered_by_what_only_speaks_of_it() -> None:
    assert (
        answer(SEALANT, question="how do I seal a tyre", name="how_to").outcome is Outcome.REFUSED
    )
    do_it = passage("Press the hose onto the valve of the tyre.", 0.6, 4)
    assert answer(do_it, question="how do I seal a tyre", name="how_to").text == do_it.text


def test_steps_are_no_answer_where_a_figure_was_asked_for() -> None:
    steps = passage("1. Shake the bottle.\n2. Drive 10 km.", 0.9, 5, PassageKind.PROCEDURE)
    told = answer(steps, SEALANT, question="how far can I drive after the foam")
    assert told.text == SEALANT.text


def test_without_an_embedder_the_weights_for_words_count() -> None:
    plain = replace(SEALANT, cosine=0.0, pieces=(Piece(SEALANT.text, PassageKind.TEXT),))
    question = "how far with a sealed tyre"
    terms = tuple(Term(term.words, 1.0) for term in LEXICON.terms(question))
    request = Request(RequestKind.MANUAL, "fact", question)
    unsure = Weights({}, UNSURE)
    choosing = Choosing(unsure, unsure, Weights({"held": 1.0}, SURE))
    choice = weighed(request, Hits((plain,), terms), choosing)
    assert choice.likely == pytest.approx(probability({}, SURE))
    assert choice.candidates[0].worth > 0


# --- the weights themselves ----------------------------------------------------------------------


def test_a_feature_without_a_weight_counts_nothing() -> None:
    assert total({"a": 2.0, "b": 1.0}, {"a": 0.5}) == 1.0
    assert probability({}, {}) == 0.5


def test_the_weights_that_come_with_the_language_are_read() -> None:
    choosing = load_choosing(ENGLISH)
    by_examples = choosing.weights(meaning=True, examples=True).worth
    by_meaning = choosing.weights(meaning=True, examples=False).worth
    by_words = choosing.weights(meaning=False, examples=False).worth
    assert by_meaning["piece"] > 0
    assert by_examples["asked"] - by_examples["asked_behind"] > 0
    assert not any("asked" in name for name in by_meaning)
    assert not any("piece" in name or "asked" in name for name in by_words)


def test_what_drivers_ask_counts_where_there_are_examples() -> None:
    by_examples = Weights({"asked": 10.0}, SURE)
    known = replace(RADIO, pieces=(replace(RADIO.pieces[0], asked=0.9),))
    terms = (Term(("far",), 1.0),)
    request = Request(RequestKind.MANUAL, "fact", "how far")
    choosing = Choosing(by_examples, BY_MEANING, Weights({}, UNSURE))
    for examples, first in ((True, known), (False, SEALANT)):
        hits = Hits((SEALANT, known), terms, examples=examples)
        assert weighed(request, hits, choosing).candidates[0].text == first.text


@pytest.mark.parametrize("text", ["", "[meaning.worth]\npiece = 'x'\n", "no toml"])
def test_a_broken_file_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "choosing.toml").write_text(text)
    with pytest.raises(SettingsError, match=r"choosing\.toml"):
        load_choosing(tmp_path)
