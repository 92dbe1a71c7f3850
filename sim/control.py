"""sim: a line that somebody typed in, what the simulation does and says to it out; no clock."""

from __future__ import annotations

import difflib
import json
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sim.car import DOORS, WORDS
from sim.errors import ScenarioError
from sim.fault import KINDS, fault_from
from sim.lamps import NAMES, lamp
from sim.limits import limited
from sim.settings import FIELDS, checked, only
from sim.world import World
from sim.written import is_number

_DOOR_STATES = ("open", "closed", "close", "toggle")
_GEARS = {"p": "Park", "r": "Reverse", "n": "Neutral", "d": "Drive", "b": "B"}


@dataclass(frozen=True, slots=True)
class Word:
    """A word that a line can begin with."""

    does: Callable[[Control, list[str]], str]
    takes: str
    says: str


class Control:
    """Live control of a world by lines of text."""

    def __init__(self, world: World) -> None:
        """`ended` becomes true when somebody says quit."""
        self._world = world
        self.ended = False

    def answer(self, line: str) -> str:
        """Do what a line says; what to tell about it. ScenarioError, one sentence, if it cannot."""
        first, *rest = line.split()
        word = CONTROL_WORDS.get(first.lower())
        if word is None:
            near = difflib.get_close_matches(first.lower(), CONTROL_WORDS, 1)
            hint = f"did you mean '{near[0]}'" if near else "say help for all of them"
            raise ScenarioError(f"there is no command '{first}'; {hint}")
        return word.does(self, rest)

    def reply(self, line: str) -> str:
        """A line of JSON that says what became of a line; empty for an empty line."""
        if not line.strip():
            return ""
        try:
            told = {"ok": self.answer(line)}
        except ScenarioError as error:
            told = {"error": str(error)}
        except (ArithmeticError, LookupError, RuntimeError, TypeError, ValueError):
            told = {"error": "what this line says is beyond this car; say something simpler"}
        return json.dumps({"t": round(self._world.time_s, 2), **told})

    def change(self, settings: Mapping[str, Any]) -> str:
        """Set fields of the car; says how they are now."""
        self._world.change(checked(dict(settings), "the command"))
        return ", ".join(f"{field} is {getattr(self._world.car, field)}" for field in settings)

    def set_fields(self, rest: list[str]) -> str:
        """`FIELD=VALUE …` or `FIELD VALUE`."""
        if len(rest) == 2 and "=" not in rest[0]:  # noqa: PLR2004
            rest = [f"{rest[0]}={rest[1]}"]
        pairs = _pairs(rest, FIELDS)
        for field, value in pairs.items():
            if isinstance(getattr(self._world.car, field), list) and isinstance(value, str):
                pairs[field] = [value] if value else []  # one word is a list of one
        return self.change(pairs)

    def get_fields(self, rest: list[str]) -> str:
        """`FIELD …`."""
        only(dict.fromkeys(rest), FIELDS, "the command")
        return ", ".join(
            f"{field} is {getattr(self._world.car, field)}" for field in rest or FIELDS
        )

    def speed(self, rest: list[str]) -> str:
        """`KM/H`: drive at that speed; with a sign: by so much faster or slower."""
        text = _one(rest, "a speed in km/h")
        car = self._world.car
        speed = _value(text)
        if text[0] in "+-" and is_number(speed):
            present = car.cruise_set_kmh if car.cruise_active else car.target_speed_kmh
            speed = limited("target_speed_kmh", (present or 0.0) + speed)
        settings: dict[str, Any] = {"target_speed_kmh": speed}
        if car.cruise_active:
            settings["cruise_set_kmh"] = speed
        return self.change(settings)

    def gear(self, rest: list[str]) -> str:
        """`P`, `R`, `N`, `D` or `B`."""
        letter = _one(rest, "one of P, R, N, D and B").lower()
        selector = _GEARS.get(letter, letter.title())
        released = {"parking_brake": selector == "Park"}
        return self.change({"selector": selector, **released})

    def start(self, rest: list[str]) -> str:
        """The driver switches the drive on."""
        return self.change({"system": "On", "ready": True})

    def stop(self, rest: list[str]) -> str:
        """The driver switches the car off."""
        self.change({"ready": False, "selector": "Park", "parking_brake": True})
        return self.change({"system": "Off"})

    def door(self, rest: list[str]) -> str:
        """`DOOR open`, `DOOR closed` or `DOOR toggle`."""
        if len(rest) != 2 or rest[0] not in DOORS or rest[1] not in _DOOR_STATES:  # noqa: PLR2004
            raise ScenarioError(f"say door, one of {', '.join(DOORS)}, and open or closed")
        door, state = rest
        others = [each for each in self._world.car.open if each != door]
        opened = state == "open" or (state == "toggle" and door not in self._world.car.open)
        return self.change({"open": [*others, door] if opened else others})

    def press(self, rest: list[str]) -> str:
        """`BUTTON …`: these keys of the steering wheel are held; none: all are released."""
        return self.change({"buttons": rest})

    def add_fault(self, rest: list[str]) -> str:
        """`KIND key=value …`."""
        if not rest:
            raise ScenarioError(f"say fault and its kind, one of {', '.join(KINDS)}")
        row = _pairs(rest[1:], None)
        if "kind" in row:
            raise ScenarioError("the kind of a fault stands first; say fault KIND key=value …")
        fault = fault_from({"kind": rest[0], **row})
        self._world.faults.check(fault)
        self._world.faults.add(fault, self._world.time_s)
        return f"{fault.kind}: {KINDS[fault.kind].says}"

    def clear(self, rest: list[str]) -> str:
        """Every fault ends."""
        self._world.faults.clear()
        return "no fault is in force"

    def show_faults(self, rest: list[str]) -> str:
        """Which faults are in force."""
        named = [
            " ".join((f.kind, f.ecu or f.message, f.signal)).strip() for f in self._world.faults.all
        ]
        return ", ".join(named) or "no fault is in force"

    def lamps(self, rest: list[str]) -> str:
        """Which telltales are lit."""
        states = {name: lamp(self._world.car, name) for name in NAMES}
        lit = [f"{name} {state}" for name, state in states.items() if state != "off"]
        return ", ".join(lit) or "no lamp is lit"

    def help(self, rest: list[str]) -> str:
        """What can be said."""
        if rest and rest[0] == "fault":
            return "; ".join(
                f"{kind} ({', '.join((*known.needs, *known.may)) or 'nothing'}) — {known.says}"
                for kind, known in KINDS.items()
            )
        if rest and rest[0] in WORDS:
            return f"{rest[0]} is of {', '.join(WORDS[rest[0]])}"
        if rest and rest[0] == "set":
            return f"the fields are {', '.join(FIELDS)}"
        lines = (
            f"{w} {known.takes}".strip() + f" — {known.says}" for w, known in CONTROL_WORDS.items()
        )
        return "; ".join(lines)

    def quit(self, rest: list[str]) -> str:
        """The simulation ends."""
        self.ended = True
        return "the simulation ends"


