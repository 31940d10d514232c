"""DeepLIFT's RevealCancel rule, which no library has.

What it does: carries positive and negative differences separately (Shrikumar et al. 2017, section 3.5.1 for linear
layers, 3.5.3 for ReLUs) through a chain of layers. It deliberately knows no branches: where paths join, the paper
has no rule. Invariant: contributions sum to the difference of the outputs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from xaisite.explain.errors import ExplainError
from xaisite.explain.libraries import load_library
from xaisite.explain.modules import trace_operations

PLAIN = (
    "AvgPool1d",
    "AvgPool2d",
    "AdaptiveAvgPool1d",
    "AdaptiveAvgPool2d",
    "Flatten",
    "Dropout",
    "Dropout2d",
    "Identity",
)
WEIGHTED = ("Linear", "Conv1d", "Conv2d")


@dataclass(frozen=True)
class Affine:
    """A linear layer: the whole, and the parts of its weights by sign, without bias."""

    whole: Callable[[Any], Any]
    positive: Callable[[Any], Any]
    negative: Callable[[Any], Any] | None


def reveal_cancel(module: Any, inputs: Any, reference: Any, column: int | None) -> Any:
    """Contributions of the inputs' shape."""
    torch = load_library("torch")
    layers = read_chain(module)
    with torch.no_grad():
        at, before = [inputs], [reference.expand_as(inputs)]
        for layer in layers:
            whole = torch.relu if layer is None else layer.whole
            at.append(whole(at[-1]))
            before.append(whole(before[-1]))
        ups, downs = [None], [None]
        for layer, now, then in zip(layers, at, before, strict=False):
            up, down = _split_relu(then, ups[-1], downs[-1]) if layer is None else _split_affine(layer, now - then)
            ups.append(up)
            downs.append(down)
        multiplier = torch.zeros_like(at[-1])
        multiplier[(...,) if column is None else (slice(None), column)] = 1.0
        positive, negative = multiplier, multiplier.clone()
        for place in range(len(layers) - 1, -1, -1):
            layer = layers[place]
            if layer is None:
                positive = positive * _ratio(ups[place + 1], ups[place])
                negative = negative * _ratio(downs[place + 1], downs[place])
            else:
                positive = negative = _back(layer, at[place] - before[place], positive, negative)
        return positive * (inputs - reference)


def _split_affine(layer: Affine, change: Any) -> tuple[Any, Any]:
    """Positive and negative parts of a linear layer's change (eq. in section 3.5.1)."""
    rising, falling = change.clamp(min=0), change.clamp(max=0)
    up, down = layer.positive(rising), layer.positive(falling)
    if layer.negative is not None:
        up, down = up + layer.negative(falling), down + layer.negative(rising)
    return up, down


def _split_relu(then: Any, up: Any, down: Any) -> tuple[Any, Any]:
    """Average over the order in which the positive and negative parts come (section 3.5.3)."""
    torch = load_library("torch")
    relu = torch.relu
    if up is None:
        raise ExplainError("The module begins with a ReLU.", "put a linear layer first.")
    rise = 0.5 * (relu(then + up) - relu(then)) + 0.5 * (relu(then + down + up) - relu(then + down))
    fall = 0.5 * (relu(then + down) - relu(then)) + 0.5 * (relu(then + up + down) - relu(then + up))
    return rise, fall


def _ratio(out: Any, into: Any) -> Any:
    torch = load_library("torch")
    small = into.abs() < 1e-12
    return torch.where(small, torch.zeros_like(out), out / torch.where(small, torch.ones_like(into), into))


def _back(layer: Affine, change: Any, positive: Any, negative: Any) -> Any:
    """Multipliers of a linear layer's inputs; where the input does not change, half of each (section 3.5.1)."""
    torch = load_library("torch")

    def transpose(part: Callable[[Any], Any] | None, upstream: Any) -> Any:
        if part is None:
            return torch.zeros_like(change)
        with torch.enable_grad():
            probe = torch.zeros_like(change, requires_grad=True)
            (pulled,) = torch.autograd.grad(part(probe), probe, grad_outputs=upstream)
        return pulled

    rising = transpose(layer.positive, positive) + transpose(layer.negative, negative)
    falling = transpose(layer.negative, positive) + transpose(layer.positive, negative)
    still = 0.5 * (transpose(layer.positive, positive + negative) + transpose(layer.negative, positive + negative))
    return torch.where(change > 0, rising, torch.where(change < 0, falling, still))


def read_chain(module: Any) -> list[Affine | None]:
    """Return the layers in order; None stands for a ReLU."""
    operations = trace_operations(module)
    if operations is None or any(users != 1 for _, (_, users) in operations):
        raise ExplainError(
            "RevealCancel needs a module that is a plain chain of layers.",
            'use rule="rescale", or write the module as torch.nn.Sequential.',
        )
    chain: list[Affine | None] = []
    for kind, (what, _) in operations:
        name = what if kind == "function" else type(what).__name__
        if name in ("relu", "ReLU"):
            chain.append(None)
        elif kind == "function":
            chain.append(_read_function(name))
        else:
            chain.append(_read_layer(what, name))
    return chain


def _read_function(name: str) -> Affine:
    torch = load_library("torch")
    if name == "flatten":
        return Affine(lambda x: torch.flatten(x, 1), lambda x: torch.flatten(x, 1), None)
    raise ExplainError(f"RevealCancel does not know the function {name}().", 'use rule="rescale".')


def _read_layer(layer: Any, name: str) -> Affine:
    torch = load_library("torch")
    functional = torch.nn.functional
    if name in PLAIN:
        return Affine(layer, layer, None)
    if name == "BatchNorm2d":
        scale = (layer.weight / torch.sqrt(layer.running_var + layer.eps))[None, :, None, None]
        return Affine(layer, lambda x: x * scale.clamp(min=0), lambda x: x * scale.clamp(max=0))
    if name not in WEIGHTED or getattr(layer, "padding_mode", "zeros") != "zeros":
        raise ExplainError(f"RevealCancel does not know the layer {name}.", 'use rule="rescale".')

    def part(weight: Any) -> Callable[[Any], Any]:
        if name == "Linear":
            return lambda x: functional.linear(x, weight)
        convolve = functional.conv1d if name == "Conv1d" else functional.conv2d
        return lambda x: convolve(x, weight, None, layer.stride, layer.padding, layer.dilation, layer.groups)

    weight = layer.weight.detach()
    return Affine(layer, part(weight.clamp(min=0)), part(weight.clamp(max=0)))
