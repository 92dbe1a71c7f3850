"""Interpret: a text and what is remembered come in, a Request that is complete goes out.

A text may be a move within the conversation ("next", "say that again"), a question that leaves out
what the one before said ("and the rear ones?"), or a question of its own, which is left as it is.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from assistant.errors import SettingsError
from assistant.events import Known, Move, Request, RequestKind, SignalEvidence, Telltale
from assistant.interpret.ellipsis import Ellipsis, Shapes
from assistant.interpret.interpreter import ANY_LAMP, LONGEST, Interpreter
from assistant.interpret.phrases import Wording as WordLists
from assistant.lexicon import words
from assistant.memory import STOP, Memory, Turn

LIVE = frozenset({RequestKind.VEHICLE, RequestKind.WARNING})
BY_ITSELF = frozenset({RequestKind.COMMAND, RequestKind.SMALLTALK})
BEYOND = "beyond"  # the interpreter's name for what neither the car nor its manual can know
NOT_UNDERSTOOD = "not_understood"
HOW_TO = "how_to"  # the interpreter's name for a question that asks what to do
FACT = "fact"  # the interpreter's name for asking whether a lamp is lit
MEANING, PERMISSION = "meaning", "permission"
ONE = re.compile(
    r"(?:the |that |this )?((?:[a-z-]+ ){1,4})ones?"
)  # "the oil one": group 1 is which
NOTHING = "nothing_to_go_on_with"
SECTION = "section"  # slot: the section that a move is about
QUESTION = "question"  # slot: what a follow-up was understood to ask
LAMP = re.compile(r"\b(?:lamp|light|telltale|symbol|icon)s?\b")
IF_FLASHING = re.compile(r"\b(?:if|when) it (?:is )?(?:flash|blink|wink)")
_KEYS = {"around", "ask_to", "moves", "of_lamps", "of_one_lamp", "ellipsis"}


@dataclass(frozen=True, slots=True)
class Wording:
    """What a language's `follow_ups.toml` says."""

    moves: Mapping[str, re.Pattern[str]]
    of_lamps: Mapping[str, re.Pattern[str]]  # how it is asked -> a question that names no lamp
    of_one_lamp: Mapping[str, str]  # how it is asked -> the same of one lamp, in full
    shapes: Shapes


