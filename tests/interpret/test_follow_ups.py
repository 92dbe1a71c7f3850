"""What is said after an answer: moves, questions that leave something out, and complete ones."""

import json
from itertools import pairwise
from pathlib import Path

import pytest

from assistant.errors import SettingsError
from assistant.events import (
    Answer,
    By,
    ManualEvidence,
    Move,
    Outcome,
    Request,
    RequestKind,
    SignalEvidence,
)
from assistant.interpret.follow_ups import FollowUps, load_wording
from assistant.memory import EMPTY, Memory
from tests import aster
from tests.turns import WORDING, known

QUESTIONS = Path(__file__).resolve().parents[2] / "bench" / "questions"
QUOTE = ManualEvidence("2.11", "Bonnet", "11", "1. Pull the lever.\n2. Lift the bonnet.")
STEPS = ("Pull the lever.", "Lift the bonnet.")


def understood(text: str, memory: Memory) -> Request:
    return FollowUps(aster.interpreter(), WORDING).understand(text, memory)


def after(*texts: str, steps: tuple[str, ...] = (), cited: bool = True) -> Memory:
    memory = EMPTY
    for text in texts:
        evidence = (QUOTE,) if cited else ()
        step = 1 if steps else 0
        answer = Answer(Outcome.ANSWERED, By.QUOTE, "Yes.", evidence, "", steps, step)
        memory = memory.after(understood(text, memory), answer, 0.0)
    return memory


STEPPING = after("how do I open the bonnet", steps=STEPS)
QUOTED = after("where is the jack")
READ = after("how fast am I going", cited=False)


# --- moves -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "move"),
    [
        ("Next.", Move.NEXT),
        ("and then?", Move.NEXT),
        ("go on", Move.NEXT),
        ("done", Move.NEXT),
        ("OK", Move.NEXT),
        ("okay, next step please", Move.NEXT),
        ("what now?", Move.NEXT),
        ("I'm done with that", Move.NEXT),
        ("repeat", Move.REPEAT),
        ("again please", Move.REPEAT),
        ("Can you say that again?", Move.REPEAT),
        ("what was that?", Move.REPEAT),
        ("pardon", Move.REPEAT),
        ("back", Move.BACK),
        ("previous step", Move.BACK),
        ("go back a step", Move.BACK),
        ("start again", Move.FIRST),
        ("from the beginning", Move.FIRST),
        ("tell me more", Move.MORE),
        ("more", Move.MORE),
        ("what page is that?", Move.PAGE),
        ("which page", Move.PAGE),
        ("where does it say that?", Move.PAGE),
        ("How do you know that?", Move.PAGE),
    ],
)
def test_moves_are_understood_while_steps_are_under_way(text: str, move: Move) -> None:
    assert understood(text, STEPPING).move is move


def test_agreeing_to_an_answer_in_between_does_not_pass_a_step_over() -> None:
    between = Request(RequestKind.VEHICLE, "speed", "how fast am I going")
    memory = STEPPING.after(between, Answer(Outcome.ANSWERED, By.TEMPLATE, "88 km/h."), 0.0)
    assert understood("ok", memory).move is Move.HERE
    assert understood("next", memory).move is Move.NEXT


@pytest.mark.parametrize(
    "word", ["stop", "cancel", "that's enough", "never mind", "ok stop please"]
)
def test_the_words_that_end_the_steps(word: str) -> None:
    request = understood(word, STEPPING)
    assert (request.kind, request.name) == (RequestKind.SMALLTALK, "stop")


@pytest.mark.parametrize(
    "text", ["next", "ok", "go on", "repeat", "back", "tell me more", "what page is that", "done"]
)
def test_without_a_memory_there_is_nothing_to_go_on_with(text: str) -> None:
    request = understood(text, EMPTY)
    assert (request.kind, request.name) == (RequestKind.UNKNOWN, "nothing_to_go_on_with")


@pytest.mark.parametrize(
    "text",
    [
        "next service?",
        "when is the next service",
        "what is the next step when the oil lamp is on",
        "how do I fold the back seats",
        "how do I repeat a song",
        "what page of the display shows the range",
        "tell me more about the range",
        "is the back door open",
    ],
)
def test_a_question_with_such_a_word_is_a_question(text: str) -> None:
    for memory in (EMPTY, STEPPING, QUOTED):
        request = understood(text, memory)
        assert request == aster.interpreter().interpret(text)
        assert request.move is None


