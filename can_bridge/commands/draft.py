"""Commands: a recording and the DBC of somebody's own car come in, a vehicle folder goes out."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import tempfile
from dataclasses import replace
from pathlib import Path

from can_bridge.commands.options import Parser, add_command, add_recording, warn
from can_bridge.commands.progress import shown
from can_bridge.dbc import WildDbc, frame_key, load_dbc_files, read_wild_dbc
from can_bridge.drafting.choosing import NOT_THERE, choose
from can_bridge.drafting.naming import candidates
from can_bridge.drafting.observing import Seen, observe
from can_bridge.drafting.report import DraftReport, summary
from can_bridge.drafting.writing import DraftName, identifier, signals_toml, vehicle_toml
from can_bridge.errors import ProfileError
from can_bridge.errors import shown as quoted
from can_bridge.profile import load_profile
from can_bridge.recording import Recording

_EPILOG = """examples:
  python -m can_bridge draft drive.log --dbc mycar.dbc --out mycar
  python -m can_bridge decode drive.log --vehicle mycar
  python -m can_bridge monitor --vehicle mycar --bus socketcan:can0

Common signals are recognized by name, unit and the values in the recording; what is not certain is left out, and report.md
says why.  The longer the recording and the more was done in it (doors, lights, gears), the more is certain.
"""


def add_parser(commands: argparse._SubParsersAction[Parser]) -> None:
    """Describe the command."""
    summary_ = "draft a vehicle folder from a recording and a DBC of one's own car"
    parser = add_command(commands, "draft", summary_, _EPILOG)
    add_recording(parser)
    parser.add_argument("--dbc", required=True, metavar="FILE", help="the car's DBC, as it came")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="the new folder")
    parser.add_argument("--name", help="what the car is called (default: the folder's name)")
    parser.add_argument(
        "--driver-side",
        choices=("left", "right"),
        default="left",
        help="where the driver sits (default: left)",
    )
    parser.add_argument("--channel", metavar="NAME", help="only this channel of the recording")
    parser.add_argument(
        "--force", action="store_true", help="write into a folder that is not empty"
    )
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write the folder and print the report."""
    out: Path = options.out
    _check_folder(out, options.force)
    name = _name(options.name or out.resolve().name)
    dbc = read_wild_dbc(options.dbc)
    found, rejected = candidates(dbc.messages, options.driver_side)
    wanted: dict[int, list[str]] = {}
    for candidate in found:
        wanted.setdefault(frame_key(candidate.message), []).append(candidate.signal.name)
    seen = _observed(options, dbc, wanted)
    chosen = choose(found, seen)
    present = {m.message.name for m in seen.messages.values() if m.count}
    chosen.rejected += [
        r if r.name.split(".")[0] in present else replace(r, reason=NOT_THERE) for r in rejected
    ]
    file = Path(str(options.dbc).removeprefix("opendbc:")).with_suffix(".dbc").name
    report = DraftReport(str(options.recording), str(options.dbc), dbc.warnings, chosen, seen)
    draft = DraftName(
        id=identifier(out.resolve().name),
        name=name,
        dbc=file,
        recording=options.recording.name,
        driver_side=options.driver_side,
        repair=False,
    )
    _write(out, dbc, report, draft)
    print(json.dumps(report.as_json(), ensure_ascii=False) if options.json else report.as_text())
    warn(f"wrote {out}: {summary(report.coverage())}")
    return 0


def _check_folder(out: Path, force: bool) -> None:
    if not out.resolve().name:
        raise ProfileError(f"{out} is no folder for a vehicle; name a new one in it")
    if os.path.exists(out) and not os.path.isdir(out):  # noqa: PTH110, PTH112
        raise ProfileError(f"{out} is a file; name a folder for the draft")
    if not force and _holds_something(out):
        raise ProfileError(f"{out} is not empty; name a new folder, or add --force")


def _holds_something(out: Path) -> bool:
    """Whether a folder has files; ProfileError where this user may not look."""
    try:
        return any(out.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise ProfileError(f"{out} cannot be used ({error.strerror}); name another") from error


def _observed(options: argparse.Namespace, dbc: WildDbc, wanted: dict[int, list[str]]) -> Seen:
    with Recording(options.recording, warn) as recording:
        messages = recording.messages()
        if options.channel is not None:
            messages = (m for m in messages if str(m.channel) == options.channel)
        seen = observe(shown(messages, "reading", recording.fraction), dbc.messages, wanted)
    if not any(message.count for message in seen.messages.values()):
        raise ProfileError(
            f"no frame of {options.recording} is in {options.dbc}; check that the recording and the "
            f"DBC belong to the same car and bus"
        )
    if len(seen.channels) > 1:
        names = ", ".join(sorted(seen.channels))
        warn(
            f"the recording has several channels ({names}); if the DBC is of one of them, choose it "
            f"with --channel"
        )
    return seen


def _name(text: str) -> str:
    """What the car is called; ProfileError for what no file can hold."""
    if not text.isprintable() or not text.strip():
        raise ProfileError(
            f"expected a name that can be printed for the car, found {quoted(text)}; say it with --name"
        )
    return text


def _write(out: Path, dbc: WildDbc, report: DraftReport, draft: DraftName) -> None:
    """The folder, whole and such that it can be used, or nothing of it."""
    is_new = not os.path.exists(out)  # noqa: PTH110
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".draft-", dir=out) as made:
            _write_files(Path(made), dbc, report, draft)
            _check_draft(Path(made), out)
            for file in sorted(Path(made).iterdir()):
                file.replace(out / file.name)
    except OSError as error:
        raise ProfileError(f"{out} cannot be written ({error.strerror}); name another") from error
    finally:
        if is_new:
            with contextlib.suppress(OSError):  # it is not there, or holds the draft
                out.rmdir()


def _write_files(folder: Path, dbc: WildDbc, report: DraftReport, draft: DraftName) -> None:
    (folder / draft.dbc).write_text(dbc.text, encoding="utf-8")
    if not _loads_strictly(folder, draft.dbc):
        draft = replace(draft, repair=True)
    (folder / "vehicle.toml").write_text(vehicle_toml(draft), encoding="utf-8")
    signals = signals_toml(report.chosen.signals, report.seen, draft)
    (folder / "signals.toml").write_text(signals, encoding="utf-8")
    (folder / "report.md").write_text(report.as_text(), encoding="utf-8")
    text = json.dumps(report.as_json(), ensure_ascii=False, indent=1)
    (folder / "report.json").write_text(text + "\n", encoding="utf-8")


def _check_draft(folder: Path, out: Path) -> None:
    try:
        load_profile(folder)
    except ProfileError as error:
        told = str(error).replace(str(folder), str(out))
        raise ProfileError(f"the draft cannot be used, and is not written: {told}") from error


def _loads_strictly(folder: Path, name: str) -> bool:
    try:
        load_dbc_files(folder, [name])
    except ProfileError:
        return False
    return True
