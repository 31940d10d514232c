"""Animations: a still picture, and the moving one behind a disclosure: it plays, stops and loads without a script."""

from __future__ import annotations

from xaisite.model.result import Figure
from xaisite.render.body.pictures import image_tag
from xaisite.render.body.writer import Writer


def animation_html(
    w: Writer, figure: Figure, still: str, *, alt: str, size: tuple[int, int], renderings: tuple[str, ...]
) -> str:
    """Return the still figure with its animation; a browser fetches the latter when it is opened."""
    themes = [("light", figure.moving[0]), *([("dark", figure.moving[1])] if len(figure.moving) > 1 else [])]
    shown = [one for one in themes if one[0] in renderings] or themes[:1]
    pictures = "".join(
        image_tag(w.context.media_href(media), alt, size, classes=f"only-{theme}" if len(shown) > 1 else "")
        for theme, media in shown
    )
    return f'<div class="animation">{still}<details><summary>{w.word("Play")}</summary>{pictures}</details></div>'
