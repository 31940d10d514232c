"""Truths about networks: closed forms, matrix-form replicas, published values."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from explain_truths import gap, truth
from torch import nn

from xaisite import explain


def linear(weight: Any, bias: Any = None) -> nn.Linear:
    """A linear layer with these numbers."""
    values = torch.tensor(np.asarray(weight, dtype=np.float64))
    layer = nn.Linear(values.shape[1], values.shape[0], dtype=torch.float64)
    with torch.no_grad():
        layer.weight.copy_(values)
        layer.bias.copy_(torch.zeros(len(values)) if bias is None else torch.tensor(np.asarray(bias, dtype=np.float64)))
    return layer


def seeded(make: Any, seed: int = 0) -> Any:
    state = torch.get_rng_state()
    torch.manual_seed(seed)
    try:
        return make()
    finally:
        torch.set_rng_state(state)


def toy() -> nn.Module:
    """The toy model of captum's README."""
    return nn.Sequential(
        linear(np.arange(-4, 5).reshape(3, 3)), nn.ReLU(), linear(np.arange(-3, 3).reshape(2, 3), np.ones(2))
    )


def toy_input() -> np.ndarray:
    state = torch.get_rng_state()
    torch.manual_seed(123)
    values = torch.rand(2, 3).numpy()
    torch.set_rng_state(state)
    return values


README = [[-0.5922, -1.5497, -1.0067], [0.0, -0.2219, -5.1991]]


class Product(nn.Module):
    def forward(self, x: Any) -> Any:
        return x[:, 0] * x[:, 1] + 0.0 * x.sum(dim=1)


class Cubic(nn.Module):
    def forward(self, x: Any) -> Any:
        return (x**3).sum(dim=1)


def minimum() -> nn.Module:
    """min(x0, x1) = x0 − ReLU(x0 − x1), with x0 as ReLU(x0) − ReLU(−x0)."""
    return nn.Sequential(linear([[1, -1], [1, 0], [-1, 0]]), nn.ReLU(), linear([[-1, 1, -1]]))


def mlp(seed: int = 0, *, bias: bool = True) -> nn.Sequential:
    return seeded(
        lambda: nn.Sequential(
            nn.Linear(5, 7, bias=bias), nn.ReLU(), nn.Linear(7, 6, bias=bias), nn.ReLU(), nn.Linear(6, 3, bias=bias)
        ).double(),
        seed,
    )


def cnn(seed: int = 0, *, bias: bool = True) -> nn.Sequential:
    return seeded(
        lambda: nn.Sequential(
            nn.Conv2d(1, 4, 3, padding=1, bias=bias),
            nn.ReLU(),
            nn.AvgPool2d(2),
            nn.Conv2d(4, 6, 3, padding=1, bias=bias),
            nn.ReLU(),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.Linear(6, 3, bias=bias),
        ).double(),
        seed,
    )


def image(seed: int = 0, side: int = 10) -> np.ndarray:
    return np.random.default_rng(seed).uniform(0, 1, size=(1, side, side))


def matrices(net: nn.Sequential) -> list[tuple[np.ndarray, np.ndarray]]:
    return [
        (part.weight.detach().numpy(), np.zeros(len(part.weight)) if part.bias is None else part.bias.detach().numpy())
        for part in net
        if isinstance(part, nn.Linear)
    ]


@truth("integrated_gradients", "captum", "captum's README: published attributions", 1e-3, deep=True)
def ig_readme() -> float:
    return gap(explain.integrated_gradients(toy(), toy_input(), target=0, steps=500).values, README)


@truth("deeplift (Rescale)", "captum", "captum's README: published attributions", 2e-4, deep=True)
def deeplift_readme() -> float:
    return gap(explain.deeplift(toy(), toy_input(), target=0).values, README)


@truth("integrated_gradients", "captum", "x0·x1 at (3, 5), baseline 0: 7.5, 7.5", 1e-6, deep=True)
def ig_product() -> float:
    return gap(explain.integrated_gradients(Product().double(), [[3.0, 5.0]]).values, [[7.5, 7.5]])


@truth("integrated_gradients", "captum", "x0·x1 from (1, 2): along the straight line", 1e-6, deep=True)
def ig_baseline() -> float:
    # ∫ (x1(t)) dx0 = (x1 + b1)/2 (x0 − b0): the trapezium of a straight line.
    found = explain.integrated_gradients(Product().double(), [[3.0, 5.0]], baseline=[[1.0, 2.0]])
    return gap(found.values, [[(5 + 2) / 2 * 2, (3 + 1) / 2 * 3]])


