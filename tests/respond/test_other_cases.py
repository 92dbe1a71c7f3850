"""Whole conversations with the Aster and its manual, found by words alone: an answer is of the thing,
the condition and the manoeuvre that was asked about, or the question is refused.
"""

import re
from collections.abc import Iterator

import pytest

from assistant.adapters.sqlite_manual import SqliteManual
from assistant.adapters.sqlite_manual_file import build
from assistant.cancel import CancelToken
from assistant.events import Answer, Answered, Outcome, Reading, Understood
from assistant.memory import EMPTY
from assistant.pipeline import SaidText, run_turn
from tests import aster
from tests.turns import REPLIES, Build, known

LAMPS = {lamp.id: lamp for lamp in aster.car().telltales}


@pytest.fixture(scope="module")
def manual(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteManual]:
    path = tmp_path_factory.mktemp("manual") / "aster.sqlite"
    build(path, aster.passages(), "test")
    opened = SqliteManual(path)
    opened.open()
    yield opened
    opened.close()


def talk(manual: SqliteManual, *texts: str, **lit: str) -> Answer:
    """The answer to the last of some texts, in a car that stands and in which these lamps are lit."""
    readings: dict[str, Reading] = {lamp.path: known("off") for lamp in LAMPS.values()}
    readings["Vehicle.Speed"] = known(0.0, "km/h")
    readings |= {LAMPS[lamp].path: known(state) for lamp, state in lit.items()}
    car = aster.car(**{path.replace(".", "__"): reading for path, reading in readings.items()})
    stages, memory, answer = Build(vehicle=car, manual=manual).stages(), EMPTY, None
    for text in texts:
        request = None
        for event in run_turn(SaidText(text), stages, CancelToken(), memory):
            if isinstance(event, Understood):
                request = event.request
            if isinstance(event, Answered):
                answer = event.answer
        assert request is not None
        assert answer is not None
        memory = memory.after(request, answer, 0.0)
    assert answer is not None
    return answer


def refused(answer: Answer) -> bool:
    return answer.outcome is Outcome.REFUSED


# --- the figures, the conditions and the manoeuvres of another case -------------------------------


@pytest.mark.parametrize(
    ("question", "wrong"),
    [
        ("how far may it be towed with all wheels on the ground", "front wheels raised"),
        ("how far can you tow this thing with the front wheels down", "front wheels raised"),
        ("can I tow it with all wheels on the ground", "rear wheels raised"),
        ("how long does it have to cool down", "10 minutes"),
        ("how long do the brakes need to cool", "minutes"),
        ("what do I do if the brakes overheat", "air conditioning"),
        ("my brakes are overheating what should I do", "air conditioning"),
        ("what do I do when the tyre overheats", "air conditioning"),
        ("can I tow a trailer with the spare wheel fitted", "more than one"),
        ("can I tow a trailer when the car is new", "towing eye|rear wheels|rope"),
        ("is towing allowed while the temporary spare is on", "Snow chains"),
        ("can I drive 60 with snow chains", "17-inch tyres 215"),
        ("can I drive through 30 cm of water", "flowing"),
        ("after how many years must the seat belts be renewed", "2 years"),
        ("which nut do I undo first", "terminal"),
        ("in what order do I take the jump leads off", "do not touch each other"),
        ("does it have heated rear seats", "front seats|three levels"),
        ("can my phone be used as the key", "close to a mobile phone"),
        ("what should I do before a long drive", "Fill the fuel tank"),
        ("where does the baby seat go", "support leg"),
        ("what should the coolant temperature be", "118"),
        ("how many amps is the fuse", "brake booster"),
    ],
)
def test_what_is_of_another_case_is_not_said(
    manual: SqliteManual, question: str, wrong: str
) -> None:
    answer = talk(manual, question)
    assert not re.search(wrong, f"{answer.text} {answer.short}")


@pytest.mark.parametrize(
    ("question", "right"),
    [
        ("what do I do if the engine overheats", "Stop in a safe place"),
        ("how fast may it be towed with the front wheels raised", "50 km/h"),
        ("may I pull a trailer with the spare wheel", "not with the temporary spare wheel"),
        ("how long do I let the compressor cool", "10 minutes"),
        ("how fast can I drive with snow chains", "50 km/h"),
        ("may I open the battery coolant tank", "must not open it"),
        ("can I replace a 10 amp fuse with a 20 amp", "stronger fuse"),
        ("which terminal do I disconnect first", "negative terminal first"),
        ("what is the normal coolant temperature", "between 85 °C and 105 °C"),
        ("how many airbags are there", "seven"),
    ],
)
def test_what_is_of_the_case_that_was_asked_about_is_said(
    manual: SqliteManual, question: str, right: str
) -> None:
    answer = talk(manual, question)
    assert answer.outcome is Outcome.ANSWERED
    assert right in answer.text


