"""Pictures alone in their paragraph, with a caption or a label, are figures. Does not look at files."""

from __future__ import annotations

from markdown_it.token import Token

from xaisite.parse.found import Found
from xaisite.parse.inline_html import inline_text


def find_figure(here: Found, inline: Token) -> Token | None:
    """Return a figure's token when a picture with a caption or a label is all there is in a paragraph."""
    children = [c for c in inline.children or [] if not (c.type == "text" and not c.content.strip())]
    if len(children) != 1 or children[0].type != "image":
        return None
    image = children[0]
    attributes = image.meta["attributes"]
    label = attributes.id if attributes else ""
    if not image.children and not label and not here.media[image.meta["ordinal"]].other_figure[0]:
        return None
    if label.startswith("fig-"):
        here.add_label(label, "fig", attributes.span or image.meta["span"], title=inline_text(image.children or []))
    elif label:
        here.add_named(label, attributes.span or image.meta["span"])
    figure = Token("figure", "figure", 0, block=True, children=image.children, attrs=image.attrs)
    figure.meta = {**image.meta, "label": label}
    return figure
