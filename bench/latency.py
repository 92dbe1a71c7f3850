"""Benchmarks: spoken questions come in, fed in real time; voice-to-voice latency goes out.

Voice-to-voice is from the last sample of speech in the clean recording to the first sample of the
reply that is sound (silence at the head of the synthesized clause counts as waiting; no reply has
a fixed opening). The loudspeaker is a file in real time: a device adds its own output delay.
"""

import argparse
import json
import statistics
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np

from assistant.adapters.wav_file import read_wav
from assistant.adapters.wav_loudspeaker import WavLoudspeaker, WavLoudspeakerSettings
from assistant.adapters.wav_microphone import WavMicrophone, WavMicrophoneSettings
from assistant.app import Assistant, Need, assistant
from assistant.cancel import CancelToken
from assistant.commands.scenario import simulated
from assistant.contract import TurnRecord, timings_ms
from assistant.errors import UsageError
from assistant.events import SAMPLE_RATE, AudioChunk, Samples
from assistant.settings import Settings
from bench import machine

QUESTIONS = Path(__file__).with_name("questions.txt")
FRAME = 320  # 20 ms at 16 kHz
SILENT_DB = -40.0  # below the loudest frame: no speech there
MEMORY_MB = 900
READY_S = 4.0
TARGETS_MS = {"vehicle": 700, "manual": 1200}


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Measure, write latency.json and latency.png, and print a table or the JSON."""
    options.out.mkdir(parents=True, exist_ok=True)
    about = machine.about()
    speaker = WavLoudspeaker(WavLoudspeakerSettings(None, real_time=True))
    began = time.monotonic()
    with simulated(settings, options.scenario, 0.0) as (on_bus, car):
        assert car is not None
        car_s = time.monotonic() - began  # a car on the road does not have to be started first
        with assistant(on_bus, Need(ears=True, voice=True), speaker) as running:
            ready_s = machine.seconds_since_start() - car_s
            wavs = _wavs(options.wavs, running, options.out)
            turns = [_measure(running, speaker, wav) for wav in wavs]
            memory = machine.pss_mb(without=car.process_id)
    report = {
        "schema": 1,
        "machine": about,
        "settings": {"endpoint_ms": settings.hear.endpoint_ms, "pause_ms": settings.hear.pause_ms},
        "scenario": options.scenario,
        "ready_s": round(ready_s, 2),
        "memory_pss_mb": memory,
        "turns": turns,
        "by_kind": _summaries(turns, "kind"),
        "by_answer_by": _summaries(turns, "by"),
        "targets_ms": TARGETS_MS,
    }
    (options.out / "latency.json").write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    picture = _draw(report, options.out / "latency.png")
    if options.json:
        print(json.dumps(report))
    else:
        _print(report)
        print(f"{options.out / 'latency.json'}{picture}")
    return 0


def _draw(report: dict[str, Any], path: Path) -> str:
    """Draw the picture, where the library for it is installed; what to say of it."""
    try:
        from bench.picture import draw  # noqa: PLC0415  matplotlib is no part of the product
    except ModuleNotFoundError:
        return "; no picture: matplotlib is missing, `make setup-dev` installs it"
    draw(report, path)
    return f" and {path.name}"


def _wavs(folder: Path | None, running: Assistant, out: Path) -> list[Path]:
    if folder is not None:
        wavs = sorted(folder.rglob("*.wav"))
        if not wavs:
            raise UsageError(f"There is no .wav file in {folder}.")
        return wavs
    made = []
    (out / "questions").mkdir(exist_ok=True)
    assert running.voice is not None
    for number, text in enumerate(QUESTIONS.read_text("utf-8").splitlines(), 1):
        path = out / "questions" / f"{number:02}.wav"
        with_voice = WavLoudspeaker(WavLoudspeakerSettings(path))
        with_voice.open()
        for sound in running.voice.synthesize(text, CancelToken()):
            with_voice.play(sound)
        with_voice.close()
        made.append(path)
    return made


def _measure(running: Assistant, speaker: WavLoudspeaker, wav: Path) -> dict[str, Any]:
    speech_end_s = _speech_end_s(read_wav(wav))
    microphone = WavMicrophone(WavMicrophoneSettings(wav, real_time=True))
    microphone.open()
    try:
        record = running.conversation.take_turn(microphone, lambda _: None, CancelToken())
    finally:
        microphone.close()
    first_s = running.conversation.clock.first_sample_s
    began_s = microphone.started_s
    request = record.understood.request if record.understood else None
    answer = record.answered.answer if record.answered else None
    turn: dict[str, Any] = {
        "wav": str(wav),
        "heard": record.heard.transcript.text if record.heard else "",
        "kind": request.kind.value if request else "",
        "outcome": answer.outcome.value if answer else "failed",
        "by": answer.by.value if answer else "",
        "speech_end_ms": round(1000 * speech_end_s),
        "stages": timings_ms(record),
    }
    if first_s is not None and began_s is not None and record.sounds:
        first_s += _head_silence_s(record)
        turn["first_audio_ms"] = round(1000 * (first_s - began_s))
        turn["voice_to_voice_ms"] = turn["first_audio_ms"] - turn["speech_end_ms"]
    time.sleep(0.3)  # the machine's own rest between turns
    return turn


def _speech_end_s(samples: Samples) -> float:
    """The end of the last frame that is within 40 dB of the loudest."""
    return _edges(samples, SAMPLE_RATE)[1]


def _head_silence_s(record: TurnRecord) -> float:
    chunk: AudioChunk = record.sounds[0]
    return _edges(chunk.samples, chunk.rate)[0]


def _edges(samples: Samples, rate: int) -> tuple[float, float]:
    """Where sound begins and ends, in seconds."""
    size = rate * FRAME // SAMPLE_RATE
    frames = samples[: len(samples) // size * size].reshape(-1, size).astype(np.float64)
    if not len(frames):
        return 0.0, 0.0
    loudness = 20 * np.log10(np.sqrt(np.mean(frames**2, axis=1)) + 1e-9)
    loud = np.flatnonzero(loudness > loudness.max() + SILENT_DB)
    return float(loud[0] * size / rate), float((loud[-1] + 1) * size / rate)


def _summaries(turns: list[dict[str, Any]], key: str) -> dict[str, Any]:
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for turn in turns:
        if "voice_to_voice_ms" in turn:
            # A refusal is quick; counted as an answer it would flatter the figure.
            name = turn[key] if turn["outcome"] == "answered" else "refused"
            groups[name].append(turn)
    return {name: _summary(group) for name, group in sorted(groups.items())}


def _summary(turns: list[dict[str, Any]]) -> dict[str, Any]:
    latencies = [turn["voice_to_voice_ms"] for turn in turns]
    stages = {
        stage: _median_p95([turn["stages"][stage] for turn in turns])
        for stage in turns[0]["stages"]
    }
    return {"count": len(turns), "voice_to_voice_ms": _median_p95(latencies), "stages": stages}


def _median_p95(values: list[int]) -> dict[str, int]:
    return {
        "median": round(statistics.median(values)),
        "p95": round(float(np.percentile(values, 95))),
    }


def _print(report: dict[str, Any]) -> None:
    print(f"ready to listen after {report['ready_s']} s (target {READY_S})")
    memory = report["memory_pss_mb"]["sum"]
    print(f"memory of all processes but the simulator {memory} MB PSS (target {MEMORY_MB})")
    for title in ("by_kind", "by_answer_by"):
        print(f"{title.replace('_', ' '):<16}{'turns':>6}{'median ms':>11}{'95th ms':>9}")
        for name, group in report[title].items():
            latency = group["voice_to_voice_ms"]
            print(f"  {name:<14}{group['count']:>6}{latency['median']:>11}{latency['p95']:>9}")
    silent = [turn["wav"] for turn in report["turns"] if "voice_to_voice_ms" not in turn]
    if silent:
        print(f"without a reply: {', '.join(silent)}", file=sys.stderr)
