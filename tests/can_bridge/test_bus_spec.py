"""The text that names a bus."""

from __future__ import annotations

import pytest

from can_bridge import BusError, BusSpec, SpecError, parse_bus_spec
from can_bridge.bus import open_bus


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


@pytest.mark.parametrize(
    ("text", "part"),
    [("nothing:here", "no usable interface 'nothing'"), ("unix:../up", "no unix bus channel")],
)
def test_a_bus_that_cannot_be_opened(text: str, part: str) -> None:
    with pytest.raises(BusError, match=part) as caught:
        open_bus(parse_bus_spec(text), [])
    assert "\n" not in str(caught.value)
