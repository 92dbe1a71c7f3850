"""The store of weights: nothing is used whose checksum is not the one that is listed."""

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models import (
    Manifest,
    ModelSpec,
    ModelStoreError,
    Requantize,
    Source,
    Store,
    UnknownModelError,
    default_folder,
    load_manifest,
)
from models.store import RECEIPT

WEIGHTS = b"weights" * 1000
CONFIG = b'{"rate": 22050}'


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def spec(**changes: Any) -> ModelSpec:
    """A voice of two files."""
    fields: dict[str, Any] = {
        "name": "voice",
        "role": "voice",
        "licence": "MIT",
        "about": "a voice",
        "bytes": 7000,
        "sources": (Source("pypi", "voice", "voice-package", "1.0"),),
        "files": {"v.onnx": digest(WEIGHTS), "v.onnx.json": digest(CONFIG)},
        "entry": "v.onnx",
    }
    return ModelSpec(**{**fields, **changes})


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """The files of the voice, as a person has them."""
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "v.onnx").write_bytes(WEIGHTS)
    (folder / "v.onnx.json").write_bytes(CONFIG)
    return folder


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store", Manifest({"voice": spec()}))


@pytest.fixture
def full(store: Store, mine: Path) -> Store:
    """The store with the voice installed."""
    store.add("voice", mine)
    return store


def test_a_new_store_touches_nothing(store: Store) -> None:
    assert not store.folder.exists()
    assert not store.installed("voice")
    assert [state.installed for state in store.states()] == [False]


def test_an_installed_model_is_found_by_its_file(full: Store) -> None:
    assert full.find("voice") == full.folder / "voice" / "v.onnx"
    assert full.find("voice").read_bytes() == WEIGHTS
    (state,) = full.states()
    assert (state.installed, state.source, state.bytes) == (True, "by hand", len(WEIGHTS + CONFIG))


def test_a_model_without_an_entry_is_found_by_its_folder(tmp_path: Path, mine: Path) -> None:
    store = Store(tmp_path / "store", Manifest({"voice": spec(entry="")}))
    store.add("voice", mine)
    assert store.find("voice") == store.folder / "voice"


def test_a_missing_model_says_which_command_fetches_it(store: Store) -> None:
    with pytest.raises(ModelStoreError, match="auriga models fetch voice"):
        store.find("voice")


def test_an_unknown_model_lists_those_there_are(store: Store) -> None:
    with pytest.raises(UnknownModelError, match="it has: voice"):
        store.find("other")


def flip(content: bytes) -> bytes:
    return bytes([content[0] ^ 1]) + content[1:]


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "one bit is another": flip,
    "the end is missing": lambda content: content[:-1],
    "there is more": lambda content: content + b"\0",
    "it is empty": lambda content: b"",
}


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("file", ["v.onnx", "v.onnx.json"])
def test_a_changed_file_is_not_used(full: Store, file: str, damage: str) -> None:
    path = full.folder / "voice" / file
    path.write_bytes(DAMAGE[damage](path.read_bytes()))
    with pytest.raises(ModelStoreError, match="has changed") as caught:
        full.find("voice")
    assert file in str(caught.value)
    assert "auriga models fetch voice" in str(caught.value)


def test_a_missing_file_is_named(full: Store) -> None:
    (full.folder / "voice" / "v.onnx.json").unlink()
    with pytest.raises(ModelStoreError, match=r"has no file 'v\.onnx\.json'"):
        full.find("voice")


def test_the_manifest_wins_over_the_record(full: Store) -> None:
    folder = full.folder / "voice"
    (folder / "v.onnx").write_bytes(b"other")
    receipt = json.loads((folder / RECEIPT).read_text())
    receipt["files"]["v.onnx"] = digest(b"other")
    (folder / RECEIPT).write_text(json.dumps(receipt))
    with pytest.raises(ModelStoreError, match="has changed"):
        full.find("voice")


RECORDS = [
    "",
    "null",
    "[]",
    "{}",
    '{"source": "x"}',
    '{"source": "x", "files": []}',
    '{"source": "x", "files": {}}',
    '{"source": "x", "files": {}, "requantized": 3}',
    '{"source": "x", "files": {}, "requantized": {"to": "a"}}',
    '{"source": "x", "files": {}, "requantized": []}',
    '{"source": 1, "files": {"v.onnx": 2}}',
]


@pytest.mark.parametrize("text", RECORDS)
def test_a_damaged_record_is_an_error_or_harmless(full: Store, text: str) -> None:
    (full.folder / "voice" / RECEIPT).write_text(text)
    for use in (lambda: full.find("voice"), full.states):
        try:
            use()
        except ModelStoreError as error:
            assert "receipt.json" in str(error)  # noqa: PT017  both ways are right


