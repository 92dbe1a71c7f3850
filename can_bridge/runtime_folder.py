"""can_bridge: where sockets and ledgers of this user lie while the machine runs."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path


def runtime_path() -> Path:
    """The folder, which may not be there yet."""
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if runtime and os.path.isdir(runtime):  # noqa: PTH112 (False too where this user may not look)
        return Path(runtime) / "auriga"
    return Path(tempfile.gettempdir()) / f"auriga-{os.getuid()}"


def runtime_folder() -> Path:
    """The folder, made if missing; OSError unless this user alone may enter it."""
    folder = runtime_path()
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    if status.st_uid != os.getuid() or not stat.S_ISDIR(status.st_mode) or status.st_mode & 0o077:
        raise PermissionError(
            f"{folder} must be a folder of this user that nobody else may enter; remove it"
        )
    return folder
