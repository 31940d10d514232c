"""Sites for tests: real folders, real builds."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

SITE_TOML = '[site]\ntitle = "Test site"\nbase_url = "https://example.org/guide/"\n'


def write_site(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files below ``root``; a site.toml is added when there is none."""
    for name, content in {"site.toml": SITE_TOML, "content/index.md": "---\ntitle: Home\n---\n", **files}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(content, encoding="utf-8")
    return root


def read_tree(folder: Path) -> dict[str, bytes]:
    """Return every file below ``folder`` by relative path."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
