"""Commands: `auriga models list|fetch|verify|add`: the weights on this machine."""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tqdm import tqdm

from assistant.adapters.llama_language_model import quantize
from assistant.adapters.minilm_graph import build_graph
from assistant.app import model_store, try_model
from assistant.commands.options import Commands, settings_of
from assistant.errors import DiskFullError, ModelError, UsageError
from models import ModelStoreError, Store, UnknownModelError, fetch

TELL_S = 5.0  # between lines where stderr is no terminal
ONNX = "onnx-int8"  # a type of rewritten weights in the manifest; the others are llama.cpp's


def add(commands: Commands) -> None:
    """Add `models` to the command line."""
    parser = commands.add_parser("models", help="list, fetch, verify or add model files")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    for name, words, run in (
        ("list", "what there is and what is installed", _list),
        ("fetch", "download models (the only command that opens a connection)", _fetch),
        ("verify", "check every installed file against its checksum", _verify),
        ("add", "install a model from a file or folder of yours", _add),
    ):
        action = actions.add_parser(name, help=words)
        action.add_argument("--config", type=Path, metavar="FILE", help="settings that override")
        if name == "fetch":
            action.add_argument("names", nargs="*", help="default: what the default settings use")
            action.add_argument("--force", action="store_true", help="even if already installed")
        if name == "add":
            action.add_argument("name", help="a name of `auriga models list`")
            action.add_argument("path", type=Path)
        action.set_defaults(execute=_bordered(run), online=name == "fetch")


def _bordered(
    run: Callable[[Store, argparse.Namespace], int],
) -> Callable[[argparse.Namespace], int]:
    def execute(options: argparse.Namespace) -> int:
        try:
            return run(model_store(settings_of(options)), options)
        except UnknownModelError as error:
            raise UsageError(str(error)) from error
        except ModelStoreError as error:
            kind = DiskFullError if "no room" in str(error) else ModelError
            raise kind(str(error)) from error

    return execute


def _list(store: Store, _: argparse.Namespace) -> int:
    print(f"models in {store.folder}")
    states = store.states()
    for state in states:
        mark = "damaged" if state.problem else "installed" if state.installed else "-"
        size = f"{state.bytes / 1e6:.0f} MB"
        print(f"{state.spec.name:<24}{mark:<11}{size:>8}  {state.spec.role:<15}{state.spec.about}")
        print(f"{'':<45}licence: {state.spec.licence}")
        if state.requantized:
            print(f"{'':<45}rewritten for this processor as {state.requantized}")
    problems = [state.problem for state in states if state.problem]
    if problems:
        raise ModelError(" ".join(problems))
    return 0


def _fetch(store: Store, options: argparse.Namespace) -> int:
    names = options.names or [s.name for s in store.manifest.models.values() if s.default]
    for name in names:
        store.manifest.spec(name)  # before anything is fetched
    for name in names:
        if store.installed(name) and not options.force:
            try:
                store.verify(name)
                print(f"{name}: already installed, checksums right")
                continue
            except ModelStoreError as error:
                print(f"{name}: {error}", file=sys.stderr)
        with _Bar(name) as bar:
            fetch(store, name, bar.update, _rewrite)
        store.verify(name)
        print(f"{name}: installed, checksums right")
    return 0


def _verify(store: Store, _: argparse.Namespace) -> int:
    wrong = []
    installed = [state for state in store.states() if state.installed]
    for state in installed:
        try:
            store.verify(state.spec.name)
            print(f"{state.spec.name}: checksums right")
        except ModelStoreError as error:
            wrong.append(str(error))
    if wrong:
        raise ModelError(" ".join(wrong))
    if not installed:
        print("no model is installed; run `auriga models fetch`")
    return 0


def _add(store: Store, options: argparse.Namespace) -> int:
    spec = store.manifest.spec(options.name)
    settings = settings_of(options)
    if not options.path.exists():
        raise UsageError(f"There is no file or folder {options.path}; give the model's own.")
    store.add(options.name, options.path, _rewrite, lambda path: try_model(settings, spec, path))
    print(f"{options.name}: installed from {options.path}")
    return 0


def _rewrite(source: Path, result: Path, kind: str) -> None:
    """Rewrite weights into what is loaded later; raises ModelError."""
    if kind == ONNX:
        build_graph(source, result)
    else:
        quantize(source, result, kind)


class _Bar:
    """How far it is, on stderr: a bar on a terminal, elsewhere a line now and then."""

    def __init__(self, name: str) -> None:
        self._terminal = sys.stderr.isatty()
        self._told = time.monotonic()
        self._bar = tqdm(
            desc=name,
            unit="B",
            unit_scale=True,
            unit_divisor=1024,
            total=0,
            leave=False,
            disable=not self._terminal,
        )

    def __enter__(self) -> "_Bar":
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()

    def update(self, what: str, done: int, total: int) -> None:
        """Show how far it is."""
        if not self._terminal:
            self._tell(what, done, total)
            return
        self._bar.total = total
        self._bar.set_description(what, refresh=False)
        self._bar.update(done - self._bar.n)

    def _tell(self, what: str, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self._told >= TELL_S:
            self._told = now
            of = f" of {total / 1e6:.0f}" if total else ""
            print(f"{what}: {done / 1e6:.0f}{of} MB", file=sys.stderr, flush=True)
