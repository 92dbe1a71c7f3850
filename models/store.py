"""Models: a name comes in, the path of verified weights goes out.

The store is a folder with one folder per model; each holds the files and `receipt.json`, which
records where they came from and their checksums. The manifest's checksums win over the receipt's:
the receipt alone answers only for files made on this machine (requantized weights) and for models
that a person added by hand.
"""

import errno
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TypeGuard

from models.errors import ModelStoreError
from models.manifest import Manifest, ModelSpec

RECEIPT = "receipt.json"
REQUANTIZED = {"from", "from_sha256", "to", "to_sha256"}
BLOCK = 1 << 20  # bytes read at a time while hashing and copying

Progress = Callable[[str, int, int], None]
"""Called with what is being done, the bytes done and the bytes in all (0: not known)."""

Trial = Callable[[Path], None]
"""Opens weights once, a file or a folder; raises what it likes where they are none."""

Quantizer = Callable[[Path, Path, str], None]
"""Rewrites weights: source file, file to write, type (e.g. "Q4_0"); an error is its own."""


def default_folder() -> Path:
    """Where models live unless the settings say otherwise: the user's data folder."""
    data = os.environ.get("XDG_DATA_HOME") or os.path.expanduser("~/.local/share")  # noqa: PTH111
    if data.startswith("~"):
        raise ModelStoreError("This user has no home folder; set XDG_DATA_HOME to a folder.")
    return Path(data) / "auriga" / "models"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the store knows of an installed model."""

    source: str  # "moonshine-voice 0.0.73", an address, or "by hand"
    files: dict[str, str]  # relative path -> sha256, as installed
    requantized: dict[str, str] = field(default_factory=dict)  # from, from_sha256, to, to_sha256


@dataclass(frozen=True, slots=True)
class ModelState:
    """One line of `auriga models list`."""

    spec: ModelSpec
    installed: bool
    source: str
    bytes: int
    requantized: str = ""
    problem: str = ""  # what of it is not there or cannot be read, and what helps


class Store:
    """The models of one folder. Building it touches nothing on the disk."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder = folder
        self.manifest = manifest

    def place(self, name: str) -> Path:
        """The folder of a model, whether it is there or not."""
        return self.folder / name

    def installed(self, name: str) -> bool:
        """Whether the model was fetched or added; says nothing about its checksums."""
        return (self.place(name) / RECEIPT).is_file()

    def states(self) -> list[ModelState]:
        """Every model of the manifest and whether it is here."""
        return [self._state(spec) for spec in self.manifest.models.values()]

    def find(self, name: str) -> Path:
        """The verified file or folder to open; raises ModelStoreError with the command to run."""
        spec = self.manifest.spec(name)
        if not self.installed(name):
            raise ModelStoreError(
                f"The model '{name}' is not in {self.folder}; run `{_advice(spec)}`."
            )
        self.verify(name)
        folder = self.place(name)
        entry = self.receipt(name).requantized.get("to") or spec.entry
        return folder / entry if entry else folder

    def verify(self, name: str, progress: Progress | None = None) -> None:
        """Hash every file of the model; raise ModelStoreError on the first that is not as listed.

        Weights are input like any other: nothing may load them before this has passed.
        """
        spec = self.manifest.spec(name)
        folder = self.place(name)
        expected = self._expected(spec)
        total, done = _size(folder, expected), 0
        self._require(spec, expected)
        for file, checksum in expected.items():
            path = folder / file
            if sha256(path) != checksum:
                raise ModelStoreError(
                    f"The file '{file}' of the model '{name}' in {folder} has changed: its SHA-256 "
                    f"is not {checksum[:12]}…; run `{_advice(spec)}`."
                )
            done += path.stat().st_size
            if progress:
                progress(f"verify {name}", done, total)

    def receipt(self, name: str) -> Receipt:
        """What was recorded at installation; raises ModelStoreError when it cannot be read."""
        path = self.place(name) / RECEIPT
        try:
            return _receipt(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, RecursionError) as error:
            raise ModelStoreError(
                f"The record {path} cannot be read; run `{_advice(self.manifest.spec(name))}`."
            ) from error

    def remedy(self, name: str) -> str:
        """What helps where a model is as it was installed and still none: another one."""
        return f"run `{_advice(self.manifest.spec(name))} --force`"

    def add(
        self,
        name: str,
        path: Path,
        quantizer: Quantizer | None = None,
        trial: Trial | None = None,
    ) -> None:
        """Install a model that a person brings as a file or a folder, by copying it.

        One whose checksums the manifest does not list is given to `trial` first, as it would be
        loaded later; where that raises, nothing is installed.
        """
        spec = self.manifest.spec(name)
        if not path.exists():
            raise ModelStoreError(f"There is no file or folder {path} to add as '{name}'.")
        if spec.entry and path.is_dir() and not (path / spec.entry).is_file():
            raise ModelStoreError(f"'{name}' needs a file '{spec.entry}', and {path} has none.")
        missing = [file for file in spec.needs if path.is_dir() and not _filled(path / file)]
        if missing:
            raise ModelStoreError(f"'{name}' needs a file '{missing[0]}', and {path} has none.")
        if not spec.entry and not path.is_dir():
            raise ModelStoreError(f"'{name}' is a folder of files, and {path} is a file.")
        with self.staging(name) as stage:
            _copy(path, stage, spec.entry)
            self.install(spec, stage, "by hand", quantizer, trial)

    def staging(self, name: str) -> "Staging":
        """A temporary folder inside the store, so that installing it is one rename."""
        return Staging(self.folder / f".{name}.part")

    def install(
        self,
        spec: ModelSpec,
        stage: Path,
        source: str,
        quantizer: Quantizer | None = None,
        trial: Trial | None = None,
    ) -> None:
        """Check the staged files against the manifest, write the receipt, move them into place."""
        found = {
            str(path.relative_to(stage)): sha256(path)
            for path in sorted(stage.rglob("*"))
            if path.is_file() and path.name != RECEIPT
        }
        for file, checksum in spec.files.items():
            if found.get(file) != checksum:
                what = "is missing" if file not in found else f"has SHA-256 {found[file][:12]}…"
                raise ModelStoreError(
                    f"'{file}' of the model '{spec.name}' {what}; expected {checksum[:12]}…. "
                    "Nothing was installed."
                )
        requantized = _requantize(spec, stage, found, quantizer) if quantizer else {}
        if trial is not None and not spec.files:
            entry = requantized.get("to") or spec.entry
            trial(stage / entry if entry else stage)
        receipt = Receipt(source, found, requantized)
        (stage / RECEIPT).write_text(json.dumps(asdict(receipt), indent=1) + "\n", "utf-8")
        target = self.place(spec.name)
        if target.exists():
            shutil.rmtree(target)
        stage.rename(target)

    def _expected(self, spec: ModelSpec) -> dict[str, str]:
        receipt = self.receipt(spec.name)
        made_here = receipt.requantized
        files = dict(spec.files) or dict(receipt.files)
        if made_here:
            files[made_here["to"]] = made_here["to_sha256"]
            if spec.requantize is not None and spec.requantize.replaces:
                files.pop(made_here["from"], None)
        return files

    def _require(self, spec: ModelSpec, files: Iterable[str]) -> None:
        """Raise ModelStoreError for the first file of a model that is not there."""
        folder = self.place(spec.name)
        for file in files:
            if not (folder / file).is_file():
                raise ModelStoreError(
                    f"The model '{spec.name}' has no file '{file}' in {folder}; "
                    f"run `{_advice(spec)}`."
                )

    def _state(self, spec: ModelSpec) -> ModelState:
        place = self.place(spec.name)
        if not self.installed(spec.name) and not (place.is_dir() and any(place.iterdir())):
            return ModelState(spec, False, "", spec.bytes)
        try:
            receipt = self.receipt(spec.name)
            self._require(spec, self._expected(spec))
        except ModelStoreError as error:  # of this model; the others are listed all the same
            return ModelState(spec, True, "", spec.bytes, problem=str(error))
        made_here = receipt.requantized.get("to", "")
        size = _size(self.place(spec.name), [*receipt.files, made_here])
        return ModelState(spec, True, receipt.source, size, made_here)


