"""Matplotlib's list of fonts, made once per environment: bundled ones only, so that figures are the same everywhere.

Does not import matplotlib in this process. Invariant: sessions find the list ready, and may not change it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping

_MAKE = """
import os, matplotlib
from matplotlib import font_manager as fonts
plain = fonts.findSystemFonts
fonts.findSystemFonts = lambda fontpaths=None, fontext="ttf": plain(fontpaths, fontext) if fontpaths else []
made = fonts.FontManager()
fonts.json_dump(made, os.path.join(matplotlib.get_cachedir(), f"fontlist-v{fonts.FontManager.__version__}.json"))
"""
_LIMIT_S = 120.0


def has_fonts(environ: Mapping[str, str], version: str) -> bool:
    """Whether this version's list of fonts is there (where matplotlib is not installed none is needed)."""
    return not version or os.path.exists(_mark_of(environ, version))


def prepare_fonts(environ: Mapping[str, str], version: str) -> None:
    """Make the list of fonts unless this version's is there."""
    os.makedirs(environ["MPLCONFIGDIR"], exist_ok=True)
    if has_fonts(environ, version):
        return
    made = subprocess.run(
        [sys.executable, "-P", "-s", "-c", _MAKE],
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=_LIMIT_S,
        check=False,
    )
    if made.returncode == 0:
        with open(_mark_of(environ, version), "w", encoding="ascii"):
            pass


def _mark_of(environ: Mapping[str, str], version: str) -> str:
    """Return the file that says that the list is whole."""
    return os.path.join(environ["MPLCONFIGDIR"], f"ready-{version}")
