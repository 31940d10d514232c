"""Several images and their maps, two pairs side by side.

Invariant: one colour scale for all, symmetric and centred at zero where maps have signs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from xaisite.explain.displays.canvas import clear, draw_colour_bar, house_style, make_figure, show_picture
from xaisite.explain.displays.lettering import LINE, fold
from xaisite.explain.displays.map import draw_map, flat_map, is_signed, locate, robust_limit
from xaisite.explain.libraries import load_library
from xaisite.explain.palette import ThemeName, find_theme
from xaisite.explain.verdict import shown

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from xaisite.explain.explanation import Explanation

MOST = 12
PAIRS = 2


def _parts(e: Explanation) -> tuple[Explanation, ...]:
    return tuple(e.extra["each"])


@house_style
def render_figure(e: Explanation, theme: ThemeName) -> Figure:
    """Input and map of each image, with its number and the model's output."""
    colours, parts = find_theme(theme), _parts(e)[:MOST]
    down = -(-len(parts) // PAIRS)
    rows, columns = flat_map(parts[0]).shape
    tall = rows / columns
    height = down * (1.25 * tall + LINE + 0.15) + 0.8 + LINE
    figure, axes = make_figure(colours, height, nrows=down, ncols=2 * PAIRS, squeeze=False)
    limit = max(robust_limit(flat_map(part)) for part in parts)
    image: Any = None
    panels = axes.ravel()
    for number, part in enumerate(parts):
        left, right = panels[2 * number], panels[2 * number + 1]
        if part.data is not None:
            show_picture(left, part.data)
        left.set_xlabel(f"image {number + 1}")
        image = draw_map(right, part, theme, limit=limit)
        if part.prediction is not None:
            right.set_xlabel(fold(f"→ {shown(float(part.prediction[0]))}", 1.2, 1))
    for panel in panels[2 * len(parts) :]:
        clear(panel)
        panel.set_visible(False)
    figure.suptitle(fold(e.target, 5.0), color=colours.text)
    draw_colour_bar(figure, image, axes, colours, e.extra.get("unit", e.scale))
    return figure


def render_alt(e: Explanation) -> str:
    """Where each of the first maps is strongest."""
    parts = _parts(e)
    said = [f"image {n + 1} {locate(np.abs(flat_map(part)))}" for n, part in enumerate(parts[:4])]
    more = f"; {len(parts) - 4} more" if len(parts) > 4 else ""
    signs = "signed maps" if is_signed(e) else "maps"
    return f"{len(parts)} images and their {signs} for {e.target}; weight is centred: {', '.join(said)}{more}."


def render_table(e: Explanation) -> pd.DataFrame:
    """One line per image."""
    rows = []
    for number, part in enumerate(_parts(e)):
        values = flat_map(part)
        peak = np.unravel_index(int(np.abs(values).argmax()), values.shape)
        output = float("nan") if part.prediction is None else float(part.prediction[0])
        raised, lowered = float(np.maximum(values, 0).sum()), float(np.minimum(values, 0).sum())
        rows.append((number + 1, output, raised, lowered, int(peak[0]) + 1, int(peak[1]) + 1))
    frame: pd.DataFrame = load_library("pandas").DataFrame(
        rows, columns=["image", "output", "positive", "negative", "strongest row", "strongest column"]
    )
    return frame
