"""App: settings come in, a running assistant goes out; the only place that chooses engines."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from assistant.adapters.can_bridge_vehicle import CanBridgeVehicle
from assistant.adapters.kuksa_address import is_broker
from assistant.adapters.kuksa_vehicle import KuksaVehicle
from assistant.adapters.llama_language_model import LlamaLanguageModel
from assistant.adapters.moonshine_recognizer import MoonshineRecognizer
from assistant.adapters.native_noise import leave_thread
from assistant.adapters.no_manual import NoManual
from assistant.adapters.onnxruntime_embedder import OnnxruntimeEmbedder
from assistant.adapters.piper_voice import PiperSettings, PiperVoice
from assistant.adapters.silero_voice_detector import SileroVoiceDetector
from assistant.adapters.sqlite_manual import SqliteManual
from assistant.adapters.tqdm_progress import TqdmProgress
from assistant.adapters.vosk_recognizer import VoskRecognizer, VoskSettings
from assistant.cancel import CancelToken
from assistant.errors import ModelError, SettingsError, UsageError
from assistant.interpret.follow_ups import FollowUps, load_wording
from assistant.interpret.gauges import load_gauges, load_unreported
from assistant.interpret.interpreter import Interpreter, load_shapes
from assistant.lexicon import load_lexicon
from assistant.lookup.facts import Lookup
from assistant.manuals import find_manual
from assistant.pipeline import Stages
from assistant.ports import LanguageModel, Loudspeaker, Manual, Part, Recognizer
from assistant.respond.likeliest import Likely
from assistant.respond.phrase import Phrasing
from assistant.respond.replies import load_replies
from assistant.respond.responder import Responder
from assistant.respond.weights import load_choosing
from assistant.runtime import Conversation
from assistant.settings import Settings, language_folder, vehicle_folder
from models import (
    ModelSpec,
    ModelStoreError,
    Store,
    UnknownModelError,
    default_folder,
    load_manifest,
)

VOSK_ENGLISH = "vosk-en"
MOONSHINE = "moonshine-tiny-en"
CarVehicle = CanBridgeVehicle | KuksaVehicle
EMBEDDER_THREADS = 1  # a question takes it 2 ms
LET_GO_S = 1.0  # how long Ctrl-C waits for parts that are being opened
MOST_PARTS = 8  # that are opened side by side
MOONSHINE_THREADS = 1  # two were slower on two cores: 84 against 238 ms for 2.1 s of speech


@dataclass(frozen=True, slots=True)
class Need:
    """What a command needs of the assistant; what it does not need is not loaded."""

    ears: bool  # questions come as sound
    voice: bool  # answers are spoken
    manual: Path | None = None  # a built manual, instead of the one that belongs to the vehicle


@dataclass(frozen=True, slots=True)
class Assistant:
    """A running assistant."""

    stages: Stages
    conversation: Conversation
    vehicle: CarVehicle
    voice: PiperVoice | None
    language_model: LanguageModel | None


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


@dataclass(frozen=True, slots=True)
class Weights:
    """What a part of the assistant is made of."""

    path: Path  # a file or a folder; of a model of the store it is verified
    name: str  # of the model, or the setting that names the file
    remedy: str  # what helps where an engine does not take them


def check_models(settings: Settings) -> None:
    """Whether every model that the settings name is one, and for its part; SettingsError.

    Also of parts that a command does not need: a wrong name is seen when it is written.
    """
    store, named = model_store(settings), settings.models
    if named.recognizer != "auto":
        _check_role(store, "recognizer", "recognizer", named.recognizer)
    if named.embedder:
        _check_role(store, "embedder", "embedder", named.embedder)
    if not named.language_model_file:
        _check_role(store, "language_model", "language-model", named.language_model)
    if not named.voice_file:
        _check_role(store, "voice", "voice", named.voice)


def _find_model(store: Store, key: str, role: str, name: str) -> Weights:
    """A model of the store for a setting; SettingsError for no such one, ModelError if missing."""
    _check_role(store, key, role, name)
    try:
        return Weights(store.find(name), name, store.remedy(name))
    except ModelStoreError as error:
        raise ModelError(str(error)) from error


def _check_role(store: Store, key: str, role: str, name: str) -> None:
    try:
        found = store.manifest.spec(name)
    except UnknownModelError as error:
        raise SettingsError(f"models.{key}: {error}") from error
    if found.role != role:
        fitting = [spec.name for spec in store.manifest.models.values() if spec.role == role]
        raise SettingsError(
            f"models.{key} names '{name}', which is no {role.replace('-', ' ')}; choose one of: "
            f"{', '.join(fitting)}."
        )


def recognizer_choice(settings: Settings, store: Store) -> tuple[str, str]:
    """Which recognizer is used, and why, in words."""
    chosen = settings.models.recognizer
    if chosen != "auto":
        return chosen, "the settings name it"
    if settings.language == "en" and store.installed(VOSK_ENGLISH):
        return VOSK_ENGLISH, "an English Vosk model is installed"
    return MOONSHINE, "no English Vosk model is installed (auriga models add vosk-en PATH)"


def recognizer_weights(settings: Settings, store: Store) -> Weights:
    """The model of the recognizer that the settings choose; ModelError, SettingsError."""
    return _find_model(store, "recognizer", "recognizer", recognizer_choice(settings, store)[0])


def language_model_weights(settings: Settings, store: Store) -> Weights:
    """The language model that the settings choose; ModelError, SettingsError."""
    models = settings.models
    own = _own_file("language_model_file", models.language_model_file)
    return own or _find_model(store, "language_model", "language-model", models.language_model)


def embedder_weights(settings: Settings, store: Store) -> Weights | None:
    """The embedder that the settings choose; ModelError, SettingsError.

    None where they choose none, or it is not installed: manuals are searched by words alone then.
    """
    name = settings.models.embedder
    if not name:
        return None
    _check_role(store, "embedder", "embedder", name)
    return _find_model(store, "embedder", "embedder", name) if store.installed(name) else None


def voice_weights(settings: Settings, store: Store) -> Weights:
    """The voice that the settings choose; ModelError, SettingsError."""
    own = _own_file("voice_file", settings.models.voice_file)
    return own or _find_model(store, "voice", "voice", settings.models.voice)


def build_recognizer(weights: Weights) -> Recognizer:
    """A recognizer, not opened; a model's name tells the engine and its language."""
    if weights.name.startswith("vosk"):
        language = weights.name.rpartition("-")[2]
        return VoskRecognizer(VoskSettings(weights.path, language, remedy=weights.remedy))
    return MoonshineRecognizer(weights.path, MOONSHINE_THREADS, weights.remedy)


