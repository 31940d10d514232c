"""What running gave. JSON and media only: a stored result can run no code.

Media are named by digest; the bytes are in the results store. Offsets into the post never appear here: an output knows
its cell and the line in that cell, and the page makes file lines of them when it is rendered.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from xaisite.core.record import field, record


@record
class Media:
    """One encoded picture, or other file, in the store."""

    digest: str
    mime: str
    bytes: int
    width_px: int = 0
    """Width in CSS pixels (0: not a picture)."""
    height_px: int = 0


@record
class Stream:
    """Text that a cell printed. Carriage returns are already collapsed."""

    name: Literal["stdout", "stderr"]
    text: str
    is_warning: bool = False
    """Written by `warnings.warn`: hidden by `#| warning: false`."""


@record
class Figure:
    """A figure in all its encodings, light and dark."""

    light: tuple[Media, ...]
    """One per format asked for; the first is the one a page shows."""
    dark: tuple[Media, ...] = ()
    moving: tuple[Media, ...] = ()
    """An animation, light and dark; the renderings above are its last frame."""
    alt: str = ""
    """Drafted from the axes or the explanation; the author's `fig-alt` wins."""
    caption: str = ""
    """Stated by an explanation (assumptions, value function); joins the author's `fig-cap`."""
    verdict: str = ""
    """What `.check()` of an explanation found, shown under the figure."""
    data_csv: Media | None = None
    """The numbers drawn, for downloading."""
    table_html: str = ""
    """The same numbers as an accessible table (sanitised fragment)."""
    cites: tuple[tuple[str, str, str], ...] = ()
    """(key, DOI or empty, BibTeX) of methods that this figure cites by itself."""


@record
class Rich:
    """A displayed value: representations by MIME type, best for pages first."""

    text: Mapping[str, str] = field(default_factory=dict)
    """Text representations (`text/html`, `text/markdown`, `text/plain`, `image/svg+xml`, `application/json`, …)."""
    media: tuple[Media, ...] = ()
    scripts: tuple[Media, ...] = ()
    """JavaScript libraries this output needs, published once per site."""
    is_markdown: bool = False
    """An IPython `Markdown` object: an inline value of it is not escaped."""
    figure: Figure | None = None
    """Static fallback of an interactive output."""


@record
class Raised:
    """An exception of the cell that was declared (`error: true`, `error: ValueError`)."""

    name: str
    message: str
    traceback: str
    """Python's own, with lines counted within the cell: `<cell 3>`, line 2."""
    line: int = 0
    """Line in the cell, from 1 (0: unknown)."""


Output = Stream | Figure | Rich | Raised


@record
class Repeat:
    """What a cell shows under another seed (`seeds: 5`)."""

    seed: int
    outputs: tuple[Output, ...]


@record
class Provenance:
    """How a result was made, for "how this was made" and machine-readable metadata."""

    code: str
    """The slice: source of this cell and of those before it that it needs."""
    seed: int | None
    inputs: tuple[tuple[str, str], ...]
    """(path relative to the root, digest) of the files it read."""
    versions: tuple[tuple[str, str], ...]
    """(distribution, version) of what it imported; the interpreter as `python`."""
    protections: tuple[str, ...]
    device: str = "cpu"


@record
class CellResult:
    """What one cell gave."""

    index: int
    status: Literal["ran", "reused", "skipped", "not-run", "failed"]
    outputs: tuple[Output, ...] = ()
    provenance: Provenance | None = None
    files: tuple[tuple[str, Media], ...] = ()
    """(name relative to the post's folder, content) of pictures and other files that the cell wrote."""
    repeats: tuple[Repeat, ...] = ()
    """The same cell under other seeds."""
    reason: str = ""
    """Why it ran or did not, in one line (`data/adult.csv changed`)."""
    seconds: float = 0.0
    """Wall time; in the report only, never on a page, never in a digest."""
    digest: str = ""
    """Of everything above that a page may show (not status, reason, seconds)."""
    again: bool = False
    """A kept cell was executed once more, because a later one needed values that could not be saved."""

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Its figures in order, static fallbacks of interactive outputs included."""
        shown = (o if isinstance(o, Figure) else o.figure if isinstance(o, Rich) else None for o in self.outputs)
        return tuple(figure for figure in shown if figure is not None)


@record
class InlineResult:
    """What one inline expression gave."""

    index: int
    text: str
    is_markdown: bool = False
    digest: str = ""


@record
class PostResults:
    """All results of a post. `cells[i].index == i`; the same for `inlines`. Missing: status `not-run`."""

    path: str
    cells: tuple[CellResult, ...]
    inlines: tuple[InlineResult | None, ...]
    digest: str
    """Of all that a page may show."""
    read_outside: tuple[str, ...] = ()
    """Absolute paths outside the site that cells read or looked for."""
