"""Under the lock the kernel refuses every socket that is neither Unix nor CAN, whoever asks."""

import mmap
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Hosts that libraries of this field are known to report to.
REPORTS_TO = (b"events.data.microsoft.com", b"vortex.data.microsoft.com", b"google-analytics.com")

TRY = """
import socket, subprocess, sys, threading
from assistant.network_lock import lock_network
assert lock_network()
socket.socket(socket.AF_UNIX).close()
def refused(family):
    try:
        socket.socket(family).close()
    except PermissionError:
        return True
    return False
assert refused(socket.AF_INET) and refused(socket.AF_INET6)
assert not socket.has_ipv6
seen = []
thread = threading.Thread(target=lambda: seen.append(refused(socket.AF_INET)))
thread.start()
thread.join()
assert seen == [True]
child = "import socket; socket.socket()"
assert b"PermissionError" in subprocess.run([sys.executable, "-c", child], capture_output=True).stderr
try:
    socket.getaddrinfo("example.com", 80)
except socket.gaierror:
    print("locked")
"""


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_the_lock_holds_for_threads_children_and_name_resolution() -> None:
    ran = run("-c", TRY)
    assert (ran.stdout, ran.stderr) == ("locked\n", "")


def libraries() -> list[Path]:
    folders = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    return sorted(path for folder in folders for path in Path(folder).rglob("*.so*"))


def test_no_library_of_the_environment_holds_a_telemetry_client() -> None:
    found = []
    for path in libraries():
        if path.is_file() and path.stat().st_size:
            with (
                path.open("rb") as stream,
                mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content,
            ):
                found += [(path.name, host) for host in REPORTS_TO if content.find(host) >= 0]
    assert found == []


def test_the_environment_has_libraries_to_look_at() -> None:
    assert any("onnxruntime" in path.name for path in libraries())


@pytest.mark.parametrize("command", [["models", "list"], ["ask", "hello", "--bus", "unix:nobody"]])
def test_commands_run_under_the_lock(command: list[str]) -> None:
    code = (
        "import socket, sys; import assistant.cli as cli; sys.argv = ['auriga'] + sys.argv[1:]\n"
        "cli.run_command()\n"
        "try:\n    socket.socket(); print('open')\nexcept PermissionError:\n    print('locked')"
    )
    ran = run("-c", code, *command)
    assert ran.stdout.rstrip().endswith("locked")
