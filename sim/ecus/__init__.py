"""sim: the car in, the physical values of each message out: what each ECU knows and sends."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sim.car import Car
from sim.ecus import body, chassis, infotainment, powertrain
from sim.ecus.values import Values

OUTPUTS: Mapping[str, Callable[[Car], Values]] = {
    "ECM_Engine": powertrain.engine,
    "HCU_Drive": powertrain.drive,
    "ECM_Temperatures": powertrain.temperatures,
    "EMU_Fuel": powertrain.fuel,
    "EMU_Battery": powertrain.battery,
    "EMU_Charging": powertrain.charging,
    "ESC_Speed": chassis.speed,
    "ESC_Wheels": chassis.wheels,
    "ESC_Status": chassis.stability,
    "EPS_Steering": chassis.steering,
    "TPM_Pressures": chassis.tyre_pressures,
    "TPM_Temperatures": chassis.tyre_temperatures,
    "EPB_Status": chassis.parking_brake,
    "ADA_Status": chassis.assistance,
    "BCM_Doors": body.doors,
    "BCM_Windows": body.windows,
    "BCM_Lights": body.lights,
    "BCM_Wipers": body.wipers,
    "BCM_Power": body.power,
    "SRS_Belts": body.belts,
    "ICL_Telltales1": body.telltales,
    "ICL_Telltales2": body.telltales,
    "ICL_Distance": body.distance,
    "ICL_Averages": body.averages,
    "ICL_Service": body.service,
    "HVC_Climate": body.climate,
    "SWM_Buttons": body.buttons,
    "IVI_Media": infotainment.media,
    "IVI_Route": infotainment.route,
    "IVI_Position": infotainment.position,
    "IVI_Heading": infotainment.heading,
}
"""Message of the DBC -> what its ECU sends; a message that is not here is sent as not available."""


def values_of(message: str, car: Car) -> Values:
    """The physical values of a message."""
    output = OUTPUTS.get(message)
    return output(car) if output is not None else {}
