"""Sizes of pictures, so that a page can reserve their room before they arrive."""

from __future__ import annotations

import re
import warnings
from pathlib import Path

PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".svg", ".bmp")

_SVG_TAG = re.compile(rb"<svg\b[^>]*>", re.S)
_CSS_PX = {b"": 1.0, b"px": 1.0, b"pt": 4 / 3, b"in": 96.0, b"cm": 96 / 2.54, b"mm": 9.6 / 2.54, b"pc": 16.0}


def load_image_size(path: Path) -> tuple[int, int]:
    """Return width and height of a picture in CSS pixels; (0, 0) when they cannot be told."""
    try:
        if path.suffix.lower() == ".svg":
            return read_svg_size(path.read_bytes()[:65536])
        from PIL import Image

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path) as picture:
                return picture.size
    except (OSError, ValueError, SyntaxError):
        return (0, 0)


def read_svg_size(data: bytes) -> tuple[int, int]:
    """Return the size that an SVG asks for: its width and height, else its view box."""
    found = _SVG_TAG.search(data)
    if found is None:
        return (0, 0)
    tag = found.group(0)
    width, height = _length(tag, b"width"), _length(tag, b"height")
    if width and height:
        return (round(width), round(height))
    box = re.search(rb"viewBox\s*=\s*[\"']([^\"']+)[\"']", tag)
    numbers = box.group(1).replace(b",", b" ").split() if box else []
    try:
        return (round(float(numbers[2])), round(float(numbers[3]))) if len(numbers) == 4 else (0, 0)
    except ValueError:
        return (0, 0)


def _length(tag: bytes, name: bytes) -> float:
    found = re.search(rb"\s" + name + rb"\s*=\s*[\"']\s*([0-9.]+)\s*([a-z]*)\s*[\"']", tag)
    if found is None or found.group(2) not in _CSS_PX:
        return 0.0
    try:
        return float(found.group(1)) * _CSS_PX[found.group(2)]
    except ValueError:
        return 0.0
