"""Deep SHAP and Gradient SHAP of torch modules (shap).

What it does: runs shap's explainers on a private copy. It deliberately asks for the background as inputs, not as a
summary. Invariant: Deep SHAP is held to completeness, Gradient SHAP to its standard errors.
"""

# ruff: noqa: N803 (X is the field's word for rows)
from __future__ import annotations

import copy
from typing import Any

import numpy as np

from xaisite.explain.batches import over_images
from xaisite.explain.errors import ExplainError
from xaisite.explain.explanation import Array, Explanation
from xaisite.explain.libraries import load_library
from xaisite.explain.modules import check_rectifiers, read_tensor
from xaisite.explain.network_input import NetworkInput, pack_attribution, read_network_input
from xaisite.explain.predictor import is_torch_module
from xaisite.explain.randomness import library_call


@over_images
def shap_network(
    model: Any,
    X: Any,
    *,
    background: Any,
    method: str,
    target: Any,
    nsamples: int | None,
    repeats: int,
    seed: int,
    names: Any = None,
) -> Explanation:
    """Values of a module's inputs; see :func:`xaisite.explain.shap`."""
    if not is_torch_module(model):
        raise ExplainError(f'method="{method}" needs a torch module.', 'use method="exact" or "permutation".')
    if background is None:
        raise ExplainError(
            "SHAP values need a background: the inputs that stand for an absent feature.",
            "pass background=, a batch of inputs.",
        )
    if method not in ("deep", "gradient"):
        raise ExplainError(
            f"There is no SHAP method {method!r} for images of torch modules.",
            'use "deep", "gradient", or pass segments=.',
        )
    given = read_network_input(model, X, target=target, names=names)
    reference = read_tensor(given.module, background, "background")
    if reference.shape[1:] != given.tensor.shape[1:]:
        raise ExplainError(
            f"The background has shape {tuple(reference.shape)}, the input {tuple(given.tensor.shape)}.",
            "pass a batch of inputs like the one explained.",
        )
    base = float(given.answer(np.asarray(reference.double().numpy())).mean())
    common: dict[str, Any] = {
        "baseline": np.asarray(reference.double().numpy()),
        "baseline_name": f"background of {len(reference)} inputs",
        "base_value": base,
        "unit": "SHAP value (model output)",
    }
    if method == "deep":
        check_rectifiers(given.module, "Deep SHAP")
        with library_call(seed):
            found = (
                load_library("shap")
                .DeepExplainer(_with_axis(given), reference)
                .shap_values(given.tensor, check_additivity=False)
            )
        values = pick(found, given)
        return pack_attribution(
            given,
            values,
            method="shap",
            variant="deep",
            seed=seed,
            value_function="interventional, approximated",
            evaluations=2 * len(reference) * len(given.tensor),
            parameters={"tolerance": 1e-4},
            **common,
        )
    return _expected_gradients(given, reference, common, nsamples or 200, repeats, seed)


def _expected_gradients(  # noqa: PLR0917
    given: NetworkInput, reference: Any, common: dict[str, Any], nsamples: int, repeats: int, seed: int
) -> Explanation:
    """Mean over repeats of shap's GradientExplainer, with standard errors (Erion et al. 2021, eq. 5)."""
    if repeats < 2:
        raise ExplainError("Sampled values need at least two repeats for a standard error.", "pass repeats=5.")
    shap, runs = load_library("shap"), []
    # shap draws its points in single precision; the copy of the module has to follow.
    module = copy.deepcopy(_with_axis(given)).float()
    for repeat in range(repeats):
        with library_call(seed):
            explainer = shap.GradientExplainer(module, reference.float(), batch_size=50)
            found = explainer.shap_values(given.tensor.float(), nsamples=nsamples, rseed=seed * 1000 + repeat)
            runs.append(pick(found, given))
    stack = np.stack(runs)
    errors = stack.std(axis=0, ddof=1) / np.sqrt(repeats)
    sums = stack.reshape(repeats, len(given.tensor), -1).sum(axis=2)
    sum_error = float((sums.std(axis=0, ddof=1) / np.sqrt(repeats)).max())
    return pack_attribution(
        given,
        stack.mean(axis=0),
        method="shap",
        variant="gradient",
        seed=seed,
        value_function="expected gradients",
        evaluations=nsamples * repeats * len(given.tensor),
        errors=errors[0] if given.is_picture else errors,
        parameters={"samples": nsamples, "repeats": repeats},
        evidence={"sum_error": sum_error, "random": True},
        **common,
    )


def _with_axis(given: NetworkInput) -> Any:
    """Return the module with an output axis: shap indexes one."""
    if given.column is not None:
        return given.module
    torch = load_library("torch")
    return torch.nn.Sequential(given.module, torch.nn.Unflatten(0, (-1, 1)))


def pick(found: Any, given: NetworkInput) -> Array:
    """Return the chosen output of shap's array, whose last axis may be the outputs."""
    if isinstance(found, list):
        return np.asarray(found[given.column or 0], dtype=np.float64)
    values = np.asarray(found, dtype=np.float64)
    return np.asarray(values[..., given.column or 0]) if values.ndim == given.tensor.ndim + 1 else values
