"""The simulated Aster, read and asked by the real kuksa-client and by its v2 stubs."""

from __future__ import annotations

import contextlib
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from kuksa.val.v1 import types_pb2 as types_v1
from kuksa.val.v1 import val_pb2 as val_v1
from kuksa.val.v1 import val_pb2_grpc as grpc_v1
from kuksa.val.v2 import types_pb2 as types
from kuksa.val.v2 import val_pb2 as val
from kuksa.val.v2 import val_pb2_grpc as grpc_v2
from kuksa_client.grpc import Datapoint, DataType, EntryType, VSSClient, VSSClientError

from assistant.adapters.sim_process import SimProcess
from can_bridge import Bridge, Known, find_vehicle, load_profile, open_bridge
from can_bridge.gate import Gate, open_gate
from can_bridge.kuksa import open_server, parse_endpoint

ASTER = load_profile(find_vehicle("aster"))
FOLDER = find_vehicle("aster")
SPEED = "Vehicle.Speed"
GEAR = "Vehicle.Powertrain.Transmission.SelectedGear"
VOLUME = "Vehicle.Cabin.Infotainment.Media.Volume"
MUTED = "Vehicle.Cabin.Infotainment.Media.IsMuted"
MODE = "Vehicle.Powertrain.DriveMode"
LOCKS = "Vehicle.Cabin.Door.IsLocked"
TIMEOUT_S = 20.0


class Served:
    """A parked car with a server on a Unix socket."""

    def __init__(self, bridge: Bridge, socket: Path) -> None:
        self.bridge = bridge
        self.socket = socket
        self.channel = grpc.insecure_channel(f"unix:{socket}")
        self.v2 = grpc_v2.VALStub(self.channel)
        self.v1 = grpc_v1.VALStub(self.channel)

    def client(self) -> VSSClient:
        return VSSClient("unix", str(self.socket))

    def actuate(self, path: str, **value: Any) -> None:
        request = val.ActuateRequest(signal_id={"path": path}, value=types.Value(**value))
        self.v2.Actuate(request, timeout=TIMEOUT_S)

    def value(self, path: str) -> Any:
        request = val.GetValueRequest(signal_id={"path": path})
        return self.v2.GetValue(request, timeout=TIMEOUT_S).data_point


@pytest.fixture(scope="module")
def parked() -> Iterator[tuple[Bridge, Gate]]:
    bus = f"unix:{uuid.uuid4().hex[:8]}"
    with contextlib.ExitStack() as stack:
        stack.enter_context(SimProcess("parked", FOLDER, bus))
        bridge = stack.enter_context(open_bridge(ASTER, bus, may_send=True))
        assert bridge.wait_ready(20.0)
        yield bridge, stack.enter_context(open_gate(bridge))


@pytest.fixture
def car(parked: tuple[Bridge, Gate], tmp_path: Path) -> Iterator[Served]:
    socket = tmp_path / "car.sock"
    with open_server(*parked, parse_endpoint(f"unix:{socket}")):
        served = Served(parked[0], socket)
        yield served
        served.channel.close()


def refused(call: Any, *arguments: Any, **fields: Any) -> tuple[grpc.StatusCode, str]:
    """The status that a call ends with."""
    with pytest.raises(grpc.RpcError) as caught:
        call(*arguments, **fields)
    error = caught.value
    assert isinstance(error, grpc.Call)
    return error.code(), str(error.details())


# --- the package kuksa-client -------------------------------------------------------------------


def test_the_client_connects_and_is_told_who_answers(car: Served) -> None:
    with car.client() as client:
        info = client.get_server_info()
    assert info is not None and info.name == "auriga-can-bridge"


def test_the_client_gets_current_values_of_each_type(car: Served) -> None:
    with car.client() as client:
        values = client.get_current_values([SPEED, GEAR, "Vehicle.Derived.AnyDoorOpen"])
    assert values[SPEED].value == 0.0
    assert values[GEAR].value == "park"
    assert values["Vehicle.Derived.AnyDoorOpen"].value is False


def test_the_time_of_a_value_is_that_of_its_frame(car: Served) -> None:
    with car.client() as client:
        point = client.get_current_values([SPEED])[SPEED]
    assert point.timestamp is not None
    reading = car.bridge.read(SPEED)
    assert isinstance(reading, Known)
    assert point.timestamp.timestamp() <= time.time()


