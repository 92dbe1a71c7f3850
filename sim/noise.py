"""sim: the values of a message in, the same as its sensors measure them out; the same for a seed."""

from __future__ import annotations

import random
import zlib
from collections.abc import Mapping

from sim.ecus.values import Values

_SPREAD: Mapping[str, Mapping[str, float]] = {
    "ECM_Engine": {"EngineSpeed": 6.0, "EngineTorque": 1.0},
    "ECM_Temperatures": {"OilPressure": 0.05},
    "EMU_Battery": {"BatteryPower": 0.1},
    "ESC_Speed": {"VehicleSpeed": 0.03, "LongitudinalAcceleration": 0.03},
    "ESC_Wheels": {
        "WheelSpeedFrontLeft": 0.1,
        "WheelSpeedFrontRight": 0.1,
        "WheelSpeedRearLeft": 0.1,
        "WheelSpeedRearRight": 0.1,
    },
    "EPS_Steering": {"SteeringAngle": 0.2},
    "BCM_Power": {"BatteryVoltage": 0.02},
    "IVI_Position": {"Latitude": 1e-5, "Longitude": 1e-5},
}
"""Message -> signal -> standard deviation in the DBC's unit, at strength 1."""


class Noise:
    """What sensors add to the truth; nothing at strength 0."""

    def __init__(self, seed: int = 0, strength: float = 0.0) -> None:
        """Each message has a sequence of its own, so that their order does not matter."""
        self.seed = seed
        self._strength = strength
        self._random = {
            name: random.Random(seed << 32 | zlib.crc32(name.encode())) for name in _SPREAD
        }

    def heard(self, message: str, values: Values) -> Values:
        """The values with noise; what stands still at 0 stays there."""
        if not self._strength or message not in _SPREAD:
            return values
        dice = self._random[message]
        noisy = dict(values)
        for signal, spread in _SPREAD[message].items():
            error = dice.gauss(0.0, spread * self._strength)
            true = values.get(signal)
            if isinstance(true, int | float) and true:
                noisy[signal] = true + error
        return noisy
