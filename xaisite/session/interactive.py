"""Results that need JavaScript (Plotly, Altair, SHAP's force plots): their data, their library, and a still picture.

Does not choose what is drawn, and loads nothing from the network: the library is the installed package's own file, once
per site. Invariant: without a script a reader sees the still picture and the numbers.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Any

from xaisite.session.figures import dark_options, encode_figure
from xaisite.session.forkcall import start_call
from xaisite.session.media import Spool, write_media
from xaisite.session.recolor import recolor_figure

_HERE = os.path.dirname(os.path.abspath(__file__))
_MOST_ROWS = 60


@dataclass(frozen=True)
class Interactive:
    """What an interactive result is made of."""

    kind: str
    spec: Any
    """JSON."""
    words: str
    """What it is, in one line."""
    library: str = ""
    """File of the JavaScript library; empty: none is installed."""
    bundle: str = ""
    """The library's text, where it is not a file."""
    draw: Callable[[], Any] | None = None
    """Draws the still picture with matplotlib."""
    svg: Callable[[bool], str] | None = None
    """Returns the still picture as SVG, for dark pages or not."""
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()
    """The numbers."""


def find_interactive(value: Any) -> Interactive | None:
    """Return what an interactive value is made of; None for any other value."""
    family = type(value).__module__.partition(".")[0]
    if family not in ("plotly", "altair", "shap") or family not in sys.modules:
        return None
    from xaisite.session import interactive_kinds

    try:
        return interactive_kinds.READERS[family](value)
    except Exception:  # noqa: BLE001  # then it is shown as any other value is
        return None


def describe_interactive(found: Interactive, spool: Spool, options: dict[str, Any]) -> dict[str, Any]:
    """Return the `Rich` record of an interactive value."""
    spec = json.dumps(found.spec, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()
    return {
        "kind": "rich",
        "text": {"text/plain": found.words},
        "media": [write_media(spool, spec, "application/json")],
        "scripts": _scripts(found, spool),
        "is_markdown": False,
        "figure": _still(found, spool, options),
    }


def _scripts(found: Interactive, spool: Spool) -> list[dict[str, Any]]:
    """Return our few lines that start the library, and the library."""
    library = found.bundle.encode() or _read(found.library)
    if not library:
        return []
    return [
        write_media(spool, _read(os.path.join(_HERE, f"{found.kind}.js")), "text/javascript"),
        write_media(spool, library, "text/javascript"),
    ]


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""


def _still(found: Interactive, spool: Spool, options: dict[str, Any]) -> dict[str, Any]:
    record: dict[str, Any] = {
        "kind": "figure",
        "light": [],
        "dark": [],
        "alt": found.words,
        "caption": "",
        "verdict": "",
        "data_csv": None,
        "table_html": _table(found.columns, found.rows),
        "cites": [],
    }
    if found.svg is not None:
        svg = found.svg
        for name, is_dark in (("light", False), ("dark", True)):
            text = svg(is_dark)
            record[name] = [write_media(spool, text.encode(), "image/svg+xml", *_svg_size(text))]
    elif found.draw is not None:
        draw = found.draw
        calls = [start_call(lambda: _encode(draw, spool, options, is_dark=False))]
        calls.append(start_call(lambda: _encode(draw, spool, options, is_dark=True)))
        record["light"], record["dark"] = (call.wait() for call in calls)
    return record


def _encode(draw: Callable[[], Any], spool: Spool, options: dict[str, Any], *, is_dark: bool) -> list[dict[str, Any]]:
    figure = draw()
    if is_dark:
        recolor_figure(figure)
    try:
        return encode_figure(figure, spool, dark_options(options) if is_dark else options)
    finally:
        pyplot = sys.modules.get("matplotlib.pyplot")
        if pyplot is not None:
            pyplot.close(figure)


def _svg_size(text: str) -> tuple[float, float]:
    import re

    sizes = dict(re.findall(r'\s(width|height)="([\d.]+)"', text[: text.find(">") + 1]))
    return float(sizes.get("width", 0)), float(sizes.get("height", 0))


def _table(columns: tuple[str, ...], rows: tuple[tuple[Any, ...], ...]) -> str:
    if not rows:
        return ""
    head = "".join(f"<th>{escape(str(name))}</th>" for name in columns)
    body = "".join(f"<tr>{''.join(f'<td>{_cell(v)}</td>' for v in row)}</tr>" for row in rows[:_MOST_ROWS])
    more = f"<tr><td>… {len(rows) - _MOST_ROWS} more rows</td></tr>" if len(rows) > _MOST_ROWS else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}{more}</tbody></table>"


def _cell(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else escape("" if value is None else str(value))