def test_the_client_gets_a_whole_branch(car: Served) -> None:
    with car.client() as client:
        values = client.get_current_values(["Vehicle.Cabin.Infotainment.*"])
    assert {VOLUME, MUTED} <= values.keys()
    assert all(path.startswith("Vehicle.Cabin.Infotainment.") for path in values)


def test_the_client_gets_metadata(car: Served) -> None:
    with car.client() as client:
        metadata = client.get_metadata([SPEED, GEAR, VOLUME])
    assert metadata[SPEED].data_type is DataType.FLOAT
    assert metadata[SPEED].unit == "km/h"
    assert metadata[SPEED].entry_type is EntryType.SENSOR
    assert metadata[GEAR].value_restriction.allowed_values == list(ASTER.signals[GEAR].values)
    assert metadata[VOLUME].entry_type is EntryType.ACTUATOR


def test_the_client_subscribes_sets_a_target_and_sees_the_car_reach_it(car: Served) -> None:
    with car.client() as client:
        before = client.get_current_values([VOLUME])[VOLUME].value
        target = 20.0 if before != 20.0 else 25.0
        updates = client.subscribe_current_values([VOLUME], timeout=TIMEOUT_S)
        assert next(updates)[VOLUME].value == before
        client.set_target_values({VOLUME: Datapoint(target)})
        assert client.get_current_values([VOLUME])[VOLUME].value == target
        seen = next(point[VOLUME].value for point in updates if point[VOLUME].value == target)
        updates.close()
    assert seen == target


def test_the_client_subscribes_to_a_branch(car: Served) -> None:
    with car.client() as client:
        updates = client.subscribe_current_values(["Vehicle.Cabin.Infotainment"], timeout=TIMEOUT_S)
        assert {VOLUME, MUTED} <= next(updates).keys()
        updates.close()


def test_the_client_cannot_set_a_current_value(car: Served) -> None:
    with car.client() as client, pytest.raises(VSSClientError, match="car alone") as caught:
        client.set_current_values({VOLUME: Datapoint(90)})
    assert caught.value.error["code"] == grpc.StatusCode.PERMISSION_DENIED.value[0]


@pytest.mark.parametrize(
    ("path", "value", "code", "words"),
    [
        (SPEED, 50, 403, "commands.toml"),
        (MODE, "sport", 409, "not ready to drive"),
        (MODE, "ludicrous", 400, "expected one of"),
        (VOLUME, 1000, 400, "expected a number"),
    ],
)
def test_the_client_is_told_why_a_target_is_refused(
    car: Served, path: str, value: object, code: int, words: str
) -> None:
    with car.client() as client, pytest.raises(VSSClientError, match=words) as caught:
        client.set_target_values({path: Datapoint(value)})
    assert caught.value.errors[0]["path"] == path
    assert caught.value.errors[0]["error"]["code"] == code


def test_a_target_between_two_steps_is_refused_since_no_answer_could_say_what_was_asked_for(
    car: Served,
) -> None:
    with car.client() as client, pytest.raises(VSSClientError) as caught:
        client.set_target_values({VOLUME: Datapoint(30.4)})
    message = str(caught.value)
    assert "has steps of 1 %: expected one, such as 30, found 30.4; nothing was sent" in message
    car.actuate(VOLUME, double=30.0 + 1e-9)


def test_the_client_is_told_that_targets_are_not_told(car: Served) -> None:
    with car.client() as client, pytest.raises(VSSClientError, match="not told to clients"):
        next(client.subscribe_target_values([VOLUME]))


def test_the_client_is_told_that_a_path_is_not_there(car: Served) -> None:
    with car.client() as client, pytest.raises(VSSClientError, match="no path or branch"):
        client.get_current_values(["Vehicle.Flux"])


def test_a_current_value_hidden_beside_a_target_is_refused(car: Served) -> None:
    before = car.value(VOLUME).value.float
    entry = types_v1.DataEntry(
        path=VOLUME, value={"float": 90.0}, actuator_target={"float": before + 1}
    )
    update = val_v1.EntryUpdate(entry=entry, fields=[types_v1.FIELD_ACTUATOR_TARGET])
    answer = car.v1.Set(val_v1.SetRequest(updates=[update]), timeout=TIMEOUT_S)
    assert answer.errors[0].error.code == 403
    assert car.value(VOLUME).value.float == before