@truth("integrated_gradients", "captum", "1 − ReLU(1 − x) at 2, baseline 0: 1", 1e-2, deep=True)
def ig_saturated() -> float:
    net = nn.Sequential(linear([[-1]], [1]), nn.ReLU(), linear([[-1]], [1]))
    return gap(explain.integrated_gradients(net, [[2.0]], steps=512).values, [[1.0]])


@truth("integrated_gradients", "captum", "completeness on a CNN, 64 steps, relative", 1e-3, deep=True)
def ig_complete() -> float:
    net, x = trained_cnn()
    found = explain.integrated_gradients(net, x, target=1)
    assert found.prediction is not None
    assert found.base_value is not None
    return gap([found.values.sum()], [found.prediction[0] - found.base_value])


_TRAINED: list[tuple[nn.Module, np.ndarray]] = []


def trained_cnn() -> tuple[nn.Module, np.ndarray]:
    """Told a bright left half from a bright right half; made once."""
    if not _TRAINED:
        net = cnn(3)
        rng = np.random.default_rng(0)
        labels = rng.integers(0, 2, 64)
        images = rng.uniform(0, 0.3, size=(64, 1, 10, 10))
        for one, label in zip(images, labels, strict=True):
            one[0, :, 5 * label : 5 * label + 5] += 0.6
            one[0, :, 5 * label + 2] -= 0.5 * label
        x, y = torch.tensor(images), torch.tensor(labels)
        optimiser = torch.optim.Adam(net.parameters(), lr=0.03)
        for _ in range(60):
            optimiser.zero_grad()
            nn.functional.cross_entropy(net(x), y).backward()
            optimiser.step()
        net.zero_grad()
        _TRAINED.append((net, images[int(np.flatnonzero(labels)[0])]))
    return _TRAINED[0]


@truth("deeplift (RevealCancel)", "own", "min(x0, x1) at (2, 5): 1, 1", 1e-10, deep=True)
def reveal_minimum() -> float:
    return gap(explain.deeplift(minimum(), [[2.0, 5.0]], rule="reveal-cancel").values, [[1.0, 1.0]])


@truth("deeplift (Rescale)", "captum", "min(x0, x1) at (2, 5): 2, 0", 1e-6, deep=True)
def rescale_minimum() -> float:
    return gap(explain.deeplift(minimum(), [[2.0, 5.0]]).values, [[2.0, 0.0]])


def rescale_by_matrices(net: nn.Sequential, x: np.ndarray, reference: np.ndarray, target: int) -> np.ndarray:
    layers, at, before, deltas = matrices(net), x, reference, []
    for index, (weight, bias) in enumerate(layers):
        z, z0 = weight @ at + bias, weight @ before + bias
        at, before = (z, z0) if index == len(layers) - 1 else (np.maximum(z, 0), np.maximum(z0, 0))
        deltas.append((z - z0, at - before))
    multiplier = np.eye(len(at))[target]
    for index in range(len(layers) - 1, -1, -1):
        change, out = deltas[index]
        if index < len(layers) - 1:
            multiplier = multiplier * np.where(np.abs(change) > 1e-9, out / np.where(change == 0, 1, change), 0)
        multiplier = layers[index][0].T @ multiplier
    return multiplier * (x - reference)


@truth("deeplift (Rescale)", "captum", "multipliers in matrix form", 1e-6, deep=True)
def rescale_matrices() -> float:
    net, x, reference = mlp(1), image(1)[0, 0, :5], image(2)[0, 0, :5]
    found = explain.deeplift(net, x, baseline=reference, target=2)
    return gap(found.values[0], rescale_by_matrices(net, x, reference, 2))


def reveal_by_units(net: nn.Sequential, x: np.ndarray, reference: np.ndarray, target: int) -> np.ndarray:
    """Section 3.5 of the paper, unit by unit, for one hidden layer."""
    (w1, b1), (w2, _) = matrices(net)
    change, out = x - reference, np.zeros(len(x))
    for unit in range(len(w1)):
        parts, start = w1[unit] * change, float(w1[unit] @ reference + b1[unit])
        up, down = float(parts[parts > 0].sum()), float(parts[parts < 0].sum())

        def relu(value: float) -> float:
            return max(value, 0.0)

        rise = 0.5 * (relu(start + up) - relu(start)) + 0.5 * (relu(start + up + down) - relu(start + down))
        fall = 0.5 * (relu(start + down) - relu(start)) + 0.5 * (relu(start + up + down) - relu(start + up))
        for feature, part in enumerate(parts):
            if part > 0:
                out[feature] += w2[target, unit] * rise * part / up
            elif part < 0:
                out[feature] += w2[target, unit] * fall * part / down
    return out


