"""Evaluation: `auriga eval manual`: question files come in; a report, a table and a picture go out."""

import argparse
import json
import random
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tqdm import tqdm

from assistant.adapters.can_bridge_vehicle import CanBridgeVehicle
from assistant.adapters.silero_voice_detector import SileroVoiceDetector
from assistant.app import (
    Assistant,
    Need,
    assistant,
    find_embedder,
    language_model_weights,
    model_store,
)
from assistant.errors import UsageError
from assistant.manuals import build_manual
from assistant.settings import Settings, vehicle_folder
from bench import machine
from bench.evaluation.asking import Asker, Spoken, Typed
from bench.evaluation.baselines import Baseline, ModelAlone, RetrieveAndGenerate
from bench.evaluation.car import BUS, LiveCar
from bench.evaluation.phrasings import (
    BestSentence,
    GenerateAndVerify,
    SentenceByGrammar,
    open_llama,
)
from bench.evaluation.questions import Question, chain, load_questions
from bench.evaluation.report import SPEECH, answer_line, report_of
from bench.evaluation.scoring import Scored, score
from bench.evaluation.speech import CachedRecordings
from bench.evaluation.table import lines

SYSTEM = "auriga"
OWN_VEHICLE = "aster"
OWN_QUESTIONS = Path(__file__).resolve().parents[1] / "questions"
SEED = 4  # of the sample that the baselines are asked


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Ask every question, then print the report, and write it where a folder is named."""
    began = time.monotonic()
    questions = load_questions(_files(options, settings))
    settings, notes = _settings(options, settings)
    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)  # where it cannot be, that is told now
    about: dict[str, Any] = {
        "machine": machine.about(),
        "vehicle": settings.vehicle,
        "manual": ", ".join(map(str, options.manual)) if options.manual else "the vehicle's own",
        "model": _model_name(settings),
        "threads": settings.threads,
        "input": SPEECH if options.speech else "text",
        "notes": notes,
    }
    with _manual(options.manual, settings) as manual, ExitStack() as cleanup:
        need = Need(ears=options.speech, voice=options.speech, manual=manual)
        running = cleanup.enter_context(assistant(settings, need, None))
        evaluation = _evaluation(running, settings, questions, cleanup, options)
        scored = evaluation.of_the_assistant()
        if options.baselines is not None:
            sample = _sample(questions, options.baselines)
            if len(sample) < len(questions):
                notes.append(f"the baselines were asked a sample of {len(sample)} questions")
            scored += evaluation.of_the_baselines(sample, scored)
    about["took_s"] = round(time.monotonic() - began, 1)
    report = report_of(scored, about)
    told = _write(report, scored, options.out) if options.out else ""
    print(json.dumps(report, ensure_ascii=False) if options.json else "\n".join(lines(report)))
    if told and not options.json:
        print(told)
    return 0


@dataclass(frozen=True, slots=True)
class _Evaluation:
    """Everything that asks, and all that is asked."""

    asker: Asker
    car: LiveCar
    questions: Sequence[Question]
    baselines: tuple[Baseline, ...]
    speech: bool

    def of_the_assistant(self) -> list[Scored]:
        """Ask the assistant everything; a car that cannot be had is told before the first turn."""
        for question in self.questions:
            if question.live:
                self.car.set_up(question)
        return [
            score(SYSTEM, question, self.asker.ask(question, self.questions))
            for question in _shown(self.questions, SYSTEM)
        ]

    def of_the_baselines(
        self, sample: Sequence[Question], before: Sequence[Scored]
    ) -> list[Scored]:
        """Ask each baseline the sample, in the words that the recognizer made of it."""
        heard = {one.question.place: one.attempt.heard for one in before}
        return [
            score(baseline.name, question, replace(baseline.attempt(text), heard=heard[place]))
            for baseline in self.baselines
            for question in _shown(sample, baseline.name)
            for place, text in [(question.place, self._text(question, heard[question.place]))]
        ]

    def _text(self, question: Question, heard: str) -> str:
        earlier = [before.text for before in chain(question, self.questions)[:-1]]
        return " ".join([*earlier, heard if self.speech else question.text])


def _evaluation(
    running: Assistant,
    settings: Settings,
    questions: Sequence[Question],
    cleanup: ExitStack,
    options: argparse.Namespace,
) -> _Evaluation:
    assert isinstance(running.vehicle, CanBridgeVehicle), "the bus is BUS, and that is no broker"
    car = LiveCar(vehicle_folder(settings.vehicle), running.vehicle)
    cleanup.callback(car.close)
    detector = SileroVoiceDetector()
    if running.voice is not None:
        detector.open()
        cleanup.callback(detector.close)
    mouth = Spoken(CachedRecordings(running.voice, settings.models)) if running.voice else Typed()
    model, lookup = running.language_model, running.stages.lookup
    baselines: tuple[Baseline, ...] = ()
    if model is not None:
        baselines = (ModelAlone(model), RetrieveAndGenerate(model, lookup))
        if options.baselines is not None:
            path = language_model_weights(settings, model_store(settings)).path
            llama = open_llama(path, settings.threads)
            cleanup.callback(llama.close)
            others = (GenerateAndVerify(model, lookup), BestSentence(lookup))
            baselines = (*baselines, *others, SentenceByGrammar(llama, lookup))
    asker = Asker(running, settings.hear, car, detector, mouth)
    return _Evaluation(asker, car, questions, baselines, options.speech)


def _files(options: argparse.Namespace, settings: Settings) -> list[Path]:
    if options.questions:
        return list(dict.fromkeys(options.questions))
    if settings.vehicle != OWN_VEHICLE or options.manual:
        raise UsageError(
            "There are questions of our own for the Aster's manual alone; give --questions FILE."
        )
    return sorted(OWN_QUESTIONS.glob("manual-*.jsonl"))


def _settings(options: argparse.Namespace, settings: Settings) -> tuple[Settings, list[str]]:
    """The settings of the run, and what a reader of the report must know of them."""
    bus = replace(settings.vehicle_bus, spec=BUS, ready_timeout_s=1.0)
    settings = replace(settings, vehicle_bus=bus, threads=options.threads)
    models, notes = settings.models, []
    use = settings.respond.use_model and not options.no_model
    if use and not models.language_model_file:
        use = model_store(settings).installed(models.language_model)
        if not use:
            notes.append(f"without the model, {models.language_model} is not installed")
    if not use and options.baselines is not None:
        raise UsageError(
            "--baselines needs the language model; leave out --no-model, or run `auriga models fetch`."
        )
    return replace(settings, respond=replace(settings.respond, use_model=use)), notes


def _model_name(settings: Settings) -> str | None:
    models = settings.models
    if not settings.respond.use_model:
        return None
    return Path(models.language_model_file).name or models.language_model


@contextmanager
def _manual(files: Sequence[Path] | None, settings: Settings) -> Iterator[Path | None]:
    """The manual built from these files, for this run alone; None for the vehicle's own."""
    if not files:
        yield None
        return
    with TemporaryDirectory(prefix="auriga-manual-") as folder:
        path = Path(folder) / "manual.sqlite"
        build_manual(files, path, find_embedder(settings, model_store(settings)))
        yield path


