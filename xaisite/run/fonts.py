"""Matplotlib's list of fonts, made once per environment: bundled ones only, so that figures are the same everywhere.

Does not import matplotlib in this process. Invariant: sessions find the list ready, and may not change it.
"""

from __future__ import annotations

import os
import subprocess
import sys

_MAKE = """
import os, matplotlib
from matplotlib import font_manager as fonts
plain = fonts.findSystemFonts
fonts.findSystemFonts = lambda fontpaths=None, fontext="ttf": plain(fontpaths, fontext) if fontpaths else []
made = fonts.FontManager()
fonts.json_dump(made, os.path.join(matplotlib.get_cachedir(), f"fontlist-v{fonts.FontManager.__version__}.json"))
"""
_LIMIT_S = 120.0


def prepare_fonts(environ: dict[str, str], version: str) -> None:
    """Make the list of fonts unless this version's is there (where matplotlib is not installed nothing happens)."""
    folder = environ["MPLCONFIGDIR"]
    os.makedirs(folder, exist_ok=True)
    done = os.path.join(folder, f"ready-{version}")
    if not version or os.path.exists(done):
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
        with open(done, "w", encoding="ascii"):
            pass
