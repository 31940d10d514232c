"""Pictures with their sizes, and figures around them."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from markdown_it.token import Token

from xaisite.core.size import read_pixels
from xaisite.model.body import ResolvedMedia
from xaisite.model.columns import column_classes
from xaisite.model.nodes import Attributes
from xaisite.render.body.citations import title_html
from xaisite.render.body.writer import Rule, Writer, attribute, make_fragment, text_of

_BODY_WIDTH_PX = 720  # what a percentage is of: the measure of the text column


def scaled_size(width: str, height: str, natural: tuple[int, int]) -> tuple[int, int]:
    """Return the size in CSS pixels that an author's `width` and `height` mean for a picture of a natural size."""
    w, h = read_pixels(width, _BODY_WIDTH_PX), read_pixels(height, 0)
    if not w and not h:
        return natural
    if natural[0] and natural[1]:
        w = w or round(h * natural[0] / natural[1])
        h = h or round(w * natural[1] / natural[0])
    return w, h


def image_tag(src: str, alt: str, size: tuple[int, int], *, classes: str = "", title: str = "", extra: str = "") -> str:
    """Return an `<img>` that never shifts what is below it."""
    width = f' width="{size[0]}"' if size[0] else ""
    height = f' height="{size[1]}"' if size[1] else ""
    return (
        f'<img{attribute("class", classes)} src="{escape(src)}"{width}{height} alt="{escape(alt)}"'
        f'{attribute("title", title)} loading="lazy" decoding="async"{extra}>'
    )


def find_media(w: Writer, ordinal: int, written: str) -> ResolvedMedia:
    """Return what a file of the post resolved to."""
    if ordinal < len(w.context.media) and w.context.media[ordinal].href:
        return w.context.media[ordinal]
    return ResolvedMedia(written)


def picture(w: Writer, token: Token, *, alt: str) -> str:
    """Return the picture (or video) of an image token."""
    attributes: Attributes = token.meta.get("attributes") or Attributes()
    media = find_media(w, token.meta["ordinal"], str(token.attrs.get("src", "")))
    size = scaled_size(
        attributes.values.get("width", ""), attributes.values.get("height", ""), (media.width_px, media.height_px)
    )
    use = w.outline.media[token.meta["ordinal"]] if token.meta["ordinal"] < len(w.outline.media) else None
    if use is not None and use.kind in ("video", "audio"):
        name = f'src="{escape(media.href)}" aria-label="{escape(alt)}"'
        return f'<{use.kind} {name} controls preload="metadata"></{use.kind}>'
    classes = " ".join(c for c in attributes.classes if not c.startswith(("column-", "l-")))
    title = str(token.attrs.get("title", ""))
    if media.dark_href:
        return image_tag(media.href, alt, size, classes=f"only-light {classes}".strip(), title=title) + image_tag(
            media.dark_href, alt, size, classes=f"only-dark {classes}".strip(), title=title
        )
    return image_tag(media.href, alt, size, classes=classes, title=title)


def _image(w: Writer, tokens: Sequence[Token], i: int) -> str:
    token = tokens[i]
    alt = token.meta.get("alt")
    return picture(w, token, alt=alt if alt is not None else text_of(token.children or ()))


def _figure(w: Writer, tokens: Sequence[Token], i: int) -> str:
    token = tokens[i]
    attributes: Attributes = token.meta.get("attributes") or Attributes()
    alt = token.meta.get("alt")
    caption = w.render(token.children or ())
    media = find_media(w, token.meta["ordinal"], "")
    if media.credit[0]:
        alt = alt if alt is not None else media.alt
        caption = f"{caption or title_html(w, media.caption)} {_credit(w, media)}".strip()
    columns = [c for c in column_classes(attributes.classes) if c.startswith("column-")] or ["column-body"]
    align = attributes.values.get("fig-align", "")
    classes = " ".join(["figure", *columns, *([f"align-{align}"] if align in ("left", "center", "right") else [])])
    body = picture(w, token, alt=alt if alt is not None else text_of(token.children or ()))
    label = token.meta.get("label", "")
    if w.grouped:
        below = _sub_caption(w, label, caption)
        span = f' style="--span:{w.spans.pop(0)}"' if w.spans else ""
        return f'<figure class="subfigure"{attribute("id", label)}{span}>{body}{below}</figure>\n'
    return figure_html(w, body, label=label, caption=caption, classes=classes)


