"""Questions to every simulated car: the truth of the scenario is what is said."""

import re
import tomllib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from assistant.ingest.markdown import read_markdown
from assistant.settings import CONFIG
from tests import aster
from tests.command import Auriga
from tests.scenarios.evidence import unfounded

# Each of these cars is started and asked 22 questions: half of them by `make test-slow` alone.
LATER = {
    "child_in_the_back",
    "cold_start",
    "dead_12v_battery",
    "demo_drive",
    "limp_home",
    "low_charge",
    "night_rain",
    "trailer",
}
SCENARIOS = [
    pytest.param(path.stem, marks=pytest.mark.slow) if path.stem in LATER else path.stem
    for path in sorted((CONFIG / "scenarios").glob("*.toml"))
]
TYRE = "Vehicle.Chassis.Axle.Row{}.Wheel.{}.Tire.Pressure"
EARLY_S = 20.0  # a slow machine asks until then
OUTSIDE = "how cold is it outside"

# What every car is asked.
COMMON = (
    "how fast am i going",
    "how far can i drive",
    "how much petrol is left",
    "how much charge do i have left",
    "what is the tyre pressure",
    "is any door open",
    "are the windows closed",
    OUTSIDE,
    "how hot is the coolant",
    "is the coolant too hot",
    "is the car charging",
    "how long until the car is charged",
    "is the handbrake on",
    "what gear am i in",
    "is the engine running",
    "is everybody buckled up",
    "is anything wrong",
    "what is that orange light",
    "when is the next service due",
    "what's the voltage of the 12 volt battery",
    "how much washer fluid is left",
    "is it raining",
    "is the car locked",
)

# Question -> (key of the scenario's [start], how far a value may have moved by now, text that must
# be in the answer, {} being the truth); a key that the scenario leaves out is not looked at.
TRUTH = {
    "how fast am i going": ("speed_kmh", 16.0),
    "how much charge do i have left": ("battery_percent", 0.6),
    "how hot is the coolant": ("coolant_c", 3.0),
    OUTSIDE: ("outside_c", 0.6),
    "how much washer fluid is left": ("washer_percent", 0.6),
    "is it raining": ("rain_percent", 0.6),
    "what's the voltage of the 12 volt battery": ("voltage_v", 0.3),
}

# What is particular about a car: scenario -> question -> a pattern of the answer.
PARTICULAR = {
    "charging_at_home": {
        "is the car charging": r"^The drive battery is charging\.$",
        "how long until the car is charged": r"^\d+ h \d+ min until",
        "is everybody buckled up": r"^No seat is taken\.$",
        "how fast am i going": r"standing still",
    },
    "city": {
        "is it raining": r"\b25 %",
        "is everybody buckled up": r"^Everybody who is seated is buckled up\.$",
        "what gear am i in": r"^D is",
    },
    "door_ajar": {
        "is any door open": r"^Open: rear right door\.$",
        "is anything wrong": r"door open, red",
    },
    "highway": {
        "how fast am i going": r"^1(19|20|21) km/h\.$",
        "is the engine running": r"^The petrol engine is running\.$",
        "what is that orange light": r"^No amber lamp is lit\.$",
    },
    "low_fuel": {
        "what is that orange light": r"low fuel lamp",
        "how much petrol is left": r"^1[23] %",
    },
    "low_tyre": {
        "what is that orange light": r"tyre pressure lamp",
        "what is the tyre pressure": r"^Front left 1\.[78], front right 2\.5",
    },
    "overheating": {
        "is anything wrong": r"coolant temperature lamp",
        "how hot is the coolant": r"1(19|2\d) °C",
        "is the coolant too hot": r"1(19|2\d) °C\. The coolant temperature lamp is lit\. "
        r"Stop in a safe place, and let the engine cool down\.$",
    },
    "parked": {
        "is the handbrake on": r"^The parking brake is on\.$",
        "what gear am i in": r"^P is",
    },
    "winter_morning": {
        OUTSIDE: r"^-8 °C outside\.$",
        "is anything wrong": r"frost warning, amber",
    },
}

Turns = dict[str, dict[str, Any]]
Asked = Callable[[str], Turns]


@pytest.fixture(scope="session")
def asked(quick: Auriga, tmp_path_factory: pytest.TempPathFactory) -> Asked:
    """The turns of a scenario, by their questions; each car is started once."""
    questions = tmp_path_factory.mktemp("questions") / "common.txt"
    questions.write_text("\n".join(COMMON))

    def once(scenario: str) -> Turns:
        result = quick("ask", "--batch", questions, "--scenario", scenario, "--json")
        assert (result.code, result.error) == (0, "")
        return {turn["heard"]: turn for turn in result.turns}

    @cache
    def ask(scenario: str) -> Turns:
        turns = once(scenario)
        # A machine that stands still for some moments sends no frames either: what the car reports
        # is rightly stale then, and nothing of the scenario. Any other reason counts at once.
        return once(scenario) if stale(scenario, turns) else turns

    return ask


