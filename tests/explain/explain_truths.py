"""What every method is held against: slow replicas written from the papers, closed forms, published values.

A truth measures a deviation; it holds if that is within the tolerance. The same truths judge the mutants: a wrong
implementation must push a deviation over its tolerance. Nothing here may call the code under test for its answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations, permutations, product
from math import comb, factorial
from typing import Any

import numpy as np

from xaisite import explain


@dataclass(frozen=True)
class Truth:
    method: str
    backend: str
    against: str
    tolerance: float
    measure: Callable[[], float]
    deep: bool = False

    @property
    def name(self) -> str:
        return self.measure.__name__


TRUTHS: dict[str, Truth] = {}


def truth(method: str, backend: str, against: str, tolerance: float, *, deep: bool = False) -> Any:
    def register(measure: Callable[[], float]) -> Callable[[], float]:
        TRUTHS[measure.__name__] = Truth(method, backend, against, tolerance, measure, deep)
        return measure

    return register


def gap(found: Any, wanted: Any) -> float:
    found, wanted = np.asarray(found, dtype=float), np.asarray(wanted, dtype=float)
    assert found.shape == wanted.shape, (found.shape, wanted.shape)
    return float(np.abs(found - wanted).max() / max(np.abs(wanted).max(), 1e-12))


# --- slow replicas -------------------------------------------------------------------------------------------------


def shapley_by_orders(game: Callable[[frozenset[int]], float], players: int) -> np.ndarray:
    """Average marginal contribution over all orders: the definition."""
    values, seen = np.zeros(players), {}

    def worth(coalition: frozenset[int]) -> float:
        if coalition not in seen:
            seen[coalition] = game(coalition)
        return seen[coalition]

    for order in permutations(range(players)):
        before: frozenset[int] = frozenset()
        for player in order:
            after = before | {player}
            values[player] += worth(after) - worth(before)
            before = after
    return values / factorial(players)


def shapley_by_subsets(game: Callable[[frozenset[int]], float], players: int) -> np.ndarray:
    """Shapley 1953: marginal contributions to every coalition, weighted by the orders in which it comes first."""
    every = [frozenset(some) for size in range(players + 1) for some in combinations(range(players), size)]
    worth = {coalition: game(coalition) for coalition in every}
    values = np.zeros(players)
    for coalition in every:
        weight = factorial(len(coalition)) * factorial(players - len(coalition) - 1 if len(coalition) < players else 0)
        for player in set(range(players)) - coalition:
            values[player] += weight / factorial(players) * (worth[coalition | {player}] - worth[coalition])
    return values


def interventional(f: Callable[[np.ndarray], np.ndarray], row: np.ndarray, background: np.ndarray) -> Any:
    def game(coalition: frozenset[int]) -> float:
        mixed = background.copy()
        for player in coalition:
            mixed[:, player] = row[player]
        return float(np.mean(f(mixed)))

    return game


def interactions_by_subsets(game: Any, players: int) -> np.ndarray:
    """Lundberg et al. 2020, equations 8 to 10, summed set by set."""
    out = np.zeros((players, players))
    for i, j in combinations(range(players), 2):
        rest = [k for k in range(players) if k not in (i, j)]
        for size in range(len(rest) + 1):
            weight = factorial(size) * factorial(players - size - 2) / (2 * factorial(players - 1))
            for some in combinations(rest, size):
                s = frozenset(some)
                out[i, j] += weight * (game(s | {i, j}) - game(s | {i}) - game(s | {j}) + game(s))
        out[j, i] = out[i, j]
    values = shapley_by_orders(game, players)
    return out + np.diag(values - out.sum(axis=1))


def owen_by_orders(game: Any, tree: Any) -> np.ndarray:
    """Average over all orders a binary hierarchy allows: at each node either child may come first."""

    def orders(node: Any) -> list[list[int]]:
        if isinstance(node, int):
            return [[node]]
        left, right = orders(node[0]), orders(node[1])
        return [a + b for a, b in product(left, right)] + [b + a for a, b in product(left, right)]

    found = orders(tree)
    values = np.zeros(len(found[0]))
    for order in found:
        before: frozenset[int] = frozenset()
        for player in order:
            values[player] += game(before | {player}) - game(before)
            before |= {player}
    return values / len(found)


def path_game(tree: Any, row: np.ndarray) -> Any:
    """Both branches of an absent feature, weighted by training rows (Lundberg et al. 2020, algorithm 1)."""

    def walk(node: int, coalition: frozenset[int]) -> float:
        if tree.children_left[node] < 0:
            return float(tree.value[node].ravel()[0])
        left, right, feature = tree.children_left[node], tree.children_right[node], tree.feature[node]
        if feature in coalition:
            return walk(left if row[feature] <= tree.threshold[node] else right, coalition)
        weights = tree.weighted_n_node_samples
        return (weights[left] * walk(left, coalition) + weights[right] * walk(right, coalition)) / weights[node]

    return lambda coalition: walk(0, coalition)


def smooth(values: np.ndarray) -> np.ndarray:
    """A function with interactions, no symmetry and no zero coefficients."""
    return (
        np.sin(values[:, 0]) + values[:, 1] * values[:, 2] - 0.5 * values[:, 3] ** 2 + 0.3 * values[:, 0] * values[:, 3]
    )


def three_way(values: np.ndarray) -> np.ndarray:
    """Three at once: where only pairs interact, Owen equals Shapley, and an order with its reverse is exact."""
    products = 2 * values[:, 0] * values[:, 1] * values[:, 2] - values[:, 1] * values[:, 2] * values[:, 3]
    return smooth(values) + products


def points(rows: int, features: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(rows, features))


# --- Shapley values ------------------------------------------------------------------------------------------------


def _shap_against_orders(method: str, **options: Any) -> float:
    background, rows = points(7, 4, 1), points(3, 4, 2)
    found = explain.shap(smooth, rows, background=background, method=method, **options)
    wanted = [shapley_by_orders(interventional(smooth, row, background), 4) for row in rows]
    return gap(found.values, wanted)


@truth("shap (exact)", "own", "all orders, 4 features", 1e-12)
def exact_shap() -> float:
    return _shap_against_orders("exact")


@truth("shap (kernel)", "shap.KernelExplainer, l1_reg off", "all orders, all coalitions", 1e-10)
def kernel_shap() -> float:
    return _shap_against_orders("kernel")


@truth("shap (permutation)", "shap.explainers.Permutation", "all orders, within 5 standard errors", 5.0)
def permutation_shap() -> float:
    background, rows = points(7, 4, 1), points(2, 4, 2)
    found = explain.shap(three_way, rows, background=background, method="permutation", nsamples=80, repeats=60)
    wanted = np.array([shapley_by_orders(interventional(three_way, row, background), 4) for row in rows])
    assert found.errors is not None
    assert found.errors.max() > 1e-3
    return float((np.abs(found.values - wanted) / (found.errors + 1e-9)).max())


@truth("shap (partition)", "shap.explainers.Partition", "Owen values by all orders of the hierarchy", 1e-10)
def partition_shap() -> float:
    from scipy.cluster.hierarchy import linkage

    background, row = points(6, 4, 3), points(1, 4, 4)
    hierarchy = linkage(np.array([[0.0], [1.0], [5.0], [6.5]]), "single")
    found = explain.shap(three_way, row, background=background, method="partition", hierarchy=hierarchy)
    return gap(found.values[0], owen_by_orders(interventional(three_way, row[0], background), ((0, 1), (2, 3))))


def _forest(kind: str = "forest") -> tuple[Any, np.ndarray]:
    from sklearn.ensemble import GradientBoostingRegressor, RandomForestRegressor

    X = points(160, 5, 5).astype(np.float32).astype(np.float64)
    y = X[:, 0] * X[:, 1] + np.abs(X[:, 2]) + 0.2 * X[:, 3]
    model = (
        RandomForestRegressor(12, random_state=0)
        if kind == "forest"
        else GradientBoostingRegressor(n_estimators=30, random_state=0)
    )
    return model.fit(X, y), X


@truth("shap (tree)", "shap.TreeExplainer, interventional", "all orders, boosted trees", 2e-7)
def tree_shap_boosting() -> float:
    model, X = _forest("boosting")
    found = explain.shap(model, X[:3], background=X[50:70], method="tree")
    return gap(found.values, [shapley_by_orders(interventional(model.predict, row, X[50:70]), 5) for row in X[:3]])


@truth("shap (tree)", "shap.TreeExplainer, interventional", "all orders, bootstrapped forest on a grid", 2e-7)
def tree_shap_forest() -> float:
    from sklearn.ensemble import RandomForestRegressor

    # Rows halfway between training values: the case that rounding thresholds to nearest gets wrong.
    X = np.round(points(160, 5, 5), 1).astype(np.float32).astype(np.float64)
    model = RandomForestRegressor(12, random_state=0).fit(X, X[:, 0] * X[:, 1] + np.abs(X[:, 2]))
    found = explain.shap(model, X[:3], background=X[50:70], method="tree")
    return gap(found.values, [shapley_by_orders(interventional(model.predict, row, X[50:70]), 5) for row in X[:3]])


@truth("shap (path)", "shap.TreeExplainer, path-dependent", "all orders of the path game, depth-4 tree", 1e-9)
def path_shap() -> float:
    from sklearn.tree import DecisionTreeRegressor

    X = points(120, 4, 6).astype(np.float32).astype(np.float64)
    model = DecisionTreeRegressor(max_depth=4, random_state=0).fit(X, smooth(X))
    found = explain.shap(model, X[:3], method="path")
    return gap(found.values, [shapley_by_orders(path_game(model.tree_, row), 4) for row in X[:3]])


@truth("shap (tree, classes)", "shap.TreeExplainer", "all orders, probability of class 0 of three", 2e-7)
def tree_shap_class() -> float:
    from sklearn.datasets import load_iris
    from sklearn.ensemble import RandomForestClassifier

    X, y = load_iris(return_X_y=True)
    X = X.astype(np.float32).astype(np.float64)
    model = RandomForestClassifier(8, random_state=0).fit(X, y)
    background = X[::15]
    found = explain.shap(model, X[60:62], background=background, target=1)
    ask = interventional(lambda values: model.predict_proba(values)[:, 1], X[60], background)
    return gap(found.values[0], shapley_by_orders(ask, 4))


@truth("shap (exact)", "own", "glove game: 1/6, 1/6, 2/3", 1e-12)
def glove_game() -> float:
    def worth(values: np.ndarray) -> np.ndarray:
        return np.minimum(values[:, 0] + values[:, 1], values[:, 2])

    found = [
        explain.shap(worth, np.ones((1, 3)), background=np.zeros((1, 3)), method=m).values[0]
        for m in ("exact", "kernel")
    ]
    return max(gap(one, [1 / 6, 1 / 6, 2 / 3]) for one in found)


@truth("shap (exact)", "own", "airport game 8/11/13/18: 2, 3, 4, 9", 1e-12)
def airport_game() -> float:
    def worth(values: np.ndarray) -> np.ndarray:
        return np.max(values * np.array([8.0, 11.0, 13.0, 18.0]), axis=1)

    found = [
        explain.shap(worth, np.ones((1, 4)), background=np.zeros((1, 4)), method=m).values[0]
        for m in ("exact", "kernel")
    ]
    return max(gap(one, [2, 3, 4, 9]) for one in found)


@truth("shap (kernel)", "shap.KernelExplainer, l1_reg off", "linear, 30 features: w(x − mean), none zero", 1e-6)
def kernel_linear_30() -> float:
    weights, background = np.linspace(0.1, 3, 30), points(20, 30, 7)
    row = points(1, 30, 8)
    found = explain.shap(
        lambda values: values @ weights, row, background=background, method="kernel", nsamples=800, repeats=2
    )
    assert (found.values != 0).all()
    return gap(found.values[0], weights * (row[0] - background.mean(axis=0)))


@truth("shap (background)", "shap", "all 150 background rows used, not shap's 100", 1e-12)
def whole_background() -> float:
    weights, background = np.array([1.0, -2.0]), np.vstack([np.zeros((100, 2)), np.ones((50, 2)) * 9])
    found = [
        explain.shap(lambda values: values @ weights, np.ones((1, 2)), background=background, method=method)
        for method in ("exact", "kernel", "permutation", "partition")
    ]
    return max(gap(one.values[0], weights * (1 - 3.0)) for one in found)


def _boosted_classifier() -> tuple[Any, np.ndarray]:
    from sklearn.ensemble import GradientBoostingClassifier

    X = points(1200, 4, 21).astype(np.float32).astype(np.float64)
    y = X[:, 0] * X[:, 1] + np.abs(X[:, 2]) > 0.8
    return GradientBoostingClassifier(n_estimators=15, random_state=0).fit(X[:400], y[:400]), X


@truth("shap (tree, log-odds)", "shap.TreeExplainer, interventional", "all orders, 1,000 background rows", 2e-7)
def tree_shap_whole_background() -> float:
    model, X = _boosted_classifier()
    found = explain.shap(model, X[:2], background=X[200:], method="tree", scale="log-odds")
    ask = [interventional(model.decision_function, row, X[200:]) for row in X[:2]]
    return gap(found.values, [shapley_by_orders(one, 4) for one in ask])


@truth("shap (tree, classes)", "shap.TreeExplainer", "all orders, forest, 150 background rows", 2e-7)
def tree_shap_forest_background() -> float:
    from sklearn.ensemble import RandomForestClassifier

    _, X = _boosted_classifier()
    model = RandomForestClassifier(8, max_depth=6, random_state=0).fit(X[:300], X[:300, 0] * X[:300, 1] > 0)
    found = explain.shap(model, X[:2], background=X[300:450])
    assert found.variant == "tree"
    ask = [interventional(lambda v: model.predict_proba(v)[:, 1], row, X[300:450]) for row in X[:2]]
    return gap(found.values, [shapley_by_orders(one, 4) for one in ask])


@truth("shap (auto, probability)", "own", "all orders, boosted classifier, 1,000 background rows", 1e-9)
def boosted_probability() -> float:
    model, X = _boosted_classifier()
    found = explain.shap(model, X[:1], background=X[200:])
    ask = interventional(lambda v: model.predict_proba(v)[:, 1], X[0], X[200:])
    return gap(found.values[0], shapley_by_orders(ask, 4))


@truth("shap_interactions (exact)", "own", "set by set from the paper, 4 features", 1e-12)
def exact_interactions() -> float:
    background, row = points(6, 4, 9), points(1, 4, 10)
    found = explain.shap_interactions(smooth, row, background=background)
    return gap(found.values[0], interactions_by_subsets(interventional(smooth, row[0], background), 4))


@truth("shap_interactions (path)", "shap.TreeExplainer", "set by set, path game", 1e-9)
def path_interactions() -> float:
    from sklearn.tree import DecisionTreeRegressor

    X = points(120, 4, 6).astype(np.float32).astype(np.float64)
    model = DecisionTreeRegressor(max_depth=4, random_state=0).fit(X, smooth(X))
    found = explain.shap_interactions(model, X[:1], method="path")
    return gap(found.values[0], interactions_by_subsets(path_game(model.tree_, X[0]), 4))


def word_score(texts: list[str]) -> np.ndarray:
    return np.array([2.0 * ("good" in t) - 3.0 * ("bad" in t) + 4.0 * ("good" in t and "very" in t) for t in texts])


@truth("shap (text)", "own", "all orders of left-out words", 1e-12)
def text_shap() -> float:
    found = explain.shap(word_score, "very good, not bad", method="exact")
    words = ["very", "good", "not", "bad"]
    wanted = shapley_by_orders(lambda s: float(word_score([" ".join(words[i] for i in sorted(s))])[0]), 4)
    return gap(found.values[0], wanted)


def corner_score(batch: np.ndarray) -> np.ndarray:
    """Mean of the upper left quarter times mean of the lower right, plus the upper right: segments interact."""
    half = batch.shape[1] // 2
    return batch[:, :half, :half].mean((1, 2)) * batch[:, half:, half:].mean((1, 2)) * 4 + batch[:, :half, half:].mean(
        (1, 2)
    )


def picture() -> np.ndarray:
    return np.random.default_rng(11).uniform(0.2, 1, size=(6, 6))


def segment_game(image: np.ndarray, segments: np.ndarray, fill: Any) -> Any:
    def game(coalition: frozenset[int]) -> float:
        painted = image.copy()
        for row in range(image.shape[0]):
            for column in range(image.shape[1]):
                if segments[row, column] not in coalition:
                    painted[row, column] = fill[row, column]
        return float(corner_score(painted[None])[0])

    return game


@truth("shap (image)", "own, on segments", "all orders of painted segments, pixel by pixel", 1e-12)
def image_shap() -> float:
    image, segments = picture(), np.repeat(np.repeat([[0, 1], [2, 3]], 3, axis=0), 3, axis=1)
    found = explain.shap(corner_score, image, segments=segments, baseline="neutral")
    wanted = shapley_by_orders(segment_game(image, segments, np.full((6, 6), image.mean())), 4)
    return gap(found.values, wanted)


@truth("shap (image, 9 segments)", "shap.KernelExplainer, 512", "exact over 2^9 coalitions", 1e-6)
def image_kernel() -> float:
    image = picture()
    segments = explain.make_segments(image, count=9)
    found = explain.shap(corner_score, image, segments=segments, baseline="empty", method="kernel", nsamples=512)
    return gap(found.values, shapley_by_subsets(segment_game(image, segments, np.zeros((6, 6))), 9))


# --- LIME ----------------------------------------------------------------------------------------------------------


@truth("lime (row)", "lime.LimeBase", "linear model: w σ, whatever the kernel", 2e-3)
def lime_linear() -> float:
    weights, background = np.array([2.0, -1.0, 0.5]), points(200, 3, 12) * [1, 3, 0.2]
    found = explain.lime(
        lambda values: values @ weights, points(1, 3, 13), background=background, nsamples=3000, ridge=1e-6
    )
    return gap(found.values[0], weights * background.std(axis=0))


@truth("lime (row)", "lime.LimeBase", "cubic in closed form: 3x² + 3s² with 1/s² = 1 + 1/width²", 0.03)
def lime_cubic() -> float:
    background = points(500, 1, 14)
    background = (background - background.mean()) / background.std()
    width, x = 0.8, 0.7
    found = explain.lime(
        lambda v: v[:, 0] ** 3,
        np.array([x]),
        background=background,
        nsamples=60000,
        kernel_width=width,
        ridge=1e-6,
        widths=(),
    )
    return gap(found.values[0], [3 * x**2 + 3 / (1 + 1 / width**2)])


@truth("lime (image)", "lime.LimeBase", "weighted least squares over all 2^4 masks (normal equations)", 0.03)
def lime_image() -> float:
    image, segments = picture(), np.repeat(np.repeat([[0, 1], [2, 3]], 3, axis=0), 3, axis=1)
    found = explain.lime(corner_score, image, segments=segments, baseline="empty", nsamples=6000, ridge=1e-6)
    game = segment_game(image, segments, np.zeros((6, 6)))
    masks = np.array(list(product([0.0, 1.0], repeat=4)))
    answers = np.array([game(frozenset(np.flatnonzero(mask))) for mask in masks])
    cosine = np.array([1.0 if not m.any() else 1 - m.sum() / (np.sqrt(m.sum()) * 2) for m in masks])
    root = np.sqrt(np.sqrt(np.exp(-(cosine**2) / 0.25**2)))[:, None]
    design = np.hstack([np.ones((16, 1)), masks])
    wanted = np.linalg.lstsq(design * root, answers * root[:, 0], rcond=None)[0][1:]
    return gap(found.values, wanted)


@truth(
    "lime (image)", "lime.LimeBase", "two segments needed, 9 segments: Garreau and Mardaoui 2021 in closed form", 0.03
)
def lime_both_segments() -> float:
    """Their σ and α, for the detector z₀·z₁: what limit the weights have as samples grow."""
    parts, width = 9, 0.25
    segments = np.arange(9).reshape(3, 3)
    found = explain.lime(
        lambda batch: batch[:, 0, 0] * batch[:, 0, 1],
        np.ones((3, 3)),
        segments=segments,
        baseline="empty",
        nsamples=40000,
        ridge=1e-6,
        widths=(),
    )
    weigh = [np.exp(-((1 - np.sqrt(1 - away / parts)) ** 2) / (2 * width**2)) for away in range(parts + 1)]
    alpha = [sum(comb(parts - p, s) * weigh[s] for s in range(parts - p + 1)) / 2**parts for p in range(4)]
    scale = (parts - 1) * alpha[0] * alpha[2] - parts * alpha[1] ** 2 + alpha[0] * alpha[1]
    one = -alpha[1]
    two = ((parts - 2) * alpha[0] * alpha[2] - (parts - 1) * alpha[1] ** 2 + alpha[0] * alpha[1]) / (
        alpha[1] - alpha[2]
    )
    three = (alpha[1] ** 2 - alpha[0] * alpha[2]) / (alpha[1] - alpha[2])
    needed = (one * alpha[2] + two * alpha[2] + three * (alpha[2] + (parts - 2) * alpha[3])) / scale
    other = (one * alpha[2] + two * alpha[3] + three * (2 * alpha[2] + (parts - 3) * alpha[3])) / scale
    return gap(found.values, [needed, needed, *[other] * 7])


@truth("lime (text)", "lime.LimeBase", "additive score of words: its weights", 1e-3)
def lime_text() -> float:
    def score(texts: list[str]) -> np.ndarray:
        return np.array([2.0 * ("good" in t) - 3.0 * ("bad" in t) for t in texts])

    return gap(explain.lime(score, "good but bad", ridge=1e-6).values[0], [2, 0, -3])


# --- global methods ------------------------------------------------------------------------------------------------


@truth("permutation_importance", "sklearn.inspection", "linear model: 2 w² Var(x)", 0.05)
def permutation_linear() -> float:
    from sklearn.linear_model import LinearRegression

    X = points(3000, 3, 15) * [1.0, 2.0, 0.5]
    weights = np.array([1.5, -1.0, 3.0])
    model = LinearRegression().fit(X, X @ weights)
    found = explain.permutation_importance(model, X, X @ weights, repeats=15)
    return gap(found.values, 2 * weights**2 * X.var(axis=0))


@truth("impurity_importance", "sklearn", "node by node from the fitted tree", 1e-12)
def impurity_by_nodes() -> float:
    from sklearn.tree import DecisionTreeRegressor

    X = points(150, 3, 16)
    y = X[:, 0] + X[:, 1] * X[:, 2]
    model = DecisionTreeRegressor(max_depth=5, random_state=0).fit(X, y)
    found = explain.impurity_importance(model, X, y, repeats=2)
    wanted = np.zeros(3)

    def visit(node: int, rows: np.ndarray) -> None:
        if model.tree_.children_left[node] < 0:
            return
        feature = model.tree_.feature[node]
        left = X[rows, feature].astype(np.float32) <= model.tree_.threshold[node]
        wanted[feature] += (
            y[rows].var() * len(rows) - y[rows[left]].var() * left.sum() - y[rows[~left]].var() * (~left).sum()
        )
        visit(model.tree_.children_left[node], rows[left])
        visit(model.tree_.children_right[node], rows[~left])

    visit(0, np.arange(150))
    return gap(found.values, wanted / wanted.sum())


@truth("partial_dependence", "sklearn.inspection, brute", "loops over rows and grid", 1e-12)
def pdp_by_loops() -> float:
    X, grid = points(40, 4, 17), np.array([-1.0, 0.3, 0.9])
    found = explain.partial_dependence(smooth, X, 1, grid=grid)
    wanted = np.array([[smooth(np.array([[row[0], value, row[2], row[3]]]))[0] for value in grid] for row in X])
    return max(gap(found.values, wanted.mean(axis=0)), gap(found.extra["ice"], wanted))


@truth("partial_dependence", "sklearn.inspection, brute", "x0·x1, x1≈x0~U(0,1): slope ½", 0.02)
def pdp_correlated() -> float:
    x = np.linspace(0, 1, 2001)
    found = explain.partial_dependence(
        lambda v: v[:, 0] * v[:, 1], np.column_stack([x, x]), 0, grid=np.array([0.2, 0.8])
    )
    return gap([(found.values[1] - found.values[0]) / 0.6], [0.5])


@truth("ale", "own", "x0·x1, x1≈x0~U(0,1): x²/2 − 1/6", 2e-3)
def ale_correlated() -> float:
    x = np.linspace(0, 1, 2001)
    found = explain.ale(lambda v: v[:, 0] * v[:, 1], np.column_stack([x, x]), 0, bins=40)
    grid = np.asarray(found.extra["grid"])
    return float(np.abs(found.values - (grid**2 / 2 - 1 / 6)).max())


@truth("ale", "own", "3·x0 + x1: slope 3", 1e-10)
def ale_linear() -> float:
    found = explain.ale(lambda v: 3 * v[:, 0] + v[:, 1], points(300, 2, 18), 0)
    return gap(np.diff(found.values) / np.diff(found.extra["grid"]), np.full(len(found.values) - 1, 3.0))


@truth("ale", "own", "PyALE on the same edges", 1e-10)
def ale_pyale() -> float:
    import warnings

    import pandas as pd

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from PyALE._ALE_generic import aleplot_1D_continuous

    frame = pd.DataFrame(points(250, 3, 19), columns=["a", "b", "c"])

    class Model:
        def predict(self, X: Any) -> Any:
            values = np.asarray(X)
            return np.sin(values[:, 0]) * values[:, 1] + values[:, 2]

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        other = aleplot_1D_continuous(frame, Model(), "a", grid_size=10, include_CI=False)
    edges = other.index.to_numpy()
    found = explain.ale(Model().predict, frame, "a", bins=edges)
    return float(np.abs(found.values - other["eff"].to_numpy()).max())


@truth("partial_dependence (pair)", "sklearn.inspection, brute", "loops over rows and both grids", 1e-12)
def pdp_pair_by_loops() -> float:
    X, grids = points(30, 4, 17), ([-1.0, 0.3, 0.9], [-0.5, 0.1])
    found = explain.partial_dependence(three_way, X, (1, 2), grid=grids)
    wanted = [
        [np.mean([three_way(np.array([[row[0], a, b, row[3]]]))[0] for row in X]) for b in grids[1]] for a in grids[0]
    ]
    return gap(found.values, wanted)


@truth(
    "partial_dependence (pair)", "sklearn.inspection, brute", "x0·x1 on a centred grid: all of it interaction", 1e-12
)
def pdp_pair_share() -> float:
    grid = [-1.0, 0.0, 1.0]
    product = explain.partial_dependence(lambda v: v[:, 0] * v[:, 1], points(20, 2), (0, 1), grid=(grid, grid))
    added = explain.partial_dependence(lambda v: v[:, 0] + v[:, 1] ** 2, points(20, 2), (0, 1), grid=(grid, grid))
    return max(abs(product.evidence["measured"] - 1), abs(added.evidence["measured"]))


def ale_pair_replica(f: Any, X: np.ndarray, edges: list[np.ndarray]) -> np.ndarray:
    """Apley and Zhu 2020, equations 17 to 20, cell by cell; every cell must hold a row."""
    bins = [len(edge) - 1 for edge in edges]
    cells: dict[tuple[int, int], list[np.ndarray]] = {}
    for row in X:
        where = [next(k for k in range(bins[j]) if row[j] <= edges[j][k + 1]) for j in (0, 1)]
        cells.setdefault((where[0], where[1]), []).append(row)
    surface = np.zeros((bins[0] + 1, bins[1] + 1))
    local = np.zeros((bins[0], bins[1]))
    for (k, m), rows in cells.items():
        for row in rows:
            for a, b, sign in ((1, 1, 1), (1, 0, -1), (0, 1, -1), (0, 0, 1)):
                local[k, m] += sign * f(np.array([[edges[0][k + a], edges[1][m + b], *row[2:]]]))[0] / len(rows)
    for k in range(bins[0] + 1):
        for m in range(bins[1] + 1):
            surface[k, m] = local[:k, :m].sum()
    first, second = [0.0], [0.0]
    for k in range(bins[0]):
        held = [(m, len(cells[k, m])) for m in range(bins[1])]
        steps = [n * sum(surface[k + 1, m + e] - surface[k, m + e] for e in (0, 1)) / 2 for m, n in held]
        first.append(first[-1] + sum(steps) / sum(n for _, n in held))
    for m in range(bins[1]):
        held = [(k, len(cells[k, m])) for k in range(bins[0])]
        steps = [n * sum(surface[k + e, m + 1] - surface[k + e, m] for e in (0, 1)) / 2 for k, n in held]
        second.append(second[-1] + sum(steps) / sum(n for _, n in held))
    pure = np.array([[surface[k, m] - first[k] - second[m] for m in range(len(second))] for k in range(len(first))])
    centre = sum(
        len(rows) * np.mean([pure[k + a, m + b] for a in (0, 1) for b in (0, 1)]) for (k, m), rows in cells.items()
    )
    return pure - centre / len(X)


@truth("ale (pair)", "own", "cell by cell from the paper", 1e-10)
def ale_pair_by_cells() -> float:
    X = points(400, 4, 22)
    X[:, 1] += 0.4 * X[:, 0]
    edges = [np.quantile(X[:, j], [0, 0.3, 0.7, 1]) for j in (0, 1)]
    f = lambda v: three_way(v) + np.exp(v[:, 0] / 2) * np.sin(v[:, 1])  # noqa: E731
    return gap(explain.ale(f, X, (0, 1), bins=edges).values, ale_pair_replica(f, X, edges))


@truth("ale (pair)", "own", "x0·x1 on a full grid: (x0 − ½)(x1 − ½); additive: 0", 1e-12)
def ale_pair_product() -> float:
    side = np.linspace(0, 1, 21)
    X = np.array([[a, b] for a in side for b in side])
    edges = np.linspace(0, 1, 6)
    shift = X[:, 0] > -1  # every row, so that bins of the first edge hold one value more
    found = explain.ale(lambda v: v[:, 0] * v[:, 1], X[shift], (0, 1), bins=(edges, edges))
    middles, counts = (edges[1:] + edges[:-1]) / 2, np.array([5, 4, 4, 4, 4])
    mean = (middles * counts).sum() / counts.sum()
    added = explain.ale(lambda v: np.exp(v[:, 0]) + v[:, 1] ** 2, X, ("x0", "x1"), bins=5)
    return max(gap(found.values, np.outer(edges - mean, edges - mean)), float(np.abs(added.values).max()))


@truth("ale (pair)", "own", "PyALE on the same edges, empty cells as there", 1e-9)
def ale_pair_pyale() -> float:
    import warnings

    import pandas as pd

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from PyALE._ALE_generic import aleplot_2D_continuous

    frame = pd.DataFrame(points(900, 3, 23), columns=["a", "b", "c"])

    class Model:
        def predict(self, X: Any) -> Any:
            values = np.asarray(X)
            return np.sin(values[:, 0]) * values[:, 1] + values[:, 2] * values[:, 1]

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        other = aleplot_2D_continuous(frame, Model(), ["a", "b"], grid_size=4)
    edges = [other.index.to_numpy(dtype=float), other.columns.to_numpy(dtype=float)]
    found = explain.ale(Model().predict, frame, ("a", "b"), bins=edges)
    assert (found.extra["counts"] > 0).all()
    return gap(found.values, other.to_numpy())


@truth("h_statistic", "own", "row by row loops", 1e-10)
def h_by_loops() -> float:
    X = points(12, 3, 20)

    def f(v: np.ndarray) -> np.ndarray:
        return v[:, 0] * v[:, 1] + v[:, 2] + 0.5 * v[:, 0]

    def depend(features: tuple[int, ...]) -> np.ndarray:
        out = []
        for row in X:
            mixed = X.copy()
            for feature in features:
                mixed[:, feature] = row[feature]
            out.append(f(mixed).mean())
        return np.array(out) - np.mean(out)

    wanted = np.zeros((3, 3))
    for i, j in permutations(range(3), 2):
        pair = depend((i, j))
        wanted[i, j] = ((pair - depend((i,)) - depend((j,))) ** 2).sum() / (pair**2).sum()
    return gap(explain.h_statistic(f, X, rows=12).values, wanted)


@truth("h_statistic", "own", "x0·x1 on a centred grid: 1; additive pair: 0", 1e-9)
def h_product() -> float:
    X = np.array(list(product([-1.0, 0.0, 1.0], repeat=3)))
    found = explain.h_statistic(lambda v: v[:, 0] * v[:, 1] + v[:, 2], X).values
    return max(abs(found[0, 1] - 1), abs(found[0, 2]), abs(found[1, 2]))


@truth("surrogate_tree", "sklearn.tree", "prediction node by node, fidelity by hand on the held-out rows", 1e-9)
def surrogate_by_hand() -> float:
    X = points(300, 4, 21)
    found = explain.surrogate_tree(smooth, X, max_depth=4, seed=3)
    held = np.sort(np.random.default_rng(3).permutation(300)[:90])
    nodes = found.extra["nodes"]

    def predict(row: np.ndarray) -> float:
        node = nodes[0]
        while node["left"] >= 0:
            node = nodes[node["left"] if np.float32(row[node["feature"]]) <= node["threshold"] else node["right"]]
        return float(node["value"])

    answers, guesses = smooth(X[held]), np.array([predict(row) for row in X[held]])
    wanted = 1 - ((answers - guesses) ** 2).sum() / ((answers - answers.mean()) ** 2).sum()
    return abs(found.evidence["held_out"] - wanted)


@truth("rule_list", "own", "rules tried one by one on the held-out rows", 1e-12)
def rules_by_hand() -> float:
    X = points(300, 3, 22)
    model = lambda v: ((v[:, 0] * v[:, 1] > 0.1) & (v[:, 2] < 0.9)).astype(float)  # noqa: E731
    found = explain.rule_list(model, X, seed=4)
    held, agreed = np.sort(np.random.default_rng(4).permutation(300)[:90]), 0
    for row in X[held]:
        for conditions, answer in found.extra["list"]:
            if all((row[feature] <= bound) == below for feature, below, bound in conditions):
                agreed += answer == model(row[None])[0]
                break
    assert len(found.extra["list"]) > 2
    return abs(found.evidence["held_out"] - agreed / 90)


@truth("anchors", "own", "two conditions fix the decision; precision by 20,000 rows of an own perturbation", 0.03)
def anchors_by_sampling() -> float:
    background = np.random.default_rng(23).uniform(-1, 1, size=(600, 3))
    model = lambda v: ((v[:, 0] > 0.5) & (v[:, 1] > 0)).astype(float)  # noqa: E731
    found = explain.anchors(model, np.array([0.9, 0.8, 0.1]), background=background, threshold=0.9)
    spans = found.extra["spans"]
    assert {feature for feature, _, _ in spans} == {0, 1}
    rng, hits = np.random.default_rng(99), 0
    for _ in range(20000):
        row = background[rng.integers(600)].copy()
        for feature, low, high in spans:
            column = background[:, feature]
            inside = column[(column > low) & (column <= high)]
            if not low < row[feature] <= high:
                row[feature] = inside[rng.integers(len(inside))]
        hits += model(row[None])[0] == 1
    return abs(found.values[0] - hits / 20000)


@truth("anchors", "own", "conditions that do not quite fix it: precision by 20,000 rows of an own perturbation", 0.03)
def anchors_that_leak() -> float:
    background = np.random.default_rng(40).uniform(-1, 1, size=(500, 3))
    model = lambda v: (v[:, 0] + 0.8 * v[:, 1] + 0.2 * v[:, 2] > 0.3).astype(float)  # noqa: E731
    found = explain.anchors(
        model, np.array([0.6, 0.4, 0.1]), background=background, threshold=0.8, max_conditions=1, nsamples=60, beam=1
    )
    ((feature, low, high),) = found.extra["spans"]
    rng = np.random.default_rng(98)
    rows = background[rng.integers(500, size=20000)].copy()
    column = background[:, feature]
    rows[:, feature] = [
        value if low < value <= high else rng.choice(column[(column > low) & (column <= high)])
        for value in rows[:, feature]
    ]
    precision = float(model(rows).mean())
    assert 0.6 < precision < 0.9
    return abs(found.values[0] - precision)


@truth("counterfactual", "own", "linear boundary, one free feature: the crossing itself", 1e-5)
def counterfactual_boundary() -> float:
    weights, background = np.array([1.0, -2.0, 0.5]), points(200, 3, 24)
    row = np.array([0.2, 0.9, 0.3])
    found = explain.counterfactual(
        lambda v: 1 / (1 + np.exp(-(v @ weights))), row, background=background, locked=[0, 2]
    )
    assert (found.values[[0, 2]] == 0).all()
    return abs(found.extra["row"][1] - (weights[0] * row[0] + weights[2] * row[2]) / 2)


@truth("counterfactual", "own", "linear boundary: at most 1.6 times the analytic distance", 0.6)
def counterfactual_distance() -> float:
    weights, background = np.array([1.0, -2.0, 0.5]), points(400, 3, 25)
    row, spread = np.array([0.4, 1.1, -0.2]), points(400, 3, 25).std(axis=0)
    found = explain.counterfactual(lambda v: (v @ weights > 0).astype(float), row, background=background)
    best = abs(row @ weights) / np.linalg.norm(weights * spread)
    assert found.extra["row"] @ weights > 0
    return float(found.evidence["distance"] / best - 1)


@truth("data_overview", "own", "counts by loops, missing values apart", 0.0)
def overview_by_loops() -> float:
    values = points(80, 2, 26)
    values[5, 1] = np.nan
    columns = explain.data_overview(values, bins=5).extra["columns"]
    wrong = 0
    for index, column in enumerate(columns):
        for place, count in enumerate(column["counts"]):
            low, high = column["edges"][place], column["edges"][place + 1]
            last = place == 4
            wrong += count != sum(1 for v in values[:, index] if low <= v < high or (last and v == high))
    return float(wrong + (columns[1]["missing"] != 1))


# --- judging -------------------------------------------------------------------------------------------------------


def _linear_row() -> tuple[Any, np.ndarray, np.ndarray, np.ndarray, Any]:
    weights, background, row = np.array([2.0, -1.0, 0.5, 3.0]), points(30, 4, 27), points(1, 4, 28)
    f = lambda v: v @ weights  # noqa: E731
    return f, weights, background, row, explain.shap(f, row, background=background, method="exact")


@truth("deletion", "own", "linear model: the remaining sum of w(x − b)", 1e-10)
def deletion_linear() -> float:
    f, weights, background, row, found = _linear_row()
    fill = background.mean(axis=0)
    curve = explain.deletion(found, f, fills={"mean": fill}).values[0]
    parts = sorted(weights * (row[0] - fill), reverse=True)
    return gap(curve, [f(fill[None])[0] + sum(parts[removed:]) for removed in range(5)])


@truth("insertion", "own", "linear model: the sum of w(x − b) added so far", 1e-10)
def insertion_linear() -> float:
    f, weights, background, row, found = _linear_row()
    fill = background.mean(axis=0)
    result = explain.insertion(found, f, fills={"mean": fill})
    parts = sorted(weights * (row[0] - fill), reverse=True)
    wanted = np.array([f(fill[None])[0] + sum(parts[:added]) for added in range(5)])
    area = ((wanted[1:] + wanted[:-1]) / 2).mean()
    return max(gap(result.values[0], wanted), abs(result.evidence["areas"][0] - area))


@truth("infidelity", "captum.metrics", "linear model: 0", 1e-12)
def infidelity_linear() -> float:
    f, _, background, _, found = _linear_row()
    return float(explain.infidelity(found, f, background=background).values[0])


@truth("infidelity", "captum.metrics", "all-zero map of a linear model: Σ w² σ²", 0.15)
def infidelity_zero() -> float:
    f, weights, background, _, found = _linear_row()
    wanted = ((weights * 0.1 * background.std(axis=0)) ** 2).sum()
    return gap([explain.infidelity(found, f, background=background, nsamples=4000).values[1]], [wanted])


@truth("agreement", "own", "ranks and overlap by sorting", 1e-12)
def agreement_by_sorting() -> float:
    one, other = points(1, 8, 29), points(1, 8, 30)
    found = [
        explain.Explanation(method="shap", kind="attribution", values=v, names=tuple("abcdefgh"), target="t", scale="s")
        for v in (one, other)
    ]
    ranks = [np.array([sorted(np.abs(v[0])).index(abs(x)) for x in v[0]], dtype=float) for v in (one, other)]
    wanted = np.corrcoef(*ranks)[0, 1]
    result = explain.agreement(found, top=3)
    tops = [sorted(range(8), key=lambda i: -abs(v[0, i]))[:3] for v in (one, other)]
    both = set(tops[0]) & set(tops[1])
    same = [np.sign(one[0, i]) == np.sign(other[0, i]) for i in both]
    more = list(result.extra["more"].values())
    return max(
        abs(result.values[0, 1] - wanted),
        abs(more[0][0, 1] - len(both) / 3),
        abs(more[1][0, 1] - (np.mean(same) if same else 0.0)),
    )


@truth("region_share", "own", "sums by loops", 1e-12)
def region_by_loops() -> float:
    values = points(6, 6, 31)
    mask = np.zeros((6, 6), dtype=bool)
    mask[1:3, 2:5] = True
    found = explain.region_share(
        explain.Explanation(method="saliency", kind="map", values=values, names=(), target="t", scale="s"), mask
    )
    inside = sum(max(values[i, j], 0) for i in range(6) for j in range(6) if mask[i, j])
    whole = sum(max(v, 0) for v in values.ravel())
    return gap(found.values, [inside / whole, 6 / 36, inside / whole * 6])


@truth("stability", "own", "mean and standard deviation over seeds by hand", 1e-12)
def stability_by_hand() -> float:
    background, row = points(60, 3, 32), points(1, 3, 33)
    ask = lambda seed: explain.lime(lambda v: v[:, 0] * v[:, 1], row, background=background, nsamples=100, seed=seed)  # noqa: E731
    found = explain.stability(ask, seeds=4)
    runs = np.array([ask(seed).values[0] for seed in range(4)])
    order = [list(found.names).index(f"x{i}") for i in range(3)]
    assert found.errors is not None
    return max(gap(found.values[order], runs.mean(axis=0)), gap(found.errors[order], runs.std(axis=0, ddof=1)))
