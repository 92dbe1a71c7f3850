"""Drafting: the name of a signal or message comes in, the words that it is made of go out.

Names are CamelCase, snake_case or run together, abbreviated, and in English or German.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

_PIECE = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")

_SAME = """
speed: spd velocity vel geschw geschwindigkeit v_signal
vehicle: veh car vhcl fahrzeug fzg
wheel: whl wheels rad
engine: eng
rpm: drehzahl drehz
temperature: temp tmp tempr tmpr temperatur
coolant: clnt coolnt kuehlmittel kuehlwasser water ect clt
oil: oel
ambient: amb outdoor outsd outside exterior aussen oat ots
cabin: incar interior inside innen innenraum
air: luft
odometer: odo kilometerstand mileage odom odomtr
distance: dist dst
total: tot ttl
fuel: kraftstoff
level: lvl fuellstand
tank: tnk
door: doors drs tuer tuere
open: opened offen geoeffnet ajar ajr
closed: geschlossen
hood: bonnet motorhaube
trunk: boot tailgate liftgate hatch hatchback decklid heckklappe
belt: seatbelt sbelt sblt seatblt buckle bckl gurt gurtschloss safetybelt belts
latched: fastened buckled belted gesteckt ltchd fstnd
unlatched: unfastened unbuckled unbelted
driver: drv drvr dri fahrer
passenger: pass psngr psg passgr ast beifahrer pasngr
pressure: press pres prss prs druck
tire: tyre tires tyres tyr reifen tpms tpm
steering: steer strg lenkung lenkrad lenk
angle: winkel ang
pedal: pdl
accelerator: gas fahrpedal throttlepedal accpedal
brake: brk brak brakes bremse
parking: park
parkbrake: handbrake handbrk epb feststellbremse
light: lights lamp lamps licht lampe headlight headlights headlamp headlamps
beam: beams
turn: trn
signal: sig sgnl signals
blinker: blink blinkers blinken
left: lft links lt li lh
right: rgt rechts rt re rh
front: frt frnt vorn vorne
rear: hinten rr_
battery: batt bat batterie
voltage: volt volts vltg spannung
current: strom
gear: gang fahrstufe shifter prndl prnd
selector: lever lvr lever waehlhebel
state: stat status sts st
actual: act actl ist
display: dsply disp displayed
request: req rq rqst requested anf anforderung
target: tgt tar trgt soll wunsch desired setpoint setpt
command: cmd cmnd
limit: lmt lim limiter begrenzung
maximum: max
minimum: min
average: avg mean mittlere mean
counter: cnt ctr alive rolling zaehler bz
checksum: chksum crc chk cs cks checks
quality: qf qbit qualifier qual validity valid vld
fault: flt falt fail failure error err defekt malfunction
warning: warn wrn wrng warnung
switch: sw swtch
position: pos
acceleration: accel acc_ beschleunigung beschl
longitudinal: long longi lgt laengs
lateral: lat quer
rate: rt_
yaw: gier
highvoltage: hv hvbat hochvolt traction
"""


def _canonical() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for line in _SAME.strip().splitlines():
        word, others = line.split(":")
        found |= dict.fromkeys(others.split(), word)
        found[word] = word
    return MappingProxyType(found)


_CANONICAL = _canonical()
_TOGETHER = frozenset(
    "vehicle car wheel speed seat belt engine oil coolant fuel level tank door open closed hood trunk "
    "driver passenger pressure tire tyre steering steer angle gas brake parking park light lamp beam "
    "turn signal blinker left right front rear battery voltage gear odometer temperature temp ambient "
    "outside air rpm pedal pos rate yaw warn fog high low cruise set status state latched unlatched "
    "hand lock locked unlock head checksum counter water cluster display accelerator position cabin"
    " spd veh whl eng clnt temp tmp batt volt lvl tyr prs pres press drv psngr belt brk odo total dist"
    " sensor vorne hinten links rechts tuer rad geschw geschwindigkeit drehzahl temperatur oel aussen "
    "lenkrad winkel druck gurt schloss bremse pedal fahr".split()
)
_CORNERS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "fl": ("front", "left"),
        "lf": ("front", "left"),
        "fr": ("front", "right"),
        "rf": ("front", "right"),
        "rl": ("rear", "left"),
        "lr": ("rear", "left"),
        "rr": ("rear", "right"),
        "vl": ("front", "left"),
        "vr": ("front", "right"),
        "hl": ("rear", "left"),
        "hr": ("rear", "right"),
    }
)
_GERMAN_CORNERS = frozenset({"vl", "vr", "hl", "hr"})
_PLACED = frozenset({"tire", "wheel", "door", "window"})
_PLACES = frozenset({"front", "rear", "left", "right", "driver", "passenger"})
# Letters that say something only beside one of these words: U_BATT, TPMS_P_FL, N_Eng, DR_AJAR.
_BESIDE: tuple[tuple[str, str, frozenset[str]], ...] = tuple(
    (word, meaning, frozenset(near.split()))
    for word, meaning, near in (
        ("p", "pressure", "tire"),
        ("pr", "pressure", "tire"),
        ("t", "temperature", "tire coolant oil ambient engine cabin"),
        ("u", "voltage", "battery"),
        ("ub", "battery voltage", "battery voltage"),
        ("n", "rpm", "engine"),
        ("dr", "driver", "belt seat"),
        ("dr", "door", "open closed lock locked fl fr rl rr lf rf lr front rear left right"),
    )
)


@cache
def words_of(name: str) -> tuple[str, ...]:
    """`VehSpd_Avg` -> vehicle, speed, average."""
    found: list[str] = []
    for piece in _PIECE.findall(name):
        word = piece.lower()
        found += [word] if word in _CANONICAL or word in _CORNERS else _parts(word)
    if "long" in found and not {"accel", "acceleration"} & set(found):
        found.remove("long")
    return spelled_out(tuple(_CANONICAL.get(word, word) for word in found))


def spelled_out(words: tuple[str, ...], around: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """Letters that stand for a word beside certain others, in the name or around it, as that word."""
    spoken: list[str] = []
    for place, word in enumerate(words):
        near = {*words[:place], *words[place + 1 :], *around}
        meant = (
            meaning for letters, meaning, beside in _BESIDE if letters == word and near & beside
        )
        spoken += next(meant, word).split()
    return tuple(spoken)


def _parts(word: str) -> list[str]:
    """`seatbelt` -> seat, belt; the word itself if it is not made of known ones."""
    if len(word) < 6 or word in _TOGETHER:  # noqa: PLR2004
        return [word]
    ways: dict[int, list[str]] = {0: []}
    for end in range(1, len(word) + 1):
        for start in range(max(0, end - 15), end):
            if start in ways and word[start:end] in _TOGETHER and end not in ways:
                ways[end] = [*ways[start], word[start:end]]
    return ways.get(len(word), [word])


def with_corners(words: tuple[str, ...], siblings: frozenset[str]) -> tuple[str, ...]:
    """FL, RR and the like as front left, rear right, where the message names several corners.

    Alone `fr` may be front, `rr` rear and `fl` fuel: then they are left as they are, unless the name
    itself is about a wheel or a door, of which each has one corner, or about a level.
    """
    corners = {word for word in siblings if word in _CORNERS}
    said = set(words)
    if len(corners) == 1 and not corners & _GERMAN_CORNERS:
        if said & _PLACED and not said & _PLACES:
            return tuple(part for word in words for part in _CORNERS.get(word, (word,)))
        if "level" in said:
            return tuple("fuel" if word == "fl" else word for word in words)
    if len(corners) < 2 or (corners <= _GERMAN_CORNERS and len(corners) < 3):  # noqa: PLR2004
        return words
    found: list[str] = []
    for word in words:
        found += _CORNERS.get(word, (word,))
    return tuple(found)