def test_metadata_cannot_be_written(car: Served) -> None:
    entry = types_v1.DataEntry(path=VOLUME, metadata={"unit": "dB"})
    update = val_v1.EntryUpdate(entry=entry, fields=[types_v1.FIELD_METADATA_UNIT])
    answer = car.v1.Set(val_v1.SetRequest(updates=[update]), timeout=TIMEOUT_S)
    assert answer.errors[0].error.code == 403


def test_a_streamed_update_is_refused(car: Served) -> None:
    code, _ = refused(next, car.v1.StreamedUpdate(iter(()), timeout=TIMEOUT_S))
    assert code is grpc.StatusCode.PERMISSION_DENIED


# --- the stubs of v2 ----------------------------------------------------------------------------


def test_actuate_answers_when_the_car_reports_it(car: Served) -> None:
    target = not car.value(MUTED).value.bool
    car.actuate(MUTED, bool=target)
    reading = car.bridge.read(MUTED)
    assert isinstance(reading, Known) and reading.value is target


def test_actuate_reaches_a_command_without_a_reading_of_its_own(car: Served) -> None:
    car.actuate(LOCKS, bool=True)
    assert not car.value(LOCKS).HasField("value")
    confirmed = [car.bridge.read(path) for path in ASTER.commands[LOCKS].confirm]
    assert all(isinstance(reading, Known) and reading.value is True for reading in confirmed)


@pytest.mark.parametrize("field", ["int32", "uint32", "int64", "uint64", "float", "double"])
def test_a_number_may_come_in_any_number_field(car: Served, field: str) -> None:
    target = 10 + len(field)
    car.actuate(VOLUME, **{field: target})
    assert car.value(VOLUME).value.float == target


@pytest.mark.parametrize(
    ("path", "value", "code", "words"),
    [
        (MODE, {"string": "sport"}, grpc.StatusCode.FAILED_PRECONDITION, "not ready to drive"),
        (SPEED, {"float": 50.0}, grpc.StatusCode.PERMISSION_DENIED, "commands.toml"),
        (VOLUME, {"float": 1000.0}, grpc.StatusCode.INVALID_ARGUMENT, "expected a number"),
        (VOLUME, {"float": float("nan")}, grpc.StatusCode.INVALID_ARGUMENT, "expected a number"),
        (VOLUME, {"bool": True}, grpc.StatusCode.INVALID_ARGUMENT, "found a bool"),
        (MUTED, {"int32": 1}, grpc.StatusCode.INVALID_ARGUMENT, "found a int32"),
        (VOLUME, {}, grpc.StatusCode.INVALID_ARGUMENT, "found none"),
        ("Vehicle.Flux", {"float": 1.0}, grpc.StatusCode.NOT_FOUND, "Vehicle.Flux"),
    ],
)
def test_actuate_says_why_it_refuses(
    car: Served, path: str, value: dict[str, Any], code: grpc.StatusCode, words: str
) -> None:
    found, text = refused(car.actuate, path, **value)
    assert found is code
    assert words in text and "\n" not in text


def batch(*targets: tuple[str, dict[str, Any]]) -> Any:
    return val.BatchActuateRequest(
        actuate_requests=[
            val.ActuateRequest(signal_id={"path": path}, value=types.Value(**value))
            for path, value in targets
        ]
    )


def test_a_batch_reaches_all_its_targets(car: Served) -> None:
    muted = not car.value(MUTED).value.bool
    request = batch((VOLUME, {"float": 41.0}), (MUTED, {"bool": muted}))
    car.v2.BatchActuate(request, timeout=TIMEOUT_S)
    assert car.value(VOLUME).value.float == 41.0
    assert car.value(MUTED).value.bool is muted


def test_of_a_batch_with_one_refused_target_nothing_is_sent(car: Served) -> None:
    before = car.value(VOLUME).value.float
    request = batch((VOLUME, {"float": before + 1}), (MODE, {"string": "sport"}))
    code, text = refused(car.v2.BatchActuate, request, timeout=TIMEOUT_S)
    assert code is grpc.StatusCode.FAILED_PRECONDITION and MODE in text
    assert car.value(VOLUME).value.float == before


def test_a_batch_names_each_path_once(car: Served) -> None:
    request = batch((VOLUME, {"float": 1.0}), (VOLUME, {"float": 2.0}))
    assert refused(car.v2.BatchActuate, request)[0] is grpc.StatusCode.INVALID_ARGUMENT
    assert refused(car.v2.BatchActuate, batch())[0] is grpc.StatusCode.INVALID_ARGUMENT