def stale(scenario: str, turns: Turns) -> list[str]:
    """The paths that are stale in an answer, though the scenario reports them."""
    faults = [fault for step in steps(scenario) for fault in step.get("faults", [])]
    silent = tuple(f"{fault['ecu']}_" for fault in faults if "ecu" in fault)
    return [
        piece["path"]
        for turn in turns.values()
        for piece in turn["evidence"]
        if piece.get("unknown") == "stale" and not message_of(piece["path"]).startswith(silent)
    ]


@cache
def messages() -> dict[str, str]:
    table = tomllib.loads((aster.FOLDER / "signals.toml").read_text("utf-8"))
    return {path: signal.get("message", "") for path, signal in table["signals"].items()}


def message_of(path: str) -> str:
    """The message that carries a signal, named after its ECU; "" of a derived one."""
    return messages().get(path, "")


def test_only_what_is_stale_by_no_fault_of_the_scenario_is_asked_again() -> None:
    petrol, speed = "Vehicle.Powertrain.FuelSystem.RelativeLevel", "Vehicle.Speed"

    def turn(path: str, unknown: str) -> Turns:
        return {"?": {"evidence": [{"kind": "signal", "path": path, "unknown": unknown}]}}

    assert stale("ecu_dropout", turn(petrol, "stale")) == []
    assert stale("city", turn(petrol, "stale")) == [petrol]
    assert stale("ecu_dropout", turn(speed, "stale")) == [speed]
    assert stale("city", turn(speed, "bad_checksum")) == []


def start(scenario: str) -> dict[str, Any]:
    table = tomllib.loads((CONFIG / "scenarios" / f"{scenario}.toml").read_text("utf-8"))
    found: dict[str, Any] = table.get("start", {})
    return found


def steps(scenario: str) -> list[dict[str, Any]]:
    table = tomllib.loads((CONFIG / "scenarios" / f"{scenario}.toml").read_text("utf-8"))
    found: list[dict[str, Any]] = table.get("step", [])
    return found


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_question_is_completed(asked: Asked, scenario: str) -> None:
    turns = asked(scenario)
    assert list(turns) == list(COMMON)
    for turn in turns.values():
        assert turn["answer"]["outcome"] in {"answered", "refused"}
        assert turn["answer"]["by"] in {"quote", "template"}
        assert turn["request"]["kind"] in {"vehicle", "warning"}
        assert turn["evidence"]
        assert turn["actions"] == []


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_number_of_every_answer_is_in_its_evidence(asked: Asked, scenario: str) -> None:
    for turn in asked(scenario).values():
        assert unfounded(turn) == [], turn["answer"]["text"]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_what_is_said_is_the_truth_of_the_scenario(asked: Asked, scenario: str) -> None:
    truths, turns = start(scenario), asked(scenario)
    early = set().union(
        *(step.get("set", {}) for step in steps(scenario) if step["at_s"] < EARLY_S)
    )
    moved = early | ({"voltage_v"} if "ready" in early else set())  # the car charges its battery
    for question, (key, tolerance) in TRUTH.items():
        if key in truths and key not in moved:
            evidence = turns[question]["evidence"][0]  # after it what a lit lamp asks for
            assert evidence["value"] == pytest.approx(truths[key], abs=tolerance), question
            assert evidence["age_ms"] < 5000


@pytest.mark.parametrize(
    ("scenario", "question", "pattern"),
    [(s, q, pattern) for s, answers in PARTICULAR.items() for q, pattern in answers.items()],
)
def test_what_is_particular_about_a_car_is_said(
    asked: Asked, scenario: str, question: str, pattern: str
) -> None:
    text = asked(scenario)[question]["answer"]["text"]
    assert re.search(pattern, text), text


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_open_doors_are_those_of_the_scenario(asked: Asked, scenario: str) -> None:
    turn = asked(scenario)["is any door open"]
    text = turn["answer"]["text"]
    for place in start(scenario).get("open", []):
        assert place.replace("_", " ") in text
    opened = sum(evidence.get("value") is True for evidence in turn["evidence"])
    assert opened == len(start(scenario).get("open", []))


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_lamp_that_is_explained_is_lit_and_quoted_from_its_section(
    asked: Asked, scenario: str
) -> None:
    sections = {lamp.path: lamp.section for lamp in aster.car().telltales}
    for question in ("is anything wrong", "what is that orange light"):
        evidence = asked(scenario)[question]["evidence"]
        quotes = [piece for piece in evidence if piece["kind"] == "manual"]
        if quotes:
            lit = [piece for piece in evidence if piece.get("value") in {"on", "flashing"}]
            quoted = {quote["section"] for quote in quotes}
            assert quoted <= {sections[lamp["path"]] for lamp in lit}


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_what_is_not_available_is_refused_with_its_reason(asked: Asked, scenario: str) -> None:
    for turn in asked(scenario).values():
        unknown = [piece["unknown"] for piece in turn["evidence"] if "unknown" in piece]
        if turn["answer"]["outcome"] == "refused":
            assert unknown
            assert turn["answer"]["text"].startswith("I can't tell")
        elif len(turn["evidence"]) == 1:
            assert not unknown


