"""Figures that a cell drew: light and dark, captions, sub-figures, layouts, and the tools under them."""

from __future__ import annotations

from html import escape

from markdown_it.token import Token

from xaisite.core.record import record
from xaisite.model.cell import Cell
from xaisite.model.result import CellResult, Figure, Media, Output, Rich
from xaisite.render.body.animations import animation_html
from xaisite.render.body.grids import grid_html, has_layout, part_mark
from xaisite.render.body.interactive import interactive_html
from xaisite.render.body.made import table_html, tools_html
from xaisite.render.body.pictures import caption_html, figure_html, image_tag, scaled_size
from xaisite.render.body.writer import Writer, attribute, text_of


@record
class Drawing:
    """What all figures of a cell are drawn from."""

    w: Writer
    token: Token
    cell: Cell
    result: CellResult


def figure_of(output: Output) -> Figure | None:
    """Return the figure that an output is, or the still one of an interactive output."""
    return output if isinstance(output, Figure) else output.figure if isinstance(output, Rich) else None


def computed_figures(d: Drawing, figures: list[tuple[int, Figure]]) -> str:
    """Return consecutive figures of a cell: one by one, or as the parts of one figure."""
    cell = d.cell
    drawn = [figure for _, figure in figures]
    if len(drawn) > 1 and (cell.show.fig_subcaps or cell.label.startswith("fig-") or has_layout(cell.show)):
        return _grid(d, drawn)
    first = sum(figure_of(o) is not None for o in d.result.outputs[: figures[0][0]])
    return "".join(_single(d, figure, first + k) for k, figure in enumerate(drawn))


def _single(d: Drawing, figure: Figure, k: int) -> str:
    w, token, cell = d.w, d.token, d.cell
    label = cell.label if cell.label.startswith("fig-") and k == 0 else ""
    caption = _caption(w, token.meta["captions"], k, figure)
    body = _picture(d, figure, k, text_of(_nth(token.meta["captions"], k)))
    tools = tools_html(w, figure, d.result.provenance)
    return figure_html(
        w, body, label=label, caption=caption, classes=_classes(cell), verdict=figure.verdict, tools=tools
    )


def _grid(d: Drawing, figures: list[Figure]) -> str:
    w, token, cell = d.w, d.token, d.cell
    label = cell.label if cell.label.startswith("fig-") else ""
    parts: list[str] = []
    for k, figure in enumerate(figures):
        sub = f"{label}-{k + 1}" if label else ""
        caption = _caption(w, token.meta["subcaptions"], k, figure)
        body = _picture(d, figure, k, text_of(_nth(token.meta["subcaptions"], k)))
        mark = part_mark(k) if token.meta["subcaptions"] else ""
        shown = f"<figcaption>{mark}{caption}</figcaption>" if mark or caption else ""
        tools = tools_html(w, figure, d.result.provenance)
        parts.append(f'<figure class="subfigure"{attribute("id", sub)}>{body}{shown}{tools}</figure>')
    caption = w.render(_nth(token.meta["captions"], 0))
    grid = grid_html(cell.show, parts)
    below = caption_html(w, label, caption)
    return f'<figure class="{escape(_classes(cell))}"{attribute("id", label)}>{grid}{below}</figure>\n'


def _classes(cell: Cell) -> str:
    align = f" align-{cell.show.fig_align}" if cell.show.fig_align != "default" else ""
    return f"figure column-{cell.show.column or 'body'}{align}"


def _nth(captions: list[list[Token]], k: int) -> list[Token]:
    return captions[k] if k < len(captions) else []


def _caption(w: Writer, captions: list[list[Token]], k: int, figure: Figure) -> str:
    own = w.render(_nth(captions, k))
    stated = escape(figure.caption, quote=False)
    return f"{own} {stated}".strip()


def _picture(d: Drawing, figure: Figure, k: int, caption: str) -> str:
    w, token, cell = d.w, d.token, d.cell
    alts: list[str] = token.meta.get("alts") or []
    alt = alts[k] if k < len(alts) else figure.alt or caption
    if not figure.light:
        return interactive_html(w, d.result, figure, table_html(figure))
    light = figure.light[0]
    size = scaled_size(cell.show.out_width, "", (light.width_px, light.height_px))
    can_zoom = cell.show.lightbox if cell.show.lightbox is not None else w.context.lightbox
    extra = " zoomable" if can_zoom and not cell.show.fig_link else ""
    wanted = cell.show.renderings
    if not figure.dark or "dark" not in wanted:
        html = _image(w, light, alt, size, extra.strip())
    elif "light" not in wanted:
        html = _image(w, figure.dark[0], alt, size, extra.strip())
    else:
        html = _image(w, light, alt, size, f"only-light{extra}")
        html += _image(w, figure.dark[0], alt, size, f"only-dark{extra}")
    if figure.moving:
        html = animation_html(w, figure, html, alt=alt, size=size, renderings=wanted)
    html = f'<a href="{escape(cell.show.fig_link)}">{html}</a>' if cell.show.fig_link else html
    return interactive_html(w, d.result, figure, html)


def _image(w: Writer, media: Media, alt: str, size: tuple[int, int], classes: str) -> str:
    href = w.context.media_href(media)
    if media.mime.startswith("video/"):
        name = attribute("class", classes) + attribute("aria-label", alt)
        return f'<video{name} src="{escape(href)}" controls preload="metadata"></video>'
    return image_tag(href, alt, size, classes=classes)
