"""Every option of a cell, once: for its reader, for the defaults of page and site, for JSON Schema and documentation.

Does not read anything itself. Invariant: a field here has an attribute of the same name in one of the records of
`model.cell` (a test compares), or is named in SPECIAL.
"""

# ruff: noqa: E501 - one field a line reads as the table it is

from __future__ import annotations

import json
from typing import NamedTuple

from xaisite.core.fields import Field, FieldTable, Reading, Schema
from xaisite.core.kinds import Choice, Duration, Either, Flag, ListOf, MapOf, Number, Size, Text, one_of
from xaisite.core.tree import Leaf, Node, plain_value

COLUMNS = ("body", "body-outset", "page", "page-inset", "screen", "margin")
FIGURE_FORMATS = ("svg", "png", "retina", "webp")
MAX_SEED = 2**32 - 1  # numpy's
_PUBLISHED = "png|jpg|jpeg|webp|svg|gif|avif"

_COLUMN_SYNONYMS = {
    "body-outset-left": "body-outset", "body-outset-right": "body-outset",
    "page-left": "page", "page-right": "page", "page-inset-left": "page-inset", "page-inset-right": "page-inset",
    "screen-left": "screen", "screen-right": "screen", "screen-inset": "screen", "screen-inset-shaded": "screen",
    "margin-caption": "margin",
}  # fmt: skip


class LayoutRows(NamedTuple):
    """Rows of relative widths: `[[1, 1], [1]]`, also as a text (as Quarto writes it) or one row `[70, 30]`."""

    words: str = "rows of widths such as `[[1, 1], [1]]`"

    def read(self, name: str, node: Node, at: Reading) -> object:
        """Return the rows as tuples of floats; a negative width is a gap."""
        value = plain_value(node)
        if isinstance(node, Leaf):
            value = _json_list(node.text)
        if not isinstance(value, list) or not value:
            return at.wrong_type(name, node, self.words)
        rows = value if all(isinstance(row, list) for row in value) else [value]
        if not all(_is_row(row) for row in rows):
            return at.wrong_type(name, node, self.words)
        return tuple(tuple(float(width) for width in row) for row in rows)

    def schema(self) -> Schema:
        """Return the schema."""
        row = {"type": "array", "minItems": 1, "items": {"type": "number"}}
        return {"anyOf": [{"type": "array", "minItems": 1, "items": row}, row, {"type": "string"}]}


def _json_list(text: str) -> object:
    try:
        return json.loads(text) if len(text) < 2000 else None
    except (ValueError, RecursionError):
        return None


def _is_row(row: object) -> bool:
    if not isinstance(row, list) or not row:
        return False
    if any(isinstance(w, bool) or not isinstance(w, int | float) or not -1000 <= w <= 1000 for w in row):
        return False
    return any(w > 0 for w in row)


class Address(NamedTuple):
    """Where a figure is also published."""

    words: str = "an address such as `/assets/images/name.png`"

    def read(self, name: str, node: Node, at: Reading) -> object:
        """Return the address."""
        if not isinstance(node, Leaf):
            return at.wrong_type(name, node, self.words)
        text = node.text
        if not text.startswith("/"):
            return at.bad_value(name, node, f"“{text}” is not an address of this site", f"begin it with `/`: `/{text}`")
        parts = text[1:].split("/")
        if any(part in ("", ".", "..") for part in parts) or any(c in text for c in "\\?#\0 "):
            return at.bad_value(
                name,
                node,
                f"“{text}” is not a plain address",
                "use folders and a name, without `..`, `?`, `#` or spaces",
            )
        if parts[-1].rpartition(".")[2].lower() not in _PUBLISHED.split("|") or "." not in parts[-1]:
            return at.bad_value(
                name,
                node,
                f"the ending of “{text}” is no picture's",
                f"end it with {one_of(tuple(_PUBLISHED.split('|')))}",
            )
        return text

    def schema(self) -> Schema:
        """Return the schema."""
        return {"type": "string", "pattern": rf"^/[^\\?# ]+\.({_PUBLISHED})$"}


_TEXTS = ListOf(Text())
_LABEL = Text(
    words="a label",
    pattern=r"[A-Za-z][A-Za-z0-9_.:-]*",
    rule="begin with a letter; then letters, digits, `-`, `_`, `.`, `:`",
)
_LINES = ListOf(Number(least=1, whole=True), single=False)

