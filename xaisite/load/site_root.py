"""Where a site begins: the nearest folder upwards that holds a site.toml."""

from __future__ import annotations

from pathlib import Path

CONFIG_NAME = "site.toml"


def find_site_root(start: Path) -> Path | None:
    """Return ``start``, or the nearest folder above it, that holds a `site.toml`; None when there is none."""
    here = start.resolve()
    for folder in (here, *here.parents):
        if (folder / CONFIG_NAME).is_file():
            return folder
    return None
