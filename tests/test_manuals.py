"""A vehicle's manual is built when it is needed, whole or not at all."""

import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.adapters.sqlite_manual import SqliteManual
from assistant.adapters.sqlite_manual_file import build, built_from
from assistant.adapters.sqlite_seal import rewriting
from assistant.errors import ManualError
from assistant.events import Passage, Term
from assistant.ingest.files import read_text
from assistant.manuals import (
    build_manual,
    build_own_manual,
    ensure_manual,
    find_manual,
    manual_file,
)
from tests.fakes import FakeEmbedder
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
    assert build_manual([mine], manual_file(tmp_path, "car", folder)).passages == 1
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


def changed(path: Path, before: bytes, after: bytes) -> None:
    """Write other bytes into a built manual, as a bad disk might."""
    whole = path.read_bytes()
    assert whole.count(before) == 1
    path.write_bytes(whole.replace(before, after))


def test_a_letter_that_has_changed_is_not_quoted(tmp_path: Path, folder: Path) -> None:
    path = ensure_manual(tmp_path, "car", folder, FakeEmbedder())
    changed(path, b"under the floor", b"above the floor")
    with pytest.raises(ManualError, match="damaged"):
        texts(path)
    embedder = FakeEmbedder()
    assert texts(ensure_manual(tmp_path, "car", folder, embedder)) == [
        "The jack lies under the floor."
    ]
    assert embedder.embedded  # nothing of the damaged file is taken over


def test_a_damaged_manual_of_files_given_by_hand_is_named_and_not_replaced(
    tmp_path: Path, folder: Path
) -> None:
    mine = tmp_path / "mine.md"
    mine.write_text("# 1 A\n\nMy own jack.\n", encoding="utf-8")
    path = manual_file(tmp_path, "car", folder)
    build_manual([mine], path)
    changed(path, b"My own jack", b"No own jack")
    damaged = path.read_bytes()
    with pytest.raises(ManualError, match=r"auriga manual build FILE… --vehicle .*car"):
        ensure_manual(tmp_path, "car", folder)
    assert path.read_bytes() == damaged
    build_manual([mine], path)
    assert texts(ensure_manual(tmp_path, "car", folder)) == ["My own jack."]


