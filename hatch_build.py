"""Puts KaTeX into the wheel, so that an installed xaisite needs neither Node nor a network.

KaTeX comes from npm (`npm ci --ignore-scripts`, versions and hashes in package-lock.json) and is not committed.
Editable installs use `node_modules` where it is and need nothing here.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

VENDOR = "xaisite/math/vendor/katex"


class KatexHook(BuildHookInterface):  # type: ignore[type-arg]
    """Adds KaTeX's files to a standard wheel; fails when they were not fetched or are of another version."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name the files for the wheel; hatchling calls this before it builds."""
        if self.target_name != "wheel" or version == "editable":
            return
        root = Path(self.root)
        build_data["force_include"].update(katex_files(root))


def katex_files(root: Path) -> dict[str, str]:
    """Return {file: its place in the wheel} for all of KaTeX that xaisite uses."""
    packed = root / VENDOR  # an unpacked wheel, or a second build from one
    katex = root / "node_modules" / "katex"
    if not (katex / "package.json").is_file():
        if (packed / "package.json").is_file():
            return {}
        raise SystemExit(
            f"KaTeX is missing: {katex} does not exist.\n"
            "Run `npm ci --ignore-scripts` (or `make setup`) before building the wheel."
        )
    _check_version(root, katex)
    dist = katex / "dist"
    names = ["katex.min.js", "katex.min.css", "contrib/mhchem.min.js", "contrib/copy-tex.min.js"]
    names += sorted(f"fonts/{font.name}" for font in (dist / "fonts").glob("*.woff2"))
    files = {str(dist / name): f"{VENDOR}/{name}" for name in names}
    files |= {str(katex / name): f"{VENDOR}/{name}" for name in ("LICENSE", "package.json")}
    missing = sorted(source for source in files if not Path(source).is_file())
    if missing or not any("/fonts/" in place for place in files.values()):
        raise SystemExit(
            f"KaTeX is incomplete ({', '.join(missing) or 'no fonts'}): run `npm ci --ignore-scripts` again."
        )
    return files


def _check_version(root: Path, katex: Path) -> None:
    found = json.loads((katex / "package.json").read_text("utf-8"))["version"]
    lock = json.loads((root / "package-lock.json").read_text("utf-8"))
    wanted = lock["packages"]["node_modules/katex"]["version"]
    if found != wanted:
        raise SystemExit(f"KaTeX {found} is installed, {wanted} is locked: run `npm ci --ignore-scripts`.")
