"""App: settings come in, a running assistant goes out; the only place that chooses engines."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from assistant.adapters.can_bridge_vehicle import CanBridgeVehicle
from assistant.adapters.kuksa_address import is_broker
from assistant.adapters.kuksa_vehicle import KuksaVehicle
from assistant.adapters.llama_language_model import LlamaLanguageModel
from assistant.adapters.moonshine_recognizer import MoonshineRecognizer
from assistant.adapters.no_manual import NoManual
from assistant.adapters.onnxruntime_embedder import OnnxruntimeEmbedder
from assistant.adapters.piper_voice import PiperSettings, PiperVoice
from assistant.adapters.silero_voice_detector import SileroVoiceDetector
from assistant.adapters.sqlite_manual import SqliteManual
from assistant.adapters.vosk_recognizer import VoskRecognizer, VoskSettings
from assistant.cancel import CancelToken
from assistant.errors import ModelError, UsageError
from assistant.interpret.gauges import load_gauges
from assistant.interpret.interpreter import Interpreter, load_shapes
from assistant.lexicon import load_lexicon
from assistant.lookup.facts import Lookup
from assistant.manuals import find_manual
from assistant.pipeline import Stages
from assistant.ports import Loudspeaker, Manual, Part, Recognizer
from assistant.respond.phrase import Phrasing
from assistant.respond.replies import load_replies
from assistant.respond.responder import Responder
from assistant.runtime import Conversation
from assistant.settings import Settings, language_folder, vehicle_folder
from models import ModelStoreError, Store, default_folder, load_manifest

VOSK_ENGLISH = "vosk-en"
MOONSHINE = "moonshine-tiny-en"
CarVehicle = CanBridgeVehicle | KuksaVehicle
EMBEDDER_THREADS = 1  # a question takes it 2 ms
MOONSHINE_THREADS = 1  # two were slower on two cores: 84 against 238 ms for 2.1 s of speech


@dataclass(frozen=True, slots=True)
class Need:
    """What a command needs of the assistant; what it does not need is not loaded."""

    ears: bool  # questions come as sound
    voice: bool  # answers are spoken


@dataclass(frozen=True, slots=True)
class Assistant:
    """A running assistant."""

    stages: Stages
    conversation: Conversation
    vehicle: CarVehicle
    voice: PiperVoice | None


def data_folder(settings: Settings) -> Path:
    """Where models and built manuals live."""
    return _models_folder(settings).parent


def model_store(settings: Settings) -> Store:
    """The store that the settings name; raises ModelError when its manifest cannot be read."""
    try:
        return Store(_models_folder(settings), load_manifest())
    except ModelStoreError as error:
        raise ModelError(str(error)) from error


def _models_folder(settings: Settings) -> Path:
    try:
        return Path(settings.models.folder) if settings.models.folder else default_folder()
    except ModelStoreError as error:
        raise UsageError(str(error)) from error


def find_model(store: Store, name: str) -> Path:
    """The verified file or folder of a model; raises ModelError with the command that helps."""
    try:
        return store.find(name)
    except ModelStoreError as error:
        raise ModelError(str(error)) from error


def recognizer_choice(settings: Settings, store: Store) -> tuple[str, str]:
    """Which recognizer is used, and why, in words."""
    chosen = settings.models.recognizer
    if chosen != "auto":
        return chosen, "the settings name it"
    if settings.language == "en" and store.installed(VOSK_ENGLISH):
        return VOSK_ENGLISH, "an English Vosk model is installed"
    return MOONSHINE, "no English Vosk model is installed (auriga models add vosk-en PATH)"


def build_recognizer(settings: Settings, store: Store) -> Recognizer:
    """The recognizer that the settings choose, not opened; its model is verified."""
    name, _ = recognizer_choice(settings, store)
    folder = find_model(store, name)
    if name.startswith("vosk"):
        return VoskRecognizer(VoskSettings(folder, language=name.rpartition("-")[2]))
    return MoonshineRecognizer(folder, MOONSHINE_THREADS)


def build_embedder(settings: Settings, store: Store) -> OnnxruntimeEmbedder | None:
    """The embedder that the settings name, not opened; its model is verified.

    None where it is not installed: the manual is then searched by words alone.
    """
    name = settings.models.embedder
    if not name or not store.installed(name):
        return None
    return OnnxruntimeEmbedder(find_model(store, name), EMBEDDER_THREADS)


def build_vehicle(settings: Settings, folder: Path) -> CarVehicle:
    """The car that the settings name, not opened: a bus, or a broker that reads one."""
    bus = settings.vehicle_bus
    if is_broker(bus.spec):
        return KuksaVehicle(folder, bus.spec, bus.ready_timeout_s, bus.token_file)
    return CanBridgeVehicle(folder, bus.spec, bus.ready_timeout_s)


def build_voice(settings: Settings, store: Store) -> PiperVoice:
    """The voice that the settings choose, not started; its model is verified."""
    return PiperVoice(
        PiperSettings(
            voice=_own_file("voice_file", settings.models.voice_file)
            or find_model(store, settings.models.voice),
            threads=settings.threads,
            chunk_timeout_s=settings.speak.voice_timeout_s,
        )
    )


@dataclass(frozen=True, slots=True)
class _Parts:
    """The engines of one run, not opened yet."""

    vehicle: CarVehicle
    manual: Manual
    detector: SileroVoiceDetector
    model: LlamaLanguageModel | None
    recognizer: Recognizer | None
    voice: PiperVoice | None


@contextmanager
def assistant(
    settings: Settings, need: Need, loudspeaker: Loudspeaker | None
) -> Iterator[Assistant]:
    """Open every part that is needed, side by side, and close them again in any case."""
    parts = _choose(settings, need)
    opened: list[Part | None] = [parts.voice, parts.recognizer, parts.model, parts.vehicle]
    opened += [parts.manual, parts.detector if need.ears else None, loudspeaker]
    with ExitStack() as stack:
        _open_all([part for part in opened if part is not None], stack)
        stages = _stages(settings, parts)
        if stages.responder.phrasing is not None:
            stages.responder.phrasing.prepare(CancelToken())
        conversation = Conversation(stages, parts.detector, loudspeaker, settings.hear)
        stack.callback(conversation.interrupt)
        yield Assistant(stages, conversation, parts.vehicle, parts.voice)


def _choose(settings: Settings, need: Need) -> _Parts:
    store = model_store(settings)
    folder = vehicle_folder(settings.vehicle)
    vehicle = build_vehicle(settings, folder)
    return _Parts(
        vehicle=vehicle,
        manual=_manual(settings, store, vehicle.id, folder),
        detector=SileroVoiceDetector(),
        model=_language_model(settings, store),
        recognizer=build_recognizer(settings, store) if need.ears else None,
        voice=build_voice(settings, store) if need.voice else None,
    )


def _manual(settings: Settings, store: Store, vehicle_id: str, folder: Path) -> Manual:
    embedder = build_embedder(settings, store)
    path = find_manual(data_folder(settings), vehicle_id, folder, embedder)
    return NoManual() if path is None else SqliteManual(path, embedder)


def _language_model(settings: Settings, store: Store) -> LlamaLanguageModel | None:
    if not settings.respond.use_model:
        return None
    own = _own_file("language_model_file", settings.models.language_model_file)
    path = own or find_model(store, settings.models.language_model)
    return LlamaLanguageModel(path, settings.threads)


def _own_file(key: str, setting: str) -> Path | None:
    """A weights file that the settings name instead of a model of the store."""
    if not setting:
        return None
    path = Path(setting)
    if not path.is_file():
        raise ModelError(f"There is no file {path}, which models.{key} names.")
    return path


def _stages(settings: Settings, parts: _Parts) -> Stages:
    language = language_folder(settings.language)
    vehicle, respond = parts.vehicle, settings.respond
    lexicon = load_lexicon(language)
    gauges, places = load_gauges(language, vehicle.signals, vehicle.driver_side)
    shapes = load_shapes(language)
    model = parts.model
    phrasing = Phrasing(model, lexicon, respond.model_tokens) if model else None
    return Stages(
        recognizer=parts.recognizer,
        interpreter=Interpreter(lexicon, shapes, gauges, places, vehicle.telltales),
        lookup=Lookup(vehicle, parts.manual, lexicon, settings.lookup.passages),
        responder=Responder(
            load_replies(language), settings.lookup.min_coverage, respond.max_words, phrasing
        ),
        voice=parts.voice,
    )


def _open_all(parts: list[Part], stack: ExitStack) -> None:
    """Open parts on threads of their own: most of them wait for a disk or a child process."""
    for part in parts:
        stack.callback(part.close)
    with ThreadPoolExecutor(len(parts), thread_name_prefix="auriga-open") as pool:
        for opening in [pool.submit(part.open) for part in parts]:
            opening.result()