@dataclass(frozen=True, slots=True)
class FollowUps:
    """Understands what is said in a conversation."""

    interpreter: Interpreter
    wording: Wording

    def understand(self, text: str, memory: Memory) -> Request:
        """The request that a text makes after what is remembered."""
        if len(text) > LONGEST:
            return self.interpreter.interpret(text)
        return (
            self._move(text, memory)
            or self._of_an_order(text, memory)
            or self._of_the_lamps(text, memory.base)
            or self._follow_up(text, memory.base)
            or self._alone(text)
        )

    def _alone(self, text: str) -> Request:
        """A question by itself; one that only points at something is not understood."""
        request = self.interpreter.interpret(text)
        ellipsis = Ellipsis(self.wording.shapes, self.interpreter.lexicon)
        if request.kind is RequestKind.MANUAL and ellipsis.only_points(text):
            return Request(RequestKind.UNKNOWN, NOT_UNDERSTOOD, text)
        return request

    def _of_an_order(self, text: str, memory: Memory) -> Request | None:
        """A question right after an order, about nothing else: it was not carried out."""
        last = memory.last_request
        if last is None or last.kind is not RequestKind.COMMAND:
            return None
        ellipsis = Ellipsis(self.wording.shapes, self.interpreter.lexicon)
        asks = self.interpreter.shapes.question.search(" ".join(words(text))) is not None
        return (
            replace(last, text=text)
            if asks and ellipsis.only_points(text, at_the_car=True)
            else None
        )

    def _of_the_lamps(self, text: str, before: Turn | None) -> Request | None:
        """What is asked about the lamps of the question before: its one lamp, or those it named."""
        if before is None or before.request.kind is not RequestKind.WARNING:
            return None
        asked = " ".join(words(text)).replace("'", " ")
        ask = next((name for name, p in self.wording.of_lamps.items() if p.match(asked)), "")
        if not ask:
            return None
        lamps = self._named_before(before)
        if not lamps:  # whether to drive on is asked of all lamps again
            unclear = Request(RequestKind.UNKNOWN, NOT_UNDERSTOOD, text)
            return None if ask == PERMISSION else unclear
        # All that were looked at are looked at again: a worse one may be lit now, or not be seen.
        slots = {"lamp": before.request.slots["lamp"], "ask": ask}
        slots |= {"advice": "yes"} if ask in {HOW_TO, PERMISSION} else {}
        if state := before.request.slots.get("state"):
            slots["state"] = state
        if len(lamps) == 1:
            # So that a question after it may go on from one that names its matter.
            name = f"{slots.get('state', '')} {lamps[0].name.lower()}".strip()
            text = self.wording.of_one_lamp[ask].format(lamp=name)
        return replace(before.request, text=text, slots=MappingProxyType(slots), follows=True)

    def _named_before(self, before: Turn) -> tuple[Telltale, ...]:
        """The one lamp that was asked about; of several those that were lit."""
        paths = set(before.request.paths)
        if len(paths) > 1:
            paths &= {
                piece.path
                for piece in before.answer.evidence
                if isinstance(piece, SignalEvidence)
                and isinstance(piece.reading, Known)
                and piece.reading.value != "off"
            }
        return tuple(lamp for lamp in self.interpreter.telltales if lamp.path in paths)

    # --- moves -------------------------------------------------------------------------------

    def _move(self, text: str, memory: Memory) -> Request | None:
        asked = " ".join(words(text)).replace("'", " ")
        names = {name for name, pattern in self.wording.moves.items() if pattern.match(asked)}
        if not names:
            return None
        if memory.last_answer is None:
            nothing = Request(RequestKind.UNKNOWN, NOTHING, text)
            return None if names == {"stepping"} else nothing
        if "repeat" in names:
            return _repeat(text, memory)
        if names & {"next", "stepping", "agree", "going_on", "back", "first"}:
            return self._stepped(text, names, memory)
        return _told(text, Move.PAGE if "page" in names else Move.MORE, memory.question)

    def _stepped(self, text: str, names: set[str], memory: Memory) -> Request | None:
        if memory.procedure is not None:
            move = next((move for move in (Move.BACK, Move.FIRST) if move in names), Move.NEXT)
            # "Ok" to an answer in between does not yet say that the step is done.
            if names == {"agree"} and memory.question is not memory.procedure:
                move = Move.HERE
            step = {"steps": str(len(memory.procedure.answer.steps))}
            return _move_request(text, move, memory.procedure, step)
        if "going_on" in names:
            return _told(text, Move.MORE, memory.question)
        if "stepping" in names:
            return None
        if "agree" in names:
            return Request(RequestKind.SMALLTALK, STOP, text)
        return Request(RequestKind.UNKNOWN, NOTHING, text)

    # --- follow-ups --------------------------------------------------------------------------

    def _follow_up(self, text: str, before: Turn | None) -> Request | None:
        """The request with the words that it takes from the question before; None if complete."""
        if before is None:
            return None
        other_lamp = self._about_another_lamp(text, before.request)
        if other_lamp is not None:
            return other_lamp
        same_lamp = self._about_the_same_lamp(text, before.request)
        if same_lamp is not None:
            return same_lamp
        ellipsis = Ellipsis(self.wording.shapes, self.interpreter.lexicon)
        if ellipsis.asks_again(text) and before.request.kind in LIVE:
            return _following(before.request, ())
        gauge = before.request.gauge
        measured = gauge.called if gauge and gauge.called.startswith("the ") else ""
        completed = ellipsis.complete(text, before.request.text, measured)
        if completed is None:
            return None
        rest, opened = ellipsis.rest(text)
        alone = self.interpreter.interpret(rest)
        if (alone.kind in BY_ITSELF and not completed.way) or alone.name == BEYOND:
            return None
        asks = self.interpreter.shapes.question.search(" ".join(words(rest))) is not None
        bare = completed.bare and before.request.kind is RequestKind.MANUAL
        if alone.kind in LIVE and not bare and (asks or not opened):
            return None
        request = self.interpreter.interpret(completed.text)
        again = request.kind in LIVE and request.paths == alone.paths
        if (
            alone.kind in LIVE
            and not completed.way
            and (again or request.kind is not before.request.kind)
        ):
            return None
        asks_state = request.kind is RequestKind.WARNING and request.slots["ask"] == FACT
        if request.kind in LIVE and request.paths == before.request.paths and not asks_state:
            return _following(Request(RequestKind.UNKNOWN, "not_reported", completed.text), ())
        return _following(request, self._added(completed.text, before.request.text))

    def _about_the_same_lamp(self, text: str, before: Request) -> Request | None:
        """A question about "it" after one about a lamp is about that lamp alone; else None."""
        if before.kind is not RequestKind.WARNING or len(before.paths) != 1:
            return None
        lamp = {"lamp": before.slots["lamp"]}
        asked = " ".join(words(text)).replace("'", " ")
        if IF_FLASHING.search(asked):
            slots = {"lamp": ANY_LAMP, "ask": "what_if", "state": "flashing"}
            alone = Request(RequestKind.WARNING, before.name, text, slots)
        else:
            alone = self.interpreter.interpret(text)
        # One that names its lamp is complete, even if it names the same one.
        if alone.kind is not RequestKind.WARNING or alone.slots["lamp"] != ANY_LAMP:
            return None
        if LAMP.search(asked):  # "and that orange light?"
            return None
        told = MappingProxyType({**alone.slots, **lamp})
        return replace(alone, slots=told, paths=before.paths, follows=True)

    def _about_another_lamp(self, text: str, before: Request) -> Request | None:
        """After a question about lamps "and the oil one?" asks the same of that lamp; else None."""
        if before.kind is not RequestKind.WARNING:
            return None
        ellipsis = Ellipsis(self.wording.shapes, self.interpreter.lexicon)
        rest, opened = ellipsis.rest(text)
        named = ONE.fullmatch(" ".join(words(rest)))
        if not opened or named is None:
            return None
        ask = before.slots["ask"]
        pattern = self.wording.of_one_lamp.get(ask, self.wording.of_one_lamp[MEANING])
        request = self.interpreter.interpret(pattern.format(lamp=named[1].strip()))
        if request.kind is not RequestKind.WARNING:
            return Request(RequestKind.UNKNOWN, NOT_UNDERSTOOD, text)
        return _following(request, ())

    def _added(self, text: str, before: str) -> tuple[str, ...]:
        """The telling words of a text that another one has not."""
        lexicon = self.interpreter.lexicon
        old = {word for term in lexicon.terms(before) for word in term.words}
        return tuple(t.words[0] for t in lexicon.terms(text) if t.words[0] not in old)


