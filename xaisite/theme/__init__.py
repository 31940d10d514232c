"""The default theme: templates, style sheet, scripts and icons, as package data.

Only says where they lie. It reads none of them and imports nothing of xaisite: `render` and `write` do the reading.
Invariant: a page made with the theme asks nothing of another server and reads fully without JavaScript.
"""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable


def theme_folder() -> Traversable:
    """Return the folder that holds `templates/` (Jinja) and `static/` (CSS, JavaScript, icons)."""
    return files(__name__)
