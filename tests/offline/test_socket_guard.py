"""The guard of the whole suite bites, and lets through what the bus on one machine needs."""

import contextlib
import socket
import urllib.error
import urllib.request

import pytest

from tests.socket_guard import OutsideAttempt

ELSEWHERE = "192.0.2.1"  # reserved for documentation (RFC 5737); no machine has it


@pytest.mark.usefixtures("outside_attempts")
@pytest.mark.parametrize("host", [ELSEWHERE, "example.org", "10.0.0.1"])
def test_a_connection_to_another_machine_is_refused(host: str) -> None:
    with socket.socket() as stream, pytest.raises(OutsideAttempt):
        stream.connect((host, 443))


@pytest.mark.usefixtures("outside_attempts")
def test_a_datagram_to_another_machine_is_refused() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as link:
        with pytest.raises(OutsideAttempt):
            link.sendto(b"x", (ELSEWHERE, 53))
        with pytest.raises(OutsideAttempt):
            link.sendmsg([b"x"], [], 0, (ELSEWHERE, 53))


@pytest.mark.usefixtures("outside_attempts")
def test_no_name_is_looked_up() -> None:
    with pytest.raises(OutsideAttempt):
        socket.getaddrinfo("example.org", 443)
    with pytest.raises(OutsideAttempt):
        socket.gethostbyname("example.org")


def test_an_attempt_is_remembered_when_its_error_is_swallowed(outside_attempts: list[str]) -> None:
    with contextlib.suppress(Exception):
        urllib.request.urlopen(f"http://{ELSEWHERE}/", timeout=1)
    assert any(ELSEWHERE in attempt for attempt in outside_attempts)


def test_a_library_cannot_take_it_for_a_broken_network() -> None:
    assert not issubclass(OutsideAttempt, OSError)
    assert not issubclass(OutsideAttempt, urllib.error.URLError)


def test_loopback_multicast_and_unix_sockets_work(tmp_path_factory: pytest.TempPathFactory) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()
    with socket.socket(type=socket.SOCK_DGRAM) as link:
        link.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
        link.sendto(b"x", ("239.74.163.2", 43113))
    path = tmp_path_factory.mktemp("s") / "s"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
