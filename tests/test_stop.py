"""SIGINT, SIGTERM and SIGHUP at the worst moments of `auriga`, deterministically: 130 and one line."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LINE = "\nauriga: interrupted.\n"
NUMBERS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]

# A command that would go on for long; the signal comes in it, at a moment of its own.
COMMAND = """
import ctypes, os, signal, sys, threading, types, weakref
from assistant import __main__, stop

def send(*_):
    os.kill(os.getpid(), {number})

class Thing:
    pass

class Gone:
    def __del__(self):
        send()

def in_a_weak_reference():
    thing = Thing()
    reference = weakref.ref(thing, send)
    del thing

def in_del():
    Gone()

def in_a_callback_from_c():
    ctypes.CFUNCTYPE(None)(send)()

def in_a_bare_except():
    try:
        send()
    except:
        pass

def in_the_open():
    send()

def long_wait():
    threading.Event().wait(60)
    print("not interrupted", flush=True)
    return 0

def command():
    {body}

sys.modules["assistant.cli"] = cli = types.ModuleType("assistant.cli")
cli.run_command = command
__main__.entry()
"""
LOSERS = ["in_a_weak_reference", "in_del", "in_a_callback_from_c", "in_a_bare_except"]
WHILE_IMPORTED = """
import os, runpy, sys
class Meddler:
    def find_spec(self, name, path=None, target=None):
        if name == {moment!r}:
            os.kill(os.getpid(), {number})
sys.meta_path.insert(0, Meddler())
sys.argv = ["auriga", "models", "list"]
runpy.run_module("assistant", run_name="__main__", alter_sys=True)
"""


def run(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )


def command(*lines: str, number: signal.Signals = signal.SIGINT) -> tuple[int, str, str]:
    result = run(COMMAND.format(number=int(number), body="\n    ".join(lines)))
    return result.returncode, result.stdout, result.stderr


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("moment", ["in_the_open", *LOSERS])
def test_a_signal_ends_the_command_wherever_its_exception_is_lost(
    moment: str, number: signal.Signals
) -> None:
    ended = command(f"{moment}()", "return long_wait()", number=number)
    assert ended == (130, "", LINE)


@pytest.mark.parametrize("moment", LOSERS)
def test_one_that_is_lost_in_the_last_moment_is_not_forgotten(moment: str) -> None:
    assert command(f"{moment}()", "return 0") == (130, "", LINE)


def test_one_that_is_lost_again_and_again_comes_again() -> None:
    ended = command(
        "in_del()",
        "thing = Thing()",
        "alarm = weakref.ref(thing, lambda _: signal.raise_signal(signal.SIGALRM))",
        "del thing",
        "return long_wait()",
    )
    assert ended == (130, "", LINE)


def test_tidying_up_is_not_disturbed() -> None:
    """The alarm comes where the exception is on its way, however deep."""
    ended = command(
        "try:",
        "    send()",
        "finally:",
        "    signal.raise_signal(signal.SIGALRM)",
        "    try:",
        "        {}['missing']",
        "    except KeyError:",
        "        signal.raise_signal(signal.SIGALRM)",
        "    print('tidied up', flush=True)",
    )
    assert ended == (130, "tidied up\n", LINE)


@pytest.mark.parametrize("same_s", [0, 60], ids=["later", "together"])
def test_only_a_later_second_one_ends_the_tidying_up(same_s: int) -> None:
    """`timeout` sends two together: that is one."""
    ended = command(
        f"stop.SAME_S = {same_s}",
        "try:",
        "    send()",
        "finally:",
        "    send()",
        "    print('tidied up', flush=True)",
    )
    assert ended == (130, "tidied up\n" if same_s else "", LINE)


def test_a_signal_after_the_command_ends_the_process_at_once() -> None:
    ended = command("import atexit; atexit.register(in_the_open)", "return 0")
    assert ended == (130, "", LINE)


def test_what_else_python_discards_is_reported() -> None:
    code, _, error = command(
        "thing = Thing()",
        "reference = weakref.ref(thing, lambda _: 1 / 0)",
        "del thing",
        "return 0",
    )
    assert code == 0
    assert "ZeroDivisionError" in error


@pytest.mark.parametrize("number", NUMBERS)
def test_a_signal_waits_until_everything_is_imported(number: signal.Signals) -> None:
    """Some libraries would take it for a part of theirs that is missing."""
    result = run(WHILE_IMPORTED.format(moment="assistant.commands", number=int(number)))
    assert (result.returncode, result.stdout, result.stderr) == (130, "", LINE)


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("moment", ["assistant.program", "assistant.stop"])
def test_a_signal_before_there_is_a_handler_ends_it_without_a_traceback(
    moment: str, number: signal.Signals
) -> None:
    result = run(WHILE_IMPORTED.format(moment=moment, number=int(number)))
    assert (result.returncode, result.stdout, result.stderr) == (-number, "", "")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_one_that_the_parent_had_ignored_stays_ignored(number: signal.Signals) -> None:
    """A shell does so with what it starts in the background, `nohup` with what outlives it."""
    program = COMMAND.format(number=int(number), body="in_the_open(); return 0")
    result = run(f"import signal; signal.signal({int(number)}, signal.SIG_IGN)\n{program}")
    assert (result.returncode, result.stderr) == (0, "")
