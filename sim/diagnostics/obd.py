"""sim: an OBD-II request to one ECU in, its response out (SAE J1979, modes 01, 03 and 09)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from sim.car import Car
from sim.diagnostics.unit import Unit
from sim.trouble import CONFIRMED

MODES = (0x01, 0x03, 0x09)
_ENGINE_KW = 96.0
_MOST_PIDS = 6


def _byte(value: float) -> bytes:
    return bytes((min(max(round(value), 0), 255),))


def _word(value: float) -> bytes:
    return min(max(round(value), 0), 65_535).to_bytes(2, "big")


def _share(percent: float) -> bytes:
    return _byte(percent * 2.55)


def _celsius(degrees: float) -> bytes:
    return _byte(degrees + 40)


def _intake_c(car: Car) -> float:
    return car.outside_c + 0.15 * (car.coolant_c - car.outside_c)


def _air_kpa(car: Car) -> float:
    """The pressure of the air at the car's altitude (standard atmosphere)."""
    return float(101.325 * max(0.0, 1 - 2.25577e-5 * car.altitude_m) ** 5.25588)


_Pid = Callable[[Car], bytes]
_COMMON: Mapping[int, _Pid] = {
    0x0D: lambda car: _byte(car.speed_kmh),
    0x1F: lambda car: _word(car.trip_min * 60),
    0x42: lambda car: _word(car.voltage_v * 1000),
}
PIDS: Mapping[str, Mapping[int, _Pid]] = {
    "ECM": {
        **_COMMON,
        0x04: lambda car: _share(car.engine_kw / _ENGINE_KW * 100),
        0x05: lambda car: _celsius(car.coolant_c),
        0x0C: lambda car: _word(car.engine_rpm * 4),
        0x0F: lambda car: _celsius(_intake_c(car)),
        0x11: lambda car: _share(car.engine_kw / _ENGINE_KW * 100),
        0x2F: lambda car: _share(car.fuel_l / 42.0 * 100),
        0x33: lambda car: _byte(_air_kpa(car)),
        0x46: lambda car: _celsius(car.outside_c),
        0x5C: lambda car: _celsius(car.oil_c),
    },
    "HCU": {**_COMMON, 0x5B: lambda car: _share(car.battery_percent)},
}
"""ECU -> mode 01: PID -> its bytes; 00, 20, 40 and 01 are worked out."""


def answer(request: bytes, unit: Unit) -> bytes | None:
    """The response; None, as SAE J1979 wants it, where the ECU has nothing to say."""
    mode = request[0]
    if mode == 0x03:  # noqa: PLR2004
        codes = _confirmed(unit)
        return bytes((0x43, len(codes))) + b"".join(codes)
    if mode == 0x01:
        return _current(request[1 : 1 + _MOST_PIDS], unit)
    return _information(request[1], unit) if len(request) > 1 else None


def _confirmed(unit: Unit) -> list[bytes]:
    codes = unit.memory.of(unit.address.ecu)
    return [
        trouble.number.to_bytes(3, "big")[:2]
        for trouble, status in codes.items()
        if trouble.emission and status & CONFIRMED
    ]


def _current(pids: bytes, unit: Unit) -> bytes | None:
    table = PIDS.get(unit.address.ecu, _COMMON)
    response = b""
    for pid in pids:
        if pid % 0x20 == 0:
            bits = _supported(pid, (0x01, *table))
            response += bytes((pid, *bits)) if any(bits) or pid == 0 else b""
        elif pid == 0x01:
            lit = 0x80 if unit.car.engine_lamp != "off" and _confirmed(unit) else 0
            response += bytes((pid, lit | len(_confirmed(unit)), 0, 0, 0))
        elif pid in table:
            response += bytes((pid,)) + table[pid](unit.car)
    return b"\x41" + response if response else None


def _supported(first: int, pids: Iterable[int]) -> bytes:
    """Which of the 32 PIDs after `first` there are; the last says that more follow."""
    bits = 0
    for pid in pids:
        if first < pid <= first + 0x20:
            bits |= 1 << first + 0x20 - pid
        if pid > first + 0x20:
            bits |= 1
    return bits.to_bytes(4, "big")


def _information(kind: int, unit: Unit) -> bytes | None:
    items = {
        0x02: unit.text("vin").rjust(17, b"\0"),
        0x04: unit.text("calibration").ljust(16, b"\0")[:16],
        0x0A: f"{unit.address.ecu}-{unit.address.name}".encode("ascii")[:20].ljust(20, b"\0"),
    }
    if kind == 0:
        return bytes((0x49, 0)) + _supported(0, items)
    return bytes((0x49, kind, 1)) + items[kind] if kind in items else None