class Staging:
    """A folder that is gone again unless its content was moved into place."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> Path:
        shutil.rmtree(self._folder, ignore_errors=True)
        try:
            self._folder.mkdir(parents=True)
        except OSError as error:
            raise ModelStoreError(
                f"The model folder {self._folder.parent} cannot be written: {error.strerror}."
            ) from error
        return self._folder

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)


def sha256(path: Path) -> str:
    """The checksum of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _receipt(table: object) -> Receipt:
    """The record that a JSON file holds; raises ValueError where it is none of ours."""
    match table:
        case {"source": str(source), "files": dict(files), **rest} if files and _texts(files):
            made_here = rest.get("requantized", {})
            if _texts(made_here) and (not made_here or made_here.keys() == REQUANTIZED):
                return Receipt(source, files, made_here)
    raise ValueError("the record lists no files with their checksums")


def _texts(table: object) -> TypeGuard[dict[str, str]]:
    return isinstance(table, dict) and all(isinstance(text, str) for text in table.values())


def _filled(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0


def _advice(spec: ModelSpec) -> str:
    if any(source.kind == "pypi" for source in spec.sources):
        return f"auriga models fetch {spec.name}"
    return (
        f"auriga models add {spec.name} PATH` or, with a network, `auriga models fetch {spec.name}"
    )


def _size(folder: Path, files: Iterable[str]) -> int:
    return sum((folder / file).stat().st_size for file in files if (folder / file).is_file())


def _copy(path: Path, stage: Path, entry: str) -> None:
    try:
        if path.is_dir():
            shutil.copytree(path, stage, dirs_exist_ok=True)
            return
        shutil.copy2(path, stage / entry)
        beside = path.with_name(path.name + ".json")
        if beside.is_file():  # a Piper voice is a pair of files
            shutil.copy2(beside, stage / f"{entry}.json")
    except shutil.Error as error:  # holds a row (from, to, reason) for every file
        reason = str(error.args[0][0][2])
        if os.strerror(errno.ENOSPC) in reason:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(stage)) from error
        raise ModelStoreError(f"{path} cannot be copied into the model store: {reason}.") from error
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise
        raise ModelStoreError(f"{path} cannot be copied into the model store: {error}.") from error


def _requantize(
    spec: ModelSpec, stage: Path, found: dict[str, str], quantizer: Quantizer
) -> dict[str, str]:
    plan = spec.requantize
    if plan is None:
        return {}
    result = stage / plan.result
    quantizer(stage / plan.source, result, plan.type)
    if plan.replaces:
        (stage / plan.source).unlink()
    return {
        "from": plan.source,
        "from_sha256": found[plan.source],
        "to": plan.result,
        "to_sha256": sha256(result),
    }