@pytest.mark.parametrize(
    ("question", "wrong"),
    [
        ("how do I open the tailgate", "Look at the drawing"),  # steps for a lamp
        ("how do I check the brake fluid", "Stop the car away from the traffic"),
        ("how do I turn on front assist", "chime|as soon as"),
        ("how do I turn off the rear wiper", "rear wiper with pauses"),
        ("how do I turn off the speed limiter", "past the stop"),
        ("how do I turn auto hold off", "keeps the car at a standstill"),
        ("how do I release the child lock", "switch the child lock on"),
        ("how do I switch the child seat off", "lead the belt"),
        ("how do I turn the wipers off", "car wash"),
    ],
)
def test_steps_for_something_else_are_not_said(
    manual: SqliteManual, question: str, wrong: str
) -> None:
    answer = talk(manual, question)
    assert not re.search(wrong, f"{answer.text} {answer.short}")


@pytest.mark.parametrize(
    "question",
    [
        "can I put a rear facing seat on the passenger seat if the airbag is on",
        "is a rear-facing baby seat allowed in front",
        "baby seat in front with airbag",
        "can I put a baby seat on the passenger seat",
        "can I put a rear facing child seat in the front",
        "can I put a baby seat in the passenger seat with the airbag on",
        "may a rearward facing seat go on the front passenger seat",
        "is it ok to fit a baby carrier up front",
        "can I have the baby seat beside me with the airbag active",
        "can I use a group 0 seat in front",
        "should the passenger airbag be off for a baby",
        "do I have to switch the airbag off for a rear facing seat",
        "what about a rear facing seat in the front",
    ],
)
def test_a_seat_that_faces_backwards_is_never_permitted_in_front_of_an_airbag(
    manual: SqliteManual, question: str
) -> None:
    answer = talk(manual, question)
    forbidden = re.search(r"danger of death|Never use|must be switched off", answer.text)
    assert refused(answer) or forbidden
    assert "support leg" not in answer.text


def test_it_is_not_forbidden_where_the_manual_permits_it(manual: SqliteManual) -> None:
    answer = talk(manual, "can I put a rear-facing seat on the back seat")
    assert refused(answer) or answer.text.startswith("Rear seat")


# --- what happens is no question for a gauge ------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "the fuel flap doesn't open",
        "the wipers don't move",
        "the window goes back down",
        "my screen wash is leaking",
        "red light next to the start button",
        "I smell petrol",
    ],
)
def test_what_fails_is_not_answered_by_how_it_works(manual: SqliteManual, text: str) -> None:
    answer = talk(manual, text)
    assert refused(answer) or re.search(r"\bnot\b", answer.text)


def test_why_is_answered_by_a_reason(manual: SqliteManual) -> None:
    assert "6 litres" not in talk(manual, "why is my range so low").text


# --- lamps outside the cluster --------------------------------------------------------------------


@pytest.mark.parametrize(
    "question",
    [
        "the red light at the charging plug",
        "what does the red flashing lamp in the door mean",
        "there's a blinking red light on the driver's door",
        "the light in the AUTO HOLD button is on",
        "the green light on the key blinks",
        "what is the orange light in the roof console",
        "my wallbox has a red light",
        "which bulb is the brake light",
    ],
)
def test_a_lamp_outside_the_cluster_is_none_of_the_clusters(
    manual: SqliteManual, question: str
) -> None:
    # A red one that asks to stop would be said first, whatever was asked.
    every = {lamp.id: "on" for lamp in LAMPS.values() if lamp.severity}
    answer = talk(manual, question, **every)
    sections = {lamp.section for lamp in LAMPS.values()}
    assert not re.search(r"\blit\b|No \w+ lamp", answer.text)
    quoted = [piece for piece in answer.evidence if getattr(piece, "quote", "")]
    assert not {piece.section for piece in quoted if hasattr(piece, "section")} & sections


# --- lists ----------------------------------------------------------------------------------------


