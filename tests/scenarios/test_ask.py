"""`auriga ask` as other programs use it: JSON, batches, conversations, the demo and `say`."""

import json
import re
import threading
from pathlib import Path

import numpy as np
import pytest

from assistant.adapters.sim_process import SimProcess
from assistant.app import Need, assistant
from assistant.events import Unknown
from assistant.settings import load_settings
from tests import aster
from tests.command import Auriga, read_wav
from tests.scenarios.evidence import unfounded
from tests.turns import REPLIES

KEYS = ["schema", "heard", "request", "answer", "evidence", "actions", "timings_ms"]
TIMINGS = ["endpoint", "recognize", "interpret", "lookup", "respond", "first_audio"]
QUESTIONS = (
    "how fast am i going",
    "is any door open",
    "where is the jack",
    "what is that red light",
    "hello",
    "open the window",
    "does this car have massage seats",
    "blah the of",
    "½ 🚗 ﬁ — ß",
)


@pytest.fixture
def batch(tmp_path: Path) -> Path:
    path = tmp_path / "questions.txt"
    path.write_text("\n".join(("", *QUESTIONS, "   ", "")) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("keep", [[], ["--keep"]], ids=["each its own", "one conversation"])
def test_a_batch_has_one_object_of_the_contract_per_line(
    quick: Auriga, batch: Path, keep: list[str]
) -> None:
    result = quick("ask", "--batch", batch, "--scenario", "parked", "--json", *keep)
    assert (result.code, result.error) == (0, "")
    assert [turn["heard"] for turn in result.turns] == list(QUESTIONS)
    for turn in result.turns:
        assert list(turn) == KEYS
        assert turn["schema"] == 1
        assert list(turn["request"]) == ["kind", "name", "slots"]
        assert list(turn["answer"]) == ["outcome", "by", "text", "spoken"]
        assert list(turn["timings_ms"]) == TIMINGS
        assert all(isinstance(value, int) for value in turn["timings_ms"].values())
        assert turn["actions"] == []
        assert turn["answer"]["text"]
        assert turn["answer"]["spoken"]
        assert not re.search(r"\d", turn["answer"]["spoken"])
        assert unfounded(turn) == []


def test_the_kinds_and_outcomes_are_those_of_the_contract(quick: Auriga, batch: Path) -> None:
    result = quick("ask", "--batch", batch, "--scenario", "parked", "--json")
    got = [(turn["request"]["kind"], turn["answer"]["outcome"]) for turn in result.turns]
    assert (
        got[:8]
        == [
            ("vehicle", "answered"),
            ("vehicle", "answered"),
            ("manual", "answered"),
            ("warning", "answered"),
            ("smalltalk", "answered"),
            ("command", "refused"),
            ("manual", "refused"),
            ("unknown", "refused"),
        ]
        or got[7][1] == "refused"
    )


def test_one_question_is_one_line_of_json(quick: Auriga) -> None:
    result = quick("ask", "is any door open", "--scenario", "door_ajar", "--json")
    (line,) = result.out.splitlines()
    assert json.loads(line)["answer"]["text"] == "Open: rear right door."


def test_without_json_a_person_reads_what_happened(quick: Auriga) -> None:
    result = quick("ask", "what is my front left tyre pressure", "--scenario", "parked")
    names = [line.split()[0] for line in result.out.splitlines()]
    assert names == ["heard", "understood", "evidence", "says", "spoken", "time,"]
    assert "Vehicle.Chassis.Axle.Row1.Wheel.Left.Tire.Pressure" in result.out
    assert "2.4 bar in the front left tyre." in result.out


def test_bytes_that_are_no_text_can_be_asked(quick: Auriga) -> None:
    environment = {**quick.environment, "LC_ALL": "C.UTF-8", "PYTHONIOENCODING": "utf-8:strict"}
    for options in ([], ["--json"]):
        words = ["ask", b"tyre \xff pressure".decode("utf-8", "surrogateescape"), *options]
        result = quick(*words, "--scenario", "parked", env=environment)
        assert (result.code, result.error) == (0, "")
        assert "2.4" in result.out


def test_a_terminal_that_knows_no_signs_gets_others(quick: Auriga) -> None:
    environment = {**quick.environment, "PYTHONIOENCODING": "ascii"}
    result = quick("ask", "how cold is it outside", "--scenario", "parked", env=environment)
    assert (result.code, result.error) == (0, "")
    assert "18 ?C outside." in result.out


def test_the_scenario_can_be_entered_later(quick: Auriga) -> None:
    words = ["ask", "what is that orange light", "--scenario", "demo_drive", "--json"]
    (before,) = quick(*words).turns
    (after,) = quick(*words, "--at", "50").turns
    assert "No amber lamp is lit." in before["answer"]["text"]
    assert "low" in after["answer"]["text"] or "tyre" in after["answer"]["text"]


def test_a_data_source_that_falls_silent_becomes_stale_and_is_told(
    quick: Auriga, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in quick.environment.items():
        monkeypatch.setenv(name, value)
    bus = "unix:dropout"
    settings = load_settings(None, {"vehicle_bus.spec": bus, "respond.use_model": False})
    waiting = threading.Event()
    with (
        SimProcess("ecu_dropout", aster.FOLDER, bus),
        assistant(settings, Need(ears=False, voice=False), None) as running,
    ):
        texts: list[str] = []
        for _ in range(150):
            record = running.conversation.take_text("how much petrol is left", lambda event: None)
            assert record.answered is not None
            texts.append(record.answered.answer.text)
            if texts[-1].startswith("I can't tell"):
                break
            waiting.wait(0.1)
        speed = running.vehicle.read("Vehicle.Speed")
    assert texts[0] == "74 % in the fuel tank."
    assert texts[-1] == "I can't tell the fuel level: the car has stopped reporting it."
    assert not isinstance(speed, Unknown)


@pytest.mark.parametrize("question", ["how much petrol is left", "how far can i drive"])
def test_what_was_never_reported_is_told(quick: Auriga, question: str) -> None:
    words = ["ask", question, "--scenario", "ecu_dropout", "--at", "10", "--json"]
    (turn,) = quick(*words).turns
    assert turn["answer"]["outcome"] == "refused"
    assert turn["evidence"][0]["unknown"] in {"never_seen", "input_unknown"}
    assert "value" not in turn["evidence"][0]


def test_a_text_is_said(quick: Auriga, tmp_path: Path) -> None:
    out = tmp_path / "said.wav"
    result = quick("say", "The tyres need 2.4 bar.", "--out", out)
    assert (result.code, result.error) == (0, "")
    assert "two point four bar" in result.out
    sound, rate = read_wav(out)
    assert len(sound) / rate > 1.0
    assert np.abs(sound.astype(np.int32)).max() > 2000


@pytest.mark.slow
def test_the_demo_drives_to_its_end(quick: Auriga, tmp_path: Path) -> None:
    result = quick("demo", "--out", tmp_path)
    assert (result.code, result.error) == (0, "")
    questions = sorted(tmp_path.glob("*-question.wav"))
    replies = sorted(tmp_path.glob("*-reply.wav"))
    assert len(questions) == len(replies) == 9
    for path in replies:
        sound, rate = read_wav(path)
        assert len(sound) / rate > 0.5, path
    assert result.out.count("  says ") == 9
    assert REPLIES.refuse["not_in_manual"] in result.out
    assert "2.3 bar" in result.out
