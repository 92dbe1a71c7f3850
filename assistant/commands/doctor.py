"""Commands: `auriga doctor`: what is here, what is in use and why, and what to do about the rest."""

import argparse
import platform
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from assistant import __version__
from assistant.adapters.sounddevice_loudspeaker import LoudspeakerSettings, SounddeviceLoudspeaker
from assistant.adapters.sounddevice_microphone import MicrophoneSettings, SounddeviceMicrophone
from assistant.adapters.sqlite_manual import SqliteManual
from assistant.adapters.tqdm_progress import TqdmProgress
from assistant.app import (
    CarVehicle,
    build_embedder,
    build_language_model,
    build_recognizer,
    build_vehicle,
    build_voice,
    data_folder,
    embedder_weights,
    find_embedder,
    language_model_weights,
    model_store,
    recognizer_choice,
    recognizer_weights,
    voice_weights,
)
from assistant.commands.options import Commands, add_settings, settings_of
from assistant.commands.run import device
from assistant.errors import AurigaError
from assistant.manuals import by_hand, find_manual
from assistant.ports import Part
from assistant.settings import Settings, vehicle_folder
from models import Store


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the doctor's report."""

    name: str
    good: bool
    text: str
    exit_code: int = 0


def add(commands: Commands) -> None:
    """Add `doctor` to the command line."""
    parser = commands.add_parser("doctor", help="say what works here, what is in use, and why")
    add_settings(parser)
    parser.set_defaults(execute=execute)


def execute(options: argparse.Namespace) -> int:
    """Print the report; the exit code is that of the first thing that `ask` cannot do without."""
    settings = settings_of(options)
    code = 0
    print(f"Auriga {__version__}, Python {platform.python_version()}, {platform.machine()}")
    for check in _checks(settings):
        print(f"  {'ok ' if check.good else '!! '} {check.name:<16}{check.text}", flush=True)
        code = code or (0 if check.good else check.exit_code)
    return code


def _checks(settings: Settings) -> Iterator[Check]:
    store = model_store(settings)
    yield _try("recognizer", lambda: _recognizer(settings, store))
    yield _try("language model", lambda: _language_model(settings, store))
    yield _embedder(settings, store)
    yield _try("voice", lambda: _voice(settings, store))
    yield from _vehicle(settings)
    microphone = SounddeviceMicrophone(MicrophoneSettings(device(settings.hear.microphone)))
    yield _optional(_try("microphone", lambda: _opened(microphone)))
    loudspeaker = SounddeviceLoudspeaker(LoudspeakerSettings(device(settings.speak.loudspeaker)))
    yield _optional(_try("loudspeaker", lambda: _opened(loudspeaker)))


def _recognizer(settings: Settings, store: Store) -> str:
    name, why = recognizer_choice(settings, store)
    weights = recognizer_weights(settings, store)
    return f"{name}: {why}; {weights.path} {_opened(build_recognizer(weights))}"


def _language_model(settings: Settings, store: Store) -> str:
    if not settings.respond.use_model:
        return "not used: respond.use_model is false"
    weights = language_model_weights(settings, store)
    return f"{weights.name}; {weights.path} {_opened(build_language_model(settings, weights))}"


def _voice(settings: Settings, store: Store) -> str:
    weights = voice_weights(settings, store)
    opened = _opened(build_voice(settings, weights))
    return f"{weights.name}; {weights.path} {opened}, in a process of its own"


def _embedder(settings: Settings, store: Store) -> Check:
    """Without an embedder the manual is searched by words alone, so that nothing fails."""
    name = settings.models.embedder
    if not name:
        return Check("embedder", True, "not used: models.embedder is empty")
    try:
        weights = embedder_weights(settings, store)
        if weights is None:
            helps = f"run `auriga models fetch {name}`"
            where = f"'{name}' is not in {store.folder}"
            return Check(
                "embedder", False, f"{where}; manuals are searched by words alone; {helps}"
            )
        opened = _opened(build_embedder(weights))
    except AurigaError as error:
        return Check("embedder", False, str(error), error.exit_code)
    return Check("embedder", True, f"{weights.name}; {weights.path} {opened}")


def _vehicle(settings: Settings) -> Iterator[Check]:
    try:
        folder = vehicle_folder(settings.vehicle)
        vehicle = build_vehicle(settings, folder)
        count = f"{len(vehicle.signals)} signals, {len(vehicle.telltales)} lamps"
    except AurigaError as error:
        yield Check("vehicle", False, str(error), error.exit_code)
        return
    yield Check("vehicle", True, f"{vehicle.id}: {count}; {folder}")
    yield _manual(settings, vehicle.id, folder)
    yield _try("vehicle bus", lambda: _bus(vehicle, settings))


def _manual(settings: Settings, vehicle_id: str, folder: Path) -> Check:
    try:
        embedder = find_embedder(settings, model_store(settings))
        with TqdmProgress() as progress:
            path = find_manual(data_folder(settings), vehicle_id, folder, embedder, progress)
        # Its embedder was opened by a check of its own.
        opened = _opened(SqliteManual(path)) if path else ""
    except AurigaError as error:
        return Check("manual", False, str(error), error.exit_code)
    if path is None:  # what the car can tell is answered all the same
        helps = f"put Markdown files into {folder / 'manual'}, or run auriga manual build"
        return Check("manual", False, f"the vehicle '{vehicle_id}' brings none; {helps}")
    how = "by words and by meaning" if embedder else "by words alone"
    by = " (of files given by hand)" * by_hand(path)
    return Check("manual", True, f"{path}{by} {opened}; searched {how}")


def _bus(vehicle: CarVehicle, settings: Settings) -> str:
    vehicle.open()
    vehicle.close()
    return f"{settings.vehicle_bus.spec} opens; receive only"


def _opened(part: Part) -> str:
    """Open a part as `ask` and `run` do, and close it."""
    try:
        part.open()
    finally:
        part.close()
    return "opens"


def _try(name: str, look: Callable[[], str]) -> Check:
    try:
        return Check(name, True, look())
    except AurigaError as error:
        return Check(name, False, str(error), error.exit_code)


def _optional(check: Check) -> Check:
    """What `ask` can do without: without sound devices, WAV files still work."""
    return Check(check.name, check.good, check.text)
