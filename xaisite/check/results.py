"""What of a cell's HTML a page does not show: pictures from other servers, scripts, frames, style sheets.

The renderer leaves them out (`render.body.sanitise`); here the author is told. Does not judge what is shown instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser

from xaisite.core.diagnostic import Diagnostic, notice, warning
from xaisite.model.cell import Cell
from xaisite.model.post import Outline
from xaisite.model.result import PostResults, Rich

_DROPPED = {
    "script": "its scripts are", "style": "its style sheet is", "iframe": "its frame is", "object": "its object is",
    "embed": "its object is",
}  # fmt: skip
_PICTURES = frozenset({"img", "source", "video", "audio", "input", "track", "image"})


def check_results(outline: Outline, results: PostResults | None) -> tuple[Diagnostic, ...]:
    """Return what the HTML that cells displayed loses on the page, once for each cell and kind."""
    if results is None:
        return ()
    cells = [c for c in outline.cells if c.show.include and c.show.output is not False and c.index < len(results.cells)]
    return tuple(
        dict.fromkeys(
            d for c in cells for o in results.cells[c.index].outputs if isinstance(o, Rich) for d in _check(c, o)
        )
    )


def _check(cell: Cell, output: Rich) -> Iterator[Diagnostic]:
    html = output.text.get("text/html", "")
    if output.figure is not None or not html or next(iter(output.text)) != "text/html":
        return
    reader = _Reader()
    reader.feed(html)
    reader.close()
    for address in dict.fromkeys(reader.foreign):
        yield warning(
            "result-foreign", f"a result of this cell shows “{address[:80]}”, which is on another server", cell.span,
            help="it is shown as a link: save the file beside the post, or let the cell embed it",
        )  # fmt: skip
    for tag in dict.fromkeys(reader.dropped):
        yield notice(
            "result-left-out", f"of the HTML that this cell displays, {_DROPPED[tag]} left out", cell.span,
            help="display something static, or make it a widget: ::: {.widget src=…}",
        )  # fmt: skip


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.foreign: list[str] = []
        self.dropped: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _DROPPED:
            self.dropped.append(tag)
        elif tag in _PICTURES:
            self.foreign += [
                value.strip()
                for name, value in attrs
                if name in ("src", "href", "xlink:href") and value
                and value.strip().lower().startswith(("http:", "https:", "//"))
            ]  # fmt: skip
