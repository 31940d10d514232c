"""Data frames as HTML tables: plain, or styled with the styles on the cells themselves.

Does not sanitise. Invariants: the same frame gives the same HTML (pandas draws an id for each styled table); no header
cell is empty (screen readers would announce a header that says nothing), so the corner above the index is a plain cell.
"""

from __future__ import annotations

import re
import sys
from typing import Any

_MAX_ROWS = 60
_STYLES = re.compile(r"<style\b[^>]*>(.*?)</style>\s*", re.DOTALL)
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_EMPTY_HEADER = re.compile(r"<th([^>]*)>(\s|&nbsp;|\xa0)*</th>")
_ID = re.compile(r' id="(T_t[^"]*)"')


def table_html(value: Any) -> str | None:
    """Return a data frame, a series or a styled frame as a table; None for any other value."""
    pandas = sys.modules.get("pandas")
    if pandas is None:
        return None
    if isinstance(value, (pandas.DataFrame, pandas.Series)):
        return _without_empty_headers(_frame_html(value))
    styles = sys.modules.get("pandas.io.formats.style")
    if styles is not None and isinstance(value, styles.Styler):
        return _without_empty_headers(_styled_html(str(value.to_html(table_uuid="t"))))
    return None


def _without_empty_headers(html: str) -> str:
    return _EMPTY_HEADER.sub(r"<td\1></td>", html)


def _frame_html(frame: Any) -> str:
    """Return a plain table, its middle cut when long."""
    data = frame.to_frame() if type(frame).__name__ == "Series" else frame
    return str(data.to_html(border=0, max_rows=_MAX_ROWS, show_dimensions=False, notebook=False, escape=True))


def _styled_html(html: str) -> str:
    """Move the rules of cells from the style sheet to the cells; other rules are for the page to decide."""
    styles: dict[str, str] = {}
    for sheet in _STYLES.findall(html):
        for selectors, properties in _RULE.findall(sheet):
            for selector in selectors.split(","):
                name = selector.strip().removeprefix("#")
                styles[name] = styles.get(name, "") + " ".join(properties.split())

    def styled(match: re.Match[str]) -> str:
        found = styles.get(match[1], "").replace('"', "'")
        return f' style="{found}"' if found else ""

    return _ID.sub(styled, _STYLES.sub("", html))
