"""The reading process is watched: whatever ends it is an error that names file and page."""

from pathlib import Path

import pytest

from assistant.adapters.manual_reader import read_files
from assistant.errors import ManualError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A manual."""
    path = tmp_path / "a.md"
    path.write_text(
        "# 1 A\n\n<!-- page 7 -->\n\n| B | C |\n|---|---|\n| 1 | 2 |\n", encoding="utf-8"
    )
    return path


def quiet(_path: Path, _done: int, _total: int) -> None:
    """No progress is shown."""


def test_passages_come_back_as_they_were(path: Path) -> None:
    told: list[tuple[Path, int, int]] = []
    (read,) = read_files([path], lambda *progress: told.append(progress))
    (passage,) = read.passages
    assert (passage.page, passage.row, passage.path) == ("7", (("B", "1"), ("C", "2")), ("1 A",))
    assert told == [(path, 1, 1)]


def test_an_error_of_the_file_comes_back(path: Path) -> None:
    path.write_bytes(b"")
    with pytest.raises(ManualError, match="is empty"):
        list(read_files([path], quiet))


def test_a_reader_that_dies_is_an_error(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/bin/false")
    with pytest.raises(ManualError, match=r"Page 1 of .*a\.md cannot be read: .* ended the reader"):
        list(read_files([path], quiet))


def test_a_reader_that_takes_too_long_is_ended(path: Path) -> None:
    with pytest.raises(ManualError, match="takes longer than 0 s"):
        list(read_files([path], quiet, stall_s=0.0))
