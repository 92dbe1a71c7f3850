"""Evaluation: a question file (JSON lines) comes in, checked questions go out.

Its keys are those of the question file of `auriga eval manual` in the design; docs/evaluation.md
lists them with the optional ones. A key that is not known is left alone.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from assistant.errors import UsageError

Pattern = re.Pattern[str]
Value = float | bool | str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a question stands."""

    file: Path
    line: int

    def __str__(self) -> str:
        """As a message names it."""
        return f"{self.file}, line {self.line}"


@dataclass(frozen=True, slots=True)
class Question:
    """A question and what its answer must be like."""

    id: str
    text: str
    place: Place
    category: str
    answerable: bool  # whether the manual, or the manual and the car, answer it
    facts: tuple[tuple[Pattern, ...], ...]  # of each fact one alternative must match
    forbidden: tuple[Pattern, ...]
    sections: frozenset[str]  # right citations
    pages: frozenset[str]  # printed page labels of right citations
    gold: str
    group: str = ""  # common to the phrasings of one question
    follows: str = ""  # id of the question asked before in the same conversation
    state: Mapping[str, Value] | None = None  # VSS path -> value; None: not about the live car
    lit: tuple[str, ...] = ()  # VSS paths of the lamps that are lit; all others are off

    @property
    def live(self) -> bool:
        """Whether the car's signals are set for it."""
        return self.state is not None

    @property
    def set_name(self) -> str:
        """The name of its file."""
        return self.place.file.name


def load_questions(files: Sequence[Path]) -> list[Question]:
    """All questions of the files in their order; raises UsageError naming the file and the line."""
    questions: list[Question] = []
    for file in files:
        found = list(_read(file))
        if not found:
            raise UsageError(f"{file} holds no question; expected one JSON object a line.")
        questions += found
    for question in questions:
        chain(question, questions)
    return questions


def chain(question: Question, questions: Sequence[Question]) -> list[Question]:
    """The questions of one conversation, the one that is asked last at the end.

    Raises UsageError where an earlier one is missing, or where they go round in a circle.
    """
    asked = [question]
    while asked[0].follows:
        before = _named(asked[0].follows, asked[0], questions)
        if before is None:
            raise UsageError(
                f"{asked[0].place}: it follows '{asked[0].follows}', which is in none of the files "
                "given; name the file that holds it too."
            )
        if before in asked:
            raise UsageError(f"{asked[0].place}: the questions that it follows go in a circle.")
        asked.insert(0, before)
    return asked


def _named(name: str, near: Question, questions: Iterable[Question]) -> Question | None:
    """The question of that id, in the same file if it is there."""
    found = [question for question in questions if question.id == name]
    found.sort(key=lambda question: question.place.file != near.place.file)
    return found[0] if found else None


def _read(file: Path) -> Iterable[Question]:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"The questions {file} cannot be read: {error}.") from error
    seen: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        place = Place(file, number)
        question = _Row(_object(line, place), place).question()
        if question.id in seen:
            _fail(place, f"the id '{question.id}' is that of line {seen[question.id]} too")
        seen[question.id] = number
        yield question


def _object(line: str, place: Place) -> dict[str, Any]:
    try:
        table = json.loads(line)
    except json.JSONDecodeError as error:
        raise UsageError(f"{place}: no JSON ({error}); expected one object a line.") from error
    if not isinstance(table, dict):
        _fail(place, f"expected a JSON object, found {type(table).__name__}")
    return table


@dataclass(frozen=True, slots=True)
class _Row:
    """One line, whose keys are checked as they are taken."""

    table: Mapping[str, Any]
    place: Place

    def question(self) -> Question:
        answerable = self._take("answerable", bool)
        facts = tuple(self._alternatives(fact) for fact in self._list("facts"))
        if answerable and not facts:
            _fail(self.place, "an answerable question needs `facts`, or any answer would be right")
        return Question(
            id=self._text("id", required=True),
            text=self._text("question", required=True),
            place=self.place,
            category=self._text("category") or "other",
            answerable=answerable,
            facts=facts,
            forbidden=tuple(self._pattern(item, "forbidden") for item in self._list("forbidden")),
            sections=frozenset(self._texts("sections")),
            pages=frozenset(self._texts("pages")),
            gold=self._text("gold"),
            group=self._text("group"),
            follows=self._text("follows"),
            state=self._state(),
            lit=self._texts("lit"),
        )

    def _take(self, key: str, kind: type) -> Any:
        value = self.table.get(key)
        if not isinstance(value, kind):
            found = "nothing" if value is None else repr(value)
            _fail(self.place, f"`{key}` must be {_NAMES[kind]}, found {found}")
        return value

    def _text(self, key: str, *, required: bool = False) -> str:
        if self.table.get(key) is None and not required:
            return ""
        text = str(self._take(key, str)).strip()
        if required and not text:
            _fail(self.place, f"`{key}` must not be empty")
        return text

    def _list(self, key: str) -> list[Any]:
        return list(self._take(key, list)) if self.table.get(key) is not None else []

    def _texts(self, key: str) -> tuple[str, ...]:
        for item in self._list(key):
            if not isinstance(item, str):
                _fail(self.place, f"`{key}` must hold texts, found {item!r}")
        return tuple(self._list(key))

    def _alternatives(self, fact: object) -> tuple[Pattern, ...]:
        if not isinstance(fact, list) or not fact:
            _fail(self.place, f"each of `facts` must be a list of alternatives, found {fact!r}")
        return tuple(self._pattern(item, "facts") for item in fact)

    def _pattern(self, item: object, key: str) -> Pattern:
        if not isinstance(item, str):
            _fail(self.place, f"`{key}` must hold regular expressions, found {item!r}")
        try:
            return re.compile(item, re.IGNORECASE)
        except re.error as error:
            _fail(self.place, f"`{key}` holds {item!r}, which is no regular expression: {error}")

    def _state(self) -> Mapping[str, Value] | None:
        live = self.table.get("live")
        if live is not None and not isinstance(live, bool):
            _fail(self.place, f"`live` must be true or false, found {live!r}")
        if not live and not self.table.get("state") and self.table.get("lit") is None:
            return None
        state = self.table.get("state") or {}
        good = isinstance(state, dict) and all(
            isinstance(v, int | float | str) for v in state.values()
        )
        if not good:
            _fail(self.place, f"`state` must give a value to each VSS path, found {state!r}")
        return dict(state)


_NAMES = {str: "a text", bool: "true or false", list: "a list"}


def _fail(place: Place, problem: str) -> NoReturn:
    raise UsageError(f"{place}: {problem}; correct it.")
