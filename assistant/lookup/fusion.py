"""Lookup: what words and what meaning say of each passage come in, one worth for each goes out.

Measured on the questions of bench/questions (`python -m bench.retrieval`, decision 11).
"""

from collections.abc import Mapping
from dataclasses import dataclass

ASKED = 4.0  # what an example question of the same meaning is worth more than one hardly alike
ALIKE = 0.4  # a cosine
MEANING = 3.5  # what a cosine of 1 is worth beside the best passage by words that holds every word


@dataclass(frozen=True, slots=True)
class Worth:
    """What is known of one passage."""

    score: float  # by words: BM25 times the square of the coverage; 0 where it holds none
    coverage: float  # share of the question's weight that it holds
    meaning: float  # cosine of its vector and its section's with the question's
    asked: float = 0.0  # the same of the nearest example question that it answers


def fuse(passages: Mapping[int, Worth]) -> dict[int, float]:
    """The worth of each passage, 0 or more, comparable within one search.

    How far words are to be trusted is how much of the question the best passage by words holds: a
    question in the driver's own words shares few of them with the manual.
    """
    best = max((worth.score for worth in passages.values()), default=0.0)
    trust = max((worth.coverage for worth in passages.values()), default=0.0)
    scale = trust / best if best else 0.0
    return {
        order: worth.score * scale
        + MEANING * max(worth.meaning, 0.0)
        + ASKED * max(worth.asked - ALIKE, 0.0)
        for order, worth in passages.items()
    }
