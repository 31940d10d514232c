"""Superpixels.

What it does: cuts an image into segments, by a grid or by SLIC. It deliberately offers both: SLIC follows what is
large and misses small artefacts. Invariant: segments are numbered 0 … k−1 without gaps.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from xaisite.explain.errors import ExplainError
from xaisite.explain.libraries import load_library

Segments = npt.NDArray[np.intp]


def make_segments(
    image: Any, *, kind: Literal["grid", "slic"] = "grid", count: int = 16, channels_first: bool | None = None
) -> Segments:
    """Cut an image into about ``count`` segments.

    Parameters
    ----------
    image : array or tensor of shape (H, W), (H, W, C) or (C, H, W)
    kind : {"grid", "slic"}
        ``"slic"``: Achanta et al. (2012), compactness 10.
    count : int
    channels_first : bool, optional
        Default: whether the first axis is 1 or 3 long and the last is not.

    Returns
    -------
    ndarray of int, shape (H, W)

    Examples
    --------
    >>> import numpy as np
    >>> from xaisite import explain
    >>> explain.make_segments(np.zeros((4, 4)), count=4)
    array([[0, 0, 1, 1],
           [0, 0, 1, 1],
           [2, 2, 3, 3],
           [2, 2, 3, 3]])
    """
    from xaisite.explain.pictures import read_picture

    shape = tuple(image.shape)
    first = (
        channels_first
        if channels_first is not None
        else len(shape) == 4 or (len(shape) == 3 and shape[0] in (1, 3) and shape[-1] not in (1, 3))
    )
    values = read_picture(image, channels_first=first).values
    height, width = values.shape[1:]
    if not 1 <= count <= height * width:
        raise ExplainError(f"{count} segments do not fit an image of {height} × {width} pixels.", "pass count=16.")
    if kind == "grid":
        down = min(max(1, round(np.sqrt(count * height / width))), height)
        across = min(max(1, round(count / down)), width)
        return np.asarray(np.arange(height)[:, None] * down // height * across + np.arange(width) * across // width)
    if kind != "slic":
        raise ExplainError(f"There is no kind of segments {kind!r}.", 'use "grid" or "slic".')
    from xaisite.explain.displays.canvas import as_displayable

    shown = as_displayable(values)
    found = load_library("skimage.segmentation").slic(
        shown,
        n_segments=count,
        compactness=10 if shown.ndim == 3 else 0.1,
        start_label=0,
        channel_axis=-1 if shown.ndim == 3 else None,
    )
    return number_segments(found, (height, width))


def number_segments(segments: Any, shape: tuple[int, int]) -> Segments:
    """Check a segmentation and close the gaps in its numbers."""
    given = np.asarray(segments)
    if given.shape != shape or given.dtype.kind not in "iu":
        raise ExplainError(
            f"segments has shape {given.shape} and type {given.dtype}; the image is {shape}.",
            "pass whole numbers of the image's height and width, as make_segments gives them.",
        )
    _, numbered = np.unique(given, return_inverse=True)
    return np.asarray(numbered.reshape(shape))
