"""The server over a small vehicle on a silent bus: places to listen, tokens, subscribers, the end."""

from __future__ import annotations

import contextlib
import functools
import os
import signal
import socket
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kuksa.val.v1 import val_pb2 as val_v1
from kuksa.val.v1 import val_pb2_grpc as grpc_v1
from kuksa.val.v2 import types_pb2 as types
from kuksa.val.v2 import val_pb2 as val
from kuksa.val.v2 import val_pb2_grpc as grpc_v2
from kuksa_client.grpc import VSSClient, VSSClientError

from can_bridge import (
    Bridge,
    Known,
    Reason,
    Unknown,
    VehicleProfile,
    find_vehicle,
    load_profile,
    open_bridge,
)
from can_bridge.errors import ListenError, SpecError
from can_bridge.kuksa import default_endpoint, open_server, parse_endpoint
from can_bridge.kuksa.catalogue import Catalogue
from can_bridge.kuksa.endpoint import load_token
from can_bridge.kuksa.values import target_value, v1_entry, v2_datapoint

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "a-token-of-a-test"
SPEED = "Vehicle.Speed"
TIMEOUT_S = 20.0


@pytest.fixture
def silent(toy: VehicleProfile) -> Iterator[Bridge]:
    """A bridge on a bus where nobody talks."""
    with open_bridge(toy, f"unix:{uuid.uuid4().hex[:8]}") as bridge:
        yield bridge


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    file = tmp_path / "token"
    file.touch(0o600)
    file.write_text(TOKEN + "\n")
    return file


def stub(target: str) -> tuple[Any, Any]:
    channel = grpc.insecure_channel(target, options=[("grpc.enable_http_proxy", 0)])
    return channel, grpc_v2.VALStub(channel)


def status(call: Callable[[], object]) -> grpc.StatusCode:
    with pytest.raises(grpc.RpcError) as caught:
        call()
    assert isinstance(caught.value, grpc.Call)
    return caught.value.code()


# --- where it listens ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "0.0.0.0:55555",
        "192.168.1.2:55555",
        "8.8.8.8:1",
        "[::]:55555",
        "[2001:db8::1]:55555",
        "[::ffff:8.8.8.8]:1",
        "localhost:55555",
        "car.example:55555",
        "127.0.0.1",
        "127.0.0.1:car",
        "127.0.0.1:70000",
        "127.0.0.1:-1",
        "unix:",
        "unix:/run/",
        "unix:/" + "x" * 200,
        "",
        ":",
    ],
)
def test_only_a_unix_socket_or_loopback_may_be_listened_on(text: str) -> None:
    with pytest.raises(SpecError) as caught:
        parse_endpoint(text)
    assert "\n" not in str(caught.value)


@given(st.ip_addresses(), st.integers(0, 65535))
def test_no_address_but_loopback_is_taken(address: Any, port: int) -> None:
    host = f"[{address}]" if address.version == 6 else str(address)
    if address.is_loopback:
        assert parse_endpoint(f"{host}:{port}").target == f"{host}:{port}"
    else:
        with pytest.raises(SpecError):
            parse_endpoint(f"{host}:{port}")