@pytest.mark.parametrize("text", RECORDS)
def test_a_damaged_record_never_makes_an_unlisted_file_trusted(
    tmp_path: Path, mine: Path, text: str
) -> None:
    by_hand = Store(tmp_path / "store", Manifest({"voice": spec(files={})}))
    by_hand.add("voice", mine)
    (by_hand.folder / "voice" / RECEIPT).write_text(text)
    with pytest.raises(ModelStoreError):
        by_hand.find("voice")


def test_a_damaged_record_hides_no_other_model(full: Store, mine: Path) -> None:
    other = spec(name="other")
    both = Store(full.folder, Manifest({"voice": spec(), "other": other}))
    both.add("other", mine)
    (full.folder / "voice" / RECEIPT).write_text("{")
    damaged, whole = both.states()
    assert "receipt.json cannot be read; run `auriga models fetch voice`" in damaged.problem
    assert (damaged.installed, whole.installed, whole.problem) == (True, True, "")


def test_weights_that_are_gone_are_seen_without_a_look_at_the_others(full: Store) -> None:
    (full.folder / "voice" / "v.onnx").unlink()
    (state,) = full.states()
    assert "has no file 'v.onnx'" in state.problem
    assert "run `auriga models fetch voice`" in state.problem


def test_files_without_a_record_are_not_passed_over(full: Store) -> None:
    (full.folder / "voice" / RECEIPT).unlink()
    (state,) = full.states()
    assert state.installed
    assert "receipt.json cannot be read; run `auriga models fetch voice`" in state.problem
    with pytest.raises(ModelStoreError, match="auriga models fetch voice"):
        full.verify("voice")


def test_a_damaged_record_is_replaced_by_adding_the_model_again(full: Store, mine: Path) -> None:
    (full.folder / "voice" / RECEIPT).write_text("")
    full.add("voice", mine)
    assert full.find("voice").is_file()


# --- added by hand -----------------------------------------------------------------------------


def test_files_that_are_not_the_listed_ones_are_not_installed(store: Store, mine: Path) -> None:
    (mine / "v.onnx").write_bytes(b"other")
    with pytest.raises(ModelStoreError, match="Nothing was installed"):
        store.add("voice", mine)
    assert not store.installed("voice")
    assert list(store.folder.iterdir()) == []


def test_a_failed_installation_leaves_the_old_model(full: Store, mine: Path) -> None:
    (mine / "v.onnx").write_bytes(b"other")
    with pytest.raises(ModelStoreError):
        full.add("voice", mine)
    assert full.find("voice").read_bytes() == WEIGHTS


def test_a_file_brings_its_description_along(full: Store, mine: Path) -> None:
    shutil.rmtree(full.folder)
    full.add("voice", mine / "v.onnx")
    assert full.find("voice").read_bytes() == WEIGHTS


def test_weights_that_nobody_lists_are_opened_once_before_they_are_installed(
    tmp_path: Path, mine: Path
) -> None:
    tried: list[Path] = []

    def refuse(path: Path) -> None:
        tried.append(path)
        assert path.read_bytes() == WEIGHTS
        raise ModelStoreError("no weights")

    store = Store(tmp_path / "store", Manifest({"voice": spec(files={})}))
    with pytest.raises(ModelStoreError, match="no weights"):
        store.add("voice", mine, trial=refuse)
    assert [path.name for path in tried] == ["v.onnx"]
    assert list(store.folder.iterdir()) == []
    listed = Store(tmp_path / "store", Manifest({"voice": spec()}))
    listed.add("voice", mine, trial=refuse)  # its checksums say more
    assert listed.installed("voice")


@pytest.mark.parametrize(
    ("entry", "path", "words"),
    [
        ("v.onnx", "missing", "There is no file or folder"),
        ("other.onnx", ".", "needs a file 'other.onnx'"),
        ("", "v.onnx", "is a folder of files"),
    ],
)
def test_what_is_no_such_model_is_named(
    tmp_path: Path, mine: Path, entry: str, path: str, words: str
) -> None:
    store = Store(tmp_path / "store", Manifest({"voice": spec(entry=entry)}))
    with pytest.raises(ModelStoreError, match=words):
        store.add("voice", mine / path)


def test_a_store_that_cannot_be_written_is_named(tmp_path: Path, mine: Path) -> None:
    (tmp_path / "store").write_text("a file where a folder should be")
    store = Store(tmp_path / "store", Manifest({"voice": spec()}))
    with pytest.raises(ModelStoreError, match="cannot be written"):
        store.add("voice", mine)


