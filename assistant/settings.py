"""Settings: TOML files come in, frozen dataclasses go out; an unknown key is an error.

`config/default.toml` holds every key with its default and a comment; a user's file overrides
single keys, the command line overrides both. Nothing else in the assistant reads a file of
settings or an environment variable.
"""

import contextlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any, get_type_hints

from assistant.errors import SettingsError

CONFIG = Path(__file__).resolve().parent.parent / "config"
"""The project's configuration: default.toml, intents/, vehicles/, scenarios/."""


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """Which weights are used, by their names in models/manifest.toml."""

    folder: str
    recognizer: str
    language_model: str
    language_model_file: str
    embedder: str
    voice: str
    voice_file: str


@dataclass(frozen=True, slots=True)
class HearSettings:
    """When sound is an utterance."""

    microphone: str
    speech_probability: float  # 0 to 1
    min_speech_ms: int
    pause_ms: int
    endpoint_ms: int
    pre_roll_ms: int
    max_utterance_s: float

    def __post_init__(self) -> None:
        _between("hear.speech_probability", self.speech_probability, 0.05, 0.95)
        _between("hear.min_speech_ms", self.min_speech_ms, 30, 2000)
        _between("hear.endpoint_ms", self.endpoint_ms, 100, 5000)
        _between("hear.pause_ms", self.pause_ms, 60, self.endpoint_ms)
        _between("hear.pre_roll_ms", self.pre_roll_ms, 0, 2000)
        _between("hear.max_utterance_s", self.max_utterance_s, 2, 60)


@dataclass(frozen=True, slots=True)
class LookupSettings:
    """How the manual is searched."""

    passages: int
    min_coverage: float

    def __post_init__(self) -> None:
        _between("lookup.passages", self.passages, 1, 20)
        _between("lookup.min_coverage", self.min_coverage, 0, 1)


UNITS = ("car", "metric", "uk", "us")  # whose units are said: the car's, or a region's


@dataclass(frozen=True, slots=True)
class RespondSettings:
    """How an answer is phrased."""

    use_model: bool
    min_confidence: float
    model_tokens: int
    max_words: int
    units: str

    def __post_init__(self) -> None:
        _between("respond.min_confidence", self.min_confidence, 0, 1)
        _between("respond.model_tokens", self.model_tokens, 8, 200)
        _between("respond.max_words", self.max_words, 10, 200)
        _one_of("respond.units", self.units, UNITS)


@dataclass(frozen=True, slots=True)
class SpeakSettings:
    """How an answer is spoken."""

    loudspeaker: str
    voice_timeout_s: float

    def __post_init__(self) -> None:
        _between("speak.voice_timeout_s", self.voice_timeout_s, 1, 120)


@dataclass(frozen=True, slots=True)
class VehicleBusSettings:
    """Where the car's data comes from."""

    spec: str
    ready_timeout_s: float
    token_file: str

    def __post_init__(self) -> None:
        _between("vehicle_bus.ready_timeout_s", self.ready_timeout_s, 0, 60)


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of one run."""

    vehicle: str
    language: str
    threads: int
    models: ModelSettings
    hear: HearSettings
    lookup: LookupSettings
    respond: RespondSettings
    speak: SpeakSettings
    vehicle_bus: VehicleBusSettings

    def __post_init__(self) -> None:
        _between("threads", self.threads, 1, 64)


def load_settings(path: Path | None = None, overrides: Mapping[str, Any] | None = None) -> Settings:
    """Read the defaults, then `path`, then `overrides` ({"hear.endpoint_ms": 400, …}).

    Raises SettingsError naming the file and the key.
    """
    table = _read(CONFIG / "default.toml")
    if path is not None:
        _merge(table, _read(path), str(path), "")
    for dotted, value in (overrides or {}).items():
        section, _, key = dotted.rpartition(".")
        _merge(table, {section: {key: value}} if section else {key: value}, "command line", "")
    settings = _build(Settings, table, str(path or "config/default.toml"), "")
    assert isinstance(settings, Settings)
    return settings


def vehicle_folder(vehicle: str) -> Path:
    """The folder of a vehicle given by its id in config/vehicles or by a path."""
    for folder in (CONFIG / "vehicles" / vehicle, Path(vehicle)):
        with contextlib.suppress(OSError):  # a name that no file may have
            if (folder / "vehicle.toml").is_file():
                return folder.resolve()
    known = ", ".join(sorted(p.parent.name for p in CONFIG.glob("vehicles/*/vehicle.toml")))
    raise SettingsError(
        f"There is no vehicle '{vehicle}': it is neither one of config/vehicles ({known}) nor a "
        "folder that holds a vehicle.toml."
    )


def language_folder(language: str) -> Path:
    """The folder of a language in config/intents."""
    folder = CONFIG / "intents" / language
    if not language or not folder.is_dir():
        known = ", ".join(sorted(path.name for path in (CONFIG / "intents").iterdir()))
        raise SettingsError(
            f"There is no language '{language}' in config/intents; it has: {known}."
        )
    return folder


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SettingsError(f"There is no settings file {path}.") from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"The settings file {path} cannot be read: {error}.") from error


def _merge(table: dict[str, Any], more: Mapping[str, Any], where: str, prefix: str) -> None:
    for key, value in more.items():
        if key not in table:
            raise SettingsError(
                f"{where}: there is no setting '{prefix}{key}'; "
                f"there are: {', '.join(prefix + known for known in sorted(table))}."
            )
        if isinstance(table[key], dict):
            if not isinstance(value, Mapping):
                raise SettingsError(f"{where}: '{prefix}{key}' is a table of settings.")
            _merge(table[key], value, where, f"{prefix}{key}.")
        else:
            table[key] = value


def _build(kind: type, table: Mapping[str, Any], where: str, prefix: str) -> object:
    hints = get_type_hints(kind)
    values: dict[str, Any] = {}
    for entry in fields(kind):
        value, expected = table[entry.name], hints[entry.name]
        name = prefix + entry.name
        if is_dataclass(expected):
            values[entry.name] = _build(expected, value, where, f"{name}.")  # type: ignore[arg-type]
            continue
        if expected is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if type(value) is not expected:
            raise SettingsError(
                f"{where}: '{name}' must be of type {expected.__name__}, found {value!r}."
            )
        values[entry.name] = value
    return kind(**values)


def _one_of(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise SettingsError(f"'{name}' must be one of {', '.join(choices)}, found '{value}'.")


def _between(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise SettingsError(f"'{name}' must be between {low} and {high}, found {value}.")
