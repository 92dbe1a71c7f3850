"""Commands: `auriga bench NAME`: the benchmarks of the folder bench/, which is no part of the product.

They stand beside the source and are imported only when asked for; an installed head unit has none.
"""

import argparse
import importlib
import sys
from pathlib import Path
from types import ModuleType

from assistant.commands.options import Commands, add_settings, settings_of
from assistant.errors import UsageError

ROOT = Path(__file__).resolve().parents[2]


def add(commands: Commands) -> None:
    """Add `bench` to the command line."""
    parser = commands.add_parser("bench", help="measure, and report as JSON and as a picture")
    benches = parser.add_subparsers(title="benchmarks", metavar="NAME", required=True)
    latency = benches.add_parser(
        "latency", help="voice-to-voice latency of spoken questions, fed in real time"
    )
    latency.add_argument("--wavs", type=Path, metavar="DIR", help="questions (default: made now)")
    latency.add_argument("--scenario", default="highway", metavar="NAME")
    latency.add_argument("--out", type=Path, default=Path("out/bench"), metavar="DIR")
    latency.add_argument("--json", action="store_true", help="print the report as JSON")
    add_settings(latency)
    latency.set_defaults(execute=_run, module="bench.latency")


def bench_module(name: str) -> ModuleType:
    """A module of the folder bench/; raises UsageError where the source tree is not there."""
    if not (ROOT / "bench").is_dir():
        raise UsageError(f"There is no folder bench in {ROOT}; benchmarks need the source tree.")
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    return importlib.import_module(name)


def _run(options: argparse.Namespace) -> int:
    return int(bench_module(options.module).run(options, settings_of(options)))