def _following(request: Request, added: tuple[str, ...]) -> Request:
    slots = MappingProxyType({**request.slots, QUESTION: request.text})
    return replace(request, slots=slots, follows=True, added=added)


def _repeat(text: str, memory: Memory) -> Request:
    """The same again; what the car reported is read again, since it may have changed."""
    assert memory.last_request is not None
    if memory.last_request.kind in LIVE and memory.last_request.move is None:
        return memory.last_request
    return Request(memory.last_request.kind, Move.REPEAT, text, move=Move.REPEAT)


def _told(text: str, move: Move, turn: Turn | None) -> Request:
    """More of the section that was quoted, or its page; a refusal where nothing was."""
    if turn is None or not turn.cited:
        none = "not_quoted" if move is Move.PAGE else "nothing_more"
        return Request(RequestKind.UNKNOWN, NOTHING if turn is None else none, text)
    return _move_request(text, move, turn, {})


def _move_request(text: str, move: Move, turn: Turn, slots: Mapping[str, str]) -> Request:
    told = MappingProxyType({SECTION: turn.cited[0].section, **slots})
    return Request(RequestKind.MANUAL, move, text, told, move=move)


def load_wording(folder: Path) -> Wording:
    """Read a language's follow_ups.toml; raise SettingsError naming the file and what is wrong."""
    path = folder / "follow_ups.toml"
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        if table.keys() != _KEYS:
            raise SettingsError(f"{path} must have exactly {', '.join(sorted(_KEYS))}.")
        around, ask_to = table["around"], table["ask_to"]
        moves = {
            name: re.compile(rf"^(?:{around} )*{ask_to}(?:{pattern})(?: {around})*$")
            for name, pattern in table["moves"].items()
        }
        of_lamps = {name: re.compile(pattern) for name, pattern in table["of_lamps"].items()}
        return Wording(
            MappingProxyType(moves),
            MappingProxyType(of_lamps),
            MappingProxyType({name: table["of_one_lamp"][name] for name in of_lamps}),
            _shapes(table["ellipsis"]),
        )
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, re.error) as error:
        raise SettingsError(f"The follow-ups {path} cannot be read: {error}.") from error
    except (KeyError, TypeError, AttributeError) as error:
        raise SettingsError(f"{path} has a wrong or missing key: {error}.") from error


def _shapes(table: Mapping[str, Any]) -> Shapes:
    def listed(key: str) -> frozenset[str]:
        return frozenset(table[key].split())

    prepositions = {
        word: sort for sort, told in table["prepositions"].items() for word in told.split()
    }
    wording = WordLists(
        kinds={kind: tuple(map(tuple, sets)) for kind, sets in table["kinds"].items()},
        units={unit: frozenset(told.split()) for unit, told in table["units"].items()},
        determiners=listed("determiners"),
        adjectives=listed("adjectives"),
        measures=listed("measures"),
        counts=listed("counts"),
        asks=listed("asks"),
        prepositions=MappingProxyType(prepositions),
        ends=listed("ends"),
        persons=listed("persons"),
        verbs=listed("verbs"),
        being=listed("being"),
        joins=listed("joins"),
        adds_nothing=listed("adds_nothing"),
        pronouns=listed("pronouns"),
        places=listed("places"),
    )
    return Shapes(
        opens=re.compile(table["opens"]),
        why=re.compile(table["why"]),
        still=re.compile(table["still"]),
        tells=re.compile(table["tells"]),
        points=listed("points"),
        may_be_the_car=listed("may_be_the_car"),
        stands_for=listed("stands_for"),
        wording=wording,
    )