def test_no_value_can_be_published(car: Served) -> None:
    point = types.Datapoint(value={"float": 50.0})
    request = val.PublishValueRequest(signal_id={"path": SPEED}, data_point=point)
    assert refused(car.v2.PublishValue, request)[0] is grpc.StatusCode.PERMISSION_DENIED


def test_nobody_becomes_a_provider(car: Served) -> None:
    stream = car.v2.OpenProviderStream(iter(()), timeout=TIMEOUT_S)
    assert refused(next, stream)[0] is grpc.StatusCode.PERMISSION_DENIED
    assert refused(car.v2.ActuateStream, iter(()))[0] is grpc.StatusCode.UNIMPLEMENTED


def test_values_come_by_path_and_by_id_in_the_order_asked_for(car: Served) -> None:
    metadata = car.v2.ListMetadata(val.ListMetadataRequest(root=GEAR)).metadata
    assert [entry.path for entry in metadata] == [GEAR]
    request = val.GetValuesRequest(signal_ids=[{"id": metadata[0].id}, {"path": SPEED}])
    gear, speed = car.v2.GetValues(request, timeout=TIMEOUT_S).data_points
    assert gear.value.string == "park"
    assert speed.value.float == 0.0


def test_metadata_list_every_path_once_with_its_own_id(car: Served) -> None:
    metadata = car.v2.ListMetadata(val.ListMetadataRequest(), timeout=TIMEOUT_S).metadata
    paths = [entry.path for entry in metadata]
    assert set(paths) == ASTER.signals.keys() | ASTER.commands.keys()
    assert len(set(paths)) == len(paths) == len({entry.id for entry in metadata})
    actuators = {e.path for e in metadata if e.entry_type == types.ENTRY_TYPE_ACTUATOR}
    assert actuators == set(ASTER.commands)
    position = next(e for e in metadata if e.path == "Vehicle.CurrentLocation.Latitude")
    assert position.data_type == types.DATA_TYPE_DOUBLE


def test_every_known_reading_is_the_value_that_is_served(car: Served) -> None:
    paths = sorted(ASTER.signals)
    request = val.GetValuesRequest(signal_ids=[{"path": path} for path in paths])
    points = car.v2.GetValues(request, timeout=TIMEOUT_S).data_points
    for path, point in zip(paths, points, strict=True):
        kind = ASTER.signals[path].kind
        field = point.value.WhichOneof("typed_value")
        expected = {"bool": {"bool"}, "number": {"float", "double"}}.get(kind, {"string"})
        assert field is None or field in expected, path


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (val.GetValueRequest(), grpc.StatusCode.INVALID_ARGUMENT),
        (val.GetValueRequest(signal_id={"id": 0}), grpc.StatusCode.NOT_FOUND),
        (val.GetValueRequest(signal_id={"id": -7}), grpc.StatusCode.NOT_FOUND),
        (val.GetValueRequest(signal_id={"path": ""}), grpc.StatusCode.NOT_FOUND),
        (val.GetValueRequest(signal_id={"path": "Vehicle"}), grpc.StatusCode.NOT_FOUND),
    ],
)
def test_a_signal_that_is_not_there_is_named(
    car: Served, request_: Any, code: grpc.StatusCode
) -> None:
    assert refused(car.v2.GetValue, request_, timeout=TIMEOUT_S)[0] is code


def test_a_subscription_by_id_begins_with_the_present_value(car: Served) -> None:
    number = car.v2.ListMetadata(val.ListMetadataRequest(root=GEAR)).metadata[0].id
    stream = car.v2.SubscribeById(val.SubscribeByIdRequest(signal_ids=[number]), timeout=TIMEOUT_S)
    assert next(stream).entries[number].value.string == "park"
    stream.cancel()


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (val.SubscribeRequest(), grpc.StatusCode.INVALID_ARGUMENT),
        (val.SubscribeRequest(signal_paths=["Vehicle.Flux"]), grpc.StatusCode.NOT_FOUND),
        (
            val.SubscribeRequest(signal_paths=[SPEED], buffer_size=10**6),
            grpc.StatusCode.INVALID_ARGUMENT,
        ),
        (
            val.SubscribeRequest(signal_paths=[SPEED], filter={"duration_ms": 5}),
            grpc.StatusCode.INVALID_ARGUMENT,
        ),
    ],
)
def test_a_subscription_that_cannot_be_is_refused(
    car: Served, request_: Any, code: grpc.StatusCode
) -> None:
    assert refused(next, car.v2.Subscribe(request_, timeout=TIMEOUT_S))[0] is code
