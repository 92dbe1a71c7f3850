"""Where an utterance begins, pauses and ends; on the sound's own clock."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.events import SAMPLE_RATE, AudioChunk, Samples, Utterance
from assistant.hear.segmenter import Ended, Framer, Paused, Resumed, Segmenter, SegmentEvent
from assistant.settings import HearSettings
from tests.turns import SETTINGS

FRAME = 320  # 20 ms
HEAR = replace(
    SETTINGS.hear,
    min_speech_ms=100,
    pause_ms=160,
    endpoint_ms=480,
    pre_roll_ms=200,
    max_utterance_s=3.0,
)


def frames(count: int) -> list[Samples]:
    """Frames that can be told apart: frame n holds n."""
    return [np.full(FRAME, number, np.int16) for number in range(count)]


def run(pattern: str, hear: HearSettings = HEAR, *, flush: bool = True) -> list[SegmentEvent]:
    """The events of a pattern of frames, "#" voiced and "." silent."""
    segmenter = Segmenter(hear, FRAME)
    events: list[SegmentEvent] = []
    for frame, mark in zip(frames(len(pattern)), pattern, strict=True):
        events += segmenter.process(frame, 1.0 if mark == "#" else 0.0)
    return events + (segmenter.flush() if flush else [])


def kinds(events: list[SegmentEvent]) -> str:
    return " ".join(type(event).__name__ for event in events)


def utterances(events: list[SegmentEvent]) -> list[Utterance]:
    return [event.utterance for event in events if isinstance(event, Ended)]


S = "." * 30  # a long silence, 600 ms


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("", ""),
        (S, ""),
        (S + "####" + S, ""),  # 80 ms: a cough
        (S + "#####" + S, "Paused Ended"),  # 100 ms
        (S + "#" * 10 + "." * 7, "Ended"),  # the stream ends before the pause is long enough
        (S + "#" * 10 + "." * 8, "Paused Ended"),
        (S + "#" * 10 + "." * 7 + "#" * 10 + S, "Paused Ended"),
        (S + "#" * 10 + "." * 8 + "#" * 10 + S, "Paused Resumed Paused Ended"),
        (S + "#" * 10 + "." * 23 + "#" + S, "Paused Resumed Paused Ended"),
        (S + "#" * 10 + "." * 24 + "#" + S, "Paused Ended"),
        (S + "#" * 10 + S + "#" * 10 + S, "Paused Ended Paused Ended"),
        ("#" * 10, "Ended"),
        ("####", ""),
        (S + "##.##.##" + S, "Paused Ended"),  # voiced time adds up within one utterance
        (S + "##" + S + "##" + S + "##" + S, ""),  # and not over several
    ],
)
def test_a_pattern_of_speech_makes_these_events(pattern: str, expected: str) -> None:
    assert kinds(run(pattern)) == expected


def test_an_utterance_holds_the_sound_before_its_first_voiced_frame() -> None:
    (utterance,) = utterances(run(S + "#" * 10 + S))
    first = utterance.audio.samples[0]
    assert first == 30 - 9  # ten frames of pre-roll, the first voiced one among them
    assert utterance.starts_s == pytest.approx(21 * 0.02)


def test_an_utterance_ends_with_the_silence_that_ended_it() -> None:
    (utterance,) = utterances(run(S + "#" * 10 + S))
    assert utterance.speech_end_s == pytest.approx(40 * 0.02)
    assert utterance.starts_s + utterance.audio.seconds == pytest.approx(64 * 0.02)


def test_without_pre_roll_an_utterance_begins_with_its_first_voiced_frame() -> None:
    (utterance,) = utterances(run(S + "#" * 10 + S, replace(HEAR, pre_roll_ms=0)))
    assert utterance.starts_s == pytest.approx(30 * 0.02)


def test_a_pause_hands_out_what_was_said_so_far() -> None:
    paused, ended = run(S + "#" * 10 + S)
    assert isinstance(paused, Paused)
    assert isinstance(ended, Ended)
    length = len(paused.utterance.audio.samples)
    assert (ended.utterance.audio.samples[:length] == paused.utterance.audio.samples).all()
    assert paused.utterance.speech_end_s == ended.utterance.speech_end_s
    assert not paused.utterance.truncated


@pytest.mark.parametrize(("count", "truncated"), [(140, False), (141, True), (6000, True)])
def test_speech_beyond_the_longest_utterance_is_cut_off(count: int, truncated: bool) -> None:
    first = utterances(run(S + "#" * count + S))[0]
    assert first.truncated is truncated
    assert first.audio.seconds <= HEAR.max_utterance_s + HEAR.endpoint_ms / 1000


def test_a_probability_at_the_limit_is_speech() -> None:
    segmenter = Segmenter(HEAR, FRAME)
    segmenter.process(frames(1)[0], HEAR.speech_probability)
    assert segmenter.speaking
    other = Segmenter(HEAR, FRAME)
    other.process(frames(1)[0], HEAR.speech_probability - 1e-6)
    assert not other.speaking


PATTERNS = st.lists(st.tuples(st.sampled_from("#."), st.integers(1, 60)), max_size=12).map(
    lambda runs: "".join(mark * count for mark, count in runs)
)


@given(PATTERNS)
def test_no_sound_is_lost_and_none_invented(pattern: str) -> None:
    stream = np.concatenate([np.zeros(0, np.int16), *frames(len(pattern))])
    end = 0
    for event in run(pattern):
        if isinstance(event, Resumed):
            continue
        utterance = event.utterance
        start = round(utterance.starts_s * SAMPLE_RATE)
        length = len(utterance.audio.samples)
        assert (stream[start : start + length] == utterance.audio.samples).all()
        assert start >= end  # utterances do not overlap
        if isinstance(event, Ended):
            end = start + length


@given(PATTERNS)
def test_every_voiced_frame_of_a_long_enough_burst_is_in_an_utterance(pattern: str) -> None:
    inside: set[int] = set()
    for utterance in utterances(run(pattern)):
        if utterance.truncated:  # what follows it may be too short to be one of its own
            return
        inside |= set(utterance.audio.samples.tolist())
    for at, mark in enumerate(pattern):
        burst = pattern[max(0, at - 4) : at + 1]
        if mark == "#" and burst == "#####":
            assert at in inside


@given(PATTERNS)
def test_events_come_in_a_sensible_order(pattern: str) -> None:
    before = "Ended"
    allowed = {"Ended": {"Paused", "Ended"}, "Paused": {"Resumed", "Ended"}}
    allowed["Resumed"] = {"Paused", "Ended"}
    for event in run(pattern):
        name = type(event).__name__
        assert name in allowed[before]
        before = name


@given(PATTERNS)
def test_speech_ends_inside_its_utterance(pattern: str) -> None:
    for utterance in utterances(run(pattern)):
        ends = utterance.starts_s + utterance.audio.seconds
        assert utterance.starts_s < utterance.speech_end_s <= ends + 1e-9


# --- framer ----------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 2000), max_size=20), st.sampled_from([160, 320, 512]))
def test_frames_are_the_sound_in_order(lengths: list[int], size: int) -> None:
    sound = np.arange(sum(lengths)).astype(np.int16)
    framer, out, at = Framer(size), [], 0
    for length in lengths:
        out += framer.push(AudioChunk(sound[at : at + length]))
        at += length
    assert all(len(frame) == size for frame in out)
    joined = np.concatenate([np.zeros(0, np.int16), *out])
    assert (joined == sound[: len(joined)]).all()
    assert len(sound) - len(joined) < size
