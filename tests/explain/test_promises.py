"""Limits are measured against what is summed: neither small outputs nor cancelling terms mislead a verdict."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from xaisite import explain
from xaisite.explain.verdict import at_least, at_most, relative_gap


def test_limits_hold_on_their_own_side() -> None:
    said = {"good": "kept", "bad": "broken"}
    assert [str(at_most("p", m, 1.0, **said)) for m in (0.0, 1.0, 1.1, math.nan)] == [
        "kept",
        "kept",
        "broken",
        "broken",
    ]
    assert [str(at_least("p", m, 1.0, **said)) for m in (2.0, 1.0, 0.9, math.nan)] == [
        "kept",
        "kept",
        "broken",
        "broken",
    ]
    verdict = at_least("p", 0.5, 1.0, **said)
    assert (verdict.promise, verdict.measured, verdict.tolerance, verdict.is_violated) == ("p", 0.5, 1.0, True)


def test_gaps_are_relative_to_the_largest_number_in_play() -> None:
    sums, wanted = np.array([1e-8]), np.array([0.0])
    assert relative_gap(sums, wanted) == 1
    assert relative_gap(sums, wanted, np.array([5.0, -5.0])) == 2e-9
    assert relative_gap(np.array([1.1]), np.array([1.0]), np.array([0.1])) == pytest.approx(0.1 / 1.1)


def test_trees_whose_values_cancel_are_not_refused() -> None:
    from sklearn.tree import DecisionTreeRegressor

    side = np.linspace(-1, 1, 21).astype(np.float32).astype(np.float64)
    X = np.array([[a, b] for a in side for b in side])
    model = DecisionTreeRegressor(random_state=0).fit(X, X[:, 0] + X[:, 1] / 3)
    # Rows whose prediction is next to nothing, of values that are not: rounding to float32 is all that is left.
    near = X[np.argsort(np.abs(model.predict(X)), kind="stable")[1:40]]
    for row in near:
        found = explain.shap(model, row, background=X[::5], method="tree")
        assert not found.check()[0].is_violated
        assert replace(found, values=found.values + 1e-4).check()[0].is_violated


@pytest.mark.deep
def test_small_differences_of_large_single_precision_outputs_add_up() -> None:
    torch = pytest.importorskip("torch")
    net = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(64, 1))
    with torch.no_grad():
        net[1].weight.copy_(torch.linspace(-1e-3, 1e-3, 64)[None])
        net[1].bias.fill_(30.0)
    image = np.random.default_rng(3).uniform(size=(1, 8, 8))
    found = explain.shap(net, image, segments=explain.make_segments(image, count=9))
    assert 0 < abs(found.prediction[0] - found.base_value) < 0.03
    assert not found.check()[0].is_violated
    assert replace(found, values=found.values + 1e-4).check()[0].is_violated


@pytest.mark.deep
def test_networks_that_work_in_place_are_explained() -> None:
    torch = pytest.importorskip("torch")
    from explain_truths_deep import cnn

    plain, inplace, x = cnn(1), cnn(1), np.random.default_rng(4).uniform(size=(1, 10, 10))
    for part in inplace:
        if isinstance(part, torch.nn.ReLU):
            part.inplace = True
    background = np.zeros((2, 1, 10, 10))
    for ask in (
        lambda net: explain.shap(net, x, background=background, method="deep", target=1),
        lambda net: explain.deeplift(net, x, target=1),
        lambda net: explain.guided_backprop(net, x, target=1),
        lambda net: explain.lrp(net, x, target=1),
        lambda net: explain.grad_cam(net, x, target=1),
    ):
        assert np.array_equal(ask(inplace).values, ask(plain).values)
    assert inplace[1].inplace


@pytest.mark.deep
def test_networks_that_answer_alike_are_not_blamed() -> None:
    torch = pytest.importorskip("torch")
    # Input and baseline have the same output, in single precision: what is left of the sum is rounding.
    net = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.ReLU(), torch.nn.Linear(2, 1))
    with torch.no_grad():
        net[0].weight.copy_(torch.tensor([[1.1, 0.0], [0.0, 0.7]]))
        net[0].bias.zero_()
        net[2].weight.copy_(torch.tensor([[0.7 / 1.1, -1.0]]))
        net[2].bias.fill_(0.3)
    for ask in (explain.integrated_gradients, explain.deeplift):
        found = ask(net, np.array([0.9, 0.9]))
        assert abs(found.prediction[0] - found.base_value) < 1e-6
        assert not found.check()[0].is_violated
        assert replace(found, values=found.values * [[1.01, 1]]).check()[0].is_violated


def pooled(bias: float) -> Any:
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    net = torch.nn.Sequential(
        torch.nn.Conv2d(1, 16, 3),
        torch.nn.ReLU(),
        torch.nn.AdaptiveAvgPool2d(1),
        torch.nn.Flatten(),
        torch.nn.Linear(16, 2),
    )
    with torch.no_grad():
        net[4].weight.mul_(100)
        net[4].bias.fill_(bias)
    return net


@pytest.mark.deep
@pytest.mark.parametrize("left", [0.0, 1e-7, -1e-5, 1e-3])
def test_cam_of_a_logit_near_zero(left: float) -> None:
    torch = pytest.importorskip("torch")
    x = torch.rand((1, 12, 12), generator=torch.Generator().manual_seed(1))
    state = torch.get_rng_state()
    try:
        net = pooled(0.0)
        logit = float(net(x[None]).detach()[0, 1])
        net = pooled(left - logit)
    finally:
        torch.set_rng_state(state)
    assert abs(float(net(x[None]).detach()[0, 1])) < 2e-3
    found = explain.cam(net, x, target=1)
    assert not found.check()[0].is_violated
    assert abs(found.extra["layer_map"]).max() > 1
    # A head that is no average is still refused.
    broken = torch.nn.Sequential(
        *[torch.nn.AdaptiveMaxPool2d(1) if place == 2 else part for place, part in enumerate(net)]
    )
    with pytest.raises(explain.ExplainError, match="not average pooling"):
        explain.cam(broken, x, target=1)
    wrong = replace(found, extra={**found.extra, "layer_map": found.extra["layer_map"] * 1.01})
    assert wrong.check()[0].is_violated