def test_that_files_given_by_hand_may_be_lost_is_said(
    tmp_path: Path, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = manual_file(tmp_path, "car", folder)
    path.parent.mkdir()
    path.write_bytes(b"no database")
    ensure_manual(tmp_path, "car", folder)
    assert "given by hand" in caplog.text


def test_what_was_built_from_the_vehicles_folder_is_not_used_without_it(
    tmp_path: Path, folder: Path
) -> None:
    path = ensure_manual(tmp_path, "car", folder)
    (folder / "manual" / "01.md").rename(folder / "01.md")
    assert find_manual(tmp_path, "car", folder) is None
    with pytest.raises(ManualError, match="has no manual"):
        ensure_manual(tmp_path, "car", folder)
    (folder / "01.md").rename(folder / "manual" / "01.md")
    assert texts(ensure_manual(tmp_path, "car", folder)) == texts(path)


def test_files_given_by_hand_outlive_the_vehicles_own(tmp_path: Path, folder: Path) -> None:
    mine = tmp_path / "mine.md"
    mine.write_text("# 1 A\n\nMy own jack.\n", encoding="utf-8")
    build_manual([mine], manual_file(tmp_path, "car", folder))
    shutil.rmtree(folder / "manual")
    assert texts(ensure_manual(tmp_path, "car", folder)) == ["My own jack."]


def test_a_file_of_an_older_form_is_built_again(tmp_path: Path, folder: Path) -> None:
    path = ensure_manual(tmp_path, "car", folder)
    with rewriting(path, what="manual") as connection:
        connection.execute("UPDATE manual SET value = '0' WHERE key = 'format'")
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
        ("a.pdf", b"GIF89a", "named a PDF and is none"),
        ("a.docx", b"PK", "'.docx'"),
        ("a.txt", b"\x01\x02\x03\xff" * 9, "is not text"),
        ("a.html", b"<p>\x00</p>", "is binary"),
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


# --- what is not read again --------------------------------------------------------------------


def counted(files: list[Path], target: Path) -> tuple[int, list[Passage]]:
    """How many files a build had to read, and all passages that it made."""
    read = build_manual(files, target).read
    manual = SqliteManual(target)
    manual.open()
    try:
        return read, list(manual.search((Term(("the",)),), 99).passages)
    finally:
        manual.close()


def test_unchanged_files_are_not_read_again(tmp_path: Path) -> None:
    files = [tmp_path / "a.md", tmp_path / "b.txt"]
    files[0].write_text("# 1 A\n\nThe jack.\n", encoding="utf-8")
    files[1].write_text("1 B\n\nThe pump is here.\n", encoding="utf-8")
    target = tmp_path / "m.sqlite"
    assert counted(files, target)[0] == 2
    assert counted(files, target)[0] == 0
    files[1].write_text("1 B\n\nThe hose is here.\n", encoding="utf-8")
    read, passages = counted(files, target)
    assert read == 1
    assert sorted(passage.text for passage in passages) == ["The hose is here.", "The jack."]


def test_what_another_parser_read_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.md"
    path.write_text("# 1 A\n\nThe jack.\n", encoding="utf-8")
    build_manual([path], tmp_path / "m.sqlite")
    monkeypatch.setattr("assistant.manuals.PARSER", "another")
    assert build_manual([path], tmp_path / "m.sqlite").read == 1


def test_building_on_gives_what_building_anew_gives(tmp_path: Path) -> None:
    first, second = tmp_path / "a.md", tmp_path / "b.md"
    first.write_text("# A\n\n## Wheels\n\nThe jack.\n", encoding="utf-8")
    second.write_text("# B\n\n## Doors\n\nThe lock.\n", encoding="utf-8")
    build_manual([first, second], tmp_path / "m.sqlite")
    second.write_text("# B\n\n## Wheels\n\nThe lock.\n", encoding="utf-8")
    on = counted([first, second], tmp_path / "m.sqlite")[1]
    anew = counted([first, second], tmp_path / "n.sqlite")[1]
    assert on == anew
    assert sorted(passage.section for passage in on) == ["A › Wheels", "B › Wheels"]
    assert {passage.source for passage in on} == {"a.md", "b.md"}


def test_remarks_are_told_again_for_files_that_are_not_read_again(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    words = (
        "Das Rad ist mit dem Kreuz zu lösen und nicht von der Nabe zu nehmen, wenn es heiß ist. "
    )
    path.write_text(f"# A\n\n{words * 8}\n", encoding="utf-8")
    first = build_manual([path], tmp_path / "m.sqlite")
    assert first.remarks == build_manual([path], tmp_path / "m.sqlite").remarks
    assert "German" in first.remarks[0]


def test_pages_and_sections_can_be_looked_at(tmp_path: Path, folder: Path) -> None:
    (folder / "manual" / "02.md").write_text(
        "# 2 Doors\n\n<!-- page iv -->\n\n## 2.1 Locks\n\nHere.\n\n<!-- page 5 -->\n\nThere.\n",
        encoding="utf-8",
    )
    manual = SqliteManual(ensure_manual(tmp_path, "car", folder))
    manual.open()
    try:
        assert [passage.text for passage in manual.page("IV")] == ["Here."]
        for name in ("2.1", "2", "locks", "2 Doors"):
            assert [passage.text for passage in manual.named(name)] == ["Here.", "There."]
        assert manual.named("%") == manual.page("") == ()
        assert manual.pages() == ("iv", "5")
    finally:
        manual.close()


# --- vectors -----------------------------------------------------------------------------------


class Watched:
    """A BuildProgress that keeps what it was told."""

    def __init__(self) -> None:
        self.read: list[str] = []
        self.embedded: list[tuple[int, int]] = []

    def pages(self, path: Path, done: int, total: int) -> None:
        self.read.append(path.name)

    def passages(self, done: int, total: int) -> None:
        self.embedded.append((done, total))


def test_a_manual_gets_its_vectors_when_it_is_first_needed(tmp_path: Path, folder: Path) -> None:
    embedder, watched = FakeEmbedder(), Watched()
    ensure_manual(tmp_path, "car", folder, embedder, watched)
    sentence = "The jack lies under the floor."
    assert embedder.embedded == [f"The jack. {sentence}", sentence]
    assert set(watched.read) == {"01.md"}
    assert watched.embedded == [(1, 1)]
    again = Watched()
    ensure_manual(tmp_path, "car", folder, embedder, again)
    assert (again.read, again.embedded, embedder.opened) == ([], [], 1)


def test_an_embedder_that_comes_later_is_used_then(tmp_path: Path, folder: Path) -> None:
    ensure_manual(tmp_path, "car", folder)
    embedder, watched = FakeEmbedder(), Watched()
    ensure_manual(tmp_path, "car", folder, embedder, watched)
    assert (watched.read, watched.embedded) == ([], [(1, 1)])


def test_unchanged_passages_keep_their_vectors_when_a_file_changes(
    tmp_path: Path, folder: Path
) -> None:
    ensure_manual(tmp_path, "car", folder, FakeEmbedder())
    (folder / "manual" / "02.md").write_text("# 2 B\n\nThe pump is beside it.\n", encoding="utf-8")
    ensure_manual(tmp_path, "car", folder)  # built by someone without an embedder
    embedder = FakeEmbedder()
    ensure_manual(tmp_path, "car", folder, embedder)
    assert {text.rpartition(". ")[2] for text in embedder.embedded} == {"The pump is beside it."}


def test_files_given_by_hand_get_vectors_and_keep_them(tmp_path: Path) -> None:
    path, target, embedder = tmp_path / "a.html", tmp_path / "m.sqlite", FakeEmbedder()
    path.write_text("<h1>1 A</h1><p>The jack.</p><h1>2 B</h1><p>The pump.</p>", encoding="utf-8")
    watched = Watched()
    build_manual([path], target, embedder, watched)
    assert set(watched.read) == {"a.html"}
    assert watched.embedded == [(1, 2), (2, 2)]
    path.write_text("<h1>1 A</h1><p>The jack.</p><h1>2 B</h1><p>The hose.</p>", encoding="utf-8")
    changed = FakeEmbedder()
    build_manual([path], target, changed)
    assert changed.embedded == ["2 B. The hose.", "The hose."]
    assert "The hose." in changed.embedded[0]


def test_a_vehicles_own_manual_takes_the_place_of_files_given_by_hand(
    tmp_path: Path, folder: Path
) -> None:
    mine = tmp_path / "mine.md"
    mine.write_text(TEXT + "\n## 1.2 More\n\nMy own pump.\n", encoding="utf-8")
    target = manual_file(tmp_path, "car", folder)
    build_manual([mine], target, FakeEmbedder())
    embedder = FakeEmbedder()
    assert build_own_manual(tmp_path, "car", folder, embedder) == target
    assert texts(target) == ["The jack lies under the floor."]
    assert embedder.embedded == []  # the sentence is the same, so that its vector is
    (folder / "manual" / "01.md").unlink()
    with pytest.raises(ManualError, match="has no manual"):
        build_own_manual(tmp_path, "car", folder, embedder)
    assert not target.exists()
