"""kuksa: `unix:PATH` or a loopback address in, where a server may listen out."""

from __future__ import annotations

import contextlib
import ipaddress
import os
import socket
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from can_bridge.errors import ListenError, SpecError
from can_bridge.runtime_folder import runtime_path

_MAX_SOCKET_PATH = 107  # of sun_path, Linux unix(7)
_MIN_TOKEN = 16
_MAX_PORT = 65535
_PROBE_S = 1.0


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a server listens."""

    target: str
    """As gRPC writes it."""
    socket: Path | None
    """Of a Unix socket; None for TCP, which needs a token."""


def default_endpoint() -> Endpoint:
    """A socket in a folder that this user alone may enter."""
    return parse_endpoint(f"unix:{runtime_path() / 'kuksa.sock'}")


def parse_endpoint(text: str) -> Endpoint:
    """Raises SpecError for anything but a Unix socket or a loopback address with its port."""
    kind, _, rest = text.partition(":")
    if kind == "unix":
        return _unix(text, rest)
    host, _, port = text.rpartition(":")
    try:
        address = ipaddress.ip_address(host.removeprefix("[").removesuffix("]"))
        number = int(port)
    except ValueError:
        raise SpecError(
            f"'{text}' is no place to listen: expected unix:PATH, 127.0.0.1:PORT or [::1]:PORT"
        ) from None
    if not address.is_loopback or not 0 <= number <= _MAX_PORT:
        raise SpecError(
            f"'{text}' is refused: a car's signals leave this machine by no address; "
            "expected unix:PATH, 127.0.0.1:PORT or [::1]:PORT"
        )
    host = f"[{address}]" if address.version == 6 else str(address)  # noqa: PLR2004 (IPv6)
    return Endpoint(f"{host}:{number}", None)


def _unix(text: str, rest: str) -> Endpoint:
    path = Path(rest).absolute()
    if not rest or rest.endswith("/"):
        raise SpecError(f"'{text}' names no file: expected unix:PATH, such as unix:/run/car.sock")
    if len(os.fsencode(path)) > _MAX_SOCKET_PATH:
        raise SpecError(
            f"the path of a Unix socket has at most {_MAX_SOCKET_PATH} bytes, "
            f"found {len(os.fsencode(path))}: choose a shorter one"
        )
    return Endpoint(f"unix:{path}", path)


def load_token(file: Path) -> str:
    """The one line of a token file; ListenError for a file that others may read, or a short token."""
    try:
        mode = file.stat().st_mode
        lines = file.read_text("ascii").split()
    except (OSError, UnicodeDecodeError) as error:
        raise ListenError(f"the token file {file} cannot be read ({error})") from error
    if mode & 0o077:
        raise ListenError(f"others may read the token file {file}: run 'chmod 600 {file}'")
    if len(lines) != 1 or len(lines[0]) < _MIN_TOKEN:
        raise ListenError(
            f"expected one word of at least {_MIN_TOKEN} characters in the token file {file}: "
            f"run 'openssl rand -hex 32 > {file}'"
        )
    return lines[0]


def check_port(endpoint: Endpoint) -> None:
    """Raises ListenError when a TCP port is taken: gRPC itself writes its reason to stderr."""
    host, _, port = endpoint.target.rpartition(":")
    family = socket.AF_INET6 if host.startswith("[") else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host.strip("[]"), int(port)))
        except OSError as error:
            text = f"{endpoint.target} cannot be listened on ({error.strerror})"
            raise ListenError(f"{text}: choose another port") from error


@contextlib.contextmanager
def private_socket(path: Path) -> Iterator[None]:
    """Whatever is bound inside is this user's alone: folder 0700 if it is made here, socket 0600.

    A socket that a server left behind is removed; ListenError when one still listens there.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        owner = path.parent.stat().st_uid
        _remove_left_behind(path)
    except OSError as error:
        raise ListenError(
            f"the socket {path} cannot be made ({error.strerror}); name another with --listen"
        ) from error
    if owner not in (0, os.getuid()):
        raise ListenError(f"{path.parent} belongs to another user, who could pose as this server")
    mask = os.umask(0o177)  # from the first moment on, since a chmod would come too late
    try:
        yield
    finally:
        os.umask(mask)


def _remove_left_behind(path: Path) -> None:
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(mode):
        raise ListenError(f"{path} exists and is no socket: choose another path")
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(_PROBE_S)
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
            return
    raise ListenError(f"a server listens at {path} already: end it, or choose another path")
