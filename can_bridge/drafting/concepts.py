"""Drafting: the table of what is looked for in a DBC: words, unit, plausible values and VSS path."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Concept:
    """One kind of signal.  `{corner}` or `{side}` in the path is filled from the words of the name."""

    path: str
    patterns: tuple[frozenset[str], ...]
    """Every word of one of them must be in the name."""
    kind: str = "number"
    """`number`; `bool`; `gear` and `turn`, enumerations by the names of their values."""
    unit: str = ""
    low: float = 0.0
    high: float = 0.0
    """Plausible values in that unit; also the range of the drafted signal."""
    veto: frozenset[str] = frozenset()
    """With one of these words it is something else."""
    place: str = ""
    """`wheel`, `door`, `seat`, `side`: which place the name must name; "" if none."""
    true_words: frozenset[str] = frozenset()
    false_words: frozenset[str] = frozenset()
    """Of a bool: words in the name, or of a value, that say which value means true."""
    polarity_needed: bool = False
    """Leave it out unless a word says what 1 means."""
    needs_any: frozenset[str] = frozenset()
    """One of these words must be in the name or in that of the message."""
    or_beside: frozenset[str] = frozenset()
    """... or one of these in the name of another signal of the message."""
    signed: bool = False
    """It is negative to one side; a signal without a sign is only its amount."""
    lively: bool = False
    """It moves while driving: one that does is preferred to one that stands still."""
    telltale: tuple[str, str] = ("", "")
    """Name and colour, if it is a lamp of the cluster."""


def _w(text: str) -> tuple[frozenset[str], ...]:
    """`vehicle speed | speed` -> two patterns."""
    return tuple(frozenset(part.split()) for part in text.split("|"))


def _s(text: str) -> frozenset[str]:
    return frozenset(text.split())


NEVER = _s(
    "request target command limit maximum minimum average counter checksum quality fault offset "
    "calibration calib calibrated set unit units threshold previous prev predicted pred estimated relative rel "
    "delta gradient bias type option reserved reserve unused maybe unknown new button increment "
    "decrement increase decrease resolution supported config mux group rough fleet cruise acc lkas lka "
    "aeb fcw ldw trailer trlr map gps nav navi next curve reference ref id index timer time delay "
    "mic request recommend recommended suggestion override ovrd inhibit disable disabled learned "
    "filtered_ factor signature test service svc stored memory mem raw_ pc_ enable enabled reqst "
    "unstd inverted inv invert mask version coding learn wiper seatheat error tolerance change icon "
    "alert chime tone sound popup message menu"
)
"""Words that no signal of the car's own state has, whatever it is."""
NEVER_IN_MESSAGE = _s(
    "track tracks radar object obj target targets lead detection det camera cam lidar request command "
    "set cruise acc lkas trailer trlr map gps nav navi test diagnostic calibration recognition sign curve"
)
NEUTRAL = _s(
    "state actual display signal value val data info information sensor sens raw current real is on "
    "the of in vehicle status cluster clu indication ind meter ecu bcm ecm pcm tcm esp esc abs filtered "
    "active hi res hs w l can tx rx rcvd cf cr kph kmh mph mps degc percent km"
)
"""Words that change nothing."""

_DOOR_TRUE, _DOOR_FALSE = _s("open"), _s("closed")
_ON = _s("on active pressed engaged applied lit")
_OFF = _s("off inactive released")

