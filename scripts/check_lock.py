"""Checks that the requirements*.lock files fit pyproject.toml and name no host; needs no network.

Every dependency is pinned to a version in its range, every pin has a SHA-256, the product has the
same versions under test as in use, and what is installed here is what the lock says.
"""

import importlib.metadata
import re
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+?)(?:\s*;\s*([^\\]+?))?\s*(?:\\\n|\n|$)", re.MULTILINE)
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}\b")
HOST = re.compile(r"://|--(?:index-url|extra-index-url|find-links|trusted-host)")


@dataclass(frozen=True, slots=True)
class Pin:
    """One package of a lock file."""

    version: str
    hashes: int
    here: bool  # whether its marker holds on this machine


def main() -> int:
    """Print what is wrong, a line each; the exit code says whether anything is."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    groups = project["dependency-groups"]
    run = project["project"]["dependencies"]
    files = {
        "requirements.lock": run,
        "requirements-dev.lock": run + groups["dev"],
        "requirements-build.lock": groups["build"] + project["build-system"]["requires"],
    }
    wrong: list[str] = []
    pins: dict[str, dict[str, Pin]] = {}
    for name, wanted in files.items():
        text = (ROOT / name).read_text("utf-8")
        if HOST.search(text):
            wrong.append(f"{name} names an address.")
        pins[name] = _pins(text)
        wrong += _unmet(name, pins[name], wanted)
    for package, pin in pins["requirements.lock"].items():
        other = pins["requirements-dev.lock"].get(package)
        if other is None or other.version != pin.version:
            wrong.append(f"{package} is not the same in requirements.lock and -dev.lock.")
    wrong += _not_installed(pins["requirements-dev.lock"])
    for line in wrong:
        print(line, file=sys.stderr)
    if wrong:
        print("auriga: the lock does not fit; run `make lock`, then `make setup`.", file=sys.stderr)
        return 1
    print(f"lock: {len(pins['requirements-dev.lock'])} packages fit pyproject.toml")
    return 0


def _pins(text: str) -> dict[str, Pin]:
    found = list(PIN.finditer(text))
    ends = [match.start() for match in found[1:]] + [len(text)]
    return {
        canonicalize_name(match[1]): Pin(
            match[2],
            len(HASH.findall(text, match.end(), end)),
            match[3] is None or Marker(match[3]).evaluate(),
        )
        for match, end in zip(found, ends, strict=True)
    }


def _unmet(name: str, pins: dict[str, Pin], wanted: list[str]) -> list[str]:
    wrong = [f"{name}: {package} has no hash." for package, pin in pins.items() if not pin.hashes]
    for requirement in map(Requirement, wanted):
        pin = pins.get(canonicalize_name(requirement.name))
        if pin is None:
            wrong.append(f"{name} lacks {requirement.name}.")
        elif not requirement.specifier.contains(pin.version, prereleases=True):
            wrong.append(f"{name} has {requirement.name} {pin.version}, not {requirement}.")
    return wrong


def _not_installed(pins: dict[str, Pin]) -> list[str]:
    wrong = []
    for package, pin in pins.items():
        if not pin.here:
            continue
        try:
            found = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            found = "nothing"
        if found != pin.version:
            wrong.append(f"{package}: the lock says {pin.version}, installed is {found}.")
    return wrong


if __name__ == "__main__":
    sys.exit(main())
