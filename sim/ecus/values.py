"""sim: the words that the ECUs share."""

from __future__ import annotations

from sim.car import WHEELS
from sim.frame import Physical

Values = dict[str, Physical]
"""Signal of a message -> its physical value."""

SUFFIX = {wheel: "".join(part.title() for part in wheel.split("_")) for wheel in WHEELS}
"""Wheel -> the end of the names of its signals."""