@truth("deeplift (RevealCancel)", "own", "the paper's rule, unit by unit", 1e-9, deep=True)
def reveal_units() -> float:
    net = seeded(lambda: nn.Sequential(nn.Linear(5, 9), nn.ReLU(), nn.Linear(9, 3)).double(), 4)
    x, reference = image(3)[0, 0, :5], image(4)[0, 0, :5]
    found = explain.deeplift(net, x, baseline=reference, target=1, rule="reveal-cancel")
    return gap(found.values[0], reveal_by_units(net, x, reference, 1))


def lrp_by_matrices(
    net: nn.Sequential, x: np.ndarray, target: int, rule: str, epsilon: float, gamma: float
) -> np.ndarray:
    """Montavon et al. 2019, equation 10.4 with ρ of each rule."""
    layers, activations, at = matrices(net), [x], x
    for index, (weight, bias) in enumerate(layers):
        z = weight @ at + bias
        at = z if index == len(layers) - 1 else np.maximum(z, 0)
        activations.append(at)
    relevance = np.eye(len(at))[target] * at
    for (weight, bias), entered in zip(layers[::-1], activations[-2::-1], strict=True):
        rho = {
            "epsilon": weight,
            "gamma": weight + gamma * np.maximum(weight, 0),
            "alpha1beta0": np.maximum(weight, 0),
        }[rule]
        out = np.zeros(len(entered))
        for j in range(len(rho)):
            z = float(rho[j] @ entered + bias[j])
            stable = epsilon if rule == "epsilon" else 1e-9
            out += entered * rho[j] * relevance[j] / (z + (stable if z >= 0 else -stable))
        relevance = out
    return relevance


def _lrp(rule: str) -> float:
    net, x = mlp(5), image(5)[0, 0, :5]
    found = explain.lrp(net, x, target=1, rule=rule, epsilon=0.01)
    return gap(found.values[0], lrp_by_matrices(net, x, 1, rule, 0.01, 0.25))


@truth("lrp (ε)", "captum", "equation 10.4 in matrix form, biases", 1e-6, deep=True)
def lrp_epsilon() -> float:
    return _lrp("epsilon")


@truth("lrp (γ)", "captum", "equation 10.4 in matrix form, biases", 1e-6, deep=True)
def lrp_gamma() -> float:
    return _lrp("gamma")


@truth("lrp (α1β0)", "captum", "equation 10.4 in matrix form, biases", 1e-6, deep=True)
def lrp_alpha_beta() -> float:
    return _lrp("alpha1beta0")


@truth("lrp (0)", "captum", "no biases: gradient × input", 1e-6, deep=True)
def lrp_gradient_input() -> float:
    net, x = cnn(6, bias=False), image(6)
    probe = torch.tensor(x[None], requires_grad=True)
    net(probe)[0, 2].backward()
    assert probe.grad is not None
    return gap(explain.lrp(net, x, target=2, epsilon=1e-12).values, probe.grad[0].numpy() * x)


@truth(
    "lrp (conservation)",
    "captum + own books",
    "inputs + biases + stabiliser = output, CNN with biases",
    1e-6,
    deep=True,
)
def lrp_conserves() -> float:
    net, x = cnn(7), image(7)
    worst = 0.0
    for rule in ("epsilon", "gamma", "alpha1beta0"):
        found = explain.lrp(net, x, target=0, rule=rule)
        output = float(net(torch.tensor(x[None])).detach()[0, 0])
        worst = max(worst, gap([found.values.sum() + found.evidence["kept"][0]], [output]))
    return worst


@truth("saliency", "captum", "central differences", 1e-5, deep=True)
def saliency_differences() -> float:
    net, x = mlp(8), image(8)[0, 0, :5]
    found = explain.saliency(net, x, target=1, absolute=False)
    step = 1e-5 * np.eye(5)
    wanted = [
        float(net(torch.tensor(x + s)[None]).detach()[0, 1] - net(torch.tensor(x - s)[None]).detach()[0, 1]) / 2e-5
        for s in step
    ]
    return max(gap(found.values[0], wanted), gap(explain.saliency(net, x, target=1).values[0], np.abs(wanted)))


