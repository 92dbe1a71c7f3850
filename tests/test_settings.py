"""Settings: what is written is what is used, and what is wrong is named."""

import dataclasses
import tomllib
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import SettingsError
from assistant.settings import CONFIG, Settings, load_settings, vehicle_folder

DEFAULTS = tomllib.loads((CONFIG / "default.toml").read_text("utf-8"))


def write(folder: Path, text: str) -> Path:
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_defaults_are_those_of_the_file() -> None:
    assert dataclasses.asdict(load_settings()) == DEFAULTS


def test_a_file_overrides_single_keys(tmp_path: Path) -> None:
    settings = load_settings(write(tmp_path, "[hear]\nendpoint_ms = 600\n"))
    assert settings.hear.endpoint_ms == 600
    assert settings.hear.pause_ms == load_settings().hear.pause_ms


def test_the_command_line_overrides_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, 'vehicle = "mine"\n[hear]\nendpoint_ms = 600\n')
    settings = load_settings(path, {"hear.endpoint_ms": 700, "vehicle": "other"})
    assert (settings.hear.endpoint_ms, settings.vehicle) == (700, "other")


def test_a_whole_number_may_stand_for_a_fraction(tmp_path: Path) -> None:
    settings = load_settings(write(tmp_path, "[hear]\nmax_utterance_s = 30\n"))
    assert settings.hear.max_utterance_s == 30.0
    assert isinstance(settings.hear.max_utterance_s, float)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nothing = 1", ["'nothing'", "vehicle"]),
        ("[hear]\nendpoint = 1", ["'hear.endpoint'", "hear.endpoint_ms"]),
        ("hear = 1", ["'hear'", "table"]),
        ("threads = 'two'", ["'threads'", "int", "'two'"]),
        ("threads = 2.5", ["'threads'", "int"]),
        ("threads = true", ["'threads'", "int"]),
        ("[threads]\nx = 1", ["'threads'", "int"]),
        ("[respond]\nuse_model = 1", ["'respond.use_model'", "bool"]),
        ("[hear]\nmax_utterance_s = '3'", ["'hear.max_utterance_s'", "float"]),
        ("[hear]\nmax_utterance_s = nan", ["'hear.max_utterance_s'", "nan"]),
        ("[hear]\nmax_utterance_s = inf", ["'hear.max_utterance_s'", "inf"]),
        ("vehicle = 3", ["'vehicle'", "str"]),
        ("this is no TOML", ["mine.toml", "cannot be read"]),
    ],
)
def test_what_is_wrong_in_a_file_is_named(tmp_path: Path, text: str, words: list[str]) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(write(tmp_path, text))
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize(
    ("key", "low", "high"),
    [
        ("threads", 1, 64),
        ("hear.speech_probability", 0.05, 0.95),
        ("hear.min_speech_ms", 30, 2000),
        ("hear.endpoint_ms", 160, 5000),
        ("hear.pause_ms", 60, 480),
        ("hear.pre_roll_ms", 0, 2000),
        ("hear.max_utterance_s", 2.0, 60.0),
        ("lookup.passages", 1, 20),
        ("lookup.min_coverage", 0.0, 1.0),
        ("respond.min_confidence", 0.0, 1.0),
        ("respond.model_tokens", 8, 200),
        ("respond.max_words", 10, 200),
        ("speak.voice_timeout_s", 1.0, 120.0),
        ("vehicle_bus.ready_timeout_s", 0.0, 60.0),
    ],
)
def test_numbers_have_bounds(key: str, low: float, high: float) -> None:
    step = 1 if isinstance(low, int) else 0.01
    for good in (low, high):
        load_settings(None, {key: good})
    for bad in (low - step, high + step):
        with pytest.raises(SettingsError, match=r"must be between"):
            load_settings(None, {key: bad})


@pytest.mark.parametrize("name", ["missing.toml", "a_folder"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / "a_folder").mkdir()
    with pytest.raises(SettingsError, match=name):
        load_settings(tmp_path / name)


def test_a_binary_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="cannot be read"):
        load_settings(path)


def test_units_are_a_regions_or_the_cars() -> None:
    assert load_settings(None, {"respond.units": "uk"}).respond.units == "uk"
    with pytest.raises(SettingsError, match="one of car, metric, uk, us, found 'imperial'"):
        load_settings(None, {"respond.units": "imperial"})


def test_every_setting_is_explained_in_the_file() -> None:
    lines = (CONFIG / "default.toml").read_text("utf-8").splitlines()
    keys = [line for line in lines if " = " in line]
    assert len(keys) == _count(Settings)
    assert all(
        "#" in line or line.startswith(("language_model =", "voice =", "spec")) for line in keys
    )


def _count(kind: Any) -> int:
    names = {"ModelSettings", "HearSettings", "LookupSettings", "RespondSettings"}
    names |= {"SpeakSettings", "VehicleBusSettings"}
    total = 0
    for field in dataclasses.fields(kind):
        name = getattr(field.type, "__name__", "")
        total += _count(field.type) if name in names else 1
    return total


# --- the vehicle's folder --------------------------------------------------------------------


def test_a_vehicle_is_found_by_its_id() -> None:
    assert vehicle_folder("aster") == CONFIG / "vehicles" / "aster"


def test_a_vehicle_is_found_by_its_folder(tmp_path: Path) -> None:
    (tmp_path / "vehicle.toml").write_text("")
    assert vehicle_folder(str(tmp_path)) == tmp_path


@pytest.mark.parametrize("name", ["nope", "", ".", "../..", "/", "a\0b", "x" * 5000])
def test_a_vehicle_that_is_not_there_names_those_that_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError, match="aster"):
        vehicle_folder(name)
