"""Explanations that know how to show themselves: the protocol `_xaisite_bundle_`, and adapters for foreign ones.

Does not import the explanation library unless the cell's own imports may have made such an object. Invariant: a bundle
becomes one figure with alt text, caption, numbers and citations, light and dark.
"""

from __future__ import annotations

import importlib
import sys
from functools import partial
from typing import Any

from xaisite.session.figures import dark_options, encode_figure
from xaisite.session.forkcall import start_call
from xaisite.session.media import Spool, write_media
from xaisite.session.observe import quiet

_FOREIGN = ("shap", "lime", "captum", "interpret", "sklearn")
_ADAPTERS = "xaisite.explain.adapters"


def find_bundle(value: Any) -> dict[str, Any] | None:
    """Return the bundle of an explanation, or None for any other value."""
    method = getattr(type(value), "_xaisite_bundle_", None)
    if method is not None:
        bundle = value._xaisite_bundle_()
        return bundle if isinstance(bundle, dict) else None
    if type(value).__module__.partition(".")[0] not in _FOREIGN:
        return None
    try:
        with quiet():
            adapters = importlib.import_module(_ADAPTERS)
            adapter = adapters.find_adapter(value)
    except ImportError:
        return None
    if adapter is None:
        return None
    importlib.import_module(_ADAPTERS)  # noted: what is shown depends on it
    found = adapter._xaisite_bundle_() if hasattr(adapter, "_xaisite_bundle_") else adapter
    return found if isinstance(found, dict) else None


def describe_bundle(bundle: dict[str, Any], spool: Spool, options: dict[str, Any]) -> dict[str, Any]:
    """Return the `Figure` record of a bundle."""
    warnings = [str(line) for line in bundle.get("warnings") or ()]
    data = bundle.get("data_json")
    record: dict[str, Any] = {
        "kind": "figure",
        "light": [],
        "dark": [],
        "alt": str(bundle.get("alt") or ""),
        "caption": str(bundle.get("caption") or ""),
        "verdict": " ".join(warnings),
        "data_csv": None,
        "table_html": str(bundle.get("table_html") or ""),
        "cites": [
            [str(c.get("key", "")), str(c.get("doi") or ""), str(c.get("bibtex") or "")]
            for c in bundle.get("cites") or ()
            if isinstance(c, dict)
        ],
    }
    if isinstance(data, str):
        record["data_csv"] = write_media(spool, data.encode(), "application/json")
    make = bundle.get("figure")
    if callable(make):
        themes = ("light", "dark") if options.get("dark", True) else ("light",)
        calls = [(theme, start_call(partial(_draw, make, theme, spool, options))) for theme in themes]
        for theme, call in calls:
            record[theme] = call.wait()
    return record


def _draw(make: Any, theme: str, spool: Spool, options: dict[str, Any]) -> list[dict[str, Any]]:
    figure = make(theme=theme)
    try:
        return encode_figure(figure, spool, dark_options(options) if theme == "dark" else options)
    finally:
        pyplot = sys.modules.get("matplotlib.pyplot")
        if pyplot is not None:
            pyplot.close(figure)
