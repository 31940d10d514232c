"""Theme files and KaTeX's style sheet and fonts, under hashed names."""

from __future__ import annotations

from collections.abc import Mapping

from xaisite.core.digest import digest_bytes, digest_parts
from xaisite.model.output import Blob
from xaisite.pipeline.inputs import SiteInputs

KATEX_CSS = "katex.css"


def asset_addresses(inputs: SiteInputs) -> dict[str, str]:
    """Return theme file → address. A JavaScript module's name covers all modules, since they import one another."""
    scripts = digest_parts(f"{n}={d}" for n, (_, d) in sorted(inputs.theme_files.items()) if n.endswith(".js"))
    addresses = {
        name: f"/_x/{scripts[:12]}/{name}" if name.endswith(".js") else _hashed(name, digest)
        for name, (_, digest) in inputs.theme_files.items()
    }
    addresses[KATEX_CSS] = _hashed(KATEX_CSS, _katex_digest())
    return addresses


def _katex_digest() -> str:
    """Return a digest for the name of the style sheet; the fonts belong to the same release."""
    from xaisite.math.assets import load_assets

    return digest_parts(["1", load_assets().read_css(lambda name: name)])


def asset_blobs(inputs: SiteInputs, addresses: Mapping[str, str]) -> dict[str, Blob]:
    """Return the files to publish."""
    blobs = {
        addresses[name].lstrip("/"): Blob(digest, str(path)) for name, (path, digest) in inputs.theme_files.items()
    }
    return {**blobs, **_katex(addresses[KATEX_CSS])}


def _katex(css_address: str) -> dict[str, Blob]:
    from xaisite.math.assets import load_assets

    assets = load_assets()
    blobs: dict[str, Blob] = {}
    names: dict[str, str] = {}
    for path in assets.fonts:
        data = path.read_bytes()
        digest = digest_bytes(data)
        names[path.name] = _hashed(path.name, digest).rpartition("/")[2]
        blobs[f"_x/{names[path.name]}"] = Blob(digest, data)
    css = assets.read_css(lambda name: names[name.rpartition("/")[2]]).encode()
    return {**blobs, css_address.lstrip("/"): Blob(digest_bytes(css), css)}


def _hashed(name: str, digest: str) -> str:
    stem, dot, ending = name.rpartition(".")
    return f"/_x/{stem}.{digest[:12]}{dot}{ending}"
