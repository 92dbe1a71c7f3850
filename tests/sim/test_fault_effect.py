"""A fault that cannot be, or would change nothing, is refused; in a scenario and while running."""

from __future__ import annotations

from pathlib import Path

import cantools
import pytest
from cantools.database.can import Message

from sim.control import Control
from sim.errors import ScenarioError
from sim.fault import Fault, fault_from
from sim.faults import Faults
from sim.frame import FrameBuilder
from sim.scenario import load_scenario
from sim.schedule import Schedule, rank
from sim.vehicle_files import load_vehicle
from sim.world import World

TOY = """
VERSION ""
BS_:
BU_: ABC
BO_ 1 Kept: 2 ABC
 SG_ Level : 0|8@1+ (1,0) [0|255] "" Vector__XXX
 SG_ Falling : 8|8@1+ (-1,0) [-200|0] "" Vector__XXX
BO_ 2 Never: 1 ABC
 SG_ Rare : 0|8@1+ (1,0) [0|100] "" Vector__XXX
BA_DEF_ BO_ "GenMsgCycleTime" INT 0 10000;
BA_DEF_DEF_ "GenMsgCycleTime" 0;
BA_ "GenMsgCycleTime" BO_ 1 100;
"""
ASTER = [FrameBuilder(message) for message in load_vehicle("aster").messages]


def toy() -> list[FrameBuilder]:
    messages: list[Message] = cantools.database.load_string(TOY, "dbc").messages  # type: ignore[union-attr]
    return [FrameBuilder(message) for message in messages]


NOTHING = [
    # (fault, what is found, what to do)
    ("wrong_counter message=TPM_Temperatures", "TPM_Temperatures is none", "TPM_Pressures"),
    ("freeze_counter message=TPM_Temperatures", "TPM_Temperatures is none", "TPM_Pressures"),
    ("bad_checksum message=TPM_Temperatures", "TPM_Temperatures is none", "TPM_Pressures"),
    ("bad_checksum ecu=SWM", "SWM is none", "ECM"),
    ("wrong_counter message=ESC_Speed step=17", "ESC_Speed is none", "correct it"),
    ("wrong_length message=ESC_Speed length=8", "ESC_Speed is none", "ESC_Status"),
    ("wrong_length ecu=TPM length=9", "found 9", "correct it"),
    ("implausible message=ESC_Speed signal=VehicleSpeed value=9999", "found 9999", "out_of_range"),
    ("drop message=ESC_Speed share=0", "found 0", "above 0"),
    ("error_frames share=0", "found 0", "above 0"),
    ("delay message=ESC_Speed seconds=0", "found 0", "above 0"),
    ("bus_off ecu=ESC seconds=0", "found 0", "above 0"),
    ("babble identifier=4000", "found 4000", "extended = true"),
    ("babble identifier=536870912 extended=true", "found 536870912", "correct it"),
    ("babble identifier=4 extended=1", "found 1", "true or false"),
]


@pytest.mark.parametrize(("fault", "found", "advice"), NOTHING)
def test_what_changes_nothing_is_refused_while_running(fault: str, found: str, advice: str) -> None:
    world = World(load_scenario("parked"), ASTER)
    with pytest.raises(ScenarioError, match=found) as raised:
        Control(world).answer(f"fault {fault}")
    assert advice in str(raised.value) and "\n" not in str(raised.value)
    assert not world.faults.all


@pytest.mark.parametrize(("fault", "found", "advice"), NOTHING)
def test_what_changes_nothing_is_refused_in_a_scenario(
    fault: str, found: str, advice: str, tmp_path: Path
) -> None:
    kind, *pairs = fault.split()
    row = [f'kind = "{kind}"']
    for key, value in (pair.split("=") for pair in pairs):
        row.append(f"{key} = '{value}'" if value[0].isupper() else f"{key} = {value}")
    file = tmp_path / "bad.toml"
    file.write_text(f"[[step]]\nat_s = 1\nname = 'x'\nfaults = [{{ {', '.join(row)} }}]\n")
    with pytest.raises(ScenarioError, match=found) as raised:
        World(load_scenario(str(file)), ASTER)
    assert str(raised.value).startswith(f"{file}, line 4") and advice in str(raised.value)


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (Fault("sna", message="Kept", signal="Level"), "raw value named SNA"),
        (Fault("out_of_range", message="Kept", signal="Level"), "every raw value"),
        (Fault("drop", message="Never"), "no cycle time"),
        (Fault("bad_checksum", ecu="ABC"), "leave it out"),
    ],
)
def test_a_vehicle_with_little_has_few_faults(fault: Fault, sentence: str) -> None:
    with pytest.raises(ScenarioError, match=sentence):
        Faults(toy()).check(fault)


def test_out_of_range_may_be_below_the_range_and_knows_a_negative_factor() -> None:
    kept = toy()[0]
    raw = kept.raw_beyond("Falling")
    assert not -200 <= -raw <= 0
    text = TOY.replace("[0|255]", "[10|255]")
    messages: list[Message] = cantools.database.load_string(text, "dbc").messages  # type: ignore[union-attr]
    assert FrameBuilder(messages[0]).raw_beyond("Level") < 10


def test_an_implausible_state_is_never_the_true_one() -> None:
    tried = 0
    for message in load_vehicle("aster").messages:
        builder = FrameBuilder(message)
        for signal in message.signals:
            states = {str(name) for name in (signal.choices or {}).values()} - {"SNA"}
            for state in states if signal.name in builder.signals else ():
                faults, fault = Faults(ASTER), {"message": message.name, "signal": signal.name}
                honest = faults.frame(builder, {signal.name: state}, 0)
                faults.add(fault_from({"kind": "implausible", **fault}))
                assert faults.frame(builder, {signal.name: state}, 0) != honest, (fault, state)
                tried += 1
    assert tried > 50


def test_an_identifier_of_29_bits_is_said_to_be_one() -> None:
    world = World(load_scenario("parked"), ASTER)
    Control(world).answer("fault babble identifier=4000 extended=true")
    assert world.faults.babbling == (4000, True)
    world.faults.clear()
    Control(world).answer("fault babble identifier=40 extended=true")
    assert world.faults.babbling == (40, True)


def test_of_11_and_29_bits_the_first_11_decide_who_wins() -> None:
    order = [(0x0FF, False), (0x100, False), (0x100 << 18, True), (0x101, False)]
    assert sorted(set(order), key=lambda frame: rank(*frame)) == order


def test_a_message_of_29_bits_waits_for_the_lower_base() -> None:
    text = TOY.replace("BO_ 1 ", f"BO_ {(1 << 31) | 0x1000} ").replace("BO_ 2 ", "BO_ 3 ")
    text += 'BA_ "GenMsgCycleTime" BO_ 3 100;\n'
    messages: list[Message] = cantools.database.load_string(text, "dbc").messages  # type: ignore[union-attr]
    first = Schedule([FrameBuilder(message) for message in messages], 0.0).first(0.0)
    assert first is not None and first.identifier == 0x1000  # its first 11 bits are 0