def _one(rest: list[str], what: str) -> str:
    if len(rest) != 1:
        raise ScenarioError(f"expected {what}, found {' '.join(rest) or 'nothing'}; say it again")
    return rest[0]


def _pairs(words: list[str], allowed: tuple[str, ...] | None) -> dict[str, Any]:
    pairs: dict[str, Any] = {}
    for word in words:
        key, equals, text = word.partition("=")
        if not equals:
            raise ScenarioError(f"expected key=value, found '{word}'; write it with = and no space")
        pairs[key] = _value(text)
    return only(pairs, allowed, "the command") if allowed else pairs


def _value(text: str) -> Any:
    """A value as TOML writes it; a word needs no quotation marks."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except (ValueError, RecursionError):  # no TOML, or more than Python reads
        return [word for word in text.split(",") if word] if "," in text else text


CONTROL_WORDS: Mapping[str, Word] = {
    "set": Word(Control.set_fields, "FIELD=VALUE …", "set any field of the car"),
    "get": Word(Control.get_fields, "[FIELD …]", "say how the car is"),
    "speed": Word(
        Control.speed, "KM/H", "drive at that speed; with + or - by so much faster or slower"
    ),
    "gear": Word(Control.gear, "P|R|N|D|B", "select a gear; all but P release the parking brake"),
    "start": Word(Control.start, "", "switch the drive on"),
    "stop": Word(Control.stop, "", "switch the car off"),
    "door": Word(
        Control.door, "DOOR open|closed|toggle", "open or close a door, the boot or the bonnet"
    ),
    "press": Word(Control.press, "[BUTTON …]", "hold keys of the steering wheel, or none"),
    "fault": Word(Control.add_fault, "KIND [key=value …]", "break something; help fault lists it"),
    "faults": Word(Control.show_faults, "", "say which faults are in force"),
    "clear": Word(Control.clear, "", "end every fault"),
    "lamps": Word(Control.lamps, "", "say which lamps are lit"),
    "help": Word(Control.help, "[set|fault|FIELD]", "say what can be said"),
    "quit": Word(Control.quit, "", "end the simulation"),
}
"""First word of a line -> what it does."""