def test_after_a_quotation_going_on_tells_more() -> None:
    assert understood("go on", QUOTED).move is Move.MORE
    assert understood("next", QUOTED).name == "nothing_to_go_on_with"


def test_after_an_answer_that_quotes_nothing_there_is_no_more_and_no_page() -> None:
    assert understood("tell me more", READ).name == "nothing_more"
    assert understood("what page is that", READ).name == "not_quoted"


def test_the_car_is_read_again_for_a_repetition() -> None:
    request = understood("say that again", READ)
    assert request == aster.interpreter().interpret("how fast am I going")


# --- questions that leave something out ------------------------------------------------------

PRESSURE = "what should the front tyre pressure be"


@pytest.mark.parametrize(
    ("before", "text", "meant"),
    [
        (PRESSURE, "and the rear ones?", "what should the rear tyre pressure be"),
        (PRESSURE, "what about the rear?", "what should the rear tyre pressure be"),
        (PRESSURE, "with a trailer?", f"{PRESSURE} with a trailer"),
        (PRESSURE, "and in winter?", f"{PRESSURE} in winter"),
        (PRESSURE, "and for the 18 inch wheels", f"{PRESSURE} for the 18 inch wheels"),
        ("is 2.4 bar right for 17 inch wheels", "and 18 inch?", "is 2.4 bar right for 18 inch wheels"),
        ("how fast may I drive with winter tyres", "how about with a trailer?",
         "how fast may I drive with a trailer"),
        ("how heavy may a trailer with brakes be", "and without?",
         "how heavy may a trailer without brakes be"),
        ("what size wiper do I need for the driver's side?", "And the other side?",
         "what size wiper do I need for the passenger side?"),
        ("which fuse is for the horn", "and for the wipers?", "which fuse is for the wipers"),
        ("what's the oil capacity", "what about gearbox oil", "what's the gearbox oil capacity"),
        ("how much washer fluid does the tank hold", "and coolant?",
         "how much coolant does the tank hold"),
        ("The lighter between the front seats is dead, which fuse?", "And the one in the trunk?",
         "The lighter in the trunk is dead, which fuse?"),
        ("may I wash the car in a car wash", "and I have a roof box",
         "may I wash the car in a car wash, I have a roof box"),
        ("how do I open the bonnet", "and the boot?", "how do I open the boot"),
        ("how do I open the bonnet", "and how do I close it?", "how do I close the bonnet?"),
        ("is there a jack in the car", "where is that?", "where is the jack?"),
        ("how do I fit snow chains", "on which wheels do they go?",
         "on which wheels do the snow chains go?"),
        ("which oil does the engine need", "how much is that?", "how much is the oil?"),
        ("how fast may I drive with the spare wheel", "how far?", "how far drive with the spare wheel"),
        ("may I tow with the spare wheel", "why?", "why tow with the spare wheel"),
    ],
)  # fmt: skip
def test_a_follow_up_takes_what_it_leaves_out_from_the_question_before(
    before: str, text: str, meant: str
) -> None:
    request = understood(text, after(before))
    assert request.follows
    assert request.kind is RequestKind.MANUAL
    assert request.text == meant
    assert request.slots["question"] == request.text


@pytest.mark.parametrize(
    ("before", "text", "path"),
    [
        ("what's the front left tyre pressure", "and the rear right?",
         "Vehicle.Chassis.Axle.Row2.Wheel.Right.Tire.Pressure"),
        ("how warm is it outside", "and inside?", "Vehicle.Cabin.HVAC.AmbientAirTemperature"),
        ("is the boot open", "and the bonnet?", "Vehicle.Body.Hood.IsOpen"),
        ("how fast am I going", "and now?", "Vehicle.Speed"),
    ],
)  # fmt: skip
def test_a_follow_up_to_a_gauge_reads_another_place(before: str, text: str, path: str) -> None:
    request = understood(text, after(before, cited=False))
    assert request.kind is RequestKind.VEHICLE
    assert request.paths == (path,)


def test_a_condition_that_no_gauge_knows_is_not_answered_by_the_same_reading() -> None:
    request = understood("and on Sundays?", after("how fast am I going", cited=False))
    assert request.kind is not RequestKind.VEHICLE