def test_the_default_is_a_socket_of_this_user(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert default_endpoint().socket == tmp_path / "auriga" / "kuksa.sock"
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    assert default_endpoint().socket is not None


def test_the_socket_is_this_users_alone_and_gone_in_the_end(silent: Bridge, tmp_path: Path) -> None:
    path = tmp_path / "run" / "car.sock"
    with open_server(silent, None, parse_endpoint(f"unix:{path}")):
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.parent.stat().st_mode & 0o777 == 0o700
    assert not path.exists()


def test_a_socket_that_was_left_behind_is_replaced(silent: Bridge, tmp_path: Path) -> None:
    path = tmp_path / "car.sock"
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
    with open_server(silent, None, parse_endpoint(f"unix:{path}")) as server:
        channel, v2 = stub(server.target)
        assert v2.GetServerInfo(val.GetServerInfoRequest(), timeout=TIMEOUT_S).name
        channel.close()


def test_two_servers_cannot_have_one_place(silent: Bridge, tmp_path: Path) -> None:
    path = tmp_path / "car.sock"
    with open_server(silent, None, parse_endpoint(f"unix:{path}")) as server:
        with pytest.raises(ListenError, match="already"):
            open_server(silent, None, parse_endpoint(f"unix:{path}"))
        channel, v2 = stub(server.target)
        assert v2.GetServerInfo(val.GetServerInfoRequest(), timeout=TIMEOUT_S).name
        channel.close()


def test_a_port_that_is_taken_is_named(silent: Bridge, capfd: pytest.CaptureFixture[str]) -> None:
    first = open_server(silent, None, parse_endpoint("127.0.0.1:0"), TOKEN)
    with first, pytest.raises(ListenError, match="choose another port"):
        open_server(silent, None, parse_endpoint(first.target), TOKEN)
    assert capfd.readouterr().err == ""


def test_a_file_is_never_replaced(silent: Bridge, tmp_path: Path) -> None:
    path = tmp_path / "diary"
    path.write_text("dear diary")
    with pytest.raises(ListenError, match="no socket"):
        open_server(silent, None, parse_endpoint(f"unix:{path}"))
    assert path.read_text() == "dear diary"


# --- the token ----------------------------------------------------------------------------------


def test_tcp_needs_a_token(silent: Bridge) -> None:
    with pytest.raises(ListenError, match="token"):
        open_server(silent, None, parse_endpoint("127.0.0.1:0"))


@pytest.mark.parametrize("text", ["", "short", "two words-of-sixteen-letters", "ü" * 20])
def test_a_token_that_is_none_is_refused(token_file: Path, text: str) -> None:
    token_file.write_text(text)
    with pytest.raises(ListenError) as caught:
        load_token(token_file)
    assert "\n" not in str(caught.value)


def test_a_token_that_others_may_read_is_refused(token_file: Path) -> None:
    token_file.chmod(0o640)
    with pytest.raises(ListenError, match="chmod 600"):
        load_token(token_file)


def test_only_who_has_the_token_is_answered(silent: Bridge) -> None:
    with open_server(silent, None, parse_endpoint("127.0.0.1:0"), TOKEN) as server:
        channel, v2 = stub(server.target)
        v1 = grpc_v1.VALStub(channel)
        calls: list[Callable[..., object]] = [
            lambda **sent: v2.GetServerInfo(val.GetServerInfoRequest(), **sent),
            lambda **sent: v2.GetValue(val.GetValueRequest(signal_id={"path": SPEED}), **sent),
            lambda **sent: next(v2.Subscribe(val.SubscribeRequest(signal_paths=[SPEED]), **sent)),
            lambda **sent: v1.Get(val_v1.GetRequest(), **sent),
        ]
        refused: list[Callable[..., object]] = [
            lambda **sent: next(v2.OpenProviderStream(iter(()), **sent)),
            lambda **sent: v2.PublishValue(val.PublishValueRequest(), **sent),
        ]
        for call in (*calls, *refused):
            for given in ("", "Bearer", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", TOKEN):
                metadata = [("authorization", given)] if given else []
                found = status(lambda c=call, m=metadata: c(metadata=m, timeout=TIMEOUT_S))
                assert found is grpc.StatusCode.UNAUTHENTICATED
        for call in calls:
            assert call(metadata=[("authorization", f"Bearer {TOKEN}")], timeout=TIMEOUT_S)
        channel.close()


def test_the_client_with_the_token_connects_over_tcp(silent: Bridge) -> None:
    with open_server(silent, None, parse_endpoint("127.0.0.1:0"), TOKEN) as server:
        host, _, port = server.target.rpartition(":")
        with VSSClient(host, int(port), token=TOKEN) as client:
            assert client.get_current_values([SPEED]) == {SPEED: None}
        other = VSSClient(host, int(port), token="another-token-here")
        with other as client, pytest.raises(VSSClientError, match="token"):
            client.get_current_values([SPEED])


# --- what is unknown ----------------------------------------------------------------------------


def test_what_is_unknown_has_no_value(silent: Bridge, tmp_path: Path) -> None:
    with open_server(silent, None, parse_endpoint(f"unix:{tmp_path / 's'}")) as server:
        channel, v2 = stub(server.target)
        for path in silent.profile.signals:
            request = val.GetValueRequest(signal_id={"path": path})
            assert not v2.GetValue(request, timeout=TIMEOUT_S).data_point.HasField("value")
        first = next(v2.Subscribe(val.SubscribeRequest(signal_paths=[SPEED]), timeout=TIMEOUT_S))
        assert not first.entries[SPEED].HasField("value")
        channel.close()


def test_a_server_without_a_gate_sets_nothing(silent: Bridge, tmp_path: Path) -> None:
    with open_server(silent, None, parse_endpoint(f"unix:{tmp_path / 's'}")) as server:
        channel, v2 = stub(server.target)
        request = val.ActuateRequest(signal_id={"path": SPEED}, value={"float": 1.0})
        found = status(lambda: v2.Actuate(request, timeout=TIMEOUT_S))
        assert found is grpc.StatusCode.PERMISSION_DENIED
        channel.close()


@given(st.sampled_from(Reason), st.floats(0, 2e9))
def test_no_reason_is_ever_sent_as_a_value(reason: Reason, now: float) -> None:
    entry = catalogue_entry()
    assert not v2_datapoint(entry, Unknown(reason), now).HasField("value")
    assert not v1_entry(entry, Unknown(reason), now).HasField("value")


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_a_number_survives_the_way_there_and_back(number: float) -> None:
    entry = catalogue_entry()
    point = v2_datapoint(entry, Known(number, "km/h", 0.0), 1.7e9)
    assert target_value(entry, point.value) == pytest.approx(number, rel=1e-6)


@given(st.integers(-3000, 3000))
def test_a_decimal_number_comes_back_as_it_was_meant(tenths: int) -> None:
    value = types.Value(float=tenths / 10)
    assert target_value(catalogue_entry(), value) == tenths / 10


@functools.cache
def catalogue_entry() -> Any:
    return Catalogue(load_profile(find_vehicle("aster"))).by_path(SPEED)


# --- subscribers --------------------------------------------------------------------------------


def test_too_many_subscriptions_are_refused_and_a_closed_one_makes_room(
    silent: Bridge, tmp_path: Path
) -> None:
    with open_server(silent, None, parse_endpoint(f"unix:{tmp_path / 's'}")) as server:
        channel, v2 = stub(server.target)
        request = val.SubscribeRequest(signal_paths=[SPEED])
        streams = [v2.Subscribe(request, timeout=TIMEOUT_S) for _ in range(32)]
        for stream in streams:
            next(stream)
        found = status(lambda: next(v2.Subscribe(request, timeout=TIMEOUT_S)))
        assert found is grpc.StatusCode.RESOURCE_EXHAUSTED
        assert v2.GetServerInfo(val.GetServerInfoRequest(), timeout=TIMEOUT_S).name
        streams[0].cancel()
        assert any(_opens(v2, request) for _ in range(200))
        channel.close()


def _opens(v2: Any, request: Any) -> bool:
    with contextlib.suppress(grpc.RpcError):
        return bool(next(v2.Subscribe(request, timeout=TIMEOUT_S)))
    threading.Event().wait(0.05)
    return False


def test_the_end_of_the_server_ends_its_subscriptions(silent: Bridge, tmp_path: Path) -> None:
    with open_server(silent, None, parse_endpoint(f"unix:{tmp_path / 's'}")) as server:
        channel, v2 = stub(server.target)
        stream = v2.Subscribe(val.SubscribeRequest(signal_paths=[SPEED]))
        next(stream)
        server.close()
        server.close()
        with contextlib.suppress(grpc.RpcError):
            assert list(stream) == []
        channel.close()


# --- the command --------------------------------------------------------------------------------


def serve(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "can_bridge", "serve", "--bus", f"unix:{uuid.uuid4().hex[:8]}"]
    pipe = subprocess.PIPE
    return subprocess.Popen([*command, *arguments], cwd=ROOT, stdout=pipe, stderr=pipe, text=True)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_ends_it_cleanly_with_a_subscriber(tmp_path: Path, number: int) -> None:
    path = tmp_path / "car.sock"
    with serve("--listen", f"unix:{path}") as process:
        assert process.stdout is not None and process.stderr is not None
        assert process.stdout.readline() == f"ready unix:{path}\n"
        channel, v2 = stub(f"unix:{path}")
        stream = v2.Subscribe(val.SubscribeRequest(signal_paths=[SPEED]))
        next(stream)
        os.kill(process.pid, number)
        assert process.wait(TIMEOUT_S) == 0
        assert process.stderr.read() == ""
        channel.close()
    assert not path.exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--listen", "0.0.0.0:55555"], "refused"),
        (["--listen", "127.0.0.1:0"], "--token-file"),
        (["--listen", "127.0.0.1:0", "--token-file", "/nonexistent"], "/nonexistent"),
        (["--listen", "nowhere"], "expected unix:PATH"),
        (["--vehicle", "nope"], "nope"),
    ],
)
def test_what_cannot_be_served_is_one_sentence(arguments: list[str], words: str) -> None:
    with serve(*arguments) as process:
        _, text = process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == 2
    assert words in text and text.count("\n") == 1 and "Traceback" not in text
