"""Games of rows against a background, played to the end: every coalition is asked.

What it does: evaluates ``v(S) = mean over background rows b of f(x_S, b_rest)`` for all 2^d coalitions, and shares it
among players (Lundberg and Lee 2017, eq. 4) or pairs (Lundberg et al. 2020, eq. 8 to 10). It deliberately does not
sample. Own code and not shap's Exact, which compiles itself for seconds in each process (docs/adr/0011).
Invariant: few and large calls of the model; no row is asked about twice within a call.
"""

from __future__ import annotations

from collections.abc import Callable
from math import factorial

import numpy as np

from xaisite.explain.errors import ExplainError
from xaisite.explain.explanation import Array

EXACT_LIMIT = 14
PAIRS = 2**16
Answer = Callable[[Array], Array]


def evaluate_games(answer: Answer, rows: Array, background: Array) -> Array:
    """``v(S)`` of every row and every coalition S, indexed by the bits of S: shape (n, 2^d)."""
    features, others = rows.shape[1], len(background)
    if features > EXACT_LIMIT:
        raise ExplainError(
            f"Exact Shapley values of {features} features need 2^{features} coalitions.",
            'use method="permutation" or method="kernel"; method="path" for interactions in trees.',
        )
    games = np.zeros((len(rows), 2**features))
    block = max(1, PAIRS >> features)
    for start in range(0, len(rows) * others, block):
        pair = np.arange(start, min(start + block, len(rows) * others))
        np.add.at(games, pair // others, _answer_pairs(answer, rows[pair // others], background[pair % others]))
    return games / others


def _answer_pairs(answer: Answer, rows: Array, others: Array) -> Array:
    """Answers for all mixtures of each row with its partner, (k, 2^d); players that do not differ change nothing."""
    features = rows.shape[1]
    bits = np.arange(features)
    differs = (rows != others) @ (1 << bits)
    mixtures = (np.arange(2**features) & differs[:, None]) + (np.arange(len(rows))[:, None] << features)
    distinct, back = np.unique(mixtures, return_inverse=True)
    present = distinct[:, None] >> bits & 1 == 1
    which = distinct >> features
    return np.asarray(answer(np.where(present, rows[which], others[which]))[back.reshape(mixtures.shape)])


def share_game(game: Array) -> Array:
    """Return the Shapley values of a game given by its 2^d values: shape (d,)."""
    features = len(game).bit_length() - 1
    coalitions = np.arange(len(game))
    weight = np.array([factorial(s) * factorial(features - s - 1) / factorial(features) for s in range(features)])
    values = np.empty(features)
    for player in range(features):
        without = coalitions[coalitions >> player & 1 == 0]
        values[player] = weight[np.bitwise_count(without)] @ (game[without | 1 << player] - game[without])
    return values


def share_pairs(game: Array) -> Array:
    """Return the (d, d) matrix of SHAP interaction values of a game given by its 2^d values."""
    features = len(game).bit_length() - 1
    coalitions = np.arange(len(game))
    weight = [factorial(s) * factorial(features - s - 2) / (2 * factorial(features - 1)) for s in range(features - 1)]
    matrix = np.zeros((features, features))
    for i in range(features):
        for j in range(i):
            rest = coalitions[coalitions & (1 << i | 1 << j) == 0]
            delta = game[rest | 1 << i | 1 << j] - game[rest | 1 << i] - game[rest | 1 << j] + game[rest]
            matrix[i, j] = matrix[j, i] = np.array(weight)[np.bitwise_count(rest)] @ delta
    return matrix + np.diag(share_game(game) - matrix.sum(axis=1))