@pytest.mark.parametrize(
    "text",
    [
        "how much fuel is left",
        "and how much fuel is left?",
        "does it have heated seats",
        "can I tow a caravan",
        "how long does it take to charge",
        "what does that red light mean",
        "is the boot open",
        "on the dashboard I see a red light",
        "and where is the warning triangle?",
        "how do I change a tyre in winter",
        "thanks",
        "open the window",
        "and what does it cost",
        "the cable is stuck, how do I get it out?",
        "is there a fingerprint reader for starting it?",
        "where do they keep the warning triangle",
        "does this car have massage seats",
        "what's the blue one down there, can I rev it?",
    ],
)
def test_a_question_that_is_complete_is_left_as_it_is(text: str) -> None:
    for before in ("how do I open the bonnet", PRESSURE, "how fast am I going"):
        assert understood(text, after(before)) == aster.interpreter().interpret(text)


@pytest.mark.parametrize(
    "name", ["manual-plain", "manual-colloquial", "manual-drivers", "vehicle-mixed"]
)
def test_questions_that_were_asked_alone_are_never_completed(name: str) -> None:
    lines = (QUESTIONS / f"{name}.jsonl").read_text("utf-8").splitlines()
    questions = [json.loads(line) for line in lines]
    asked = [each["question"] for each in questions if "follows" not in each]
    assert len(asked) > 50
    for before, text in pairwise(asked):
        request = understood(text, after(before))
        assert request.move is None, text
        assert not request.follows, f"{before} => {text}"


def test_follow_ups_follow_one_another() -> None:
    memory = after(PRESSURE, "and the rear ones?")
    assert understood("and with a trailer?", memory).text == (
        "what should the rear tyre pressure be with a trailer"
    )


def test_what_was_added_is_told() -> None:
    assert understood("and with a trailer?", after(PRESSURE)).added == ("trailer",)
    assert understood("why?", after(PRESSURE)).added == ()


@pytest.mark.parametrize("content", [b"\xff", b"[moves", b"around = ''\n", b""], ids=repr)
def test_a_file_that_is_wrong_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "follow_ups.toml").write_bytes(content)
    with pytest.raises(SettingsError, match=r"follow_ups\.toml"):
        load_wording(tmp_path)


# --- after a question about a lamp ---------------------------------------------------------------

OIL_LAMP = "what does the red oil pressure lamp mean"


@pytest.mark.parametrize(
    "text", ["can I drive on with it", "can I keep driving", "what if it flashes"]
)
def test_it_is_the_lamp_that_was_asked_about(text: str) -> None:
    asked = understood(text, after(OIL_LAMP))
    assert asked.kind is RequestKind.WARNING
    assert asked.paths == understood(OIL_LAMP, EMPTY).paths


def test_another_lamp_is_another_question() -> None:
    assert len(understood("and that orange light?", after(OIL_LAMP)).paths) != 1
    assert not understood("what does the red brake lamp mean", after(OIL_LAMP)).follows


# --- what else is done to the same thing ------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "text", "whole"),
    [
        (
            "how do I put the parking brake on",
            "and release it",
            "how do I release the parking brake",
        ),
        ("how do I turn auto hold on", "and switch it off", "how do I switch auto hold off"),
        ("how do I turn auto hold on", "and off", "how do I turn auto hold off"),
        ("how do I turn auto hold off", "and on again", "how do I turn auto hold on"),
        ("how do I open the window?", "and close it", "how do I close the window?"),
        (
            "how do I unlock the car with the emergency key",
            "and lock it",
            "how do I lock the car with the emergency key",
        ),
        ("how do I fold the seats", "and fold them back up", "how do I fold the seats back up"),
        (
            "how do I fit snow chains",
            "and take them off again",
            "how do I take snow chains off",
        ),
    ],
)
def test_what_else_is_done_goes_with_the_thing_of_the_question_before(
    before: str, text: str, whole: str
) -> None:
    request = understood(text, after(before))
    assert request.slots["question"] == whole
    assert request.follows


@pytest.mark.parametrize("text", ["release it", "switch it off", "close it"])
def test_without_and_it_is_an_order(text: str) -> None:
    assert understood(text, after("how do I open the window")).kind is RequestKind.COMMAND


