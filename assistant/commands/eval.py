"""Commands: `auriga eval manual`: how well questions with known answers are answered.

What measures is in bench/evaluation, which is no part of the product.
"""

import argparse
from pathlib import Path

from assistant.commands.bench import bench_module
from assistant.commands.options import Commands, settings_of

SAMPLE = 60  # questions; the model takes seconds for each


def add(commands: Commands) -> None:
    """Add `eval` to the command line."""
    parser = commands.add_parser("eval", help="ask questions whose answers are known, and count")
    subjects = parser.add_subparsers(title="subjects", metavar="WHAT", required=True)
    manual = subjects.add_parser("manual", help="answers from the owner's manual")
    manual.add_argument("--vehicle", metavar="ID|DIR", help="which car (default: aster)")
    manual.add_argument(
        "--manual", type=Path, nargs="+", metavar="FILE", help="instead of the vehicle's own"
    )
    manual.add_argument(
        "--questions", type=Path, nargs="+", metavar="FILE", help="default: ours for the Aster"
    )
    manual.add_argument(
        "--speech", action="store_true", help="through the voice and the recognizer"
    )
    manual.add_argument("--no-model", action="store_true", help="without the language model")
    manual.add_argument(
        "--baselines",
        type=_count,
        nargs="?",
        const=SAMPLE,
        metavar="N",
        help=f"the bare model too, on a sample of N questions (default: {SAMPLE})",
    )
    manual.add_argument("--threads", type=_count, default=1, metavar="N", help="default: 1")
    manual.add_argument("--json", action="store_true", help="print the report as JSON")
    manual.add_argument(
        "--out", type=Path, metavar="DIR", help="write report.json, report.png and answers.jsonl"
    )
    manual.add_argument("--config", type=Path, metavar="FILE", help="settings that override")
    manual.set_defaults(execute=_run, module="bench.evaluation.manual")


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is no number from 1 on")
    return number


def _run(options: argparse.Namespace) -> int:
    return int(bench_module(options.module).run(options, settings_of(options)))
