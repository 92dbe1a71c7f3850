"""A pytest plugin: no test reaches beyond this machine.

An audit hook sees every call of the interpreter, also those of libraries, and cannot be taken out
again. It sees a host name given to connect() only after it was looked up; the methods themselves
are therefore wrapped too. Child processes have interpreters of their own; tests/offline watches
those with strace.
"""

import ipaddress
import socket
import sys
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

import pytest

TO_ADDRESS = {"socket.connect", "socket.sendto", "socket.sendmsg", "socket.bind"}
TO_NAME = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"}
LOCAL_NAMES = {None, "", "localhost", "localhost.localdomain"}


class OutsideAttempt(RuntimeError):
    """No OSError on purpose: code that copes with a broken network must not hide it."""


class _Guard:
    """Refuses, and remembers what it refused in case the caller swallows the exception."""

    def __init__(self) -> None:
        self.attempts: list[str] = []

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in TO_ADDRESS:
            family, address = arguments[0].family, arguments[1]
            on_machine = family in (socket.AF_UNIX, socket.AF_CAN)
            allowed = on_machine or address is None or _stays(event, family, address)
        elif event in TO_NAME:
            allowed = arguments[0] in LOCAL_NAMES or _is_local(arguments[0])
        else:
            return
        if not allowed:
            self.attempts.append(f"{event}{arguments[-1] if event in TO_ADDRESS else arguments}")
            raise OutsideAttempt(self.attempts[-1])


def _stays(event: str, family: int, address: Any) -> bool:
    if family not in (socket.AF_INET, socket.AF_INET6):
        return False
    host = address[0]
    if event == "socket.bind" and host in ("", "0.0.0.0", "::"):
        return True  # a multicast receiver listens on every address; that sends nothing
    return host == "localhost" or _is_local(host)


def _is_local(host: object) -> bool:
    """Loopback, or multicast for the bus between processes."""
    try:
        address = ipaddress.ip_address(host.decode() if isinstance(host, bytes) else str(host))
    except ValueError:
        return False
    return address.is_loopback or address.is_multicast


def _checked(event: str, method: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(method)
    def call(link: socket.socket, *arguments: Any) -> Any:
        _guard(event, (link, arguments[-1]))  # the address is the last argument
        return method(link, *arguments)

    return call


_guard = _Guard()
sys.addaudithook(_guard)
for _name in ("connect", "connect_ex", "sendto", "bind"):
    _event = f"socket.{_name.removesuffix('_ex')}"
    setattr(socket.socket, _name, _checked(_event, getattr(socket.socket, _name)))


@pytest.fixture
def outside_attempts() -> Iterator[list[str]]:
    """For tests of the guard itself: what it refused, which is no failure here."""
    yield _guard.attempts
    _guard.attempts.clear()


@pytest.fixture(autouse=True)
def stays_on_this_machine(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that tried, even if the exception was swallowed."""
    _guard.attempts.clear()
    yield
    attempts = list(_guard.attempts)
    _guard.attempts.clear()
    if attempts and "outside_attempts" not in request.fixturenames:
        pytest.fail(f"the test reached for the network: {'; '.join(attempts)}")
