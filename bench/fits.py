"""Benchmarks: numbers and which of them are right come in, fitted weights go out."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import scipy.optimize

from assistant.respond.weights import BIAS, Features

Matrix = npt.NDArray[np.float64]
Vector = npt.NDArray[np.float64]

WORTH_PENALTY = 1.0  # of the squared weights, against the questions
RIGHT_PENALTY = 1.0


def fit_worth(data: Sequence[tuple[Matrix, Vector]], start: Vector) -> Vector:
    """Weights under which the right pieces together are most likely the best of their question.

    Each question is float64 [pieces, features] and [pieces] of 1 or 0. Weights are held near
    `start`, float64 [features].
    """
    data = [(matrix, right) for matrix, right in data if right.any()]
    matrix = np.concatenate([one for one, _ in data])
    right = np.concatenate([one for _, one in data])
    sizes = np.array([len(one) for _, one in data])
    begin = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    question = np.repeat(np.arange(len(data)), sizes)

    def loss(weights: Vector) -> tuple[float, Vector]:
        values = matrix @ weights
        powers = np.exp(values - np.maximum.reduceat(values, begin)[question])
        share = powers / np.add.reduceat(powers, begin)[question]
        good = np.add.reduceat(share * right, begin) + 1e-12
        away = weights - start
        total = WORTH_PENALTY * float(away @ away) / 2 - float(np.log(good).sum())
        slope = WORTH_PENALTY * away - matrix.T @ (share * right / good[question] - share)
        return total, slope

    found = scipy.optimize.minimize(loss, start, jac=True, method="L-BFGS-B")
    weights: Vector = found.x
    return weights


def fit_right(rows: Sequence[tuple[Features, bool]]) -> dict[str, float]:
    """The logistic regression of whether an answer is right."""
    names = [BIAS, *sorted({name for own, _ in rows for name in own})]
    matrix = np.array([[{BIAS: 1.0, **own}.get(name, 0.0) for name in names] for own, _ in rows])
    right = np.array([float(good) for _, good in rows])

    def loss(weights: Vector) -> tuple[float, Vector]:
        values = matrix @ weights
        total = float(np.logaddexp(0, values).sum() - right @ values)
        total += RIGHT_PENALTY * float(weights @ weights) / 2
        slope: Vector = matrix.T @ (1 / (1 + np.exp(-values)) - right) + RIGHT_PENALTY * weights
        return total, slope

    found = scipy.optimize.minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B")
    return dict(zip(names, found.x.tolist(), strict=True))