# --- the manual ------------------------------------------------------------------------------

MANUAL_QUESTIONS = {
    "What should the rear tyre pressure be?": (r"\b2\.3\b", r"^11\."),
    "How fast can I drive with the temporary spare wheel?": (r"\b80 km/h", r"^1[15]\."),
    "Where is the jack?": (r"luggage floor", r"^1[15]\."),
    "How do I change a wheel?": (r"", r"^15\."),
    "How do I open the bonnet?": (r"", r""),
    "How do I jump start the car?": (r"", r"^15\."),
    "What oil does the engine take?": (r"0W-20", r""),
    "What is the maximum roof load?": (r"\b75 kg", r""),
    "How do I fold the rear seats?": (r"", r"^5\."),
    "What does the coolant lamp mean?": (r"118 °C", r"^3\.5$"),
}
NOT_IN_THE_MANUAL = (
    "Does this car have massage seats?",
    "How do I launch the ejector seat?",
    "What is the capital of France?",
    "How do I fold the convertible roof?",
)


@pytest.fixture(scope="module")
def manual_turns(auriga: Auriga, tmp_path_factory: pytest.TempPathFactory) -> Turns:
    """The questions for the manual, with the language model."""
    questions = tmp_path_factory.mktemp("questions") / "manual.txt"
    questions.write_text("\n".join((*MANUAL_QUESTIONS, *NOT_IN_THE_MANUAL)))
    result = auriga("ask", "--batch", questions, "--keep", "--scenario", "parked", "--json")
    assert (result.code, result.error) == (0, "")
    return {turn["heard"]: turn for turn in result.turns}


@pytest.mark.parametrize("question", MANUAL_QUESTIONS)
def test_the_manual_answers_with_its_page(manual_turns: Turns, question: str) -> None:
    turn = manual_turns[question]
    text, section = MANUAL_QUESTIONS[question]
    assert turn["answer"]["outcome"] == "answered"
    assert turn["answer"]["by"] in {"model", "quote", "table"}
    assert re.search(text, turn["answer"]["text"]), turn["answer"]["text"]
    quotes = [piece for piece in turn["evidence"] if piece["kind"] == "manual"]
    assert quotes
    assert re.search(section, quotes[0]["section"])
    assert unfounded(turn) == []


@pytest.mark.parametrize("question", MANUAL_QUESTIONS)
def test_what_is_quoted_stands_on_the_page_that_is_named(
    manual_turns: Turns, question: str
) -> None:
    for piece in manual_turns[question]["evidence"]:
        if piece["kind"] == "manual":
            own = [p for p in aster.passages() if p.section == piece["section"]]
            assert {p.title for p in own} == {piece["title"]}
            pages = {p.page for p in own if _part(piece["quote"]) in p.text}
            assert piece["page"] in pages


def _part(quote: str) -> str:
    """Of a list the item: its opening is repeated before each."""
    return quote.rsplit("\n", maxsplit=1)[-1].rpartition(": ")[2]


@pytest.mark.parametrize("question", NOT_IN_THE_MANUAL)
def test_what_the_manual_does_not_tell_is_refused(manual_turns: Turns, question: str) -> None:
    turn = manual_turns[question]
    assert turn["answer"]["outcome"] == "refused"
    # The nearest section may be offered, with its page; nothing of it is quoted.
    assert all(piece["quote"] == "" for piece in turn["evidence"])
    assert all(piece["title"] in turn["answer"]["text"] for piece in turn["evidence"])


def test_what_is_spoken_is_short(manual_turns: Turns) -> None:
    for question, turn in manual_turns.items():
        assert len(turn["answer"]["spoken"].split()) <= 60, question


def test_the_manual_of_the_aster_is_the_one_that_is_searched() -> None:
    assert len(aster.FILES) == len(list(Path(aster.FOLDER / "manual").iterdir()))
    assert all(any(read_markdown(path.read_text("utf-8"))) for path in aster.FILES)
