"""`python -m can_bridge diagnose`, as a process on a bus with one control unit."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
TABLE = """
[diagnostics]
[[diagnostics.ecu]]
id = "TPM"
request = 0x713
response = 0x71B
[tyres]
"""
ANSWERS = {
    b"\x22\xf1\x97": b"\x62\xf1\x97TYRES",
    b"\x22\xf1\x90": b"\x62\xf1\x90AUR0TEST000000017",
    b"\x19\x02\x0c": b"\x59\x02\xff\xc1\x00\x87\x2c\x55\x01\x00\x08",
}


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "can_bridge", "diagnose", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_report_is_text_or_json(bench: Any, ecus: Any, toy_folder: Any) -> None:
    bench.ecu(ecus["TPM"], ANSWERS)
    where = ("--vehicle", str(toy_folder(vehicle=("[tyres]", TABLE))))
    result = run(*where, "--bus", f"unix:{bench.channel}")
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines() == [
        "VIN  AUR0TEST000000017",
        "",
        "Control units",
        "  TPM  TYRES",
        "",
        "Trouble codes",
        "  TPM  U0100-87  confirmed, pending: The engine control module is not heard "
        "(network, generic)",
        "  TPM  C1501-00  confirmed (chassis, maker-specific)",
    ]
    report = json.loads(run(*where, "--bus", f"unix:{bench.channel}", "--json").stdout)
    assert report["vin"] == "AUR0TEST000000017"
    assert report["dtcs"][1] == {
        "ecu": "TPM",
        "code": "C1501",
        "failure_type": 0,
        "status": ["confirmed"],
        "structure": "chassis, maker-specific",
        "text": None,
    }


def test_a_bus_on_which_nobody_answers_is_one_sentence(toy_folder: Any) -> None:
    result = run("--vehicle", str(toy_folder(vehicle=("[tyres]", TABLE))), "--bus", "unix:empty")
    assert result.returncode == 1
    assert result.stderr.startswith("can_bridge: no control unit on unix:empty answered;")
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("frames", "said"),
    [
        (["037F{service}22"], "TPM was asked for 22 f1 90: its conditions for this are not met"),
        (["1014623344556677", "2500112233445566"], "TPM was asked for 22 f1 90, but"),
    ],
    ids=["refused", "wrong sequence"],
)
def test_what_a_unit_said_instead_of_an_answer_is_shown(
    bench: Any, ecus: Any, toy_folder: Any, frames: list[str], said: str
) -> None:
    def react(data: bytes) -> list[bytes]:
        if data[0] >> 4 != 0:
            return []
        return [bytes.fromhex(text.format(service=f"{data[1]:02X}")) for text in frames]

    bench.raw(ecus["TPM"], react)
    where = ("--vehicle", str(toy_folder(vehicle=("[tyres]", TABLE))))
    result = run(*where, "--bus", f"unix:{bench.channel}", "--ecu", "TPM")
    assert result.returncode == 1 and result.stdout == ""
    assert said in result.stderr
    assert "no control unit" not in result.stderr


def test_a_vehicle_without_control_units_is_one_sentence(toy_folder: Any) -> None:
    result = run("--vehicle", str(toy_folder()), "--bus", "unix:empty")
    assert result.returncode == 2
    assert "the files of Toy list no control unit" in result.stderr


def test_a_unit_that_the_vehicle_does_not_have_is_one_sentence(toy_folder: Any) -> None:
    where = ("--vehicle", str(toy_folder(vehicle=("[tyres]", TABLE))), "--bus", "unix:empty")
    result = run(*where, "--ecu", "NIX")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == "can_bridge: there is no control unit 'NIX'; choose one of TPM\n"
