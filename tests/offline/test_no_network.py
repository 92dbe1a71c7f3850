"""The whole loop works with no network at all, and reaches for none where there is one.

Sound in, sound out: the recognizer, the language model, the voice's process and the simulated car.
"""

import sys
from collections.abc import Callable
from pathlib import Path

from tests.offline.isolation import no_network, outside_calls, run, written_down

INTERFACES = "import socket; print([n for _, n in socket.if_nameindex()])"
REACH_OUT = """
import contextlib, socket
for reach in (
    lambda: socket.create_connection(("192.0.2.1", 9), 1),
    lambda: socket.getaddrinfo("example.org", 443),
    lambda: socket.socket(type=socket.SOCK_DGRAM).sendto(b"x", ("192.0.2.1", 53)),
):
    with contextlib.suppress(OSError):
        reach()
"""


def test_the_namespace_has_only_a_loopback_that_is_down() -> None:
    assert run(*no_network(), sys.executable, "-c", INTERFACES).strip() == "['lo']"
    state = run(*no_network(), "cat", "/proc/net/fib_trie", "/proc/net/if_inet6")
    assert "127.0.0.1" not in state
    assert "lo" not in state.split()


def test_a_spoken_question_is_answered_without_a_network(asked: Callable[..., None]) -> None:
    asked(*no_network())


def test_no_socket_but_unix_ones_and_no_name_is_looked_up(
    asked: Callable[..., None], tmp_path: Path
) -> None:
    log = tmp_path / "sockets.log"
    asked(*written_down(log))
    trace = log.read_text(encoding="utf-8", errors="replace")
    assert '"-m", "sim"' in trace
    assert "piper_process" in trace
    assert "AF_UNIX" in trace
    assert outside_calls(trace) == []


def test_the_reading_of_the_trace_bites(tmp_path: Path) -> None:
    log = tmp_path / "sockets.log"
    run(*no_network(), *written_down(log), sys.executable, "-c", REACH_OUT)
    calls = "\n".join(outside_calls(log.read_text(encoding="utf-8")))
    assert "sendto(" in calls
    assert '"192.0.2.1"' in calls
