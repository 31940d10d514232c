"""Text as XML may hold it."""

from __future__ import annotations

import re
from html import escape

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]|[\ud800-\udfff\ufffe\uffff]")  # one wide set compiles slowly


def xml_text(text: str) -> str:
    """Return ``text`` escaped for element content and double-quoted attributes, without characters that XML forbids."""
    return escape(_FORBIDDEN.sub("", text), quote=False).replace('"', "&quot;")


def element(name: str, text: str = "", **attributes: str) -> str:
    """Return an element; attributes without a value are left out."""
    given = "".join(f' {key}="{xml_text(value)}"' for key, value in attributes.items() if value)
    return f"<{name}{given}>{xml_text(text)}</{name}>" if text else f"<{name}{given}/>"
