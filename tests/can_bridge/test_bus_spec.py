"""The text that names a bus."""

from __future__ import annotations

import importlib.util
import re
import signal
from dataclasses import replace
from pathlib import Path

import can
import can.interfaces
import pytest

from can_bridge import BusError, BusSpec, SpecError, VehicleProfile, parse_bus_spec
from can_bridge.bus import LISTEN_ONLY, open_bus, parse_bus_specs
from can_bridge.cli import main
from can_bridge.vehicle import open_vehicle
from tests.can_bridge.conftest import ToyFolder


@pytest.mark.parametrize(
    ("text", "spec"),
    [
        ("unix:aster", BusSpec("unix", "aster")),
        ("socketcan:can0@500000", BusSpec("socketcan", "can0", 500_000)),
        ("udp_multicast:239.74.163.2", BusSpec("udp_multicast", "239.74.163.2")),
        ("udp_multicast:ff15:7079::1", BusSpec("udp_multicast", "ff15:7079::1")),
        ("unix:/run/auriga/bus", BusSpec("unix", "/run/auriga/bus")),
    ],
)
def test_forms(text: str, spec: BusSpec) -> None:
    assert parse_bus_spec(text) == spec
    assert str(spec) == text


@pytest.mark.parametrize("text", ["", "unix", "unix:", ":aster", "unix:aster@fast", "UNIX:aster"])
def test_what_is_none(text: str) -> None:
    with pytest.raises(SpecError, match="interface:channel"):
        parse_bus_spec(text)


RATES = ["0", "1", "9999", "1000001", "99999999999999999999", "9" * 5000]


@pytest.mark.parametrize("rate", RATES, ids=lambda rate: rate[:8])
def test_a_bit_rate_that_no_bus_has_is_refused_as_in_vehicle_toml(rate: str) -> None:
    with pytest.raises(SpecError, match="expected 10000 to 1000000 bit/s") as caught:
        parse_bus_spec(f"socketcan:can0@{rate}")
    assert len(str(caught.value)) < 250


@pytest.mark.parametrize("text", ["unix:../up", "unix:a/b/../c", "unix:.hidden", "unix:a b"])
def test_a_unix_channel_that_none_can_have_names_no_bus(text: str) -> None:
    with pytest.raises(SpecError, match="a name of letters"):
        parse_bus_spec(text)


@pytest.mark.parametrize(
    "text",
    ["unix:b,unix:b", "unix:a,unix:b,unix:a", "socketcan:can0,socketcan:can0@500000"],
)
def test_a_bus_that_is_given_twice_is_refused(text: str) -> None:
    with pytest.raises(SpecError, match="is given twice; name each bus once"):
        parse_bus_specs(text)


def test_nothing_is_set_on_a_bus_that_is_given_twice(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["set", "Vehicle.Body.Lights.LightSwitch", "auto", "--bus", "unix:b,unix:b"]
    assert main(words) == 2
    assert "unix:b is given twice" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["record", "replay"])
@pytest.mark.parametrize("bus", ["unix:a,unix:b", "socketcan:can0,socketcan:can1"])
def test_a_recording_is_of_one_bus_at_a_time(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, command: str, bus: str
) -> None:
    file = tmp_path / "a.log"
    assert main([command, str(file), "--bus", bus]) == 2
    said = capsys.readouterr().err
    assert f"this takes one bus at a time, and {bus.replace(',', ', ')} are given" in said
    assert not file.exists()


def test_a_bus_that_cannot_be_opened() -> None:
    with pytest.raises(BusError, match="no interface 'nothing'; choose one of") as caught:
        open_bus(parse_bus_spec("nothing:here"), [])
    assert "\n" not in str(caught.value)


class HalfOpen(can.BusABC):
    """An interface that throws when it is half open, as those without their library do."""

    def __init__(self, problem: Exception) -> None:
        super().__init__(channel=0)
        raise problem

    def send(self, msg: can.Message, timeout: float | None = None) -> None:
        """Never called."""


@pytest.mark.parametrize(
    ("problem", "part"),
    [
        (NameError("name 'canGetNumberOfChannels' is not defined"), "install its driver"),
        (ImportError("Please install python-ics"), "install its driver"),
        (KeyError("channel"), "check that the channel exists"),
        (RuntimeError(), "RuntimeError"),
        (OSError(97, "Address family not supported"), "Address family not supported"),
    ],
)
def test_whatever_an_interface_throws_is_one_sentence_and_no_other_line(
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    problem: Exception,
    part: str,
) -> None:
    monkeypatch.setattr(can, "Bus", lambda **_: HalfOpen(problem))
    with pytest.raises(BusError, match=part) as caught:
        open_bus(parse_bus_spec("kvaser:0"), [])
    assert "\n" not in str(caught.value) and caught.value.exit_code == 4
    assert not caplog.records


def test_an_interface_that_is_known_and_not_usable_is_not_offered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    missing = can.CanInterfaceNotImplementedError("Cannot import module")
    monkeypatch.setattr(can, "Bus", lambda **_: HalfOpen(missing))
    with pytest.raises(BusError, match=r"'ixxat' is not usable here \(Cannot import"):
        open_bus(parse_bus_spec("ixxat:0"), [])


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    """What python-can is told when a bus is opened; here no driver opens one."""
    told: list[dict[str, object]] = []

    def refuse(**options: object) -> None:
        told.append(options)
        raise can.CanInitializationError("no such device")

    monkeypatch.setattr(can, "Bus", refuse)
    return told


@pytest.mark.parametrize("interface", LISTEN_ONLY)
def test_a_bus_on_which_nothing_may_be_sent_is_opened_listen_only(
    opened: list[dict[str, object]], aster: VehicleProfile, interface: str
) -> None:
    nothing_listed = replace(aster, commands={}, diagnostics=None)
    with pytest.raises(BusError, match="no such device"):
        open_vehicle(nothing_listed, f"{interface}:0@500000")
    with pytest.raises(BusError):
        open_vehicle(aster, f"{interface}:0", may_send=True)
    listening, sending = opened
    assert listening.items() >= LISTEN_ONLY[interface].items()
    assert not LISTEN_ONLY[interface].keys() & sending.keys()


@pytest.mark.parametrize("command", ["monitor", "set", "serve", "diagnose"])
def test_every_command_listens_only_to_a_vehicle_that_lists_nothing(
    opened: list[dict[str, object]],
    toy_folder: ToyFolder,
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(signal, "signal", lambda number, handler: None)
    options = ["--vehicle", str(toy_folder()), "--bus", "pcan:PCAN_USBBUS1"]
    more = {"set": ["Vehicle.Speed", "1"], "serve": ["--listen", f"unix:{tmp_path}/s"]}
    assert main([command, *more.get(command, []), *options]) == 4
    assert [told["state"] for told in opened] == [can.BusState.PASSIVE]


@pytest.mark.parametrize("interface", LISTEN_ONLY)
def test_python_can_knows_the_option(interface: str) -> None:
    found = importlib.util.find_spec(can.interfaces.BACKENDS[interface][0])
    assert found is not None and found.origin is not None
    file = Path(found.origin)  # read and not imported, since some modules want their driver
    files = file.parent.glob("*.py") if file.name == "__init__.py" else [file]
    source = "".join(one.read_text(encoding="utf-8") for one in files)
    for option in LISTEN_ONLY[interface]:
        assert re.search(rf'\b{option}\b *[:=]|get\("{option}"', source), option
