"""A vehicle's manual is built when it is needed, whole or not at all."""

import os
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.adapters.sqlite_manual import SqliteManual, build, built_from
from assistant.errors import ManualError
from assistant.events import Passage, Term
from assistant.manuals import build_manual, ensure_manual, manual_file, read_text
from tests.turns import JACK, MANUAL

TEXT = "# 1 Wheels\n\n## 1.1 The jack\n\nThe jack lies under the floor.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A vehicle's folder with a manual of one file."""
    folder = tmp_path / "car" / "manual"
    folder.mkdir(parents=True)
    (folder / "01.md").write_text(TEXT, encoding="utf-8")
    return folder.parent


def texts(path: Path) -> list[str]:
    manual = SqliteManual(path)
    manual.open()
    try:
        found = manual.search((Term(("jack",)), Term(("pump",))), 9).passages
        return sorted(passage.text for passage in found)
    finally:
        manual.close()


def test_a_manual_is_built_when_it_is_first_needed(tmp_path: Path, folder: Path) -> None:
    path = ensure_manual(tmp_path / "data", "car", folder)
    assert path == manual_file(tmp_path / "data", "car", folder)
    assert texts(path) == ["The jack lies under the floor."]


def test_an_unchanged_manual_is_not_built_again(tmp_path: Path, folder: Path) -> None:
    path = ensure_manual(tmp_path, "car", folder)
    before = path.stat().st_mtime_ns, path.stat().st_ino
    ensure_manual(tmp_path, "car", folder)
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == before


def test_a_changed_or_added_file_is_built_in(tmp_path: Path, folder: Path) -> None:
    ensure_manual(tmp_path, "car", folder)
    (folder / "manual" / "02.md").write_text("# 2 B\n\nThe pump is beside it.\n", encoding="utf-8")
    assert texts(ensure_manual(tmp_path, "car", folder)) == [
        "The jack lies under the floor.",
        "The pump is beside it.",
    ]


def test_files_given_by_hand_stay_until_others_are(tmp_path: Path, folder: Path) -> None:
    mine = tmp_path / "mine.md"
    mine.write_text("# 1 A\n\nMy own jack.\n", encoding="utf-8")
    assert build_manual([mine], manual_file(tmp_path, "car", folder)) == 1
    assert texts(ensure_manual(tmp_path, "car", folder)) == ["My own jack."]


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\x00" + b"\xff" * 500])
def test_a_damaged_file_is_built_again(tmp_path: Path, folder: Path, content: bytes) -> None:
    path = manual_file(tmp_path, "car", folder)
    path.parent.mkdir()
    path.write_bytes(content)
    assert texts(ensure_manual(tmp_path, "car", folder)) == ["The jack lies under the floor."]


def test_a_file_that_is_damaged_behind_its_head_is_built_again(
    tmp_path: Path, folder: Path
) -> None:
    path = ensure_manual(tmp_path, "car", folder)
    whole = path.read_bytes()
    path.write_bytes(whole[:8192] + b"\xff" * (len(whole) - 8192))
    assert texts(ensure_manual(tmp_path, "car", folder)) == ["The jack lies under the floor."]


def test_a_file_of_an_older_form_is_built_again(tmp_path: Path, folder: Path) -> None:
    path = ensure_manual(tmp_path, "car", folder)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE manual SET value = '0' WHERE key = 'format'")
    connection.close()
    assert built_from(path) == ""
    assert texts(ensure_manual(tmp_path, "car", folder)) == ["The jack lies under the floor."]


def test_a_vehicle_without_a_manual_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ManualError, match="auriga manual build"):
        ensure_manual(tmp_path, "car", tmp_path)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.md", b"", "holds no text"),
        ("a.md", b"# Only a heading\n", "holds no text"),
        ("a.md", b"\xff\xfe", "is not text: byte 0"),
        ("a.md", b"# A\n\ntext\x00more\n", "is binary"),
        ("a.pdf", b"%PDF", "'.pdf'"),
        ("missing.md", None, "cannot be read"),
    ],
)
def test_a_file_that_is_no_manual_is_named_and_nothing_is_built(
    tmp_path: Path, name: str, content: bytes | None, words: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ManualError, match=words):
        build_manual([path], tmp_path / "data" / "car.sqlite")
    assert not list((tmp_path / "data").rglob("*.sqlite*"))


def test_a_build_that_fails_leaves_the_old_manual(tmp_path: Path) -> None:
    path = tmp_path / "m.sqlite"
    build(path, MANUAL, "one")

    def half() -> Iterator[Passage]:
        yield JACK
        raise ManualError("the second file is binary")

    with pytest.raises(ManualError):
        build(path, half(), "two")
    assert built_from(path) == "one"
    assert [entry.name for entry in tmp_path.iterdir()] == ["m.sqlite"]


def test_two_builds_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    path = tmp_path / "m.sqlite"
    between = threading.Event()

    def slow() -> Iterator[Passage]:
        yield JACK
        pid = os.fork()  # another process builds the same manual meanwhile
        if pid == 0:
            code = 1
            try:
                build(path, MANUAL, "other")
                code = 0
            finally:
                os._exit(code)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
        between.set()
        yield from MANUAL[1:]

    assert build(path, slow(), "mine") == len(MANUAL)
    assert between.is_set()
    assert built_from(path) == "mine"
    assert texts(path) == [JACK.text]


@pytest.mark.parametrize("blocked", ["manuals", "."])
def test_a_place_that_cannot_be_written_is_named(
    tmp_path: Path, folder: Path, blocked: str
) -> None:
    data = tmp_path / "data"
    if blocked == ".":
        data.write_text("a file where a folder should be")
    else:
        data.mkdir()
        (data / blocked).write_text("a file where a folder should be")
    with pytest.raises(ManualError, match="cannot be written"):
        ensure_manual(data, "car", folder)


@pytest.mark.parametrize("name", ["a b", "50%20", "what?", "a#b", "ü", "a&b=c"])
def test_a_folder_may_have_any_name(tmp_path: Path, folder: Path, name: str) -> None:
    assert texts(ensure_manual(tmp_path / name, "car", folder))


def test_text_is_read_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("# Ä\n", encoding="utf-8")
    assert read_text(path) == "# Ä\n"


def test_a_copy_of_a_vehicle_elsewhere_has_a_manual_of_its_own(
    tmp_path: Path, folder: Path
) -> None:
    ensure_manual(tmp_path, "car", folder)
    with pytest.raises(ManualError, match="has no manual"):
        ensure_manual(tmp_path, "car", tmp_path / "elsewhere")
