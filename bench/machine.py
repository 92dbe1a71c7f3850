"""Benchmarks: the machine that the figures belong to, and the memory of a family of processes."""

import os
import platform
import time
from pathlib import Path
from typing import Any

PROC = Path("/proc")


def about() -> dict[str, Any]:
    """What a reader needs to judge a figure: the date, the cores, the memory, the versions."""
    memory = next(
        line.split()[1]
        for line in (PROC / "meminfo").read_text().splitlines()
        if line.startswith("MemTotal")
    )
    model = next(
        (
            line.partition(":")[2].strip()
            for line in (PROC / "cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    return {
        "date": time.strftime("%Y-%m-%d"),
        "cores": len(os.sched_getaffinity(0)),
        "processor": model,
        "memory_gib": round(int(memory) / 2**20, 1),
        "python": platform.python_version(),
        "load_at_start": round(os.getloadavg()[0], 2),
    }


def seconds_since_start() -> float:
    """How long this process has been running, imports included."""
    ticks = int((PROC / "self" / "stat").read_text().rpartition(")")[2].split()[19])
    uptime = float((PROC / "uptime").read_text().split()[0])
    return uptime - ticks / os.sysconf("SC_CLK_TCK")


def pss_mb(without: int | None) -> dict[str, float]:
    """Proportional set size in MB of this process and its children, by name; one left out."""
    out: dict[str, float] = {}
    for pid in [os.getpid(), *_children(os.getpid())]:
        if pid == without:
            continue
        try:
            rollup = (PROC / str(pid) / "smaps_rollup").read_text()
        except OSError:
            continue  # it ended in between
        pss = next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
        name = "assistant" if pid == os.getpid() else f"child {pid}"
        out[name] = round(pss / 1000, 1)
    out["sum"] = round(sum(out.values()), 1)
    return out


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for task in (PROC / str(pid) / "task").iterdir():
        for child in (task / "children").read_text().split():
            found += [int(child), *_children(int(child))]
    return found
