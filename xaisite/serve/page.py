"""What the preview adds to a page on its way to the browser, and the pages it has of its own.

Invariant: text of the author or of an error appears escaped; nothing here is ever written to disk.
"""

from __future__ import annotations

from html import escape
from importlib.resources import files

from xaisite.serve.live import State

PREFIX = "/_xaisite/"
"""Addresses of the preview itself; no site has one, since the writer's hashed files are under `/_x/`."""
SCRIPT = f"{PREFIX}live.js"
EVENTS = f"{PREFIX}events"


def add_script(html: bytes, state: State) -> bytes:
    """Return a page with the script that keeps it up to date, before the end of its body."""
    tag = f'<script src="{SCRIPT}?build={state.build}" defer></script>'.encode("ascii")
    at = html.lower().rfind(b"</body")
    return html + tag if at < 0 else html[:at] + tag + html[at:]


def load_script() -> bytes:
    """Return the script."""
    return files("xaisite.serve").joinpath("live.js").read_bytes()


def render_page(title: str, text: str) -> bytes:
    """Return a page that says ``text``."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{escape(title)}</title></head><body><h1>{escape(title)}</h1>"
        f'<pre tabindex="0">{escape(text)}</pre></body></html>'
    ).encode()
