"""Axioms by property: what holds for every game must hold for ours."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xaisite import explain
from xaisite.explain.methods.game import share_pairs

games = st.integers(2, 4).flatmap(
    lambda players: st.lists(st.integers(-50, 50), min_size=2**players, max_size=2**players).map(
        lambda worths: np.array(worths, dtype=float)
    )
)
LAWS = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)


def play(game: np.ndarray, method: str = "exact") -> np.ndarray:
    """SHAP values of a game given by its worths, indexed by the bits of the coalition."""
    players = len(game).bit_length() - 1

    def worth(masks: np.ndarray) -> np.ndarray:
        return game[(masks.round().astype(int) << np.arange(players)).sum(axis=1)]

    return explain.shap(worth, np.ones((1, players)), background=np.zeros((1, players)), method=method).values[0]


@LAWS
@given(games)
def test_efficiency(game: np.ndarray) -> None:
    assert np.isclose(play(game).sum(), game[-1] - game[0])


@LAWS
@given(games)
def test_dummy_player_gets_its_own_worth(game: np.ndarray) -> None:
    players = len(game).bit_length() - 1
    without = np.array([game[c & ~1] + (c & 1) * 7.0 for c in range(2**players)])
    assert np.isclose(play(without)[0], 7.0)


@LAWS
@given(games)
def test_symmetric_players_get_the_same(game: np.ndarray) -> None:
    swapped = np.array([game[(c & ~3) | (c & 1) << 1 | (c >> 1 & 1)] for c in range(len(game))])
    values = play(game + swapped)
    assert np.isclose(values[0], values[1])


@LAWS
@given(games, st.integers(-3, 3))
def test_linearity(game: np.ndarray, factor: int) -> None:
    other = np.roll(game, 1)
    assert np.allclose(play(game + factor * other), play(game) + factor * play(other))


@LAWS
@given(games)
def test_kernel_with_all_coalitions_is_exact(game: np.ndarray) -> None:
    assert np.allclose(play(game, "kernel"), play(game), atol=1e-8 * (1 + np.abs(game).max()))


@LAWS
@given(games)
def test_interactions_fold_into_the_values(game: np.ndarray) -> None:
    matrix = share_pairs(game)
    assert np.allclose(matrix, matrix.T)
    assert np.allclose(matrix.sum(axis=1), play(game))


@LAWS
@given(games)
def test_additive_games_have_no_interactions(game: np.ndarray) -> None:
    players = len(game).bit_length() - 1
    additive = np.array([sum(game[1 << i] for i in range(players) if c >> i & 1) for c in range(2**players)])
    assert np.allclose(share_pairs(additive), np.diag(np.diag(share_pairs(additive))))


@LAWS
@given(st.lists(st.floats(-3, 3), min_size=3, max_size=3), st.integers(0, 1000))
def test_linear_models_are_read_off(weights: list[float], seed: int) -> None:
    w, background = np.array(weights), np.random.default_rng(seed).normal(size=(5, 3))
    row = np.random.default_rng(seed + 1).normal(size=(1, 3))
    found = explain.shap(lambda v: v @ w, row, background=background, method="exact")
    assert np.allclose(found.values[0], w * (row[0] - background.mean(axis=0)))


def test_path_dependent_values_depend_on_the_order_of_splits() -> None:
    # x1 ∧ x2 with p11 = p00 = .4: two trees, one function, other values; the interventional game gives .30, .30.
    from sklearn.tree import DecisionTreeClassifier

    X = np.repeat([[0, 0], [1, 1], [0, 1], [1, 0]], [40, 40, 10, 10], axis=0).astype(float)
    y = (X[:, 0] * X[:, 1]).astype(int)
    found = []
    for order in ([0, 1], [1, 0]):
        tree = DecisionTreeClassifier(random_state=0).fit(X[:, order], y)
        path = explain.shap(tree, np.ones((1, 2)), method="path", target=1).values[0]
        both = explain.shap(tree, np.ones((1, 2)), background=X[:, order], method="tree", target=1).values[0]
        assert np.allclose(both, [0.3, 0.3])
        found.append(path)
        assert not np.allclose(path, [0.3, 0.3])
        assert sorted(np.round(path, 6)) == [0.15, 0.45]
    assert "trees' shape" in explain.shap(tree, np.ones((1, 2)), method="path", target=1).caption()


def forest(X: Any, y: Any) -> Any:
    from sklearn.ensemble import HistGradientBoostingRegressor

    return HistGradientBoostingRegressor(max_iter=20, random_state=0).fit(X, y)


def test_float64_trees_are_refused_and_float32_ones_are_not() -> None:
    from sklearn.datasets import load_diabetes

    X, y = load_diabetes(return_X_y=True)
    with pytest.raises(explain.ExplainError, match="float64") as refusal:
        explain.shap(forest(X, y), X[:20], background=X[:100])
    assert "float32" in refusal.value.fix
    narrow = X.astype("float32").astype("float64")
    found = explain.shap(forest(narrow, y), narrow[:20], background=narrow[:100])
    assert found.variant == "tree"
    assert not found.check()[0].is_violated


def test_sampled_values_say_how_uncertain_they_are() -> None:
    background = np.random.default_rng(0).normal(size=(10, 12))
    found = explain.shap(
        lambda v: np.prod(v[:, :6], axis=1),
        background[:1],
        background=background,
        method="kernel",
        nsamples=60,
        repeats=4,
    )
    assert found.errors is not None
    assert found.errors.max() > 0
    said = found.check()[0].text
    assert "standard error" in said
    assert "proves nothing" in said
    assert "adds up" not in said.replace("add up", "")
