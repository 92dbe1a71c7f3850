"""Programs without a network, and programs whose sockets are written down."""

import os
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LIMIT_S = 120
SYSCALLS = "execve,socket,connect,bind,sendto,sendmsg,sendmmsg,io_uring_setup"

CALL = re.compile(r"^\d+ +(\w+)\((.*)$")
FAMILY = re.compile(r"\bsa_family=(AF_\w+)")
UNIX_PATH = re.compile(r'sun_path=@?"([^"]*)"')


@cache
def no_network() -> tuple[str, ...]:
    """The command that runs another without a network; skips where it cannot be had."""
    options = ("-n",) if os.geteuid() == 0 else ("-r", "-n")
    command = ("unshare", *options)
    if shutil.which("unshare") is None:
        pytest.skip("the program unshare (util-linux) is missing")
    made = subprocess.run([*command, "true"], capture_output=True, text=True, check=False)
    if made.returncode != 0:
        pytest.skip(f"this machine makes no network namespace: {made.stderr.strip()}")
    return command


def written_down(log: Path) -> tuple[str, ...]:
    """The command that runs another and writes its sockets to a log; skips where it cannot."""
    if shutil.which("strace") is None:
        pytest.skip("the Debian package strace is missing")
    tried = subprocess.run(["strace", "-qq", "true"], capture_output=True, text=True, check=False)
    if tried.returncode != 0:
        pytest.skip(f"strace is not allowed here: {tried.stderr.strip()}")
    # -s: enough of an argument list to tell which program was started.
    return ("strace", "-f", "-qq", "-s", "256", "-e", f"trace={SYSCALLS}", "-o", str(log))


def run(*command: str | Path) -> str:
    """Standard output of a program that must end well."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def auriga(*arguments: str | Path) -> tuple[str | Path, ...]:
    """The command line of `auriga`."""
    return (sys.executable, "-m", "assistant", *arguments)


def outside_calls(trace: str) -> list[str]:
    """The lines of a trace that concern more than this machine's own Unix sockets."""
    return [line for line in trace.splitlines() if not _inside(line)]


def _inside(line: str) -> bool:
    call = CALL.match(line)
    if call is None or call[1] == "execve":
        return True
    name, arguments = call.groups()
    if name == "io_uring_setup":
        return False  # what it sends would not be seen here
    if name == "socket":
        return arguments.startswith("AF_UNIX")
    family = FAMILY.search(arguments)
    if family is None:
        return True  # to the other end of a socket whose connect or bind was judged
    path = UNIX_PATH.search(arguments)
    return family[1] == "AF_UNIX" and path is not None and "/auriga" in path[1]