CELL_ONLY = (
    Field(
        "label",
        _LABEL,
        "Names the cell, for `@label`, `POST:label` and links.",
        ("id", "name"),
        example="fig-importance",
    ),
    Field(
        "fig-cap",
        _TEXTS,
        "Caption of the figure, or one for each.",
        attr="fig_caps",
        example='"Permutation importance."',
    ),
    Field(
        "fig-subcap", _TEXTS, "Captions of the parts (a), (b) … of one figure.", ("fig-subcaps",), attr="fig_subcaps"
    ),
    Field(
        "fig-alt",
        _TEXTS,
        "What the figure shows, for those who do not see it.",
        attr="fig_alts",
        example='"Bar chart: …"',
    ),
    Field(
        "fig-dark",
        Text(),
        "Name of a function that changes the figure for dark pages, when re-colouring is not enough.",
    ),
    Field("fig-link", Text(), "Where a click on the figure leads."),
    Field("tbl-cap", _TEXTS, "Caption of the table, or one for each.", attr="tbl_caps"),
    Field("tbl-subcap", _TEXTS, "Captions of the parts of one table.", ("tbl-subcaps",), attr="tbl_subcaps"),
    Field("lst-label", _LABEL, "Label of the listing, for `@lst-…`."),
    Field("lst-cap", Text(), "Caption of the listing."),
    Field("layout-ncol", Number(least=1, most=12, whole=True), "Columns in which several figures stand.", ("ncol",)),
    Field("layout-nrow", Number(least=1, most=100, whole=True), "Rows in which several figures stand.", ("nrow",)),
    Field("layout", LayoutRows(), "Rows of relative widths; a negative one is a gap.", example="[[1, 1], [1]]"),
    Field("code-summary", Text(), "Text of the fold that `code-fold` makes.", default="Code"),
    Field("classes", ListOf(Text(), split=" "), "CSS classes of the cell.", ("class", "class-source")),
    Field(
        "tags",
        ListOf(Text(), split=","),
        "Jupyter's tags; `parameters` marks the cell that front matter's `params` follow.",
    ),
    Field(
        "assert",
        ListOf(Text()),
        "Python expressions that must be true right after the cell.",
        attr="asserts",
        example='"accuracy > 0.9"',
    ),
    Field(
        "depends",
        ListOf(Text()),
        "Files and globs that the cell reads, when reading them cannot be seen.",
        example='["data/*.csv"]',
    ),
    Field(
        "produces",
        Text(words="a name", pattern=r"[A-Za-z_][A-Za-z0-9_-]*"),
        "Publishes the variable of this name for other posts.",
    ),
    Field(
        "file",
        ListOf(Address()),
        "Addresses at which the figures are also published, encoded by their ending.",
        attr="files",
    ),
    Field("env", MapOf(Text()), "Environment variables of this cell."),
    Field(
        "seeds",
        Number(least=0, most=1000, whole=True),
        "Runs the cell under this many seeds (its own and the next ones), to show how stable its result is.",
    ),
    Field(
        "requires", ListOf(Choice(("gpu",))), "What the machine must have; where it has not, the stored result serves."
    ),
)

