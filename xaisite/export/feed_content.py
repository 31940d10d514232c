"""A page's body as a feed reader can show it: no styles, no scripts, absolute addresses, formulas as MathML.

Does not judge what is safe: the body was made by us or checked when it was read. Invariant: the result holds no
relative address, script, style, button, form or event attribute.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from html.parser import HTMLParser
from urllib.parse import urljoin

_VOID = frozenset(("area base br col embed hr img input link meta source track wbr").split())  # noqa: SIM905
_DROPPED = frozenset(  # an inline SVG outside a figure is an icon of a button
    "script style button form template iframe object embed link meta input select textarea svg".split()  # noqa: SIM905
)
_ADDRESSES = frozenset({"href", "src", "poster", "cite", "data"})
_KEPT = frozenset(
    "href src srcset alt title poster cite width height id lang dir colspan rowspan scope start reversed value open "  # noqa: SIM905
    "datetime controls loop muted kind srclang label span headers abbr type".split()
)
_DARK = frozenset({"only-dark", "no-feed"})
_COLOURED = re.compile(r'<span class="[a-z][a-z0-9]{0,2}">([^<]*)</span>')
"""A word of a listing in its colour: most elements of a page with code, and nothing to a reader without our styles."""
_URL_IN_SET = re.compile(r"(?P<url>[^\s,]\S*)(?P<rest>(?:\s+[\d.]+[wx])?\s*(?:,|$))")


def feed_content(body_html: str, page_url: str) -> str:
    """Return ``body_html`` for a feed; ``page_url`` is the page's absolute address."""
    writer = _FeedWriter(page_url)
    writer.feed(_COLOURED.sub(r"\1", body_html))
    writer.close()
    return "".join(writer.parts).strip()


def absolute_srcset(value: str, page_url: str) -> str:
    """Return a `srcset` with absolute addresses."""
    return _URL_IN_SET.sub(lambda m: urljoin(page_url, m["url"].rstrip(",")) + m["rest"], value)


class _FeedWriter(HTMLParser):
    """Copies what a feed may hold. `_skip` counts open elements that are left out, `_math` those of a MathML island."""

    def __init__(self, page_url: str) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._page_url = page_url
        self._open: list[tuple[str, str]] = []
        """(name, how): `copy`, `skip` (with all in it), `unwrap` (its tags only), `math` (copied as it is)."""

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        how = self._treatment(tag, dict(attrs))
        if tag not in _VOID:
            self._open.append((tag, how))
        if how in ("copy", "math"):
            self.parts.append(self._start(tag, attrs, is_math=how == "math"))

    def handle_startendtag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if not any(name == tag for name, _ in self._open):
            return
        while self._open:  # what is left open inside ends here too
            name, how = self._open.pop()
            if how in ("copy", "math"):
                self.parts.append(f"</{name}>")
            if name == tag:
                return

    def handle_data(self, data: str) -> None:
        if self._how() != "skip":
            self.parts.append(escape(data, quote=False))

    def close(self) -> None:
        super().close()
        for name, how in reversed(self._open):
            if how in ("copy", "math"):
                self.parts.append(f"</{name}>")

    def _how(self) -> str:
        return self._open[-1][1] if self._open else "copy"

    def _treatment(self, tag: str, attributes: dict[str, str | None]) -> str:
        outer = self._how()
        if outer == "skip" or tag in _DROPPED:
            return "skip"
        if outer == "math":
            return outer
        classes = frozenset((attributes.get("class") or "").split())
        if classes & _DARK or "katex-html" in classes:
            return "skip"
        if tag == "math":
            return "math"
        return "unwrap" if classes & {"katex", "katex-mathml", "katex-display"} else "copy"

    def _start(self, tag: str, attrs: Sequence[tuple[str, str | None]], *, is_math: bool) -> str:
        text = ""
        for name, value in attrs:
            if not (name in _KEPT or (is_math and name not in ("class", "style") and not name.startswith("on"))):
                continue
            full = value or ""
            if name in _ADDRESSES:
                full = urljoin(self._page_url, full)
            elif name == "srcset":
                full = absolute_srcset(full, self._page_url)
            text += f" {name}" if value is None else f' {name}="{escape(full)}"'
        return f"<{tag}{text}>"
