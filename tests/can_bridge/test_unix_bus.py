"""What the unix bus does beyond the contract: processes, clean-up, bounds and refusals."""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import socket
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import can
import pytest

from can_bridge.unix_bus import UnixBus, channel_folder

STEP_S = 5.0


def frame(number: int = 0) -> can.Message:
    return can.Message(arbitration_id=0x100 + number, is_extended_id=False, data=b"\x01")


def sockets(channel: str) -> list[Path]:
    return [path for path in channel_folder(channel).iterdir() if path.is_socket()]


def other_process(body: str, channel: str) -> subprocess.Popen[str]:
    script = "import can, sys\nbus = can.Bus(interface='unix', channel=sys.argv[1])\n"
    return subprocess.Popen(
        [sys.executable, "-c", script + textwrap.dedent(body), channel],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_two_processes_talk() -> None:
    body = """
        print("joined", flush=True)
        message = bus.recv(5)
        message.arbitration_id += 1
        bus.send(message)
        bus.shutdown()
    """
    with UnixBus("two") as bus, other_process(body, "two") as other:
        assert other.stdout is not None and other.stdout.readline() == "joined\n"
        bus.send(frame())
        answer = bus.recv(STEP_S)
        assert answer is not None and answer.arbitration_id == 0x101
    assert sockets("two") == []


def test_a_killed_process_leaves_nothing_that_blocks() -> None:
    with other_process("print('joined', flush=True); sys.stdin.read()", "killed") as other:
        assert other.stdout is not None and other.stdout.readline() == "joined\n"
        with UnixBus("killed") as bus:
            other.kill()
            other.wait()
            bus.send(frame())
            assert len(sockets("killed")) == 2
        with UnixBus("killed") as late, UnixBus("killed") as another:
            assert len(sockets("killed")) == 2, "the first to join removes what was left"
            late.send(frame())
            assert another.recv(STEP_S) is not None


def test_a_full_peer_loses_frames_which_are_counted_and_blocks_nobody() -> None:
    with UnixBus("full") as sender, UnixBus("full") as idle:
        while not sender.dropped:
            sender.send(frame())
        assert idle.recv(STEP_S) is not None
        before = sender.dropped
        sender.send(frame())
        assert sender.dropped == before, "there is room again"


def test_many_that_join_at_once_hear_each_frame_once() -> None:
    buses: list[UnixBus] = []
    start = threading.Barrier(12)

    def join() -> None:
        start.wait()
        buses.append(UnixBus("crowd"))

    threads = [threading.Thread(target=join) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    try:
        for sender in buses:
            sender.send(frame())
        for bus in buses:
            received = [bus.recv(0.2) for _ in range(12)]
            assert [message is not None for message in received] == [True] * 11 + [False]
    finally:
        for bus in buses:
            bus.shutdown()
    assert sockets("crowd") == []


def test_select_reports_a_waiting_frame() -> None:
    with UnixBus("select") as sender, UnixBus("select") as receiver:
        sender.send(frame())
        assert receiver.recv(STEP_S) is not None
        assert select.select([receiver], [], [], 0)[0] == []
        sender.send(frame())
        assert select.select([receiver], [], [], STEP_S)[0] == [receiver]


def test_what_is_no_frame_is_counted_and_passed_over() -> None:
    with UnixBus("junk") as bus:
        [path] = sockets("junk")
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as stranger:
            stranger.connect(str(path))
            for junk in (b"x", b"\xff" * 15, b"\xff" * 100):
                stranger.send(junk)
            assert bus.recv(0.1) is None
        assert bus.malformed == 3


@pytest.mark.parametrize("channel", ["", "..", "a/b", ".hidden", "x" * 65])
def test_a_name_that_is_no_name_is_refused(channel: str) -> None:
    with pytest.raises(can.CanInitializationError):
        UnixBus(channel)


def test_an_absolute_path_is_a_channel(runtime_folder: Path) -> None:
    folder = runtime_folder / "here"
    with UnixBus(str(folder)) as sender, UnixBus(str(folder)) as receiver:
        sender.send(frame())
        assert receiver.recv(STEP_S) is not None


def test_a_path_that_is_too_long_is_refused(runtime_folder: Path) -> None:
    with pytest.raises(can.CanInitializationError, match="longer than"):
        UnixBus(str(runtime_folder / ("x" * 100)))


def test_a_folder_that_others_may_enter_is_refused(runtime_folder: Path) -> None:
    (runtime_folder / "auriga").mkdir()
    (runtime_folder / "auriga").chmod(0o755)
    with pytest.raises(can.CanInitializationError, match="nobody else"):
        UnixBus("open")


def test_without_a_runtime_folder_a_private_one_is_used(
    monkeypatch: pytest.MonkeyPatch, runtime_folder: Path
) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    monkeypatch.setattr("tempfile.tempdir", str(runtime_folder))
    folder = channel_folder("private")
    assert folder == runtime_folder / f"auriga-{os.getuid()}" / "private"
    assert folder.parent.stat().st_mode & 0o777 == 0o700


def test_it_needs_no_network() -> None:
    if shutil.which("unshare") is None:
        pytest.skip("unshare is not installed")
    script = (
        "import can\n"
        "a = can.Bus(interface='unix', channel='alone')\n"
        "b = can.Bus(interface='unix', channel='alone')\n"
        "a.send(can.Message(arbitration_id=1))\n"
        "print(b.recv(5) is not None)\n"
        "a.shutdown(); b.shutdown()\n"
    )
    command = ["unshare", "-rn", sys.executable, "-c", script]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if "unshare" in result.stderr:
        pytest.skip("this machine does not let a test leave the network")
    assert result.stdout == "True\n", result.stderr


def test_no_descriptor_is_left_open() -> None:
    with UnixBus("warm") as _:
        pass
    before = len(os.listdir("/proc/self/fd"))
    with contextlib.ExitStack() as stack:
        for _ in range(3):
            stack.enter_context(UnixBus("leak", receive_own_messages=True))
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_peer_that_leaves_while_one_joins_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "iterdir", lambda folder: iter([folder / "1-left"]))
    with UnixBus("leaving") as bus:
        assert bus.recv(0.0) is None
