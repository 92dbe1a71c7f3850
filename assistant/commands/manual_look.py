"""Commands: `auriga manual show|search`: a page, a section or words come in, passages go out."""

import argparse
import json
import textwrap
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

from assistant.adapters.can_bridge_vehicle import CanBridgeVehicle
from assistant.adapters.sqlite_manual import SqliteManual
from assistant.adapters.tqdm_progress import TqdmProgress
from assistant.app import data_folder, find_embedder, model_store
from assistant.commands.options import Commands, settings_of
from assistant.errors import ManualError
from assistant.events import Passage, PassageKind
from assistant.lexicon import load_lexicon
from assistant.manuals import ensure_manual
from assistant.settings import CONFIG, vehicle_folder

WIDTH = 100
FOUND = 8
SHOWN = ("section", "title", "page", "kind", "path", "heading", "text", "row", "source")


def add(actions: Commands) -> None:
    """Add `show` and `search` to `auriga manual`."""
    show = actions.add_parser("show", help="show a page or a section as the assistant has it")
    show.add_argument("place", metavar="PAGE|SECTION", help="a printed page, a number or a title")
    search = actions.add_parser("search", help="show the passages nearest to some words")
    search.add_argument("words", nargs="+", metavar="WORDS")
    search.add_argument("--limit", type=int, default=FOUND, metavar="N")
    for action, run in ((show, _show), (search, _search)):
        action.add_argument("--vehicle", metavar="ID|DIR", help="default: that of the settings")
        action.add_argument("--config", type=Path, metavar="FILE", help="settings that override")
        action.add_argument("--json", action="store_true", help="one JSON object a passage")
        action.set_defaults(execute=run)


def _show(options: argparse.Namespace) -> int:
    manual = _manual(options)
    with closing(manual):
        passages = manual.page(options.place) or manual.named(options.place)
        pages = manual.pages()
    if not passages:
        there = f"; it has pages {pages[0]} to {pages[-1]}" if pages else "; it has no page labels"
        raise ManualError(f"The manual has no page or section '{options.place}'{there}.")
    _print(passages, as_json=options.json, scores=False)
    return 0


def _search(options: argparse.Namespace) -> int:
    lexicon = load_lexicon(CONFIG / "intents" / "en")
    manual = _manual(options)
    with closing(manual):
        words = " ".join(options.words)
        hits = manual.search(lexicon.terms(words), max(options.limit, 1), words)
    if not hits.passages and not options.json:
        print("nothing in the manual holds these words")
    _print(hits.passages, as_json=options.json, scores=True)
    return 0


def _manual(options: argparse.Namespace) -> SqliteManual:
    settings = settings_of(options)
    folder = vehicle_folder(settings.vehicle)
    vehicle = CanBridgeVehicle(folder, settings.vehicle_bus.spec, 0.0)
    embedder = find_embedder(settings, model_store(settings))
    with TqdmProgress() as progress:
        path = ensure_manual(data_folder(settings), vehicle.id, folder, embedder, progress)
    manual = SqliteManual(path, embedder)
    manual.open()
    return manual


def _print(passages: Sequence[Passage], *, as_json: bool, scores: bool) -> None:
    place: tuple[str, ...] = ()
    page = ""
    for passage in passages:
        if as_json:
            fields = asdict(passage)
            shown = {name: fields[name] for name in SHOWN}
            worth = {"coverage": passage.coverage, "cosine": passage.cosine} if scores else {}
            print(json.dumps(shown | worth))
            continue
        if (passage.path, passage.page) != (place, page) or scores:
            place, page = passage.path, passage.page
            above = " › ".join(place) or passage.section
            print(f"\n{above}" + (f", page {page}" if page else ""))
        mark = "" if passage.kind is PassageKind.TEXT else f"[{passage.kind}] "
        share = f"{passage.coverage:4.0%} " if scores else ""
        for line in f"{share}{mark}{passage.text}".split("\n"):
            print(textwrap.fill(line, WIDTH, initial_indent="  ", subsequent_indent="    "))
