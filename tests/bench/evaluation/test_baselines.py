"""The systems that Auriga is compared with."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from assistant.cancel import CancelToken
from assistant.errors import LanguageModelError
from assistant.events import Outcome, Passage
from bench.evaluation.baselines import ModelAlone, RetrieveAndGenerate
from tests.fakes import FakeManual, FakePart
from tests.turns import MANUAL, Build


@dataclass
class Model(FakePart):
    """A LanguageModel that always says the same."""

    says: str
    fails: bool = False
    prompts: list[str] = field(default_factory=list)

    def generate(
        self, instructions: str, text: str, max_tokens: int, cancel: CancelToken
    ) -> Iterator[str]:
        self.prompts.append(f"{instructions}\n{text}")
        if self.fails:
            raise LanguageModelError("too long")
        yield from self.says


def test_the_model_alone_sees_the_question_only() -> None:
    model = Model(" The jack is in the boot. ")
    made = ModelAlone(model).attempt("Where is the jack?")
    assert (made.outcome, made.text) == (Outcome.ANSWERED, "The jack is in the boot.")
    assert made.evidence == () and made.passages == ()
    assert "towing eye" not in model.prompts[0]


def test_with_passages_it_cites_what_was_in_its_prompt() -> None:
    model = Model("Beside the towing eye.")
    made = RetrieveAndGenerate(model, Build().stages().lookup).attempt("Where is the jack?")
    assert "towing eye" in model.prompts[0]
    assert made.passages[0] == ("15.4", "203")
    assert made.citations[0]["section"] == "15.4" and "towing eye" in made.citations[0]["quote"]


def test_only_whole_passages_that_fit_are_in_the_prompt() -> None:
    long = Passage("1", "Jacks", "1", "jack " * 500, order=9)
    model = Model("Yes it is.")
    lookup = Build(manual=FakeManual((*MANUAL, long))).stages().lookup
    made = RetrieveAndGenerate(model, lookup).attempt("Where is the jack?")
    assert len(model.prompts[0]) < 3000
    assert ("1", "1") not in made.passages


@pytest.mark.parametrize(
    "text", ["", "I do not know.", "I'm sorry, no.", "The manual does not mention it."]
)
def test_it_may_refuse_in_its_own_words(text: str) -> None:
    assert ModelAlone(Model(text)).attempt("Where?").outcome is Outcome.REFUSED


def test_what_goes_beyond_what_may_be_spoken_is_cut_at_a_sentence() -> None:
    sentence = "One two three four five six seven eight nine ten eleven twelve."
    made = ModelAlone(Model(f"{sentence} {sentence} {sentence}\nAnd more.")).attempt("What?")
    assert made.text == f"{sentence} {sentence}"


def test_a_model_that_fails_ends_only_its_own_answer() -> None:
    made = ModelAlone(Model("", fails=True)).attempt("What?")
    assert (made.outcome, made.text, made.answered) == (Outcome.FAILED, "", False)
