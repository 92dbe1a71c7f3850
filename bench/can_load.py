"""Benchmarks: two Unix-socket buses at full load come in; what they cost the bridge goes out.

Each bus has a process of its own that sends its share of recorded frames over and over, as fast as
500 kbit/s take them.  The bridge is in this process, with one subscriber to every signal, so the
CPU time of this process is that of the bridge and of its subscriber.  Where the recording begins
anew the counters jump, so that some frames are refused there; they are not lost.
"""

import multiprocessing
import resource
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import can
import numpy as np

from bench.can_traffic import Traffic
from can_bridge.bridge import Bridge, open_bridge
from can_bridge.spec import VehicleProfile
from can_bridge.subscription import Subscription
from can_bridge.unix_bus import UnixBus
from sim.schedule import frame_seconds

_BITRATE = 500_000
_GREETING_S = 1.0  # until the senders and the bridge are linked
_SETTLE_S = 1.0  # until the last frame was read

_Frames = list[tuple[int, bytes]]


def measure(
    profile: VehicleProfile, traffic: Traffic, seconds: float, burst_s: float
) -> dict[str, Any]:
    """CPU share of one core, frames lost, and the delay from the frame's stamp to its reading."""
    with tempfile.TemporaryDirectory(prefix="au") as folder:
        channels = [str(Path(folder) / name) for name in ("a", "b")]
        spec = ",".join(f"unix:{channel}" for channel in channels)
        with open_bridge(profile, spec) as bridge, bridge.subscribe(size=1 << 16) as subscription:
            loads = list(zip(channels, _halves(profile, traffic), strict=True))
            return {"burst_ms": burst_s * 1000} | _load(
                bridge, subscription, loads, (seconds, burst_s)
            )


def _halves(profile: VehicleProfile, traffic: Traffic) -> tuple[_Frames, _Frames]:
    """Every other message on the second bus: a message comes from one of them."""
    first = set(sorted(profile.frames)[::2])
    known = [(key, data) for _, key, data in traffic.frames if key in profile.frames]
    return [f for f in known if f[0] in first], [f for f in known if f[0] not in first]


def _load(
    bridge: Bridge,
    subscription: Subscription,
    loads: Sequence[tuple[str, _Frames]],
    timing: tuple[float, float],
) -> dict[str, Any]:
    context = multiprocessing.get_context("spawn")
    told: multiprocessing.Queue[tuple[int, int]] = context.Queue()
    senders = [context.Process(target=_send, args=(*load, timing, told)) for load in loads]
    delays, ended = _Delays(subscription), threading.Event()
    watcher = threading.Thread(target=delays.watch, args=(ended,))
    watcher.start()
    for sender in senders:
        sender.start()
    while not sum(bridge.counts()):  # starting a process takes as long as it takes
        time.sleep(0.01)
    began_s, cpu_s = time.monotonic(), time.process_time()
    sent = [told.get() for _ in senders]
    wall_s, cpu_s = time.monotonic() - began_s, time.process_time() - cpu_s
    time.sleep(_SETTLE_S)
    ended.set()
    watcher.join()
    for sender in senders:
        sender.join()
    accepted, refused = bridge.counts()
    count = sum(frames for frames, _ in sent)
    return {
        "seconds": round(wall_s, 1),
        "frames": count,
        "frames_per_s": round(count / wall_s),
        "lost": count - accepted - refused,
        "dropped_by_a_full_socket": sum(dropped for _, dropped in sent),
        "refused": refused,
        "cpu_share": round(cpu_s / wall_s, 3),
        **delays.summary(),
        "peak_kb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
    }


class _Delays:
    """From the stamp of a frame to the moment at which a subscriber has its reading."""

    def __init__(self, subscription: Subscription) -> None:
        self._subscription = subscription
        self._counts = np.zeros(100_001, np.int64)  # of 10 microseconds each, up to 1 s
        self._lost = 0
        subscription.take(0.0)

    def watch(self, ended: threading.Event) -> None:
        while not ended.is_set():
            changes, lost = self._subscription.take(0.1)
            now_s = time.monotonic()
            self._lost += lost
            for _, _, at_s in changes:
                self._counts[min(max(int((now_s - at_s) * 1e5), 0), 100_000)] += 1

    def summary(self) -> dict[str, Any]:
        total = np.cumsum(self._counts)
        changes = int(total[-1])
        median, p99 = (int(np.searchsorted(total, share * changes)) / 100 for share in (0.5, 0.99))
        return {
            "changes": changes,
            "changes_lost": self._lost,
            "delay_ms": {"median": median, "p99": p99},
        }


def _send(
    channel: str,
    frames: _Frames,
    timing: tuple[float, float],
    told: "multiprocessing.Queue[tuple[int, int]]",
) -> None:
    """Sends for so many seconds, each frame when the bus is free or those of a burst together."""
    seconds, burst_s = timing
    messages = [
        can.Message(arbitration_id=key, data=data, is_extended_id=False) for key, data in frames
    ]
    wire_s = [frame_seconds(len(data), extended=False, bitrate=_BITRATE) for _, data in frames]
    with UnixBus(channel) as bus:
        time.sleep(_GREETING_S)
        due_s = began_s = time.monotonic()
        count = 0
        while due_s - began_s < seconds:
            wait_s = due_s - time.monotonic()
            if wait_s > 0:
                time.sleep(max(wait_s, burst_s))
            bus.send(messages[count % len(messages)])
            due_s += wire_s[count % len(messages)]
            count += 1
        told.put((count, bus.dropped))
        time.sleep(_SETTLE_S)
