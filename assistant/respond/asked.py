"""Respond: what is compared: a question, and a part of a passage that may answer it."""

import re
from dataclasses import dataclass

from assistant.events import Passage, PassageKind, Term
from assistant.lexicon import stem, words
from assistant.measures import Measure
from assistant.pieces import without_references
from assistant.respond.figures import AskedFigure
from assistant.respond.tables import row_cells
from assistant.respond.wordings import TOLD, stems_of

DETERMINERS = frozenset("the a an my our your his her their this these those".split())
# What follows is no subject or object, but a place, a time or a circumstance.
ASIDE = frozenset("in at on to from into near behind after before with without for of by".split())
CLAUSES = frozenset("if when while because that since".split())
BOOK = frozenset("manual book handbook booklet".split())
RUN = 4  # words after an article that may still name its thing
HOW_TO = "how_to"  # the interpreter's name for a question that asks for steps


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a passage before it is weighed."""

    passage: Passage
    kind: PassageKind
    text: str
    opens: bool  # begins its section

    @property
    def said(self) -> str:
        """The text with its units beside the figures."""
        row = self.passage.row
        return "; ".join(row_cells(row)) if row else without_references(self.text)

    @property
    def named(self) -> str:
        """The text with what its title and the heads of its row say."""
        heads = " ".join(head for head, _ in self.passage.row)
        return f"{self.said}; {heads}; {self.passage.title} {self.passage.heading}"

    @property
    def step(self) -> bool:
        """Whether it is a single step."""
        return self.kind is not self.passage.kind


@dataclass(frozen=True, slots=True)
class Question:
    """What is compared with every piece."""

    ask: str
    terms: tuple[Term, ...]
    total: float
    measure: Measure | None
    question: str
    tyre_size: str  # of the car's own wheels
    figures: tuple[AskedFigure, ...] = ()  # whose unit was said or is clear
    keys: frozenset[str] = frozenset()  # letters: gears, marks

    @property
    def measured(self) -> tuple[Term, ...]:
        """The terms that a figure answers: the "heavy" of "how heavy a trailer"."""
        answered = self.measure.answered if self.measure else frozenset()
        return tuple(t for t in self.terms if any(stem(word) in answered for word in t.words))

    @property
    def meant(self) -> str:
        """The question, with its telling words as manuals call them ("remove" for "take off")."""
        return f"{self.question} {' '.join(term.words[0] for term in self.terms)}"

    @property
    def plain(self) -> str:
        """The question in lower case and without any marks."""
        return " ".join(words(self.question))

    @property
    def words(self) -> frozenset[str]:
        """All words of the question, the stop words too."""
        return frozenset(words(self.question))


def title_for(passage: Passage, text: str) -> str:
    """What titles say a text is about; of a title that lists things, those that the text names."""
    things = re.split(r", | and ", passage.title) if "," in passage.title else []
    own = stems_of(text)
    named = []
    for thing in things:
        told = [stem(word) for word in words(thing) if len(word) >= TOLD]
        if told and sum(word in own for word in told) > len(told) / 2:
            named.append(thing)
    return f"{', '.join(named) or passage.title} {passage.heading}"


def things_of(asked: Question) -> list[list[Term]]:
    """The telling words that follow an article or "my", for each of them: "the front tyre".

    Neither a figure nor its unit is a thing: of "a 10 amp fuse" the fuse.
    """
    telling = {stem(term.words[0]): term for term in asked.terms}
    told = words(asked.question)
    found = []
    for at, word in enumerate(told):
        before = told[at - 1] if at else ""
        if word not in DETERMINERS or before in ASIDE:
            continue
        run = _run(telling, told[at + 1 : at + 1 + RUN])
        if len(run) > 1 and before in CLAUSES and at + len(run) == len(told) - 1:
            run = run[:-1]  # the last one is what it does: "if the brakes overheat"
        things = [t for t in run if t not in asked.measured and not t.words[0].isdigit()]
        found += [things] if things else []
    return found


def _run(telling: dict[str, Term], told: list[str]) -> list[Term]:
    """The terms that some words begin with."""
    run = []
    for word in told:
        term = telling.get(stem(word.removesuffix("'s")))
        if term is None or word in BOOK:
            break
        run.append(term)
    return run