def test_what_is_done_to_a_thing_of_which_nobody_asked_how_is_no_follow_up() -> None:
    assert not understood("and release it", after("where is the parking brake")).follows


@pytest.mark.parametrize(
    ("before", "text", "whole"),
    [
        ("what fuse is the rear wiper", "how many amps", "how many amps fuse the rear wiper"),
        (
            "which fuse is for the radio",
            "how many amps is it",
            "how many amps is the fuse for the radio",
        ),
        ("which fuse is for the radio", "where is it", "where is the fuse"),
        ("how hot is the coolant", "what should it be", "what should the coolant temperature be"),
        ("what is the rear tyre pressure", "is that too low", "is the rear tyre pressure too low"),
    ],
)
def test_how_much_is_asked_of_what_was_meant(before: str, text: str, whole: str) -> None:
    assert understood(text, after(before)).slots["question"] == whole


@pytest.mark.parametrize("text", ["is that too low", "is that enough for 200 km", "is that ok"])
def test_what_only_points_is_not_understood_by_itself(text: str) -> None:
    assert understood(text, EMPTY).name in {"not_understood", "not_reported"}


# --- about the lamps that were named ----------------------------------------------------------

LAMPS = {lamp.id: lamp.path for lamp in aster.car().telltales}


def named(*lit: str) -> Memory:
    """After "is anything wrong", answered with these lamps."""
    request = aster.interpreter().interpret("is anything wrong")
    evidence = tuple(
        SignalEvidence(path, known("on" if lamp in lit else "off")) for lamp, path in LAMPS.items()
    )
    answer = Answer(Outcome.ANSWERED, By.TEMPLATE, "Lit.", evidence)
    return EMPTY.after(request, answer, 0.0)


@pytest.mark.parametrize(
    ("text", "ask"),
    [
        ("what does it mean", "meaning"),
        ("and what do they mean", "meaning"),
        ("what should I do", "how_to"),
        ("what do I do then", "how_to"),
        ("is it dangerous", "permission"),
        ("can I drive with it", "permission"),
    ],
)
def test_what_is_asked_of_the_lamps_that_were_named_is_asked_of_them(text: str, ask: str) -> None:
    request = understood(text, named("TyrePressure", "OilPressure"))
    assert (request.kind, request.slots["ask"]) == (RequestKind.WARNING, ask)
    assert request.follows
    # All are looked at again: a worse one may be lit by now, or no longer be seen.
    assert set(request.paths) >= {LAMPS["TyrePressure"], LAMPS["OilPressure"], LAMPS["ABS"]}


@pytest.mark.parametrize("text", ["what does it mean", "what should I do"])
def test_where_no_lamp_was_named_it_is_asked_back(text: str) -> None:
    assert understood(text, named()).name == "not_understood"


def test_whether_to_drive_on_is_asked_of_all_lamps_again() -> None:
    request = understood("can I drive on", named())
    assert (request.kind, request.slots["lamp"]) == (RequestKind.WARNING, "any")


@pytest.mark.parametrize(
    ("text", "lamp"),
    [
        ("and the oil one", "OilPressure"),
        ("and the battery one?", "Charging12V"),
        ("what about the tyre one", "TyrePressure"),
        ("and the red one", "red"),
    ],
)
def test_another_lamp_is_asked_about_in_the_same_way(text: str, lamp: str) -> None:
    request = understood(text, after("what does the coolant lamp mean"))
    assert (request.kind, request.slots["lamp"]) == (RequestKind.WARNING, lamp)


def test_whether_the_lamp_is_lit_is_asked_of_the_same_lamp() -> None:
    request = understood("is it on", after("what does the oil pressure lamp mean"))
    assert request.paths == (LAMPS["OilPressure"],)


# --- after an order ---------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["did it work", "is it done", "is it open", "are they on now"])
def test_what_is_asked_after_an_order_is_asked_of_that(text: str) -> None:
    request = understood(text, after("how fast am I going", "open the window", cited=False))
    assert (request.kind, request.name) == (RequestKind.COMMAND, "not_offered")


def test_a_gauge_that_is_named_after_an_order_is_read() -> None:
    memory = after("open the window", cited=False)
    assert understood("is the window open", memory).kind is RequestKind.VEHICLE