@truth("smooth_grad", "captum", "cubic in closed form: 3x² + 3σ²", 0.03, deep=True)
def smooth_grad_cubic() -> float:
    x = np.array([0.5, -1.5, 1.0])
    found = explain.smooth_grad(Cubic().double(), x, noise=0.2, nsamples=20000)
    return gap(found.values[0], 3 * x**2 + 3 * (0.2 * 2.5) ** 2)


@truth("guided_backprop", "captum", "backward pass by hand", 1e-6, deep=True)
def guided_by_hand() -> float:
    net, x = mlp(9), image(9)[0, 0, :5]
    (w1, b1), (w2, b2), (w3, _) = matrices(net)
    z1 = w1 @ x + b1
    z2 = w2 @ np.maximum(z1, 0) + b2
    signal = w3[2]
    signal = w2.T @ (np.maximum(signal, 0) * (z2 > 0))
    signal = w1.T @ (np.maximum(signal, 0) * (z1 > 0))
    return gap(explain.guided_backprop(net, x, target=2).values[0], signal)


@truth("cam", "own", "cell by cell; its mean plus bias is the output", 1e-6, deep=True)
def cam_cells() -> float:
    net, x = cnn(10), image(10)
    found = explain.cam(net, x, target=1)
    maps = net[:5](torch.tensor(x[None]))[0].detach().numpy()
    head = net[7].requires_grad_(False)
    wanted = np.array(
        [[sum(float(head.weight[1, k]) * maps[k, i, j] for k in range(6)) for j in range(5)] for i in range(5)]
    )
    output = float(net(torch.tensor(x[None])).detach()[0, 1])
    return max(
        gap(found.extra["layer_map"], wanted), abs(found.extra["layer_map"].mean() + float(head.bias[1]) - output)
    )


@truth("grad_cam", "captum", "H·W times it is CAM on a pooled linear head", 1e-6, deep=True)
def grad_cam_is_cam() -> float:
    net, x = cnn(11), image(11)
    worst, lowest = 0.0, 0.0
    for target in range(3):
        found = explain.grad_cam(net, x, target=target, relu=False).extra["layer_map"]
        plain = explain.cam(net, x, target=target).extra["layer_map"]
        worst, lowest = max(worst, gap(found * found.size, plain)), min(lowest, plain.min())
    assert lowest < 0
    return worst


@truth("grad_cam", "captum", "mean gradients times maps, then ReLU, by hand (earlier layer)", 1e-6, deep=True)
def grad_cam_by_hand() -> float:
    net, x = cnn(12), image(12)
    maps = net[:2](torch.tensor(x[None])).detach().requires_grad_()
    net[2:](maps)[0, 0].backward()
    assert maps.grad is not None
    weights = maps.grad[0].mean(dim=(1, 2))
    wanted = (weights[:, None, None] * maps[0]).sum(dim=0).clamp(min=0).detach().numpy()
    return gap(explain.grad_cam(net, x, layer="1", target=0).extra["layer_map"], wanted)


@truth("occlusion", "captum", "windows one by one, overlaps averaged", 1e-6, deep=True)
def occlusion_windows() -> float:
    net, x = cnn(13), image(13)
    ask = lambda one: float(net(torch.tensor(one[None])).detach()[0, 1])  # noqa: E731
    total, count = np.zeros((10, 10)), np.zeros((10, 10))
    for top in range(0, 10, 2):
        for left in range(0, 10, 2):
            if top + 4 > 10 + 1 or left + 4 > 10 + 1:
                continue
            covered = x.copy()
            covered[0, top : top + 4, left : left + 4] = 0
            drop = ask(x) - ask(covered)
            total[top : top + 4, left : left + 4] += drop
            count[top : top + 4, left : left + 4] += 1
    found = explain.occlusion(net, x, window=4, stride=2, baseline="empty", target=1)
    return gap(found.values, total / count)


@truth("occlusion", "captum", "x0·x1 at (3, 5) against 0: 15, 15", 1e-12, deep=True)
def occlusion_product() -> float:
    return gap(
        explain.occlusion(lambda v: v[:, 0] * v[:, 1], np.array([3.0, 5.0]), baseline=np.zeros(2)).values, [[15, 15]]
    )


