"""Share images: size, bytes, whatever the title."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from xaisite.export.share_image import find_fonts, make_share_image, wrap_title
from xaisite.model.export import ShareImage

IMAGE = ShareImage("Shapley values, or how to share the credit", "A guide", "Ann Smith · 4 February 2026")
CODE = """
import hashlib, sys
from xaisite.export.share_image import make_share_image
from xaisite.model.export import ShareImage
data = make_share_image(ShareImage("Shapley values, or how to share the credit", "A guide", "Ann Smith · 4 February 2026"))
assert "matplotlib" not in sys.modules and "numpy" not in sys.modules
print(hashlib.sha256(data).hexdigest())
"""


def opened(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


def test_size_and_kind() -> None:
    data = make_share_image(IMAGE)
    picture = opened(data)
    assert (picture.format, picture.size) == ("PNG", (1200, 630))
    assert picture.info.keys() <= {"transparency"}
    assert len(data) < 60_000
    colors = opened(data).convert("RGB").getcolors(1 << 20)
    assert colors is not None
    assert len(colors) > 10  # something is drawn


def test_same_bytes_in_another_process_place_and_zone(tmp_path: Path) -> None:
    env = {**os.environ, "TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    done = subprocess.run(
        [sys.executable, "-c", CODE], env=env, cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == sha256(make_share_image(IMAGE)).hexdigest()


def test_a_picture_is_shown() -> None:
    buffer = io.BytesIO()
    Image.new("RGBA", (300, 900), (255, 0, 0, 255)).save(buffer, "PNG")
    shown = opened(make_share_image(ShareImage("T", "S", "", buffer.getvalue()))).convert("RGB")
    assert shown.getpixel((1000, 315)) == (255, 0, 0)


@pytest.mark.parametrize("broken", [b"", b"no picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 40])
def test_a_broken_picture_is_left_out(broken: bytes) -> None:
    assert opened(make_share_image(ShareImage("T", "S", "", broken))).size == (1200, 630)


@settings(max_examples=15, deadline=None)
@given(st.text(max_size=400), st.text(max_size=200))
def test_any_title(title: str, line: str) -> None:
    assert opened(make_share_image(ShareImage(title, "S", line))).size == (1200, 630)


def test_lines_fit() -> None:
    from PIL import ImageFont

    font = ImageFont.truetype(str(find_fonts() / "DejaVuSans-Bold.ttf"), 60)
    title = "A rather long title with a Donaudampfschifffahrtsgesellschaftskapitänsmütze in it"
    lines = wrap_title(title, font, 700)
    assert all(font.getlength(line) <= 700 for line in lines)
    assert "".join(lines).replace(" ", "") == title.replace(" ", "")
