"""Fixtures: a small vehicle that can be asked for things, its controller on a real bus, and a witness."""

from __future__ import annotations

import contextlib
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import can
import cantools
import pytest

from can_bridge import Bridge, VehicleProfile, load_profile, open_bridge
from can_bridge.gate import Gate, open_gate
from sim.checksums import seal_j1850

_OF_THE_CAR, _MARKER = (256, 257), 0x1FFF_0000
POD = Path(__file__).with_name("pod")
Write = Callable[..., Path]


@pytest.fixture
def pod_folder(tmp_path: Path) -> Write:
    """Writes the folder of the small vehicle, with texts replaced: {stem of the file: (old, new)}."""

    def write(**changes: tuple[str, str]) -> Path:
        for file in POD.iterdir():
            text = file.read_text()
            old, new = changes.get(file.stem, ("", ""))
            assert old in text
            (tmp_path / file.name).write_text(text.replace(old, new) if old else text)
        return tmp_path

    return write


@pytest.fixture
def pod(pod_folder: Write) -> VehicleProfile:
    return load_profile(pod_folder())


class Car:
    """The controller of the small vehicle: reports its state, and obeys valid frames."""

    def __init__(self, channel: str, folder: Path, interface: str = "unix") -> None:
        self.state: dict[str, float] = dict.fromkeys(
            ("Speed", "Window", "Mode", "Lamp", "Lock1", "Lock2"), 0
        )
        self.obeys = True
        self.reports = True
        self.asked: list[dict[str, object]] = []
        database = cantools.database.load_file(folder / "pod.dbc")
        assert isinstance(database, cantools.database.Database)
        self._database = database
        self._bus = can.Bus(interface=interface, channel=channel)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._stop.is_set():
            if self.reports:
                for name in ("Motion", "Body"):
                    self._report(name)
            message = self._bus.recv(0.01)
            if message is not None and message.arbitration_id in (512, 513):
                self._take(message)

    def _report(self, name: str) -> None:
        message = self._database.get_message_by_name(name)
        values = {signal.name: self.state[signal.name] for signal in message.signals}
        data = message.encode(values, strict=False)
        self._bus.send(
            can.Message(arbitration_id=message.frame_id, data=data, is_extended_id=False)
        )

    def _take(self, frame: can.Message) -> None:
        data = bytes(frame.data)
        if frame.arbitration_id == 512:
            assert seal_j1850(data[1:], (), 0) == data[0]
        values = self._database.decode_message(
            frame.arbitration_id, data, decode_choices=False, scaling=True
        )
        assert isinstance(values, dict)
        self.asked.append(values)
        if not self.obeys:
            return
        no_request = {"WindowAsk": 127.5, "ModeAsk": 15, "LampAsk": 3, "LockAsk": 255}
        for name, value in values.items():
            if name in no_request and value != no_request[name]:
                targets = ("Lock1", "Lock2") if name == "LockAsk" else (name.removesuffix("Ask"),)
                for target in targets:
                    self.state[target] = float(value)

    def close(self) -> None:
        self._stop.set()
        self._thread.join()
        self._bus.shutdown()


class Witness:
    """Sees every frame on the bus, in a thread, so that none is lost; a marker makes it catch up."""

    def __init__(self, channel: str) -> None:
        self._bus = can.Bus(interface="unix", channel=channel)
        self._marker = can.Bus(interface="unix", channel=channel)
        self._frames: list[can.Message] = []
        self._caught_up = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        marked = False
        while not self._stop.is_set():
            message = self._bus.recv(0.0 if marked else 0.02)
            if message is None and marked:
                marked = False
                self._caught_up.set()
            elif message is not None and message.arbitration_id == _MARKER:
                marked = True
            elif message is not None and message.arbitration_id not in _OF_THE_CAR:
                self._frames.append(message)

    def seen(self) -> list[can.Message]:
        self._caught_up.clear()
        self._marker.send(can.Message(arbitration_id=_MARKER, is_extended_id=True))
        assert self._caught_up.wait(5.0)
        frames, self._frames = self._frames, []
        return frames

    def close(self) -> None:
        self._stop.set()
        self._thread.join()
        self._bus.shutdown()
        self._marker.shutdown()


class Street:
    """A bus with the car, a gate, and a witness of every frame that is not the car's own."""

    def __init__(self, pod: VehicleProfile, folder: Path) -> None:
        self.channel = uuid.uuid4().hex[:8]
        self._cleanup = contextlib.ExitStack()
        self._witness = Witness(self.channel)
        self._cleanup.callback(self._witness.close)
        self.car = Car(self.channel, folder)
        self._cleanup.callback(self.car.close)
        self.bridge: Bridge = self._cleanup.enter_context(
            open_bridge(pod, f"unix:{self.channel}", may_send=True)
        )
        self.gate: Gate = self._cleanup.enter_context(open_gate(self.bridge))
        assert self.bridge.wait_ready(5.0)

    def seen(self) -> list[can.Message]:
        """Every frame since the last look that the car did not send itself."""
        return self._witness.seen()

    def drive(self, **state: float) -> None:
        """Change the car's state, and wait until the bridge knows."""
        self.car.state.update(state)
        accepted = self.bridge.counts()[0]
        for _ in range(500):
            if self.bridge.counts()[0] > accepted + 6:
                return
            time.sleep(0.01)
        raise AssertionError("the bridge has not heard of it")

    def close(self) -> None:
        self._cleanup.close()


@pytest.fixture
def street(pod: VehicleProfile, tmp_path: Path) -> Iterator[Street]:
    street = Street(pod, tmp_path)
    yield street
    street.close()
