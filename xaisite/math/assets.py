"""Where KaTeX is: inside the installed package, or in a checkout's `node_modules`.

Does not rename or publish anything: whoever publishes the fonts gives their addresses to `read_css`. Invariant: styles,
fonts and script come from one and the same release of KaTeX (its class names change between releases).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

from xaisite.core.errors import MachineError
from xaisite.core.record import record

_HERE = Path(__file__).resolve().parent
_FONT_URL = re.compile(r"url\(fonts/(?P<name>[\w-]+\.woff2)\)")
_OLD_FONT = re.compile(r",url\(fonts/[\w-]+\.(?:woff|ttf)\) format\(\"?(?:woff|truetype)\"?\)")


@record
class KatexAssets:
    """The files of one release of KaTeX below `folder` (`dist`'s layout, with `LICENSE` and `package.json`)."""

    folder: Path
    root: Path
    """Where `LICENSE` and `package.json` lie."""

    @cached_property
    def version(self) -> str:
        """Release, such as `0.19.1`."""
        return str(json.loads((self.root / "package.json").read_text("utf-8"))["version"])

    @property
    def script(self) -> Path:
        """KaTeX itself, for V8."""
        return self.folder / "katex.min.js"

    @property
    def chemistry(self) -> Path:
        r"""The extension for `\ce` and `\pu`."""
        return self.folder / "contrib" / "mhchem.min.js"

    @property
    def copy_script(self) -> Path:
        """Browser script: copying a formula gives its TeX."""
        return self.folder / "contrib" / "copy-tex.min.js"

    @property
    def licence(self) -> Path:
        """KaTeX's licence, to be published with it."""
        return self.root / "LICENSE"

    @property
    def fonts(self) -> tuple[Path, ...]:
        """The woff2 fonts, sorted by name."""
        return tuple(sorted((self.folder / "fonts").glob("*.woff2")))

    def read_css(self, font_url: Callable[[str], str]) -> str:
        """Return the style sheet with the address of each font as `font_url(file name)` says; woff2 only."""
        text = (self.folder / "katex.min.css").read_text("utf-8")
        return _FONT_URL.sub(lambda m: f"url({font_url(m['name'])})", _OLD_FONT.sub("", text))


def find_assets(places: tuple[Path, ...] | None = None) -> KatexAssets | None:
    """Return KaTeX from the first place that has it (default: package data, then the checkout), or None."""
    for root, folder in places_of(_HERE) if places is None else ((p, p) for p in places):
        if (folder / "katex.min.js").is_file():
            return KatexAssets(folder, root)
    return None


def load_assets() -> KatexAssets:
    """Return KaTeX; raise `MachineError` when it was never fetched."""
    found = find_assets()
    if found is None:
        raise MachineError("KaTeX is missing: run `npm ci --ignore-scripts` in the checkout, as `make build` does")
    return found


def places_of(here: Path) -> tuple[tuple[Path, Path], ...]:
    """Return (root, folder with `katex.min.js`) of every place where KaTeX may be, best first."""
    vendor = here / "vendor" / "katex"
    npm = here.parents[1] / "node_modules" / "katex"
    return ((vendor, vendor), (npm, npm / "dist"))
