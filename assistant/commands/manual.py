"""Commands: `auriga manual build|show|search|paginate`: the owner's manual of a vehicle."""

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

from assistant.adapters.can_bridge_vehicle import CanBridgeVehicle
from assistant.adapters.sqlite_manual_file import kept_sources
from assistant.adapters.tqdm_progress import TqdmProgress
from assistant.app import data_folder, find_embedder, model_store
from assistant.commands import manual_look
from assistant.commands.options import Commands, settings_of
from assistant.errors import ManualError
from assistant.ingest.files import read_text
from assistant.ingest.pagination import paginate
from assistant.manuals import build_manual, build_own_manual, manual_file
from assistant.settings import vehicle_folder


def add(commands: Commands) -> None:
    """Add `manual` to the command line."""
    parser = commands.add_parser("manual", help="build, show and search the owner's manual")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    build = actions.add_parser(
        "build",
        help="build a vehicle's manual from PDF, HTML, Markdown or plain text files; without"
        " files, from its own",
    )
    build.add_argument("files", nargs="*", type=Path, metavar="FILE")
    build.add_argument("--vehicle", required=True, metavar="ID|DIR")
    build.add_argument("--config", type=Path, metavar="FILE", help="settings that override")
    build.set_defaults(execute=_build)
    manual_look.add(actions)
    pages = actions.add_parser("paginate", help="write page marks into the Markdown of a folder")
    pages.add_argument("folder", type=Path)
    pages.add_argument("--check", action="store_true", help="write nothing; fail if it would")
    pages.set_defaults(execute=_paginate)


def _build(options: argparse.Namespace) -> int:
    settings = settings_of(options)
    folder = vehicle_folder(settings.vehicle)
    vehicle = CanBridgeVehicle(folder, settings.vehicle_bus.spec, 0.0)
    data = data_folder(settings)
    target = manual_file(data, vehicle.id, folder)
    embedder = find_embedder(settings, model_store(settings))
    if not options.files:
        with TqdmProgress() as progress:
            own = build_own_manual(data, vehicle.id, folder, embedder, progress)
        _remark(remark for source in kept_sources(own) for remark in source.remarks)
        print(f"built from the vehicle's own folder: {own}")
        return 0
    with TqdmProgress() as progress:
        built = build_manual(options.files, target, embedder, progress)
    _remark(built.remarks)
    unchanged = len(options.files) - built.read
    told = f"; {unchanged} of {len(options.files)} files had not changed" if unchanged else ""
    print(f"{built.passages} passages in {target}{told}")
    print(
        f"They take the place of the vehicle's own manual; `auriga manual build --vehicle "
        f"{options.vehicle}` brings that back."
    )
    return 0


def _remark(remarks: Iterable[str]) -> None:
    for remark in remarks:
        print(f"auriga: note: {remark}.", file=sys.stderr)


def _paginate(options: argparse.Namespace) -> int:
    files = sorted(options.folder.glob("*.md"))
    if not files:
        raise ManualError(f"There is no Markdown file in {options.folder}.")
    texts = [read_text(path) for path in files]
    changed = 0
    for path, before, after in zip(files, texts, paginate(texts), strict=True):
        if before != after:
            changed += 1
            if not options.check:
                path.write_text(after, encoding="utf-8")
    if options.check and changed:
        raise ManualError(f"{changed} files have page marks that do not fit their text.")
    print(f"{changed} of {len(files)} files changed")
    return 0
