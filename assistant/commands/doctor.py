"""Commands: `auriga doctor`: what is here, what is in use and why, and what to do about the rest."""

import argparse
import platform
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from assistant import __version__
from assistant.adapters.sounddevice_loudspeaker import LoudspeakerSettings, SounddeviceLoudspeaker
from assistant.adapters.sounddevice_microphone import MicrophoneSettings, SounddeviceMicrophone
from assistant.adapters.sqlite_manual import SqliteManual
from assistant.app import (
    CarVehicle,
    build_embedder,
    build_vehicle,
    data_folder,
    find_model,
    model_store,
    recognizer_choice,
)
from assistant.commands.options import Commands, add_settings, settings_of
from assistant.commands.run import device
from assistant.errors import AurigaError
from assistant.manuals import by_hand, ensure_manual
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
    name, why = recognizer_choice(settings, store)
    yield _try("recognizer", lambda: f"{name}: {why}; {find_model(store, name)}")
    model = settings.models.language_model
    if settings.models.language_model_file:
        yield Check("language model", True, settings.models.language_model_file)
    else:
        yield _try("language model", lambda: f"{model}; {find_model(store, model)}")
    yield _embedder(settings, store)
    voice = settings.models.voice
    yield _try("voice", lambda: f"{voice}; {find_model(store, voice)}; a process of its own")
    yield from _vehicle(settings)
    microphone = SounddeviceMicrophone(MicrophoneSettings(device(settings.hear.microphone)))
    yield _optional(_try("microphone", lambda: _opened(microphone)))
    loudspeaker = SounddeviceLoudspeaker(LoudspeakerSettings(device(settings.speak.loudspeaker)))
    yield _optional(_try("loudspeaker", lambda: _opened(loudspeaker)))
    engines = sorted({"llama_cpp", "moonshine_voice", "vosk", "piper"} & set(sys.modules))
    yield Check("loaded now", True, ", ".join(engines) or "no engine; each is loaded when needed")


def _embedder(settings: Settings, store: Store) -> Check:
    """Without an embedder the manual is searched by words alone, so that nothing fails."""
    name = settings.models.embedder
    if not name:
        return Check("embedder", True, "none: the settings say so; manuals are searched by words")
    if not store.installed(name):
        return Check(
            "embedder",
            False,
            f"'{name}' is not in {store.folder}, so manuals are searched by words alone; "
            f"run `auriga models fetch {name}`",
        )
    return _try("embedder", lambda: f"{name}; {find_model(store, name)}")


def _vehicle(settings: Settings) -> Iterator[Check]:
    try:
        folder = vehicle_folder(settings.vehicle)
        vehicle = build_vehicle(settings, folder)
        count = f"{len(vehicle.signals)} signals, {len(vehicle.telltales)} lamps"
    except AurigaError as error:
        yield Check("vehicle", False, str(error), error.exit_code)
        return
    yield Check("vehicle", True, f"{vehicle.id}: {count}; {folder}")
    yield _try("manual", lambda: _manual(settings, vehicle.id, folder))
    yield _try("vehicle bus", lambda: _bus(vehicle, settings))


def _manual(settings: Settings, vehicle_id: str, folder: Path) -> str:
    embedder = build_embedder(settings, model_store(settings))
    path = ensure_manual(data_folder(settings), vehicle_id, folder, embedder)
    manual = SqliteManual(path, embedder)
    manual.open()
    how = "by words and by meaning" if manual.by_meaning else "by words alone"
    manual.close()
    return f"{path}{' (of files given by hand)' if by_hand(path) else ''}; searched {how}"


def _bus(vehicle: CarVehicle, settings: Settings) -> str:
    vehicle.open()
    vehicle.close()
    return f"{settings.vehicle_bus.spec} opens; receive only"


def _opened(part: SounddeviceMicrophone | SounddeviceLoudspeaker) -> str:
    part.open()
    part.close()
    return "opens"


def _try(name: str, look: Callable[[], str]) -> Check:
    try:
        return Check(name, True, look())
    except AurigaError as error:
        return Check(name, False, str(error), error.exit_code)


def _optional(check: Check) -> Check:
    """Sound devices are for `auriga run` alone: without them WAV files still work."""
    return Check(check.name, check.good, check.text)