def build_language_model(settings: Settings, weights: Weights) -> LlamaLanguageModel:
    """A language model, not opened."""
    return LlamaLanguageModel(weights.path, settings.threads, weights.remedy)


def build_embedder(weights: Weights) -> OnnxruntimeEmbedder:
    """An embedder, not opened."""
    return OnnxruntimeEmbedder(weights.path, EMBEDDER_THREADS, weights.remedy)


def find_embedder(settings: Settings, store: Store) -> OnnxruntimeEmbedder | None:
    """The embedder of `embedder_weights`, not opened, or None."""
    weights = embedder_weights(settings, store)
    return build_embedder(weights) if weights else None


def build_vehicle(settings: Settings, folder: Path) -> CarVehicle:
    """The car that the settings name, not opened: a bus, or a broker that reads one."""
    bus = settings.vehicle_bus
    if is_broker(bus.spec):
        return KuksaVehicle(folder, bus.spec, bus.ready_timeout_s, bus.token_file)
    return CanBridgeVehicle(folder, bus.spec, bus.ready_timeout_s)


def build_voice(settings: Settings, weights: Weights) -> PiperVoice:
    """A voice, not started."""
    return PiperVoice(
        PiperSettings(
            voice=weights.path,
            threads=settings.threads,
            chunk_timeout_s=settings.speak.voice_timeout_s,
            remedy=weights.remedy,
        )
    )


def try_model(settings: Settings, spec: ModelSpec, path: Path) -> None:
    """Open weights that a person brought, once; raises what the engine raises."""
    weights = Weights(path, spec.name, "nothing was installed; give another file or folder")
    part: Part
    if spec.role == "recognizer":
        part = build_recognizer(weights)
    elif spec.role == "language-model":
        part = build_language_model(settings, weights)
    elif spec.role == "embedder":
        part = build_embedder(weights)
    else:
        part = build_voice(settings, weights)
    try:
        part.open()
    finally:
        part.close()


@dataclass(frozen=True, slots=True)
class _Engines:
    """The engines of one run, not opened yet."""

    detector: SileroVoiceDetector
    model: LlamaLanguageModel | None
    recognizer: Recognizer | None
    voice: PiperVoice | None


@dataclass(frozen=True, slots=True)
class _Car:
    """The vehicle of one run and its manual, not opened yet."""

    vehicle: CarVehicle
    manual: Manual