def test_weights_are_rewritten_for_this_processor_once(tmp_path: Path, mine: Path) -> None:
    plan = Requantize("v.onnx", "small.onnx", "Q4_0")
    store = Store(tmp_path / "store", Manifest({"voice": spec(requantize=plan)}))

    def halve(source: Path, result: Path, kind: str) -> None:
        assert kind == "Q4_0"
        result.write_bytes(source.read_bytes()[::2])

    with store.staging("voice") as stage:
        shutil.copytree(mine, stage, dirs_exist_ok=True)
        store.install(store.manifest.spec("voice"), stage, "here", halve)
    assert store.find("voice").name == "small.onnx"
    assert store.states()[0].requantized == "small.onnx"
    store.find("voice").write_bytes(b"changed")
    with pytest.raises(ModelStoreError, match=r"small\.onnx"):
        store.find("voice")


def test_a_rewriting_that_fails_installs_nothing(tmp_path: Path, mine: Path) -> None:
    plan = Requantize("v.onnx", "small.onnx", "Q4_0")
    store = Store(tmp_path / "store", Manifest({"voice": spec(requantize=plan)}))

    def fail(source: Path, result: Path, kind: str) -> None:
        raise ModelStoreError("the quantizer failed")

    with store.staging("voice") as stage:
        shutil.copytree(mine, stage, dirs_exist_ok=True)
        with pytest.raises(ModelStoreError, match="quantizer"):
            store.install(store.manifest.spec("voice"), stage, "here", fail)
    assert list(store.folder.iterdir()) == []


def test_progress_goes_from_nothing_to_all(full: Store) -> None:
    seen: list[tuple[int, int]] = []
    full.verify("voice", lambda _, done, total: seen.append((done, total)))
    assert seen[-1] == (len(WEIGHTS + CONFIG), len(WEIGHTS + CONFIG))
    assert seen == sorted(seen)


def test_models_live_in_the_users_data_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", "/somewhere")
    assert default_folder() == Path("/somewhere/auriga/models")
    monkeypatch.delenv("XDG_DATA_HOME")
    assert default_folder() == Path.home() / ".local/share/auriga/models"


# --- the manifest ------------------------------------------------------------------------------


def test_the_projects_manifest_is_whole() -> None:
    for name, model in load_manifest().models.items():
        assert model.name == name
        assert model.licence
        assert model.role in {"recognizer", "voice", "language-model", "embedder"}
        assert model.sources
        assert model.bytes > 1_000_000
        assert not model.entry or model.entry in model.files
        for checksum in (*model.files.values(), *(s.sha256 for s in model.sources if s.sha256)):
            assert len(checksum) == 64
            int(checksum, 16)


def test_weights_that_nothing_else_needs_are_not_kept(tmp_path: Path, mine: Path) -> None:
    plan = Requantize("v.onnx", "small.onnx", "any", replaces=True)
    store = Store(tmp_path / "store", Manifest({"voice": spec(requantize=plan)}))

    def halve(source: Path, result: Path, kind: str) -> None:
        result.write_bytes(source.read_bytes()[::2])

    store.add("voice", mine, halve)
    assert store.find("voice").name == "small.onnx"
    assert not (store.place("voice") / "v.onnx").exists()
    store.verify("voice")
    assert store.states()[0].bytes == len(WEIGHTS) // 2 + len(CONFIG)
    (store.place("voice") / "small.onnx").write_bytes(b"other")
    with pytest.raises(ModelStoreError, match="has changed"):
        store.find("voice")


def test_weights_of_ones_own_are_tried_as_they_are_loaded_later(tmp_path: Path, mine: Path) -> None:
    plan = Requantize("v.onnx", "small.onnx", "any", replaces=True)
    store = Store(tmp_path / "store", Manifest({"voice": spec(files={}, requantize=plan)}))
    tried: list[str] = []

    def copy(source: Path, result: Path, kind: str) -> None:
        result.write_bytes(source.read_bytes())

    store.add("voice", mine, copy, lambda path: tried.append(path.name))
    assert tried == ["small.onnx"]
    assert store.find("voice").name == "small.onnx"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x", "cannot be read"),
        ("[voice]\nrole = 'voice'\n", "wrong or missing key"),
        ("[voice]\nrole='v'\nabout=''\nlicence=''\nbytes=1\nextra=1\n", "extra"),
        (
            "[voice]\nrole='v'\nabout=''\nlicence=''\nbytes=1\n"
            "[[voice.source]]\nkind='url'\ntake='x'\n",
            "needs a sha256",
        ),
        (
            "[voice]\nrole='v'\nabout=''\nlicence=''\nbytes=1\n[[voice.source]]\nkind='url'\n",
            "wrong or missing key",
        ),
        ("voice = 1\n", "voice"),
    ],
)
def test_a_manifest_that_is_wrong_is_named(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "manifest.toml"
    path.write_text(text)
    with pytest.raises(ModelStoreError, match=words):
        load_manifest(path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=100))
def test_any_file_as_a_record_is_an_error_or_harmless(full: Store, content: bytes) -> None:
    (full.folder / "voice" / RECEIPT).write_bytes(content)
    try:
        full.find("voice")
    except ModelStoreError as error:
        assert "receipt.json" in str(error)  # noqa: PT017  both ways are right
