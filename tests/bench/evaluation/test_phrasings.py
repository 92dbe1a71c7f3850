"""Other ways of making an answer from the same passages, which Auriga's own is compared with."""

from dataclasses import dataclass, field, replace
from typing import Any

from assistant.events import Outcome
from bench.evaluation.phrasings import (
    NONE,
    BestSentence,
    GenerateAndVerify,
    SentenceByGrammar,
)
from tests.bench.evaluation.test_baselines import Model
from tests.fakes import FakeManual
from tests.turns import MANUAL, Build

JACK = "Where is the jack?"


@dataclass
class Llama:
    """Chooses one of the sentences of the grammar."""

    choose: int
    asked: list[dict[str, Any]] = field(default_factory=list)

    def create_chat_completion(self, **asked: Any) -> dict[str, Any]:
        self.asked.append(asked)
        lines = asked["messages"][1]["content"].split("\n")[:-1]
        said = lines[self.choose] if self.choose >= 0 else NONE
        return {"choices": [{"message": {"content": said}}]}


def test_a_free_sentence_that_no_passage_supports_is_a_refusal() -> None:
    lookup = Build().stages().lookup
    sentence = next(p.text for p in MANUAL if "jack" in p.text).split(". ")[0].rstrip(".") + "."
    kept = GenerateAndVerify(Model(sentence), lookup).attempt(JACK)
    assert (kept.outcome, kept.text) == (Outcome.ANSWERED, sentence)
    assert GenerateAndVerify(Model("It lies on the roof."), lookup).attempt(JACK).text == NONE


def test_the_nearest_sentence_is_quoted_with_its_place() -> None:
    near = [replace(p, text="The jack is here.") for p in MANUAL if "jack" in p.text][:1]
    lookup = Build(manual=FakeManual(tuple(near))).stages().lookup
    made = BestSentence(lookup).attempt(JACK)
    assert made.text == "The jack is here."
    assert made.citations[0]["page"] == near[0].page


def test_where_nothing_is_found_nothing_is_quoted() -> None:
    lookup = Build(manual=FakeManual(())).stages().lookup
    assert BestSentence(lookup).attempt(JACK).outcome is Outcome.REFUSED


def test_the_grammar_offers_the_sentences_and_none_of_them() -> None:
    llama = Llama(0)
    made = SentenceByGrammar(llama, Build().stages().lookup).attempt(JACK)
    assert made.outcome is Outcome.ANSWERED and made.citations
    assert made.text in llama.asked[0]["messages"][1]["content"]
    none = SentenceByGrammar(Llama(-1), Build().stages().lookup).attempt(JACK)
    assert none.outcome is Outcome.REFUSED
