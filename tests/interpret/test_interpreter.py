"""What a text is taken for; any text is taken for something."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assistant.errors import SettingsError
from assistant.events import Request, RequestKind
from assistant.interpret.gauges import load_gauges
from assistant.interpret.interpreter import Interpreter, load_shapes
from assistant.ports import Signal
from tests import aster
from tests.turns import ENGLISH, LEXICON, REPLIES, SHAPES

LAMPS = {lamp.id: lamp for lamp in aster.car().telltales}


def interpret(text: str) -> Request:
    return aster.interpreter().interpret(text)


@pytest.mark.parametrize(
    ("text", "gauge"),
    [
        ("How fast am I going?", "speed"),
        ("how far can i drive", "range"),
        ("How far can I drive on electricity?", "electric_range"),
        ("How much charge do I have left?", "charge"),
        ("How much petrol is left?", "fuel"),
        ("What is my front left tyre pressure?", "tyre_pressure"),
        ("Is any door open?", "doors"),
        ("is the boot open", "boot"),
        ("How cold is it outside?", "outside_temperature"),
        ("Is the handbrake on?", "parking_brake"),
        ("Is everybody buckled up?", "unbelted"),
        ("Who in the back hasn't got their belt on?", "unbelted"),
        ("Is my seat belt fastened?", "belts"),
        ("Which tyre is low?", "low_tyres"),
        ("Is the front left tyre low?", "tyre_pressure"),
        ("Where am I?", "position"),
        ("Which direction are we heading?", "heading"),
        ("How high are we?", "altitude"),
        ("How far is it to the destination?", "route_distance"),
        ("How many kilometres are left on the route?", "route_distance"),
        ("When do we arrive?", "arrival"),
        ("How much climb is left?", "climb"),
        ("Is the navigation running?", "guidance"),
        ("How loud is the radio?", "volume"),
        ("Is the sound muted?", "muted"),
        ("What was the consumption over the last 50 km?", "recent_consumption"),
        ("Which driver assistance systems are on?", "driver_assistance"),
        ("How much is left of the brake pads?", "brake_pads"),
        ("When is the brake fluid due?", "brake_fluid_service"),
        ("How good is the oil quality?", "oil_condition"),
        ("Is a trailer connected?", "trailer"),
        ("Are the child locks on?", "child_lock"),
        ("Is the passenger airbag off?", "passenger_airbag"),
        ("What is the seat heating set to?", "seat_heating"),
        ("Are the headlights on?", "low_beam"),
        ("How hot is the coolant?", "coolant_temperature"),
        ("How long until the car is charged?", "charging_time"),
        ("What's the voltage of the 12 volt battery?", "voltage"),
        ("Is the car charging?", "charging"),
        ("When is the next service due?", "service_distance"),
        ("Is the coolant too hot?", "coolant_temperature"),
        ("Is the engine too cold?", "coolant_temperature"),
        ("Is the oil too hot?", "oil_temperature"),
        ("Is the oil level too low?", "oil_level"),
        ("Is the oil full?", "oil_level"),
        ("Is the oil pressure too low?", "oil_pressure"),
        ("Is the washer fluid empty?", "washer_fluid"),
        ("Is the battery too low?", "charge"),
        ("Is the charge low?", "charge"),
        ("Is the drive battery too hot?", "battery_temperature"),
        ("Is the 12-volt battery flat?", "voltage"),
        ("Is the tank full?", "fuel"),
        ("Is the tyre pressure too high?", "tyre_pressure"),
        ("Are the tyres too hot?", "tyre_temperature"),
        ("Is the brake fluid low?", "brake_fluid_level"),
        ("Are the brakes worn?", "brake_pads"),
        ("Are the headlights broken?", "bulb_failure"),
        ("Is it too hot in the cabin?", "cabin_temperature"),
        ("What is the cabin temperature set to?", "climate_temperature"),
        ("What's the temperature inside set to?", "climate_temperature"),
        ("What is the cabin temperature?", "cabin_temperature"),
        ("What is the charge set to stop at?", "charge_limit"),
        ("What is the volume set to?", "volume"),
        ("How fast is the engine turning?", "engine_speed"),
        ("How fast is the electric motor turning?", "motor_speed"),
        ("Am I driving faster than 50?", "speed_compared"),
        ("Am I going over 100 km/h?", "speed_compared"),
        ("Is my speed above thirty?", "speed_compared"),
        ("Is the child in the back buckled up?", "unbelted"),
        ("Is anyone not wearing a seat belt?", "unbelted"),
    ],
)
def test_a_question_about_the_present_is_for_the_car(text: str, gauge: str) -> None:
    request = interpret(text)
    assert (request.kind, request.name) == (RequestKind.VEHICLE, gauge)
    assert request.gauge is not None
    assert request.paths


@pytest.mark.parametrize(
    "text",
    [
        "What should the rear tyre pressure be?",
        "How do I open the boot?",
        "How do I check the tyre pressure?",
        "Where is the fuse box?",
        "How fast can I drive with the temporary spare wheel?",
        "How often should the engine oil be changed?",
        "What is the capacity of the fuel tank?",
        "How do I release the parking brake?",
        "What oil does the engine take?",
        "Can I tow a trailer?",
        "How do I jump start the car?",
        "Does this car have massage seats?",
        "What do the colours of the charge port light mean?",
        "What does a flashing red light round the charge socket mean?",
        "Do I put it in neutral for the car wash?",
    ],
)
def test_a_question_about_how_things_are_done_or_ought_to_be_is_for_the_manual(text: str) -> None:
    request = interpret(text)
    assert request.kind is RequestKind.MANUAL
    assert request.gauge is None


@pytest.mark.parametrize("lamp", LAMPS)
@pytest.mark.parametrize("form", ["What does the {} lamp mean?", "The {} light is on."])
def test_every_lamp_is_known_by_its_name(lamp: str, form: str) -> None:
    request = interpret(form.format(LAMPS[lamp].name.lower()))
    assert (request.kind, request.slots.get("lamp")) == (RequestKind.WARNING, lamp)
    assert request.paths == (LAMPS[lamp].path,)


@pytest.mark.parametrize(
    ("text", "lamp", "colours"),
    [
        ("What is that orange light?", "amber", {"amber"}),
        ("What's the yellow symbol in the cluster?", "amber", {"amber"}),
        ("a red lamp came on", "red", {"red"}),
        ("Is anything wrong?", "any", {"red", "amber"}),
        ("Are there any warnings?", "any", {"red", "amber"}),
        ("Is the car okay?", "any", {"red", "amber"}),
    ],
)
def test_lamps_may_be_asked_for_by_colour_or_all_together(
    text: str, lamp: str, colours: set[str]
) -> None:
    request = interpret(text)
    assert (request.kind, request.slots["lamp"]) == (RequestKind.WARNING, lamp)
    asked = {LAMPS[name].colour for name in LAMPS if LAMPS[name].path in request.paths}
    assert asked == colours


@pytest.mark.parametrize(
    ("text", "lamp"),
    [
        ("Can I go on with the oil level light on?", "OilLevel"),
        ("The oil light came on.", "OilPressure"),
        ("The oil can symbol is showing.", "OilPressure"),
        ("The battery light came on, what now?", "Charging12V"),
        ("A light for the brakes is on.", "BrakeSystem"),
        ("There is a low tyre pressure warning.", "TyrePressure"),
        ("What do I do if the coolant lamp comes on?", "CoolantTemperature"),
        ("Can I keep driving with this light on?", "any"),
        ("Why is a light blinking?", "any"),
    ],
)
def test_the_words_next_to_it_say_which_light_it_is(text: str, lamp: str) -> None:
    request = interpret(text)
    assert (request.kind, request.slots["lamp"]) == (RequestKind.WARNING, lamp)


@pytest.mark.parametrize(
    "text",
    [
        "Is the gearbox too hot?",
        "Are the clutch plates worn?",
        "Is the air filter full?",
        "Is the spare tyre flat?",
        "What is the tyre pressure set to?",
        "What is the charging power set to?",
    ],
)
def test_how_the_car_is_now_is_no_question_for_the_manual(text: str) -> None:
    request = interpret(text)
    assert (request.kind, request.name) == (RequestKind.UNKNOWN, "not_reported")


@pytest.mark.parametrize(
    ("text", "lamp"),
    [
        ("Has the power steering failed?", "PowerSteering"),
        ("Are the brakes ok?", "BrakeSystem"),
        ("Is the coolant level low?", "CoolantTemperature"),
        ("Is the particulate filter full?", "ParticulateFilter"),
        ("Is the engine ok?", "CheckEngine"),
        ("Is the airbag faulty?", "Airbag"),
    ],
)
def test_of_what_no_gauge_measures_the_lamp_that_warns_of_it_tells(text: str, lamp: str) -> None:
    request = interpret(text)
    assert (request.kind, request.slots["lamp"]) == (RequestKind.WARNING, lamp)


def test_the_lamps_of_a_gauge_are_read_where_it_is_asked_whether_it_is_well() -> None:
    lamps = {LAMPS["CoolantTemperature"].path, LAMPS["ColdCoolant"].path}
    assert lamps <= set(interpret("Is the coolant too hot?").paths)
    assert not lamps & set(interpret("How hot is the coolant?").paths)


def test_a_setting_that_the_car_does_not_report_is_no_measurement() -> None:
    """Not even where the temperature itself is reported."""
    path = "Vehicle.Cabin.HVAC.AmbientAirTemperature"
    gauges, places = load_gauges(ENGLISH, {path: Signal(path, "°C")}, "left")
    cold = Interpreter(LEXICON, SHAPES, gauges, places, ())
    request = cold.interpret("What is the cabin temperature set to?")
    assert (request.kind, request.name) == (RequestKind.UNKNOWN, "not_reported")
    assert cold.interpret("What is the cabin temperature?").name == "cabin_temperature"


@pytest.mark.parametrize(
    "text",
    [
        "How long does the rear window heating stay on?",
        "How wide are the doors when open?",
        "When are the plugs due?",
        "I put foam into the flat tyre. How far will that get me?",
    ],
)
def test_a_measure_that_a_gauge_cannot_show_is_for_the_manual(text: str) -> None:
    assert interpret(text).kind is RequestKind.MANUAL


@pytest.mark.parametrize(
    "text",
    ["How far is the brake pedal pressed?", "How fast is it charging?", "How high is the fan?"],
)
def test_a_measure_may_be_asked_for_in_another_word(text: str) -> None:
    assert interpret(text).kind is RequestKind.VEHICLE


@pytest.mark.parametrize(
    "text", ["How far can I go on the temp or every stair wheel?", "What speed limit is it here?"]
)
def test_words_that_were_not_understood_lead_to_no_gauge(text: str) -> None:
    assert interpret(text).kind is not RequestKind.VEHICLE


@pytest.mark.parametrize(
    "text",
    [
        "Open the window.",
        "please turn on the heating",
        "Could you close the boot",
        "Set the temperature to 21 degrees",
        "lock the doors",
        "honk",
    ],
)
def test_an_order_to_the_car_is_a_command(text: str) -> None:
    request = interpret(text)
    assert (request.kind, request.name) == (RequestKind.COMMAND, "not_offered")


@pytest.mark.parametrize(
    "text",
    ["Is the window open?", "How do I open the window?", "What happens if I open the window?"],
)
def test_a_question_that_speaks_of_an_action_is_no_command(text: str) -> None:
    assert interpret(text).kind is not RequestKind.COMMAND


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Hello", "hello"),
        ("Thank you very much", "thanks"),
        ("who are you", "identity"),
        ("What can you do?", "help"),
        ("stop", "stop"),
        ("Goodbye", "bye"),
    ],
)
def test_small_talk_is_recognized(text: str, name: str) -> None:
    request = interpret(text)
    assert (request.kind, request.name) == (RequestKind.SMALLTALK, name)


@pytest.mark.parametrize("text", ["", " ", "...", "?!", "\x00", "—", "🚗🚗", "\n\t"])
def test_no_words_are_nothing_heard(text: str) -> None:
    request = interpret(text)
    assert (request.kind, request.name) == (RequestKind.UNKNOWN, "nothing_heard")


@pytest.mark.parametrize(
    "text",
    ["the", "is it", "what about that then", "well you know", "How much is left?", "What's left?"],
)
def test_words_that_tell_nothing_are_not_understood(text: str) -> None:
    request = interpret(text)
    assert (request.kind, request.name) == (RequestKind.UNKNOWN, "not_understood")


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("what is the tyre pressure", {}),
        ("what is the front left tyre pressure", {"row": "Row1", "side": "Left"}),
        ("what is the rear tyre pressure now", {"row": "Row2"}),
        ("the pressure of the tyre behind on the right now", {"row": "Row2", "side": "Right"}),
        ("tyre pressure nearside front", {"row": "Row1", "side": "Left"}),
    ],
)
def test_places_narrow_a_question_down(text: str, places: dict[str, str]) -> None:
    request = interpret(text)
    assert request.name == "tyre_pressure"
    assert dict(request.slots) == places
    assert all(part in path for path in request.paths for part in places.values())
    assert len(request.paths) == 4 // 2 ** len(places)


def test_the_drivers_door_is_on_the_drivers_side() -> None:
    request = interpret("is the driver's door open")
    assert request.paths == ("Vehicle.Cabin.Door.Row1.DriverSide.IsOpen",)


def test_the_first_question_about_the_car_decides_among_sentences() -> None:
    text = "I hear nothing. Is the engine on? It is so quiet."
    request = interpret(text)
    assert (request.kind, request.name, request.text) == (
        RequestKind.VEHICLE,
        "engine_running",
        text,
    )


ANY_WORDS = st.lists(
    st.sampled_from(
        "what is the how do i can should tyre pressure lamp red amber warning door open charge far "
        "fuel left front rear light on off mean engine oil hello thanks stop close why where 12 "
        "2.4 it's driver's ? . , - ' ’ ſ \u212a İ".split()
    ),
    max_size=14,
).map(" ".join)


@given(st.one_of(st.text(max_size=200), ANY_WORDS))
@example("\ud800")
@example("'" * 500)
@example("a's's's")
@example("12" * 200)
@example("What? " * 50)
@example("{place} {0} %s \\1")
def test_any_text_is_taken_for_some_request(text: str) -> None:
    request = interpret(text)
    assert request.text == text
    match request.kind:
        case RequestKind.VEHICLE:
            assert request.gauge is not None
            assert request.paths
        case RequestKind.WARNING:
            assert request.paths
            assert {"lamp", "ask"} <= request.slots.keys()
        case RequestKind.SMALLTALK:
            assert request.name in REPLIES.talk
        case RequestKind.MANUAL:
            assert LEXICON.terms(text)
        case _:
            assert request.name in REPLIES.refuse


@given(ANY_WORDS)
def test_case_and_spaces_do_not_matter(text: str) -> None:
    plain = interpret(text)
    loud = interpret(f"  {text.upper()}  ")
    if text.isascii():
        assert (loud.kind, loud.name, loud.slots) == (plain.kind, plain.name, plain.slots)


@pytest.mark.parametrize(
    "text", ["what does " * 3000, "is any " * 5000, "a" * 100_000, "how do i " * 3000 + "mean"]
)
def test_a_very_long_text_is_no_question(text: str) -> None:
    request = interpret(text)
    assert (request.kind, request.name) == (RequestKind.UNKNOWN, "too_long")


@pytest.mark.parametrize(
    "content",
    [b"\xff", b"[ask", b"", b"command = 1\n", b'[ask]\nx = "("\n'],
    ids=["binary", "no TOML", "empty", "keys missing", "no pattern"],
)
def test_a_file_of_shapes_that_is_wrong_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "requests.toml").write_bytes(content)
    with pytest.raises(SettingsError, match=r"requests\.toml"):
        load_shapes(tmp_path)


def test_a_pattern_that_is_no_pattern_is_named(tmp_path: Path) -> None:
    text = (ENGLISH / "requests.toml").read_text("utf-8")
    (tmp_path / "requests.toml").write_text(text.replace("[ask]\n", '[ask]\nx = "("\n'), "utf-8")
    with pytest.raises(SettingsError, match="cannot be read"):
        load_shapes(tmp_path)


@pytest.mark.parametrize(
    ("text", "gauge"),
    [
        ("Are my lights on?", "exterior_lights"),
        ("Did I leave the lights on?", "exterior_lights"),
        ("Which tyre is the lowest?", "tyre_pressure"),
        ("What's the torque?", "torque"),
        ("What's the regeneration level?", "regeneration_level"),
        ("How much regeneration is set?", "regeneration_level"),
        ("What is the power right now?", "battery_power"),
    ],
)
def test_how_the_car_is_now_is_not_asked_of_the_manual(text: str, gauge: str) -> None:
    request = interpret(text)
    assert (request.kind, request.name) == (RequestKind.VEHICLE, gauge)


@pytest.mark.parametrize(
    "text",
    [
        "What's the torque for the wheel nuts?",
        "How fast does it get to 100?",
        "How fast can it go?",
        "What temperature can I set?",
        "How long does recirculation stay on?",
        "What's the coldest temperature I can charge at?",
        "Can I change the brake light bulb myself?",
    ],
)
def test_what_the_car_could_do_is_not_asked_of_a_gauge(text: str) -> None:
    assert interpret(text).kind is RequestKind.MANUAL


@pytest.mark.parametrize(
    "text",
    [
        "How healthy is the drive battery?",
        "What's the health of the battery?",
        "What colour is my car?",
        "Is the phone connected?",
        "Is the alarm on?",
    ],
)
def test_what_the_car_does_not_report_is_called_that(text: str) -> None:
    request = interpret(text)
    assert (request.kind, request.name) == (RequestKind.UNKNOWN, "not_reported")


@pytest.mark.parametrize(
    "text",
    [
        "How fast does a Golf go?",
        "What's the tyre pressure of my bike?",
        "How much is a litre of fuel?",
    ],
)
def test_a_gauge_of_another_thing_is_none_of_this_car(text: str) -> None:
    request = interpret(text)
    assert (request.kind, request.name) == (RequestKind.UNKNOWN, "beyond")


@pytest.mark.parametrize("text", ["Stop charging", "Please stop charging the car"])
def test_to_stop_something_is_an_order(text: str) -> None:
    assert interpret(text).kind is RequestKind.COMMAND


def test_a_contraction_asks_what_its_words_do() -> None:
    assert interpret("What's your name?").name == interpret("What is your name?").name


@pytest.mark.parametrize(
    "text",
    [
        "At what speed do the windows close themselves?",
        "What speed mustn't I go over with a sidecar?",
        "What gear should it be in on the ferry?",
        "How cold can it be outside for the paint?",
        "Which bulb belongs in the reversing light?",
        "Can I get the sunroof to tilt, how?",
        "Does she still have to fasten the belt with a bad back?",
        "How far can I go on the foam in the tyre?",
        "Is opening the window while it's snowing okay?",
        "Will the battery be dead with the radio on all night?",
        "What should I charge the battery to before a holiday?",
    ],
)
def test_what_holds_in_general_is_no_question_about_the_car_now(text: str) -> None:
    assert aster.interpreter().interpret(text).kind is RequestKind.MANUAL


@pytest.mark.parametrize(
    ("question", "doubtful"),
    [
        ("Which mode is it in after a software update?", True),
        ("What's the voltage of the 12 volt battery?", False),
        ("How fast am I going?", False),
        ("Honestly, with the kids asking all the time, how far can we drive right now?", False),
    ],
)
def test_a_gauge_beside_much_else_may_be_a_question_for_the_manual(
    question: str, doubtful: bool
) -> None:
    request = aster.interpreter().interpret(question)
    assert (request.kind, request.doubtful) == (RequestKind.VEHICLE, doubtful)


@pytest.mark.parametrize(
    "text",
    [
        "I smell petrol",
        "It smells of petrol in here",
        "The brake pedal goes to the floor",
        "The battery is leaking",
        "The car won't start",
        "My car refuses to start",
        "The charging stopped",
        "I've run out of petrol",
        "The fuel flap doesn't open",
        "The window goes back down",
        "The windows mist up",
        "The door won't close",
        "The tyre keeps losing air",
        "My range has dropped",
        "The rear brakes are smoking, what now?",
        "Why is the battery leaking?",
        "How come the doors are locked?",
        "What if I run out of charge?",
        "What happens if I charge to 100 percent?",
        "How often do I check the tyres?",
        "What is regeneration for?",
    ],
)
def test_what_is_told_or_asked_of_a_cause_asks_for_no_reading(text: str) -> None:
    assert interpret(text).kind is RequestKind.MANUAL


@pytest.mark.parametrize(
    ("text", "gauge"),
    [
        ("tyre pressure front left", "tyre_pressure"),
        ("fuel level", "fuel"),
        ("My tyre pressures", "tyre_pressure"),
        ("doors closed", "doors"),
        ("The tank is nearly empty", "fuel"),
        ("I want to know the tyre pressure", "tyre_pressure"),
        ("I wonder how much charge I have", "charge"),
        ("Give me the range", "range"),
        ("tyre pressures now versus spec", "tyre_pressure"),
        ("Can you tell me the speed?", "speed"),
        ("Could I get the tyre pressures?", "tyre_pressure"),
        ("Can you read out the range?", "range"),
    ],
)
def test_a_gauge_that_is_only_named_or_asked_for_politely_is_read(text: str, gauge: str) -> None:
    assert interpret(text).name == gauge


@pytest.mark.parametrize(
    "text",
    [
        "the red light at the charging plug",
        "There's a blinking red light on the driver's door",
        "What does the red flashing lamp in the door mean?",
        "The light in the AUTO HOLD button is on",
        "There's an orange light on the charger",
        "The green light on the key blinks",
        "What is the orange light in the roof console?",
        "The SOS light is red",
        "My wallbox has a red light",
        "What's the light ring?",
        "Which bulb is the brake light?",
    ],
)
def test_a_lamp_outside_the_cluster_is_for_the_manual(text: str) -> None:
    request = interpret(text)
    assert request.kind is RequestKind.MANUAL
    assert request.slots["lamp"] == "elsewhere"


@pytest.mark.parametrize(
    ("text", "lamp"),
    [
        ("What's the red light on the dashboard?", "red"),
        ("The light on the display is amber", "amber"),
        ("What's that light with the key?", "KeyBattery"),
        ("The key light came on", "KeyBattery"),
        ("What does the light for the door mean?", "DoorOpen"),
        ("The charging light on the dash is red", "Charging12V"),
        ("The tank light came on", "LowFuel"),
    ],
)
def test_a_lamp_on_the_dash_is_one_of_the_clusters(text: str, lamp: str) -> None:
    assert interpret(text).slots["lamp"] == lamp


@pytest.mark.parametrize(
    "text",
    [
        "Can you close the window?",
        "Can you please open all windows?",
        "Can you turn the heating up for me?",
        "Can you lock the doors now?",
        "Can you set the temperature to 21 degrees?",
        "Did you do it?",
        "Have you done that already?",
    ],
)
def test_an_order_in_the_form_of_a_question_and_whether_it_was_done(text: str) -> None:
    request = interpret(text)
    assert (request.kind, request.name) == (RequestKind.COMMAND, "not_offered")


@pytest.mark.parametrize(
    "text",
    [
        "Can you open the windows with the key?",
        "Can you tow a caravan with it?",
        "Can you lock the car from the app?",
    ],
)
def test_what_one_can_do_is_no_order(text: str) -> None:
    assert interpret(text).kind is RequestKind.MANUAL


@pytest.mark.parametrize(
    "text",
    ["Should I overtake now?", "Can I park here?", "Where did I park?", "Where did we leave it?"],
)
def test_what_depends_on_the_road_cannot_be_known(text: str) -> None:
    assert interpret(text).name == "beyond"
