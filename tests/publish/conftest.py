"""A built site, made by the real writer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from xaisite.core.digest import digest_bytes
from xaisite.model.output import Blob
from xaisite.write.generation import write_generation
from xaisite.write.observe import observe_output

SITE = {
    "index.html": b"<p>home",
    "a/index.html": b"a\r\n",
    "_x/style.css": b"css",
    'odd "name" é.txt': b"\x00\xff",
    "empty.txt": b"",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    folder.mkdir()
    return folder


@pytest.fixture
def build(root: Path) -> Callable[..., str]:
    """Return a function that builds the site with changes (None deletes) and returns its output folder."""

    def make(**changes: bytes | None) -> str:
        site = {
            k: v for k, v in (SITE | {k.replace("__", "/"): v for k, v in changes.items()}).items() if v is not None
        }
        output = str(root / "build")
        blobs = {a: Blob(digest_bytes(d), d) for a, d in site.items()}
        write_generation(output, blobs, observe_output(output))
        return output

    return make