def _credit(w: Writer, media: ResolvedMedia) -> str:
    """Return where another post's figure is from."""
    href, number, title = media.credit
    kind, _, count = number.partition(" ")
    shown = escape(f"{w.word(kind)} {count}", quote=False)
    return (
        f'<span class="figure-credit">(<a href="{escape(href)}">{shown}</a> {w.word("from")} '
        f"“{escape(title, quote=False)}”)</span>"
    )


def _sub_caption(w: Writer, label: str, caption: str) -> str:
    """Return `(a) caption`, the letter being the end of the label's number."""
    resolved = w.context.labels.get(label)
    letter = resolved.number.lstrip("0123456789.") if resolved else ""
    mark = f'<span class="subfigure-mark">({escape(letter)})</span> ' if letter else ""
    return f"<figcaption>{mark}{caption}</figcaption>" if mark or caption else ""


def _video(w: Writer, tokens: Sequence[Token], i: int) -> str:
    meta = tokens[i].meta
    title = str(meta["title"])
    if "link" in meta:
        href = w.link(meta["link"], w.outline.links[meta["link"]].href)
        return f'<a class="video-link" href="{escape(href)}">{escape(title, quote=False)}</a>'
    media = find_media(w, meta["ordinal"], w.outline.media[meta["ordinal"]].src)
    poster = ""
    if "poster" in meta:
        still = find_media(w, meta["poster"], w.outline.media[meta["poster"]].src)
        width, height = scaled_size(meta["width"], meta["height"], (still.width_px, still.height_px))
        poster = attribute("poster", still.href) + (f' width="{width}" height="{height}"' if width and height else "")
    track = ""
    if "captions" in meta:
        captions = find_media(w, meta["captions"], w.outline.media[meta["captions"]].src)
        track = f'<track kind="captions" src="{escape(captions.href)}" default>'
    name = f'src="{escape(media.href)}" aria-label="{escape(title)}"'
    return f'<video {name}{poster} controls preload="metadata">{track}</video>'


def figure_html(
    w: Writer,
    body: str,
    *,
    label: str,
    caption: str,
    classes: str,
    verdict: str = "",
    tools: str = "",
    tag_class: str = "",
) -> str:
    """Return a figure with its number, caption and tools."""
    return (
        f'<figure class="{escape(classes)}"{attribute("id", label)}>'
        f'<div class="{tag_class or "figure-body"}">{body}</div>'
        f"{caption_html(w, label, caption, verdict)}{tools}</figure>\n"
    )


def caption_html(w: Writer, label: str, caption: str, verdict: str = "") -> str:
    """Return a `<figcaption>`, or nothing when there is nothing to say."""
    resolved = w.context.labels.get(label) if label else None
    parts: list[str] = []
    if resolved is not None and resolved.number:
        kind = f"{w.word(resolved.kind_name)} " if resolved.kind_name else ""
        number = escape(f"{kind}{resolved.number}", quote=False)
        parts.append(f'<a class="figure-number" href="{escape(make_fragment(label))}">{number}</a>')
    if caption:
        parts.append(f'<span class="figure-caption">{caption}</span>')
    if verdict:
        parts.append(f'<span class="figure-verdict">{escape(verdict, quote=False)}</span>')
    return f"<figcaption>{' '.join(parts)}</figcaption>" if parts else ""


RULES: dict[str, Rule] = {"image": _image, "figure": _figure, "video": _video}
