"""How much of a picture changed. Pillow is imported when two pictures are there to be held against each other."""

from __future__ import annotations

import io


def share_of_changes(old: bytes, new: bytes) -> float | None:
    """Return the share of pixels that differ; None where that cannot be said (other sizes, broken pictures)."""
    from PIL import Image, ImageChops

    try:
        one, two = (Image.open(io.BytesIO(data)).convert("RGB") for data in (old, new))
    except (OSError, ValueError):
        return None
    if one.size != two.size:
        return None
    red, green, blue = ImageChops.difference(one, two).split()
    same = ImageChops.lighter(ImageChops.lighter(red, green), blue).histogram()[0]
    return float(1 - same / (one.size[0] * one.size[1]))