def test_a_list_is_said_as_far_as_there_is_room_and_that_there_is_more(
    manual: SqliteManual,
) -> None:
    answer = talk(manual, "where is the VIN")
    assert answer.text.startswith("The VIN can be found in four places: at the lower edge")
    assert answer.text.endswith(REPLIES.say["list_goes_on"])
    more = talk(manual, "where is the VIN", "tell me more")
    assert "stamped into the floor" in more.text


def test_the_item_that_was_asked_for_is_said_alone(manual: SqliteManual) -> None:
    answer = talk(manual, "does the engine start in Electric mode above 135 km/h")
    assert refused(answer) or "135" in answer.text


# --- what follows ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("texts", "right"),
    [
        (("how do I put the parking brake on", "and release it"), "push the switch down"),
        (("how do I open the bonnet", "and close it"), "put the stay back"),
        (("how do I turn the child lock on", "and turn it off again"), "Turn the slot inwards"),
        (("how do I turn the child lock on", "and off"), "Turn the slot inwards"),
        (("how do I fold the rear seats", "and fold them back up"), "Swing the backrest up"),
        (("how do I pair a phone", "and remove it"), "the bin beside its name"),
        (("how do I unlock the car with the emergency key", "and lock it"), "towards the rear"),
        (("what fuse is the rear wiper", "how many amps"), "F52, rear wiper: 15 A"),
        (("which fuse protects the wipers", "how many amps does it have"), "30 A"),
        (("which fuse is for the radio", "and how many amps is it"), "F32"),
    ],
)
def test_what_follows_is_of_what_was_asked_before(
    manual: SqliteManual, texts: tuple[str, ...], right: str
) -> None:
    assert right in talk(manual, *texts).text


@pytest.mark.parametrize(
    ("texts", "wrong"),
    [
        (("how do I turn the main beam on", "and off"), "forwards"),
        (("how do I switch the passenger airbag off", "and on again"), "Turn the switch to OFF"),
        (("can I put a child seat in the front", "how do I switch it off"), "guides"),
        (("is the parking brake on", "and release it", "how do I release it"), "emergency"),
        (("is anything wrong", "what does it mean"), "Diesel"),
        (("what is the front left tyre pressure", "is that too low"), "petrol"),
        (("how full is the tank", "is that enough for 200 km"), "sealed"),
        (("how hot is the coolant", "what should it be"), "6.4 litres"),
        (("how hot is the coolant", "is that normal"), "another colour"),
        (("what does the coolant lamp mean", "how long does it have to cool down"), "10 minutes"),
    ],
)
def test_what_follows_is_not_answered_of_something_else(
    manual: SqliteManual, texts: tuple[str, ...], wrong: str
) -> None:
    answer = talk(manual, *texts)
    assert not re.search(wrong, f"{answer.text} {answer.short}")


def test_of_the_lamps_that_were_named_it_is_said_what_they_mean(manual: SqliteManual) -> None:
    asked = ("is anything wrong", "what does it mean")
    assert "tyre pressure lamp means" in talk(manual, *asked, TyrePressure="on").text
    both = talk(manual, *asked, TyrePressure="on", OilPressure="on")
    assert both.text.startswith("Lit: engine oil pressure, red and tyre pressure, amber.")
    assert talk(manual, *asked).text == REPLIES.refuse["not_understood"]


def test_of_the_lamp_that_was_asked_about_it_is_said_what_to_do(manual: SqliteManual) -> None:
    asked = ("what does the oil pressure lamp mean", "what do I do")
    answer = talk(manual, *asked)
    assert answer.text.startswith("Stop at once")
    assert len(answer.steps) == 6
    assert "Step 2: Select P" in talk(manual, *asked, "next").text
    assert talk(manual, *asked, "and the brake one").text.startswith("Stop at once in a safe place")


@pytest.mark.parametrize("question", ["did you do it", "have you done it", "is it done"])
@pytest.mark.parametrize("order", ["can you close the window", "close the window"])
def test_nothing_is_claimed_of_what_was_not_done(
    manual: SqliteManual, order: str, question: str
) -> None:
    assert talk(manual, order, question).text == REPLIES.refuse["not_offered"]


@pytest.mark.parametrize("text", ["can it be jump started", "can I jump start my car"])
def test_what_is_done_to_the_car_is_not_denied_by_what_it_may_not_do(
    manual: SqliteManual, text: str
) -> None:
    assert "the car can be started" in talk(manual, text).text
