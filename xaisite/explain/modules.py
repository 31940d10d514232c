"""Torch modules, asked without being changed.

What it does: evaluates modules, works on private copies, reads the order of their layers. It deliberately never
touches the caller's module: not its mode, hooks, gradients or parameters.
Invariant: whatever the methods do, they do to a copy in evaluation mode.
"""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from xaisite.explain.errors import ExplainError
from xaisite.explain.explanation import Array
from xaisite.explain.libraries import load_library

BATCH = 256


def copy_module(module: Any) -> Any:
    """Return a private copy in evaluation mode, without gradients or hooks of others."""
    if not hasattr(module, "parameters"):
        raise ExplainError(f"A {type(module).__name__} is not a torch module.", "pass a torch.nn.Module.")
    narrow = [one.dtype for one in module.parameters() if one.dtype.is_floating_point and one.dtype.itemsize < 4]
    if narrow:
        raise ExplainError(
            f"The module computes in {str(narrow[0]).removeprefix('torch.')}: too coarse for what methods promise.",
            "pass a copy in single precision, copy.deepcopy(module).float().",
        )
    own = copy.deepcopy(module).eval()
    for part in own.modules():
        if getattr(part, "inplace", False) is True:
            # The same numbers, and hooks can see them.
            part.inplace = False
    for parameter in own.parameters():
        parameter.grad = None
        parameter.requires_grad_(True)
    return own


def read_tensor(module: Any, given: Any, what: str = "X") -> Any:
    """Return the input as a tensor of the module's floating type and device, without gradient."""
    torch = load_library("torch")
    first = next(iter(module.parameters()), None)
    dtype = torch.float32 if first is None else first.dtype
    array = given.detach().cpu().numpy() if isinstance(given, torch.Tensor) else given
    try:
        values = np.asarray(array, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ExplainError(f"{what} is not an array of numbers ({error}).", "pass an array or a tensor.") from error
    if not np.isfinite(values).all():
        raise ExplainError(f"{what} has missing or infinite values.", "clean the input before explaining.")
    return torch.tensor(values, dtype=dtype, device=None if first is None else first.device)


def evaluate_module(module: Any, values: Array) -> Array:
    """Return outputs of the module in evaluation mode, for inputs of shape (n, …); the module is put back as it was."""
    torch = load_library("torch")
    if not len(values):
        raise ExplainError("There is no input.", "pass at least one.")
    modes = [(part, part.training) for part in module.modules()]
    try:
        for part, _ in modes:
            part.training = False
        with torch.no_grad():
            batch = read_tensor(module, values)
            parts = [module(batch[start : start + BATCH]) for start in range(0, len(batch), BATCH)]
    except (RuntimeError, ValueError, TypeError, IndexError) as error:
        raise ExplainError(
            f"The module cannot take inputs of shape {tuple(np.shape(values)[1:])} ({error}).",
            "pass inputs in the shape it was trained on.",
        ) from error
    finally:
        for part, training in modes:
            part.training = training
    if not all(isinstance(part, torch.Tensor) for part in parts):
        raise ExplainError(
            f"The module returns a {type(parts[0]).__name__}, not a tensor.",
            "wrap it in a module that returns the output to explain, a tensor of shape (n, outputs).",
        )
    return np.asarray(torch.cat(parts).double().cpu().numpy())


def check_gradient(module: Any, tensor: Any) -> None:
    """Refuse a module whose output does not depend on its input through gradients."""
    torch = load_library("torch")
    with torch.enable_grad():
        if not module(tensor[:1].detach().clone().requires_grad_()).requires_grad:
            raise ExplainError(
                "The module's output has no gradient: its forward pass cuts it, by detach() or no_grad().",
                "return the output undetached, or use a method that only asks, such as occlusion.",
            )


def name_of_layer(module: Any, layer: Any) -> str:
    """Return the dotted name of a layer given as name or as module."""
    names = dict(module.named_modules())
    if isinstance(layer, str):
        if layer in names and layer:
            return str(layer)
        raise ExplainError(f"The module has no layer {layer!r}.", f"use one of: {', '.join(n for n in names if n)}.")
    for name, part in names.items():
        if part is layer and name:
            return str(name)
    raise ExplainError("The layer is not part of the module.", "pass one of its layers, or a layer's name.")


def last_of(module: Any, kinds: tuple[str, ...]) -> str:
    """Return the name of the last layer of those types."""
    found: list[str] = [str(name) for name, part in module.named_modules() if type(part).__name__ in kinds]
    if not found:
        raise ExplainError(f"The module has no layer of type {' or '.join(kinds)}.", "pass layer=.")
    return found[-1]


def trace_operations(module: Any) -> list[tuple[str, Any]] | None:
    """Return ``(what, module or function name)`` in order of use, or None if the module cannot be traced."""
    fx = load_library("torch.fx")
    try:
        graph = fx.symbolic_trace(module).graph
    except Exception:  # noqa: BLE001 (tracing fails in as many ways as there are modules)
        return None
    parts, operations = dict(module.named_modules()), []
    for node in graph.nodes:
        if node.op == "call_module":
            operations.append(("module", parts[node.target], len(node.users)))
        elif node.op in ("call_function", "call_method"):
            name = node.target if isinstance(node.target, str) else getattr(node.target, "__name__", str(node.target))
            operations.append(("function", name, len(node.users)))
    return [(kind, (what, users)) for kind, what, users in operations]


def check_rectifiers(module: Any, method: str) -> None:
    """Refuse what hook-based methods cannot see: functional ReLUs, and one ReLU module used twice."""
    operations = trace_operations(module)
    if operations is None:
        return
    used = [id(what) for kind, (what, _) in operations if kind == "module" and type(what).__name__ == "ReLU"]
    hidden = [
        what
        for kind, (what, _) in operations
        if kind == "function" and what in ("relu", "relu_", "leaky_relu", "elu", "gelu", "sigmoid", "tanh", "clamp")
    ]
    if hidden:
        raise ExplainError(
            f"{method} cannot see the function {hidden[0]}() in the module's forward pass.",
            "use a module for each non-linearity, for example self.act1 = torch.nn.ReLU().",
        )
    if len(used) != len(set(used)):
        raise ExplainError(
            f"One ReLU module is used more than once; {method} would mix its uses up.",
            "give every use its own torch.nn.ReLU().",
        )
