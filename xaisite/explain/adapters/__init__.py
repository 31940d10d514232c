"""Objects of other libraries, shown well: a static figure, alternative text and a table.

What it does: finds the adapter of a foreign object by the names of its type, without importing its library. It
deliberately checks nothing: what such an object promises is not recorded in it, and the caption says so.
Invariant: returns None for what it does not know, and never raises on it.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

Bundle = dict[str, Any]


def find_adapter(obj: Any) -> Bundle | None:
    """Return the bundle of an object a cell returned, or None.

    Parameters
    ----------
    obj : any
        Known: our own explanations, ``shap.Explanation``, explanations of lime, a pair ``(attributions, image)`` of
        torch tensors (captum), an explainable boosting machine, what additive and linear models of interpret
        return from
        ``explain_global()`` and ``explain_local()``, fitted scikit-learn estimators.

    Returns
    -------
    dict or None
        Keys ``figure`` (callable with ``theme=``), ``alt``, ``caption``, ``table_html``, ``data_json``, ``cites``,
        ``warnings``.
    """
    own = getattr(obj, "_xaisite_bundle_", None)
    if callable(own) and not isinstance(obj, type):
        bundle: Bundle = own()
        return bundle
    name = _find_name(obj)
    if name is None:
        return None
    make: Callable[[Any], Bundle | None] = import_module(f"{__name__}.{name}").make_bundle_of
    return make(obj)


def _find_name(obj: Any) -> str | None:
    """Return the module that knows the object's type."""
    if isinstance(obj, type):
        return None
    if isinstance(obj, tuple):
        return "captum_maps" if len(obj) == 2 and all(type(one).__module__ == "torch" for one in obj) else None
    kinds = [f"{kind.__module__}.{kind.__qualname__}" for kind in type(obj).__mro__]
    if any(kind.startswith("shap.") and kind.endswith(".Explanation") for kind in kinds):
        return "shap_values"
    if any(kind in ("lime.explanation.Explanation", "lime.lime_image.ImageExplanation") for kind in kinds):
        return "lime_weights"
    if any(kind.startswith("interpret.glassbox") for kind in kinds) and hasattr(obj, "term_importances"):
        return "boosting_machine"
    if "interpret.api.base.ExplanationMixin" in kinds:
        return "interpret_parts"
    if any(kind.startswith("sklearn.base.BaseEstimator") for kind in kinds):
        return "estimators"
    return None
