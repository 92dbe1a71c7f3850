"""Adapter: paths of manual files come in, their passages go out of the reading process.

The process is watched: one that dies or says nothing for STALL_S is ended, and the error names the
file and the page that it was at.
"""

import contextlib
import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import ManualError
from assistant.events import Passage, PassageKind

STALL_S = 60.0
CHUNK = 1 << 16
ROOT = Path(__file__).parents[2]

Progress = Callable[[Path, int, int], None]
"""Is told a file, how much of it is done, and how much there is; two steps for each page."""


@dataclass(frozen=True, slots=True)
class ReadFile:
    """What a file holds, and what its owner should know about it."""

    passages: tuple[Passage, ...]
    remarks: tuple[str, ...]


def read_files(
    paths: Sequence[Path], progress: Progress, stall_s: float = STALL_S
) -> Iterator[ReadFile]:
    """Yield what each file holds, in their order; raises ManualError naming file and page."""
    if not paths:
        return
    reading, writing = os.pipe()
    command = [sys.executable, "-m", "assistant.adapters.manual_process", "--fd", str(writing)]
    try:
        child = subprocess.Popen(
            [*command, "--", *(str(path.absolute()) for path in paths)],
            pass_fds=(writing,),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), *_search_path()])},
        )
    finally:
        os.close(writing)
    try:
        yield from _Watch(child, reading, paths, progress, stall_s).files()
    finally:
        os.close(reading)
        with contextlib.suppress(ProcessLookupError):
            child.kill()
        child.wait()


def _search_path() -> list[str]:
    given = os.environ.get("PYTHONPATH")
    return [given] if given else []


@dataclass(slots=True)
class _Watch:
    child: subprocess.Popen[bytes]
    pipe: int
    paths: Sequence[Path]
    progress: Progress
    stall_s: float
    number: int = -1  # of the file that is read
    done: int = 0
    total: int = 0

    def files(self) -> Iterator[ReadFile]:
        for message in self._messages():
            match message:
                case {"begun": str()}:
                    self.number, self.done, self.total = self.number + 1, 0, 0
                case {"done": int(done), "total": int(total)}:
                    self.done, self.total = done, total
                    self.progress(self.paths[self.number], done, total)
                case {"error": str(text)}:
                    raise ManualError(text)
                case {"passages": list(passages), "remarks": list(remarks)}:
                    yield ReadFile(tuple(map(_passage, passages)), tuple(map(str, remarks)))
        if self.child.wait(self.stall_s) != 0:
            raise ManualError(f"{self._place()} cannot be read: reading it ended the reader.")

    def _messages(self) -> Iterator[dict[str, Any]]:
        held = bytearray()
        deadline = time.monotonic() + self.stall_s
        while True:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.pipe], [], [], left)[0]:
                raise ManualError(
                    f"{self._place()} cannot be read: it takes longer than {self.stall_s:g} s."
                )
            data = os.read(self.pipe, CHUNK)
            if not data:
                return
            held += data
            *lines, rest = bytes(held).split(b"\n") if b"\n" in data else [bytes(held)]
            held = bytearray(rest)
            for line in lines:
                deadline = time.monotonic() + self.stall_s
                yield json.loads(line)

    def _place(self) -> str:
        path = self.paths[max(self.number, 0)]
        if not self.total:
            return f"Page 1 of {path}"
        pages = max(self.total // 2, 1)
        page = self.done if self.done <= pages else self.done - pages
        return f"Page {page} of {path}"


def _passage(fields: dict[str, Any]) -> Passage:
    row = tuple((str(head), str(cell)) for head, cell in fields["row"])
    section, title, page, text = (
        str(fields[name]) for name in ("section", "title", "page", "text")
    )
    return Passage(
        section,
        title,
        page,
        text,
        kind=PassageKind(fields["kind"]),
        chapter=str(fields["chapter"]),
        heading=str(fields["heading"]),
        row=row,
        path=tuple(map(str, fields["path"])),
    )
