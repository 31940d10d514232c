"""DeepLIFT by either rule.

What it does: Rescale by captum, RevealCancel by our own code. It deliberately refuses max-pooling: captum's Rescale
is not complete through it. Invariant: contributions sum to the difference from the baseline's output.
"""

# ruff: noqa: N803 (X is the field's word for rows)
from __future__ import annotations

from typing import Any

from xaisite.explain.batches import over_images
from xaisite.explain.errors import ExplainError
from xaisite.explain.explanation import Explanation
from xaisite.explain.libraries import load_library
from xaisite.explain.methods.gradients import reference_point
from xaisite.explain.modules import check_rectifiers
from xaisite.explain.network_input import pack_attribution, read_network_input, read_reference
from xaisite.explain.randomness import library_call


@over_images
def deeplift(
    model: Any,
    X: Any,
    *,
    baseline: Any = "empty",
    background: Any = None,
    rule: str = "rescale",
    target: Any = None,
    names: Any = None,
    label: str | None = None,
    seed: int = 0,
) -> Explanation:
    """Share the difference from a baseline's output by differences of activations (Shrikumar et al. 2017).

    Parameters
    ----------
    model : torch.nn.Module
        Every ReLU a module of its own, no max-pooling. For RevealCancel a plain chain of linear layers,
        convolutions, average pooling, batch normalisation and ReLUs.
    X, baseline, background, target, names, label, seed
        As in :func:`integrated_gradients`.
    rule : {"rescale", "reveal-cancel"}
        Their section 3.5.2 (Rescale) or 3.5.3 (RevealCancel).

    Returns
    -------
    Explanation
        ``values`` of the input's shape, in the unit of the output.

    Raises
    ------
    ExplainError
        On bad input, max-pooling, functional or shared ReLUs, and layers RevealCancel does not know.
    """
    if rule not in ("rescale", "reveal-cancel"):
        raise ExplainError(f"There is no DeepLIFT rule {rule!r}.", 'use "rescale" or "reveal-cancel".')
    given = read_network_input(model, X, target=target, names=names, label=label)
    if any("MaxPool" in type(part).__name__ for part in given.module.modules()):
        raise ExplainError(
            "DeepLIFT is not complete through max-pooling.",
            'use explain.shap(..., method="deep"), which is, or average pooling.',
        )
    reference, name = read_reference(given, baseline, background)
    if rule == "rescale":
        check_rectifiers(given.module, "DeepLIFT")
        with library_call(seed):
            values = (
                load_library("captum.attr")
                .DeepLift(given.module)
                .attribute(given.tensor.requires_grad_(), baselines=reference, target=given.column)
            )
    else:
        from xaisite.explain.methods.reveal_cancel import reveal_cancel

        values = reveal_cancel(given.module, given.tensor, reference, given.column)
    return pack_attribution(
        given,
        values,
        method="deeplift",
        variant="" if rule == "rescale" else rule,
        seed=seed,
        evaluations=2 * len(given.tensor),
        unit="contribution (model output)",
        **reference_point(given, reference, name),
        parameters={"rule": rule, "tolerance": 1e-4},
    )