CELL_DEFAULTS = (
    Field("eval", Flag(), "Whether the cell runs.", default="true"),
    Field("echo", Either((Flag(), Choice(("fenced",)), _LINES), "true, false, `fenced` or a list of line numbers"), "Whether the code is shown; `fenced` shows the fence and options too; a list shows these lines.", default="true"),
    Field("output", Either((Flag(), Choice(("asis",))), "true, false or `asis`"), "Whether outputs are shown; `asis`: printed text is Markdown.", default="true"),
    Field("include", Flag(), "`false` hides code and outputs.", default="true"),
    Field("warning", Flag(), "Whether Python's warnings are shown.", ("warnings",), default="true"),
    Field("error", Either((Flag(), Text(words="the name of an exception", pattern=r"[A-Za-z_][A-Za-z0-9_.]*")), "true, false or the name of an exception"),
          "`false`: an exception stops the post; `true`: it is shown; a name: that exception must be raised.", default="false"),
    Field("code-fold", Either((Flag(), Choice(("show",), {"hide": "show"})), "true, false or `show`"), "Whether the code is folded; `show`: foldable and open.", default="false"),
    Field("code-line-numbers", Flag(), "Whether lines are numbered.", default="false"),
    Field("code-annotations", Either((Flag(), Choice(("below", "hover", "select", "none"))), "true, false, `below`, `hover` or `select`"), "Whether `# <1>` marks are notes.", default="true"),
    Field("fig-width", Number(above=0, most=100), "Width in inches; the text has two points per inch (10 to 14 pt), so that a phone shows it at 9 px or more.", default="5.5", attr="fig_width_in"),
    Field("fig-height", Number(above=0, most=100), "Height in inches.", default="3.5", attr="fig_height_in"),
    Field("fig-asp", Number(above=0, most=20), "Height divided by width; instead of `fig-height`."),
    Field("fig-dpi", Number(least=10, most=1200, whole=True), "Resolution of PNG and WebP.", ("dpi",), default="144"),
    Field("fig-format", ListOf(Choice(FIGURE_FORMATS, {"jpeg": "png", "jpg": "png", "pdf": "svg"})), "Encodings, the first is shown.", ("fig-formats", "dev"), default="[svg, png]", attr="fig_formats"),
    Field("fig-align", Choice(("default", "left", "center", "right")), "Where a narrow figure stands.", default="default"),
    Field("out-width", Text(words="a CSS width", pattern=r"[0-9]+(?:\.[0-9]+)?(?:px|%|em|rem|in|cm|mm|ch|vw)?", rule="such as `60%` or `480px`"), "Width on the page.", example="60%"),
    Field("column", Choice(COLUMNS, _COLUMN_SYNONYMS), "How wide the output stands.", ("fig-column", "tbl-column"), default="body"),
    Field("lightbox", Flag(), "Whether a click enlarges the figure."),
    Field("renderings", ListOf(Choice(("light", "dark"))), "For which colour schemes the figure is made.", default="[light, dark]"),
    Field("seed", Number(least=0, most=MAX_SEED, whole=True), "Seeds `random`, NumPy and torch before this cell."),
    Field("timeout", Duration(), "How long the cell may run; never part of its key.", attr="timeout_s", default="10m", example="30s"),
    Field("memory", Size(), "How much memory the post may use while the cell runs.", attr="memory_bytes", default="4GB"),
    Field("cache", Flag(), "`false`: runs in every build; differing results are reported.", default="true"),
    Field("freeze", Either((Flag(), Choice(("auto",))), "true, false or `auto`"), "`true`: the result is kept in the results folder and used on any machine until code, options or inputs change.", default="false"),
    Field("execute-dir", Choice(("file", "project")), "Working directory: the post's folder, or the site's root.", default="file"),
    Field("results", Choice(("markup", "asis", "hide", "hold", "show"), {"hidden": "hide"}), "Knitr's spelling of `output`."),
)  # fmt: skip

_ELSEWHERE = dict.fromkeys(
    """
        message collapse comment prompt tidy purl engine child highlight strip-white size background
        autodep dependson fig-pos fig-env fig-scap fig-lp fig-show fig-keep fig-ncol fig-showtext
        fig-process tbl-colwidths cap-location fig-cap-location tbl-cap-location lst-cap-location layout-valign
        layout-align output-location code-overflow code-copy ojs-define panel out-height dev-args
        external sanitize cache-path cache-comments cache-rebuild cache-globals cache-lazy
        code-block-bg code-block-border-left html-table-processing ipynb-shell-interactivity
        class-output attr-output df-print fig-responsive ref-label out-extra plotly-connected slideshow scrolled jupyter collapsed editable deletable number-lines
        lineno-start emphasize-lines caption
        """.split(),  # noqa: SIM905 - a list of words is read best as words
    "",
)

CELL_OPTIONS = FieldTable(CELL_ONLY + CELL_DEFAULTS, _ELSEWHERE)
"""All that may stand on a cell."""

DEFAULT_OPTIONS = FieldTable(CELL_DEFAULTS, _ELSEWHERE)
"""What a page (`execute:`) and the site (`[execution]`) may give defaults for."""

SPECIAL = frozenset({"fig-asp", "results", "label", "assert", "tags"})
"""Options that are not one attribute of one record."""

EXEC_NAMES = frozenset(
    {"eval", "error", "fig-width", "fig-height", "fig-dpi", "fig-format", "env", "execute-dir", "seeds"}
)
"""Those that are part of a cell's key."""

OBSERVED_NAMES = frozenset({"seed", "depends", "timeout", "memory", "cache", "freeze", "requires", "produces", "file"})
"""Those that say how a cell is run, and are not."""


def canonical_option(name: str) -> str:
    """Return an option's name in dash-case: `fig.cap` and `fig_cap` are `fig-cap`."""
    return name.replace(".", "-").replace("_", "-")