@contextmanager
def assistant(
    settings: Settings, need: Need, loudspeaker: Loudspeaker | None
) -> Iterator[Assistant]:
    """Open every part that is needed, side by side, and close them again in any case.

    The engines load while the car's files are read.
    """
    folder = vehicle_folder(settings.vehicle)
    store = model_store(settings)
    engines = _choose_engines(settings, store, need)
    ears = engines.detector if need.ears else None
    with ExitStack() as stack:
        with opening(stack) as begin:
            begin(engines.voice, engines.recognizer, engines.model, ears, loudspeaker)
            vehicle = build_vehicle(settings, folder)
            car = _Car(vehicle, _manual(settings, store, need, vehicle.id, folder))
            begin(car.vehicle, car.manual)
            stages = _stages(settings, engines, car)
        if stages.responder.phrasing is not None:
            stages.responder.phrasing.prepare(CancelToken())
        conversation = Conversation(stages, engines.detector, loudspeaker, settings.hear)
        stack.callback(conversation.interrupt)
        yield Assistant(stages, conversation, car.vehicle, engines.voice, engines.model)


def _choose_engines(settings: Settings, store: Store, need: Need) -> _Engines:
    return _Engines(
        detector=SileroVoiceDetector(),
        model=_language_model(settings, store),
        recognizer=build_recognizer(recognizer_weights(settings, store)) if need.ears else None,
        voice=build_voice(settings, voice_weights(settings, store)) if need.voice else None,
    )


def _manual(settings: Settings, store: Store, need: Need, vehicle_id: str, folder: Path) -> Manual:
    embedder = find_embedder(settings, store)
    if need.manual is not None:
        return SqliteManual(need.manual, embedder)
    with TqdmProgress() as progress:
        path = find_manual(data_folder(settings), vehicle_id, folder, embedder, progress)
    return NoManual() if path is None else SqliteManual(path, embedder)


def _language_model(settings: Settings, store: Store) -> LlamaLanguageModel | None:
    if not settings.respond.use_model:
        return None
    return build_language_model(settings, language_model_weights(settings, store))


def _own_file(key: str, setting: str) -> Weights | None:
    """A weights file that the settings name instead of a model of the store."""
    if not setting:
        return None
    path = Path(setting)
    if not path.is_file():
        raise ModelError(
            f"There is no file {path}, which models.{key} names; correct that setting."
        )
    return Weights(path, f"models.{key}", f"name another file in models.{key}")


def _stages(settings: Settings, engines: _Engines, car: _Car) -> Stages:
    language = language_folder(settings.language)
    vehicle, respond = car.vehicle, settings.respond
    lexicon = load_lexicon(language)
    gauges, places = load_gauges(language, vehicle.signals, vehicle.driver_side)
    shapes = load_shapes(language)
    interpreter = Interpreter(
        lexicon, shapes, gauges, places, vehicle.telltales, load_unreported(language)
    )
    model = engines.model
    phrasing = Phrasing(model, lexicon, respond.model_tokens) if model else None
    return Stages(
        recognizer=engines.recognizer,
        follow_ups=FollowUps(interpreter, load_wording(language)),
        lookup=Lookup(vehicle, car.manual, lexicon, settings.lookup.passages),
        responder=Responder(
            load_replies(language),
            settings.lookup.min_coverage,
            respond.max_words,
            Likely(load_choosing(language), respond.min_confidence, respond.max_words),
            phrasing,
            respond.units,
        ),
        voice=engines.voice,
    )


@contextmanager
def opening(stack: ExitStack) -> Iterator[Callable[..., None]]:
    """Give what begins to open parts, each on a thread of its own; at the end all are open.

    Most of them wait for a disk or a child process.  Ctrl-C waits for no engine that takes long to
    load: the end of the process frees that.
    """
    pool = ThreadPoolExecutor(MOST_PARTS, thread_name_prefix="auriga-open")
    openings: list[Future[None]] = []

    def begin(*parts: Part | None) -> None:
        for part in parts:
            if part is not None:
                openings.append(pool.submit(part.open))
                stack.callback(_close, part, openings[-1])

    try:
        yield begin
        for one in openings:
            one.result()
    except Exception:
        wait(openings)  # a part is not closed while it is still being opened
        raise
    except BaseException:
        if wait(openings, LET_GO_S).not_done:
            leave_thread()
        raise
    finally:
        pool.shutdown(wait=False)


def _close(part: Part, opening: "Future[None]") -> None:
    """Close a part; of those still being opened only the voice, which would outlive us a while."""
    if opening.done() or isinstance(part, PiperVoice):
        part.close()
