"""sim: the car and the ECUs that are missing in, the trouble codes that each ECU stores out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sim.car import WHEELS, Car
from sim.lamps import HOT_C, LOW_VOLTAGE_V, tyre_is_low

FAILED, FAILED_THIS_CYCLE, PENDING, CONFIRMED = 0x01, 0x02, 0x04, 0x08
FAILED_SINCE_CLEAR, WARNING = 0x20, 0x80
STATUS_BITS = FAILED | FAILED_THIS_CYCLE | PENDING | CONFIRMED | FAILED_SINCE_CLEAR | WARNING
"""Bits of the status byte that the ECUs keep (ISO 14229-1, D.2)."""

_CONFIRMED_AFTER_S = 2.0


@dataclass(frozen=True, slots=True)
class Trouble:
    """One code that an ECU can store."""

    ecu: str
    code: str
    """As SAE J2012 writes it, such as P0217."""
    present: Callable[[Car, frozenset[str]], bool]
    """Whether it is there now; the second argument: ECUs that are not heard."""
    why: str
    lamp: bool = True
    """Whether a telltale asks the driver to look."""
    emission: bool = False
    """Whether it lights the engine lamp and is told in OBD-II mode 03."""

    @property
    def number(self) -> int:
        """The three bytes of UDS: two of the code, none of a failure type."""
        letter = "PCBU".index(self.code[0]) << 14
        return (letter | int(self.code[1:], 16)) << 8


def _defect(name: str) -> Callable[[Car, frozenset[str]], bool]:
    return lambda car, missing: name in car.defects


def _low(wheel: str) -> Callable[[Car, frozenset[str]], bool]:
    return lambda car, missing: tyre_is_low(car, wheel)


def _missing(ecu: str) -> Callable[[Car, frozenset[str]], bool]:
    return lambda car, missing: ecu in missing


# ECU that is not heard: its code, and who misses it
_LOST = {
    "ECM": ("U0100", ("HCU", "ESC", "ICL")),
    "HCU": ("U0293", ("ECM", "EMU", "ICL")),
    "EMU": ("U0111", ("HCU", "ICL")),
    "ESC": ("U0121", ("HCU", "ADA", "ICL")),
    "TPM": ("U0127", ("ICL",)),
    "EPB": ("U0128", ("ESC",)),
    "EPS": ("U0131", ("ESC", "ADA")),
    "BCM": ("U0140", ("HCU", "ICL")),
    "SRS": ("U0151", ("ICL",)),
    "ICL": ("U0155", ("BCM",)),
    "HVC": ("U0164", ("BCM",)),
    "IVI": ("U0184", ("ICL",)),
    "SWM": ("U0212", ("BCM",)),
    "ADA": ("U0104", ("ESC", "ICL")),
}

TROUBLES: tuple[Trouble, ...] = (
    Trouble("ECM", "P0217", lambda car, _: car.coolant_c > HOT_C, "the coolant is too hot"),
    Trouble(
        "ECM",
        "P2600",
        lambda car, _: car.cooling_failed and car.engine_running,
        "the coolant pump does not turn",
        lamp=False,
    ),
    Trouble("ECM", "P0301", _defect("misfire"), "cylinder 1 misfires", emission=True),
    Trouble("ECM", "P0420", _defect("catalyst"), "the catalytic converter is weak", emission=True),
    Trouble("ECM", "P0128", _defect("thermostat"), "the engine stays too cool", emission=True),
    Trouble("ECM", "P0524", _defect("oil_pump"), "the oil pressure is too low"),
    Trouble(
        "ECM", "P0562", lambda car, _: car.voltage_v < LOW_VOLTAGE_V, "the 12-volt supply is low"
    ),
    Trouble("HCU", "P0A78", _defect("inverter"), "the inverter limits its power", emission=True),
    Trouble("HCU", "P0AA6", _defect("isolation"), "the high-voltage system is not isolated"),
    Trouble("HCU", "P0A94", _defect("dcdc"), "the 12-volt system is not charged"),
    Trouble("ESC", "C0035", _defect("wheel_sensor"), "the front left wheel sensor is silent"),
    Trouble("SRS", "B0001", _defect("airbag"), "the driver's airbag is not ready"),
    Trouble("BCM", "B1A05", _defect("bulb"), "a lamp of the dipped beam is broken"),
    Trouble("ADA", "C1A10", _defect("camera"), "the windscreen camera sees nothing"),
    *(
        Trouble("TPM", f"C150{number}", _low(wheel), f"the {wheel.replace('_', ' ')} tyre is low")
        for number, wheel in enumerate(WHEELS, 1)
    ),
    *(
        Trouble(ecu, code, _missing(lost), f"{lost} is not heard", lamp=False)
        for lost, (code, ecus) in _LOST.items()
        for ecu in ecus
    ),
)
"""Every code of every ECU, and what sets it."""


class TroubleMemory:
    """What the ECUs remember; nothing clears it."""

    def __init__(self) -> None:
        """Nothing has ever failed."""
        self._failing_s = dict.fromkeys(TROUBLES, 0.0)
        self._status = dict.fromkeys(TROUBLES, 0)

    def look(self, car: Car, missing: frozenset[str], step_s: float) -> None:
        """Take the car as it was for `step_s`; sets the engine lamp."""
        for trouble in TROUBLES:
            self._status[trouble] = self._looked(trouble, car, missing, step_s)
        lit = [t for t, status in self._status.items() if t.emission and status & CONFIRMED]
        flashing = "misfire" in car.defects and car.engine_running
        car.engine_lamp = "flashing" if lit and flashing else "on" if lit else "off"

    def _looked(self, trouble: Trouble, car: Car, missing: frozenset[str], step_s: float) -> int:
        status = self._status[trouble]
        if not trouble.present(car, missing) or trouble.ecu in missing:
            self._failing_s[trouble] = 0.0
            return status & ~FAILED & ~(0 if trouble.emission else WARNING)
        self._failing_s[trouble] += step_s
        status |= FAILED | FAILED_THIS_CYCLE | PENDING | FAILED_SINCE_CLEAR
        if self._failing_s[trouble] >= _CONFIRMED_AFTER_S:
            status |= CONFIRMED | (WARNING if trouble.lamp else 0)
        return status

    def of(self, ecu: str) -> dict[Trouble, int]:
        """The codes of an ECU and their status bytes."""
        return {t: status for t, status in self._status.items() if t.ecu == ecu}
