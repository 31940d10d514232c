"""A displayed value as a page can show it: representations by MIME type, tables as tables, explanations as figures.

Does not sanitise HTML (rendering does). Invariant: a value whose own representation fails or lies is shown as text,
never as an exception of the build.
"""

from __future__ import annotations

import json
import sys
from types import ModuleType
from typing import Any

from xaisite.session.media import Spool, write_media
from xaisite.session.tables import table_html
from xaisite.session.textout import LIMIT_CHARS, hide_addresses

_TEXT_METHODS = (
    ("text/html", "_repr_html_"),
    ("text/markdown", "_repr_markdown_"),
    ("image/svg+xml", "_repr_svg_"),
    ("text/latex", "_repr_latex_"),
    ("application/json", "_repr_json_"),
)
_BYTE_METHODS = (("image/png", "_repr_png_"), ("image/jpeg", "_repr_jpeg_"))


def is_hidden(value: Any) -> bool:
    """Whether a bare last expression shows nothing: None, modules, matplotlib's artists and lists of them."""
    if value is None or isinstance(value, ModuleType):
        return True
    if _is_artist(value):
        return True
    if isinstance(value, (list, tuple)) and value:
        return all(is_hidden(item) or _is_drawing(item) for item in value)
    if (
        type(value).__module__ == "numpy"
        and str(getattr(value, "dtype", "")) == "object"
        and bool(getattr(value, "size", False))
    ):
        return all(_is_artist(item) for item in value.ravel())
    return False


def _is_drawing(value: Any) -> bool:
    """Parts of what `hist`, `boxplot`, `pie` return beside their artists."""
    return type(value).__module__ == "numpy" and getattr(value, "ndim", 0) == 1 and "matplotlib" in sys.modules


def _is_artist(value: Any) -> bool:
    """Whether it is something drawn, or something of matplotlib that says no more of itself than its address."""
    kind: Any = type(value)
    if kind.__module__.partition(".")[0] in ("matplotlib", "mpl_toolkits") and kind.__repr__ is object.__repr__:
        return True
    for name, kinds in (("matplotlib.artist", ("Artist",)), ("matplotlib.container", ("Container",))):
        module = sys.modules.get(name)
        if module is not None and isinstance(value, tuple(getattr(module, kind) for kind in kinds)):
            return True
    return False


def is_figure(value: Any) -> bool:
    """Whether it is a matplotlib figure."""
    module = sys.modules.get("matplotlib.figure")
    return module is not None and isinstance(value, module.Figure)


def describe_value(value: Any, spool: Spool) -> dict[str, Any]:
    """Return the `Rich` record of a value."""
    text: dict[str, str] = {}
    media: list[dict[str, Any]] = []
    table = table_html(value)
    for mime, data in ({"text/html": table} if table is not None else _bundle(value)).items():
        _put(mime, data, text, media, spool)
    text.setdefault("text/plain", safe_repr(value))
    return {
        "kind": "rich",
        "text": text,
        "media": media,
        "scripts": [],
        "is_markdown": is_markdown(value),
        "figure": None,
    }


def is_markdown(value: Any) -> bool:
    """Whether it is an IPython `Markdown` object, whose text is not escaped."""
    return type(value).__name__ == "Markdown" and type(value).__module__.startswith("IPython.")


def safe_repr(value: Any) -> str:
    """Return the value's text, without memory addresses, whatever its `__repr__` does."""
    try:
        text = repr(value)
    except Exception as error:  # noqa: BLE001  # a repr may do anything
        return f"<{type(value).__name__} whose repr failed: {type(error).__name__}>"
    return hide_addresses(text[:LIMIT_CHARS])


def _bundle(value: Any) -> dict[str, Any]:
    """Ask a value for its representations, as Jupyter does."""
    if isinstance(value, type):
        return {}
    found: dict[str, Any] = {}
    bundle = _ask(value, "_repr_mimebundle_", include=None, exclude=None)
    if isinstance(bundle, tuple) and bundle:
        bundle = bundle[0]
    if isinstance(bundle, dict):
        found.update({str(mime): data for mime, data in bundle.items()})
    for mime, method in (*_TEXT_METHODS, *_BYTE_METHODS):
        if mime not in found:
            data = _ask(value, method)
            if data is not None:
                found[mime] = data
    return found


def _ask(value: Any, method: str, **kwargs: Any) -> Any:
    try:
        function = getattr(type(value), method, None) and getattr(value, method)
        answer = function(**kwargs) if function else None
        return answer[0] if isinstance(answer, tuple) and method != "_repr_mimebundle_" else answer
    except Exception:  # noqa: BLE001  # a broken representation is no representation
        return None


def _put(mime: str, data: Any, text: dict[str, str], media: list[dict[str, Any]], spool: Spool) -> None:
    if isinstance(data, str) and mime.startswith("image/") and mime != "image/svg+xml":
        import base64
        import binascii

        try:
            data = base64.b64decode(data, validate=False)
        except (binascii.Error, ValueError):
            return
    if isinstance(data, bytes):
        from xaisite.session.figures import picture_size

        media.append(write_media(spool, data, mime, *picture_size(data)))
    elif isinstance(data, str):
        text[mime] = _shown_text(mime, data)
    elif isinstance(data, (dict, list)):
        try:
            text[mime] = json.dumps(data, sort_keys=True)
        except (TypeError, ValueError):
            return


def _shown_text(mime: str, text: str) -> str:
    if mime == "text/plain":
        text = text[:LIMIT_CHARS]
    return hide_addresses(text) if mime.startswith("text/") else text
