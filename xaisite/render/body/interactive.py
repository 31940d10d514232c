"""Interactive results: the still figure, and what a script needs to replace it when a reader asks."""

from __future__ import annotations

from html import escape

from xaisite.model.result import CellResult, Figure, Rich
from xaisite.render.body.writer import Writer


def interactive_html(w: Writer, result: CellResult, figure: Figure, still: str) -> str:
    """Return the still figure, as the fallback of a widget if the output it belongs to can be made live."""
    live = next((o for o in result.outputs if isinstance(o, Rich) and o.figure is figure), None)
    if live is None or len(live.scripts) != 2 or not live.media:
        return still
    module, library = (escape(w.context.media_href(script)) for script in live.scripts)
    data = escape(w.context.media_href(live.media[0]))
    return (
        f'<div class="widget" data-widget="{module}" data-data="{data}" data-library="{library}">'
        f'<div class="widget-fallback">{still}</div></div>'
    )
