"""Fixtures: a short folder for sockets, the Aster profile, and a vehicle that can be broken."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from can_bridge import VehicleProfile, load_profile

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def runtime_folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of its own for sockets, short enough for their paths."""
    folder = Path(tempfile.mkdtemp(prefix="au"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def aster() -> VehicleProfile:
    """The profile of the vehicle in config."""
    return load_profile(ROOT / "config/vehicles/aster")


VEHICLE = """
id = "toy"
name = "Toy"
[bus]
bitrate = 500_000
dbc = ["toy.dbc"]
[tyres]
fitted = "R17"
load = "normal"
low_fraction = 0.9
[[tyres.placard]]
tyre = "R17"
load = "normal"
front_bar = 2.4
rear_bar = 2.0
"""

DBC = """
VERSION ""
NS_ :
BS_:
BU_: ECU
BO_ 256 Motion: 8 ECU
 SG_ Crc : 0|8@1+ (1,0) [0|255] "" ECU
 SG_ Cnt : 8|4@1+ (1,0) [0|15] "" ECU
 SG_ Speed : 16|16@1+ (0.01,0) [0|260] "km/h" ECU
 SG_ Gear : 32|3@1+ (1,0) [0|7] "" ECU
 SG_ DoorOpen : 36|2@1+ (1,0) [0|3] "" ECU
 SG_ BootOpen : 38|2@1+ (1,0) [0|3] "" ECU
BO_ 257 Slow: 4 ECU
 SG_ Angle : 7|16@0- (0.1,0) [-800|800] "degrees" ECU
 SG_ Pressure : 23|8@0+ (0.02,0) [0|5] "bar" ECU
BA_DEF_ BO_ "GenMsgCycleTime" INT 0 10000;
BA_DEF_DEF_ "GenMsgCycleTime" 0;
BA_ "GenMsgCycleTime" BO_ 256 100;
BA_ "GenMsgCycleTime" BO_ 257 1000;
VAL_ 256 Gear 0 "Park" 1 "DriveForward" 7 "SNA" ;
"""

SIGNALS = """
[freshness]
cycles = 5
minimum_s = 0.2
[messages]
Motion = { counter = "Cnt", checksum = "Crc", algorithm = "crc8_sae_j1850" }
[signals]
"Vehicle.Speed" = { message = "Motion", signal = "Speed", unit = "km/h", invalid = [65535] }
"Vehicle.Gear" = { message = "Motion", signal = "Gear", kind = "enum", invalid = [7] }
"Vehicle.Door" = { message = "Motion", signal = "DoorOpen", kind = "bool", invalid = [3] }
"Vehicle.Boot" = { message = "Motion", signal = "BootOpen", kind = "bool", invalid = [3] }
"Vehicle.Angle" = { message = "Slow", signal = "Angle", unit = "degrees", range = [-800, 800] }
"Vehicle.Tyre" = { message = "Slow", signal = "Pressure", unit = "bar", invalid = [255] }
[telltales]
[derived."Vehicle.Derived.Open"]
rule = "list_true"
inputs = ["Vehicle.Door", "Vehicle.Boot"]
labels = ["door", "boot"]
[derived."Vehicle.Derived.AnyTyreLow"]
rule = "any_tyre_low"
inputs = ["Vehicle.Tyre"]
axles = ["rear"]
"""

ToyFolder = Callable[..., Path]


@pytest.fixture
def toy_folder(tmp_path: Path) -> ToyFolder:
    """Writes the folder of a small vehicle, with texts replaced: {file: (old, new)}."""

    def write(**changes: tuple[str, str]) -> Path:
        files = {"vehicle": VEHICLE, "signals": SIGNALS, "dbc": DBC}
        names = {"vehicle": "vehicle.toml", "signals": "signals.toml", "dbc": "toy.dbc"}
        for key, text in files.items():
            old, new = changes.get(key, ("", ""))
            assert old in text
            (tmp_path / names[key]).write_text(text.replace(old, new) if old else text)
        return tmp_path

    return write


@pytest.fixture
def toy(toy_folder: ToyFolder) -> VehicleProfile:
    """The profile of the small vehicle."""
    return load_profile(toy_folder())