@truth("shap (deep)", "shap.DeepExplainer", "linear: w(x − mean of background)", 1e-6, deep=True)
def deep_linear() -> float:
    net, background = linear([[1.0, -2.0, 0.5], [0, 1, 1]]), np.random.default_rng(14).normal(size=(9, 3))
    found = explain.shap(net, [[1.0, 2.0, 3.0]], background=background, method="deep", target=0)
    return gap(found.values[0], np.array([1.0, -2.0, 0.5]) * (np.array([1.0, 2.0, 3.0]) - background.mean(axis=0)))


@truth("shap (deep)", "shap.DeepExplainer", "mean of Rescale over the background, in matrix form", 1e-5, deep=True)
def deep_rescale() -> float:
    net, x, background = mlp(15), image(15)[0, 0, :5], np.random.default_rng(15).uniform(size=(6, 5))
    found = explain.shap(net, x, background=background, method="deep", target=1)
    return gap(found.values[0], np.mean([rescale_by_matrices(net, x, one, 1) for one in background], axis=0))


@truth("shap (gradient)", "shap.GradientExplainer", "x0·x1 at (3, 5), background 0: 7.5, 7.5", 0.03, deep=True)
def gradient_product() -> float:
    found = explain.shap(
        Product().double(), [[3.0, 5.0]], background=np.zeros((1, 2)), method="gradient", nsamples=2000
    )
    return gap(found.values, [[7.5, 7.5]])


@truth("feature_visualization", "own", "linear unit on [0, 1]: 1 where w > 0", 0.02, deep=True)
def visualization_linear() -> float:
    weights = np.random.default_rng(16).normal(size=(2, 36))
    net = nn.Sequential(nn.Flatten(), linear(weights))
    found = explain.feature_visualization(net, "1", 1, shape=(1, 6, 6), steps=300, octaves=2, jitter=0)
    return gap([(found.values.ravel() * weights[1]).sum()], [np.maximum(weights[1], 0).sum()])


@truth("deep_dream", "own", "identity layer: every pixel away from zero", 0.02, deep=True)
def dream_identity() -> float:
    net = nn.Sequential(nn.Conv2d(1, 1, 1, bias=False).double(), nn.AdaptiveAvgPool2d(1))
    with torch.no_grad():
        net[0].weight.fill_(1.0)
    found = explain.deep_dream(net, image(17, 8) * 0.5 + 0.25, "0", steps=300)
    return gap([found.extra["trace"][-1]], [1.0])


@truth("sensitivity", "captum.metrics", "gradient of Σx³ near 1: within 2·radius·√d/√d of its size", 1.0, deep=True)
def sensitivity_bound() -> float:
    x, radius = np.ones(4), 0.01
    found = explain.sensitivity(
        lambda one: explain.saliency(Cubic().double(), one, absolute=False), x, radius=radius, nsamples=30
    )
    # |3(1+δ)² − 3| / 3 ≤ 2|δ| + δ²; with |δ| = radius in some coordinate it comes near: a third of it at least.
    bound = 2 * radius + radius**2
    assert found.values[0] > bound / 3
    return float(found.values[0] / bound)


@truth("model_randomisation", "own", "an edge detector of the input does not fall; a gradient does", 0.35, deep=True)
def randomisation_separates() -> float:
    net, x = trained_cnn()
    edges = np.abs(np.gradient(x[0])[0])

    def detector(_: Any) -> explain.Explanation:
        return explain.Explanation(method="saliency", kind="map", values=edges, names=(), target="t", scale="s")

    still = explain.model_randomisation(net, detector).values
    assert np.allclose(still, 1)
    assert explain.model_randomisation(net, detector).check()[0].is_violated
    falls = [
        explain.model_randomisation(net, lambda m: explain.saliency(m, x, target=1), seed=s).values[-1]
        for s in range(6)
    ]
    return float(np.abs(np.mean(falls)))


@truth("data_randomisation", "own", "the model itself: 1; a twin of other weights: by ranks", 1e-12, deep=True)
def data_randomisation_ranks() -> float:
    one, other, x = mlp(18), mlp(19), image(18)[0, 0, :5]
    ask = lambda net: explain.saliency(net, x, target=0)  # noqa: E731
    ranks = [np.argsort(np.argsort(ask(net).values[0])).astype(float) for net in (one, other)]
    found = explain.data_randomisation(one, other, ask).values
    return max(abs(explain.data_randomisation(one, one, ask).values[1] - 1), abs(found[1] - np.corrcoef(*ranks)[0, 1]))