def _sample(questions: Sequence[Question], size: int) -> list[Question]:
    """As many questions, in their order; the same ones each time."""
    if size >= len(questions):
        return list(questions)
    chosen = sorted(random.Random(SEED).sample(range(len(questions)), size))
    return [questions[number] for number in chosen]


def _shown(questions: Iterable[Question], system: str) -> Iterable[Question]:
    """The questions, with a progress bar on a terminal."""
    if not sys.stderr.isatty():
        return questions
    return tqdm(list(questions), desc=system, unit="question", leave=False)


def _write(report: dict[str, Any], scored: Iterable[Scored], folder: Path) -> str:
    """Write the files; what to say of them."""
    text = json.dumps(report, indent=1, ensure_ascii=False)
    (folder / "report.json").write_text(f"{text}\n", "utf-8")
    answers = (json.dumps(answer_line(one), ensure_ascii=False) + "\n" for one in scored)
    (folder / "answers.jsonl").write_text("".join(answers), "utf-8")
    told = f"\n{folder / 'report.json'}, answers.jsonl"
    try:
        from bench.evaluation.picture import draw  # noqa: PLC0415  matplotlib is no part of the product
    except ModuleNotFoundError:
        return f"{told}; no picture: matplotlib is missing, `make setup-dev` installs it"
    draw(report, folder / "report.png")
    return f"{told}, report.png"