CONCEPTS: tuple[Concept, ...] = (
    Concept(
        "Vehicle.Speed",
        _w("vehicle speed | speed | v signal | vehicle v"),
        unit="km/h",
        high=300,
        veto=_s(
            "wheel engine motor wind fan shaft turbine input output idle steering rotor pump limiter "
            "low high direction over shift warning control mode lever rate angle wiper rear front left "
            "right gear transmission clutch blower compressor cooling"
        ),
        lively=True,
    ),
    Concept(
        "Vehicle.Chassis.Axle.{corner}.Speed",
        _w("wheel speed"),
        unit="km/h",
        high=350,
        place="wheel",
        veto=_s("direction steering angle rpm count pulse tick ticks rolling"),
        lively=True,
    ),
    Concept(
        "Vehicle.Powertrain.CombustionEngine.Speed",
        _w("engine rpm | engine speed | rpm"),
        unit="rpm",
        high=10000,
        veto=_s(
            "wheel motor turbine shaft input output idle fan pump generator raddrehz turbo hybrid "
            "low high clutch idlg gear over mot rotor"
        ),
        lively=True,
    ),
    Concept(
        "Vehicle.Powertrain.ElectricMotor.Speed",
        _w("motor rpm | motor speed"),
        unit="rpm",
        low=-20000,
        high=25000,
        veto=_s(
            "wheel fan pump wiper engine window steering assist front rear left right mo blower"
        ),
        lively=True,
    ),
    Concept(
        "Vehicle.Powertrain.CombustionEngine.EngineCoolant.Temperature",
        _w("coolant temperature"),
        unit="°C",
        low=-50,
        high=160,
        veto=_s(
            "battery inverter motor outlet inlet transmission turn trn htr prk heater charger pe loop converter hv highvoltage ev"
        ),
    ),
    Concept(
        "Vehicle.Powertrain.CombustionEngine.EngineOil.Temperature",
        _w("oil temperature"),
        unit="°C",
        low=-50,
        high=200,
        veto=_s(
            "transmission turn trn gear gearbox trans tcm atf differential axle hydraulic getriebe motor clutch cvt at tcu"
        ),
    ),
    Concept(
        "Vehicle.Exterior.AirTemperature",
        _w("ambient temperature | ambient air temperature | out temperature"),
        unit="°C",
        low=-50,
        high=70,
        veto=_s(
            "battery coolant cabin intake tegra oil processor modeled model modelled duct engine vent"
        ),
    ),
    Concept(
        "Vehicle.Cabin.HVAC.AmbientAirTemperature",
        _w("cabin temperature | cabin air temperature"),
        unit="°C",
        low=-50,
        high=90,
        veto=_s("ambient coolant left right driver passenger duct outlet fan"),
    ),
    Concept(
        "Vehicle.Powertrain.TractionBattery.Temperature.Average",
        _w("highvoltage battery temperature"),
        unit="°C",
        low=-50,
        high=100,
        veto=_s("coolant inlet outlet cell"),
    ),
    Concept(
        "Vehicle.Chassis.Axle.{corner}.Tire.Pressure",
        _w("tire pressure | pressure"),
        unit="bar",
        high=6,
        place="wheel",
        veto=_s("brake fuel oil warning low state line cylinder rail manifold master"),
        needs_any=_s("tire"),
    ),
    Concept(
        "Vehicle.Chassis.Axle.{corner}.Tire.Temperature",
        _w("tire temperature | temperature"),
        unit="°C",
        low=-50,
        high=150,
        place="wheel",
        veto=_s("brake cabin ambient seat duct"),
        needs_any=_s("tire"),
    ),
    Concept(
        "Vehicle.Powertrain.FuelSystem.RelativeLevel",
        _w("fuel level | fuel tank level | fuel"),
        unit="%",
        high=105,
        veto=_s(
            "low warning consumption economy rate pressure pump trim ethanol alcohol range injection cut door rail flow used efficiency ecn oil temperature lid cap"
        ),
    ),
    Concept(
        "Vehicle.Powertrain.FuelSystem.AbsoluteLevel",
        _w("fuel level | fuel tank level | fuel"),
        unit="l",
        high=200,
        veto=_s(
            "low warning consumption economy rate pressure pump trim range injection cut door flow used rail"
        ),
    ),
    Concept(
        "Vehicle.TraveledDistance",
        _w("odometer | total distance"),
        unit="km",
        high=2_000_000,
        veto=_s("trip service fraction lane wheel visual"),
    ),
    Concept(
        "Vehicle.LowVoltageBattery.CurrentVoltage",
        _w("battery voltage | system voltage | supply voltage"),
        unit="V",
        low=5,
        high=18,
        veto=_s("highvoltage cell module pack traction hybrid hv bms sensor front"),
    ),
    Concept(
        "Vehicle.Powertrain.TractionBattery.CurrentVoltage",
        _w("highvoltage battery voltage | highvoltage voltage | pack voltage | battery voltage"),
        unit="V",
        low=40,
        high=1000,
        veto=_s("cell module"),
        needs_any=_s("pack bms battery hybrid"),
    ),
    Concept(
        "Vehicle.Powertrain.TractionBattery.StateOfCharge.Displayed",
        _w("soc | state charge | battery charge"),
        unit="%",
        high=100,
        veto=_s("low crit starter lead bs charger power port time"),
        needs_any=_s("highvoltage pack hybrid bms ev hybrid phev"),
        or_beside=_s("electric energy cell cells highvoltage"),
    ),
    Concept(
        "Vehicle.Chassis.SteeringWheel.Angle",
        _w("steering angle | steering wheel angle"),
        unit="degrees",
        low=-1080,
        high=1080,
        veto=_s(
            "rate speed torque fraction motor pinion column road safe acceleration control lane rear active sign front"
        ),
        signed=True,
        lively=True,
    ),
    Concept(
        "Vehicle.Chassis.Accelerator.PedalPosition",
        _w(
            "accelerator pedal position | accelerator pedal | accelerator position | pedal accelerator"
        ),
        unit="%",
        high=100,
        veto=_s("rate gradient pressed kickdown idle brake clutch interceptor state_ angle"),
        lively=True,
    ),
    Concept(
        "Vehicle.Chassis.Brake.PedalPosition",
        _w("brake pedal position | brake pedal | brake position"),
        unit="%",
        high=100,
        veto=_s("pressed applied parking light switch torque pressure rate force accelerator"),
        lively=True,
    ),
    Concept(
        "Vehicle.Chassis.Brake.IsPedalPressed",
        _w(
            "brake pressed | brake pedal pressed | driver brake | brake pedal on | brake switch | brake applied | brake pedal applied"
        ),
        kind="bool",
        veto=_s(
            "parking light computer hold abs emergency accelerator clutch regen auto pressure force system torque lamp warning pre"
        ),
        true_words=_s("pressed applied on active"),
        false_words=_s("released unpressed"),
        polarity_needed=True,
    ),
    Concept(
        "Vehicle.AngularVelocity.Yaw",
        _w("yaw rate"),
        unit="degrees/s",
        low=-180,
        high=180,
        veto=_s("acceleration lateral angle"),
        signed=True,
        lively=True,
    ),
    Concept(
        "Vehicle.Acceleration.Longitudinal",
        _w("longitudinal acceleration"),
        unit="m/s^2",
        low=-20,
        high=20,
        veto=_s("lateral diag pedal yaw"),
        signed=True,
        lively=True,
    ),
    Concept(
        "Vehicle.Acceleration.Lateral",
        _w("lateral acceleration"),
        unit="m/s^2",
        low=-20,
        high=20,
        veto=_s("longitudinal diag yaw"),
        signed=True,
        lively=True,
    ),
    Concept(
        "Vehicle.Powertrain.Transmission.SelectedGear",
        _w("gear | selector position | gear selector | gear position"),
        kind="gear",
        veto=_s(
            "paddle reverse park neutral manual tap up down mode ratio hybrid shift hydrogen alt"
        ),
    ),
    Concept(
        "Vehicle.Cabin.Door.{door}.IsOpen",
        _w("door"),
        kind="bool",
        place="door",
        veto=_s(
            "lock locked unlock window mirror handle courtesy light recirc blend fuel charge child latch"
            " closing opening any flap"
        ),
        true_words=_DOOR_TRUE,
        false_words=_DOOR_FALSE,
    ),
    Concept(
        "Vehicle.Body.Trunk.Rear.IsOpen",
        _w("trunk"),
        kind="bool",
        veto=_s("lock locked unlock front release switch light window glass set handle"),
        true_words=_DOOR_TRUE,
        false_words=_DOOR_FALSE,
    ),
    Concept(
        "Vehicle.Body.Hood.IsOpen",
        _w("hood"),
        kind="bool",
        veto=_s("lock light release switch_"),
        true_words=_DOOR_TRUE,
        false_words=_DOOR_FALSE,
    ),
    Concept(
        "Vehicle.Cabin.Seat.{seat}.IsBelted",
        _w("belt"),
        kind="bool",
        place="seat",
        veto=_s(
            "warning light reminder minder tension tensioner pretensioner gurtstraffer cancel lamp"
        ),
        true_words=_s("latched closed"),
        false_words=_s("unlatched open"),
        polarity_needed=True,
    ),
    Concept(
        "Vehicle.Chassis.ParkingBrake.IsEngaged",
        _w(
            "parking brake | parkbrake on | parkbrake applied | parkbrake engaged | parkbrake active"
            " | parkbrake closed"
        ),
        kind="bool",
        veto=_s("switch light auto hold torque force warning"),
        true_words=_s("on applied engaged active closed set"),
        false_words=_s("off released open"),
    ),
    Concept(
        "Vehicle.Body.Lights.DirectionIndicator.{side}.IsSignaling",
        _w("blinker | turn signal | turn light | turn indicator | turn | indicator"),
        kind="bool",
        place="side",
        veto=_s(
            "fault switch stalk lever mirror trailer distance bulb rear front direction torque comfort assist lane bsm bsd blind spot heat seat"
        ),
        true_words=_ON,
        false_words=_OFF,
    ),
    Concept(
        "Vehicle.Body.Lights.DirectionIndicator.{side}.IsSignaling",
        _w("turn signal | blinker | turn indicator"),
        kind="turn",
        veto=_s("left right switch"),
    ),
    Concept(
        "Vehicle.Body.Lights.Beam.High.IsOn",
        _w("high beam | main beam | light high"),
        kind="bool",
        veto=_s("auto flash toggle assist switch pressed low stalk warning"),
        true_words=_ON,
        false_words=_OFF,
    ),
    Concept(
        "Vehicle.Body.Lights.Beam.Low.IsOn",
        _w("low beam | light low | dipped beam"),
        kind="bool",
        veto=_s("auto assist switch pressed high drl left right warning stalk fuel"),
        true_words=_ON,
        false_words=_OFF,
    ),
    Concept(
        "Vehicle.Body.Lights.Parking.IsOn",
        _w("parking light | side light | position light"),
        kind="bool",
        veto=_s("brake left right switch stalk assist warning sensor off"),
        true_words=_ON,
        false_words=_OFF,
    ),
    Concept(
        "Vehicle.Body.Lights.Fog.Front.IsOn",
        _w("front fog | front fog light"),
        kind="bool",
        veto=_s("switch rear defog stalk left right"),
        true_words=_ON,
        false_words=_OFF,
    ),
    Concept(
        "Vehicle.Body.Lights.Fog.Rear.IsOn",
        _w("rear fog | rear fog light"),
        kind="bool",
        veto=_s("switch front defog stalk left right"),
        true_words=_ON,
        false_words=_OFF,
    ),
    Concept(
        "Vehicle.Body.Lights.Brake.IsActive",
        _w("brake light | stop light"),
        kind="bool",
        veto=_s("warning parking switch left right system high"),
        true_words=_ON,
        false_words=_OFF,
    ),
    Concept(
        "Vehicle.Body.Lights.Hazard.IsSignaling",
        _w("hazard | hazard light"),
        kind="bool",
        veto=_s("switch left right stalk"),
        true_words=_ON,
        false_words=_OFF,
    ),
    Concept(
        "CheckEngine",
        _w("check engine | mil light | mil | engine light"),
        kind="bool",
        veto=_s("oil stop start"),
        true_words=_ON,
        telltale=("Engine", "amber"),
    ),
    Concept(
        "ABS",
        _w("abs light | abs warning light | abs telltale"),
        kind="bool",
        veto=_s("off active_"),
        true_words=_ON,
        telltale=("Anti-lock brakes", "amber"),
    ),
    Concept(
        "Airbag",
        _w("airbag light | airbag telltale | airbag warning light"),
        kind="bool",
        veto=_s("passenger off"),
        true_words=_ON,
        telltale=("Airbag", "red"),
    ),
    Concept(
        "OilPressure",
        _w("oil pressure light | oil pressure warning light | oil pressure telltale"),
        kind="bool",
        true_words=_ON,
        telltale=("Engine oil pressure", "red"),
    ),
    Concept(
        "TyrePressure",
        _w("tire light | tire pressure light | tire warning light | tire pressure telltale"),
        kind="bool",
        veto=_s("front rear left right"),
        true_words=_ON,
        telltale=("Tyre pressure", "amber"),
    ),
)

GEAR_WORDS = {
    "p": "park",
    "park": "park",
    "parking": "park",
    "r": "reverse",
    "rev": "reverse",
    "reverse": "reverse",
    "rvrse": "reverse",
    "n": "neutral",
    "neutral": "neutral",
    "ntrl": "neutral",
    "d": "drive",
    "drive": "drive",
    "drv": "drive",
    "s": "sport",
    "sport": "sport",
    "l": "low",
    "low": "low",
    "b": "brake",
    "m": "manual",
    "manual": "manual",
}
"""Names of a gear value -> word of Vehicle.Powertrain.Transmission.SelectedGear."""
