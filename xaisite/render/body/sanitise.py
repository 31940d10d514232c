"""HTML that a cell displayed, made fit for a page: no scripts, handlers, frames or addresses that run code.

Keeps everything else (tables, styles of elements). Does not repair broken nesting beyond closing what it opened.
Invariant: the result holds no `<script>`, no `on…=`, no `javascript:`.
"""

from __future__ import annotations

import re
from html import escape
from html.parser import HTMLParser

_DROPPED = frozenset(
    {"script", "style", "iframe", "object", "embed", "frame", "frameset", "applet", "noscript", "template"}
)
_DROPPED_VOID = frozenset({"link", "meta", "base", "html", "body", "head", "form"})
_VOID = frozenset({"br", "hr", "img", "input", "col", "source", "track", "wbr", "area"})
_ADDRESSES = frozenset({"href", "src", "action", "formaction", "poster", "data", "xlink:href", "srcset", "background"})
_NAME = re.compile(r"[A-Za-z_:][\w:.-]*\Z")
_BAD_STYLE = re.compile(r"url\s*\(|expression|javascript|@import|behavior|position\s*:\s*fixed", re.IGNORECASE)


class _Cleaner(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self.open: list[str] = []
        self.dropping = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _DROPPED:
            self.dropping += 1
        elif not self.dropping and tag == "img" and (link := _foreign_picture(attrs)):
            self.out.append(link)
        elif not self.dropping and tag not in _DROPPED_VOID and _NAME.match(tag):
            self.out.append(f"<{tag}{''.join(_attribute(n, v) for n, v in attrs)}>")
            if tag not in _VOID:
                self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _DROPPED or tag in _DROPPED_VOID:
            return
        self.handle_starttag(tag, attrs)
        if tag not in _VOID and self.open and self.open[-1] == tag and not self.dropping:
            self.open.pop()
            self.out.append(f"</{tag}>")

    def handle_endtag(self, tag: str) -> None:
        if tag in _DROPPED:
            self.dropping = max(0, self.dropping - 1)
        elif not self.dropping and tag in self.open:
            while self.open:
                last = self.open.pop()
                self.out.append(f"</{last}>")
                if last == tag:
                    break

    def handle_data(self, data: str) -> None:
        if not self.dropping:
            self.out.append(escape(data, quote=False))


def _foreign_picture(attrs: list[tuple[str, str | None]]) -> str:
    """Return a link to a picture on another server, of which a page asks nothing; empty for any other picture."""
    values = {name: value or "" for name, value in attrs}
    src = values.get("src", "").strip()
    if not src.lower().startswith(("http:", "https:", "//")):
        return ""
    address = "https:" + src if src.startswith("//") else src
    return f'<a href="{escape(address)}">{escape(values.get("alt") or src, quote=False)}</a>'


def _attribute(name: str, value: str | None) -> str:
    if name.startswith("on") or not _NAME.match(name) or name in ("srcdoc", "ping"):
        return ""
    text = value or ""
    if name in _ADDRESSES and not _is_safe(text, is_link=name == "href"):
        return ""
    if name == "style" and _BAD_STYLE.search(text):
        return ""
    return f" {name}" if value is None else f' {name}="{escape(text)}"'


def _is_safe(address: str, *, is_link: bool) -> bool:
    text = re.sub(r"[\x00-\x20]+", "", address).lower()
    scheme, colon, _ = text.partition(":")
    if not colon or "/" in scheme or "#" in scheme or "?" in scheme:
        return not text.startswith("//")
    is_picture = text.startswith("data:image/") and not text.startswith("data:image/svg")
    return scheme == "mailto" or is_picture or (scheme in ("http", "https") and is_link)


def sanitise(html: str) -> str:
    """Return ``html`` without what could run code or fetch from elsewhere (links may lead there)."""
    cleaner = _Cleaner()
    cleaner.feed(html)
    cleaner.close()
    return "".join(cleaner.out) + "".join(f"</{tag}>" for tag in reversed(cleaner.open))
