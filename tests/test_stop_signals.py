"""SIGINT, SIGTERM and SIGHUP at the worst moments of the simulator and the bridge, deterministically."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

import can_bridge.stop
import sim.stop

ROOT = Path(__file__).resolve().parents[1]
NUMBERS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
COMMANDS = {
    "sim": ["sim", "parked", "--bus", "unix:stop"],
    "can_bridge": ["can_bridge", "monitor", "--bus", "unix:stop"],
}
WHILE_IMPORTED = """
import os, runpy, sys
class Meddler:
    def find_spec(self, name, path=None, target=None):
        if name == {moment!r}:
            os.kill(os.getpid(), {number})
sys.meta_path.insert(0, Meddler())
sys.argv = {argv!r}
runpy.run_module({module!r}, run_name="__main__", alter_sys=True)
"""
SWALLOWED = """
import os
from {module}.stop import Stop
Stop().install()
for _ in range(3):
    try:
        os.kill(os.getpid(), {number})
    except BaseException:
        print("swallowed", flush=True)
"""


def run(program: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "XDG_RUNTIME_DIR": str(folder)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("module", COMMANDS)
@pytest.mark.parametrize(
    ("moment", "number"), [("can", signal.SIGINT), ("can_bridge.unix_bus", signal.SIGTERM)]
)
def test_a_signal_while_something_is_imported_ends_it(
    tmp_path: Path, module: str, number: signal.Signals, moment: str
) -> None:
    """The second moment is the opening of the bus, whose plug-in python-can imports."""
    result = run(
        WHILE_IMPORTED.format(
            moment=moment, number=int(number), argv=COMMANDS[module], module=module
        ),
        tmp_path,
    )
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("module", COMMANDS)
def test_the_third_signal_ends_what_swallowed_the_first(
    tmp_path: Path, module: str, number: signal.Signals
) -> None:
    result = run(SWALLOWED.format(module=module, number=int(number)), tmp_path)
    assert (result.returncode, result.stdout) == (-number, "swallowed\n")


@pytest.mark.parametrize("module", COMMANDS)
def test_a_hang_up_that_the_parent_had_ignored_stays_ignored(tmp_path: Path, module: str) -> None:
    """`nohup` does so."""
    program = SWALLOWED.format(module=module, number=int(signal.SIGHUP))
    result = run(
        f"import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)\n{program}", tmp_path
    )
    assert (result.returncode, result.stdout) == (0, "")


@pytest.mark.parametrize("stop", [sim.stop, can_bridge.stop], ids=lambda module: module.__name__)
def test_no_library_takes_it_for_an_error_and_a_swallowed_one_is_not_forgotten(
    stop: object,
) -> None:
    one = stop.Stop()  # type: ignore[attr-defined]
    stopped = stop.Stopped  # type: ignore[attr-defined]
    one.check()
    with pytest.raises(stopped):
        one(signal.SIGINT, None)
    assert not issubclass(stopped, Exception)
    one(signal.SIGINT, None)  # `timeout` sends two; the tidying up goes on
    with pytest.raises(stopped):
        one.check()
