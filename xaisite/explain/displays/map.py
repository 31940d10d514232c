"""Pixel and segment maps: the image, and the map over its faded copy.

Invariant: one symmetric colour scale centred at zero; maps without sign use the unsigned colours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from xaisite.explain.displays.canvas import as_displayable, clear, draw_colour_bar, house_style, make_figure
from xaisite.explain.displays.lettering import fold
from xaisite.explain.libraries import load_library
from xaisite.explain.palette import ThemeName, find_theme, make_plain_map, make_signed_map

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from xaisite.explain.explanation import Explanation


def flat_map(e: Explanation) -> np.ndarray:
    """(H, W): channels summed; segment values spread over their pixels."""
    if "segments" in e.extra:
        return np.asarray(e.values.ravel()[np.asarray(e.extra["segments"], dtype=int)])
    return e.values.sum(axis=0) if e.values.ndim == 3 else e.values


def is_signed(e: Explanation) -> bool:
    """Whether the map can be negative at all."""
    return bool(e.extra.get("signed", True))


@house_style
def render_figure(e: Explanation, theme: ThemeName) -> Figure:
    """Image left, map right."""
    colours = find_theme(theme)
    figure, axes = make_figure(colours, 3.7, ncols=2)
    if e.data is not None:
        shown_image = as_displayable(e.data)
        axes[0].imshow(shown_image, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
    axes[0].set_title("input")
    clear(axes[0])
    image = draw_map(axes[1], e, theme)
    axes[1].set_title(fold(e.target, 2.4))
    draw_colour_bar(figure, image, axes, colours, e.extra.get("unit", e.scale))
    return figure


def draw_map(axes: Any, e: Explanation, theme: ThemeName, *, limit: float | None = None) -> Any:
    """Draw the map with the image's outlines under it."""
    colours, values = find_theme(theme), flat_map(e)
    limit = robust_limit(values) if limit is None else limit
    cmap = make_signed_map(colours) if is_signed(e) else make_plain_map(colours)
    image = axes.imshow(values, cmap=cmap, vmin=-limit if is_signed(e) else 0, vmax=limit, interpolation="nearest")
    if e.data is not None:
        picture = as_displayable(e.data)
        grey = picture if picture.ndim == 2 else picture.mean(axis=2)
        if grey.shape == values.shape:
            axes.imshow(grey, cmap="gray", vmin=0, vmax=1, alpha=0.22, interpolation="nearest")
    clear(axes)
    return image


def robust_limit(values: np.ndarray) -> float:
    """Return the 99.5th percentile of sizes: one bright pixel must not blacken the rest."""
    sizes = np.abs(values)
    return max(float(np.quantile(sizes, 0.995)), float(sizes.max()) * 1e-3) or 1.0


def _where(row: float, column: float) -> str:
    vertical = "top" if row < 1 / 3 else "bottom" if row > 2 / 3 else "middle"
    horizontal = "left" if column < 1 / 3 else "right" if column > 2 / 3 else "centre"
    return "the centre" if (vertical, horizontal) == ("middle", "centre") else f"the {vertical} {horizontal}"


def locate(mass: np.ndarray) -> str:
    """Return in words where the weight of a map without negative numbers is centred."""
    rows, columns = np.indices(mass.shape)
    whole = max(float(mass.sum()), 1e-300)
    return _where(
        float((rows * mass).sum() / whole) / max(mass.shape[0] - 1, 1),
        float((columns * mass).sum() / whole) / max(mass.shape[1] - 1, 1),
    )


def render_alt(e: Explanation) -> str:
    """Where the mass of each sign lies, and how concentrated it is."""
    values = flat_map(e)
    said = [_describe(values, "raising" if is_signed(e) else "marked", sign=1)]
    if is_signed(e) and (values < 0).any():
        said.append(_describe(values, "lowering", sign=-1))
    return f"Input image and map for {e.target}. {' '.join(text for text in said if text)}"


def _describe(values: np.ndarray, word: str, *, sign: int) -> str:
    mass = np.maximum(sign * values, 0)
    if mass.sum() <= 0:
        return f"No pixel is {word}." if word == "marked" else f"Nothing is {word} the output."
    top = np.sort(mass.ravel())[::-1]
    share = top[: max(1, len(top) // 10)].sum() / top.sum()
    where = locate(mass)
    peak = np.unravel_index(int(mass.argmax()), mass.shape)
    subject = "Marked" if word == "marked" else f"Pixels {word} the output"
    return (
        f"{subject}: centred on {where}, strongest at row {peak[0] + 1}, column {peak[1] + 1} of "
        f"{values.shape[0]} × {values.shape[1]}; a tenth of the area holds {share:.0%} of it."
    )


def render_table(e: Explanation) -> pd.DataFrame:
    """Segments, or the sum of each ninth of the image."""
    pandas = load_library("pandas")
    if "segments" in e.extra:
        flat = e.values.ravel()
        order = np.argsort(-np.abs(flat), kind="stable")
        sizes = np.bincount(np.asarray(e.extra["segments"], dtype=int).ravel(), minlength=len(flat))
        columns = {"segment": order, "value": flat[order], "pixels": sizes[order]}
        if e.errors is not None:
            columns["standard error"] = e.errors.ravel()[order]
        frame: pd.DataFrame = pandas.DataFrame(columns)
        return frame
    values = flat_map(e)
    rows = []
    for vertical, band in zip(("top", "middle", "bottom"), np.array_split(values, 3), strict=True):
        for horizontal, part in zip(("left", "centre", "right"), np.array_split(band, 3, axis=1), strict=True):
            rows.append(
                (f"{vertical} {horizontal}", float(np.maximum(part, 0).sum()), float(np.minimum(part, 0).sum()))
            )
    ninths: pd.DataFrame = pandas.DataFrame(rows, columns=["part of the image", "positive", "negative"])
    return ninths
