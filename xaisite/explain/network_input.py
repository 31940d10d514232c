"""Inputs of torch modules: one image, or rows of numbers, with the output to explain.

What it does: reads tensors, targets and baselines for all gradient methods. It deliberately never sees the caller's
module again after copying it. Invariant: ``answer`` is the module's raw output, in evaluation mode.
"""

# ruff: noqa: N803 (X is the field's word for rows)
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from xaisite.explain.errors import ExplainError
from xaisite.explain.explanation import Array, Explanation
from xaisite.explain.modules import check_gradient, copy_module, evaluate_module, read_tensor
from xaisite.explain.pictures import Picture, make_baseline
from xaisite.explain.verdict import shown


@dataclass(frozen=True, kw_only=True)
class NetworkInput:
    """What a gradient method works on.

    Attributes
    ----------
    module : torch.nn.Module
        A private copy in evaluation mode.
    tensor : torch.Tensor of shape (n, …)
    column : int or None
        The output explained; None if the module has one without an axis.
    target, names : str, tuple of str
    """

    module: Any
    tensor: Any
    column: int | None
    target: str
    names: tuple[str, ...]

    @property
    def is_picture(self) -> bool:
        """Whether the input is one image."""
        return bool(self.tensor.ndim == 4)

    def answer(self, values: Array) -> Array:
        """Return the output explained, for inputs (n, …)."""
        out = evaluate_module(self.module, values)
        return out if out.ndim == 1 else out[:, self.column or 0]

    def arrays(self) -> Array:
        """Return the inputs as numbers."""
        return np.asarray(self.tensor.detach().double().cpu().numpy())


def read_network_input(
    module: Any, X: Any, *, target: Any, names: Any = None, label: str | None = None
) -> NetworkInput:
    """Read one image (C, H, W) or (1, C, H, W), one row (d,), or rows (n, d)."""
    own = copy_module(module)
    tensor = read_tensor(own, X.values if hasattr(X, "columns") else X)
    if tensor.ndim in (1, 3):
        tensor = tensor[None]
    if tensor.ndim not in (2, 4) or (tensor.ndim == 4 and len(tensor) != 1):
        raise ExplainError(
            f"The input has shape {tuple(tensor.shape)}.",
            "pass an image (C, H, W), images (n, C, H, W), one row (d,), or rows (n, d).",
        )
    out = evaluate_module(own, np.asarray(tensor.double().cpu().numpy()))
    column = _find_column(out, target)
    check_gradient(own, tensor)
    named = label or ("the model's output" if column is None or out.shape[-1] == 1 else f"output {column}")
    columns = list(X.columns) if hasattr(X, "columns") and names is None else names
    labels = (
        ()
        if tensor.ndim == 4
        else tuple(map(str, columns))
        if columns is not None
        else tuple(f"x{i}" for i in range(tensor.shape[1]))
    )
    if tensor.ndim == 2 and len(labels) != tensor.shape[1]:
        raise ExplainError(
            f"There are {len(labels)} names for {tensor.shape[1]} features.", "give each feature a name."
        )
    return NetworkInput(module=own, tensor=tensor, column=column, target=named, names=labels)


def _find_column(out: Array, target: Any) -> int | None:
    if out.ndim == 1:
        if target not in (None, 0):
            raise ExplainError(f"The module has one output, not {target!r}.", "leave target= out.")
        return None
    if out.ndim != 2:
        raise ExplainError(f"The module's output has shape {out.shape}.", "wrap it so that it returns (n, outputs).")
    width = out.shape[1]
    if target is None:
        if width > 1 and len(out) > 1:
            raise ExplainError(
                f"The module has {width} outputs and none was chosen.", f"pass target=, 0 to {width - 1}."
            )
        return int(out[0].argmax())
    if isinstance(target, bool) or not isinstance(target, (int, np.integer)) or not 0 <= target < width:
        raise ExplainError(f"The module has no output {target!r}.", f"pass target=, 0 to {width - 1}.")
    return int(target)


def read_reference(given: NetworkInput, baseline: Any, background: Any = None) -> tuple[Any, str]:
    """Return the reference input as a tensor like the inputs (one, or one for each), and its name."""
    if given.is_picture:
        fill, name = make_baseline(Picture(values=given.arrays()[0], layout="CHW"), baseline, background)
        return read_tensor(given.module, fill[None]), name
    if isinstance(baseline, str):
        width = given.tensor.shape[1]
        if baseline == "empty":
            return read_tensor(given.module, np.zeros((1, width))), "zeros"
        if baseline == "typical" and background is not None:
            mean = np.asarray(background, dtype=np.float64).mean(axis=0)[None]
            return read_tensor(given.module, mean), f"mean of {len(background)} rows"
        raise ExplainError(
            f"There is no baseline {baseline!r} for rows.",
            'use "empty" (zeros), "typical" with background=, or pass the reference row.',
        )
    tensor = read_tensor(given.module, baseline, "baseline")
    tensor = tensor[None] if tensor.ndim == 1 else tensor
    if tensor.shape[1:] != given.tensor.shape[1:] or len(tensor) not in (1, len(given.tensor)):
        raise ExplainError(
            f"The baseline has shape {tuple(tensor.shape)}, the input {tuple(given.tensor.shape)}.",
            "pass one reference row, or one for each row.",
        )
    return tensor, "given reference"


def pack_attribution(
    given: NetworkInput,
    values: Any,
    *,
    method: str,
    seed: int,
    evaluations: int,
    unit: str,
    variant: str = "",
    signed: bool = True,
    **more: Any,
) -> Explanation:
    """Return an explanation of rows or of one image from attributions of the inputs' shape."""
    numbers = np.asarray(
        values.detach().double().cpu().numpy() if hasattr(values, "detach") else values, dtype=np.float64
    )
    data = given.arrays()
    extra = {"unit": unit, "signed": signed, **more.pop("extra", {})}
    if given.is_picture:
        kind: Any = "map"
        numbers, shown_data = numbers[0], data[0]
    else:
        kind, shown_data = "attribution", data
        extra["shown"] = tuple(tuple(shown(float(value)) for value in row) for row in data)
    return Explanation(
        method=method,
        variant=variant,
        kind=kind,
        values=numbers,
        names=given.names,
        target=given.target,
        scale="model output",
        data=shown_data,
        prediction=given.answer(data),
        extra=extra,
        seed=seed,
        evaluations=evaluations,
        **more,
    )
