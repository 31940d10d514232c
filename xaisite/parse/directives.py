"""MyST's fenced directives `{figure}`, `{math}`, `{code-block}` and `{bibliography}` as what they are here.

Those that hold blocks (`{note}`) are read as divs (`listings`). Does not know all of MyST: what is not in
`listings.DIRECTIVES` is shown as a listing.
"""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING

from markdown_it.token import Token

from xaisite.core.source import Span
from xaisite.model.nodes import Attributes
from xaisite.parse.equations import add_equation
from xaisite.parse.found import Found
from xaisite.parse.inline_html import inline_text
from xaisite.parse.place import AnyPlace, FixedPlace, Place
from xaisite.parse.table_rows import count_of, table_rows

if TYPE_CHECKING:
    from xaisite.parse.walk import Walk

_OPTION = re.compile(r":(?P<name>[\w-]+):[ \t]*(?P<value>.*)\Z")


def walk_directive(walk: Walk, tokens: list[Token], at: int, out: list[Token]) -> int:
    """Append a directive's tokens."""
    token = tokens[at]
    name = token.meta["name"]
    options, content, first = _split(token.content)
    line = (token.map[0] if token.map else 0) + 1 + first
    if name in ("figure", "image"):
        out += _figure(walk, token, options, content, line)
    elif name == "math":
        out.append(_math(walk, token, options, content, line))
    elif name in ("code-block", "code"):
        walk.step([_code(token, options, content)], 0, out)
    elif name == "csv-table":
        out += _csv_table(walk, token, options, content)
    elif name == "bibliography":
        walk.here.has_bibliography_tag = True
        out.append(Token("bibliography", "", 0, block=True))
    return at + 1


def report_directive(here: Found, name: str, span: Span) -> None:
    """Say that a directive of MyST is not known."""
    here.tell_once("migrant-directive", f"directive:{name}", f"the directive “{name}” is not known here", span,
                   help="what is in it is shown as it is")  # fmt: skip


def _split(content: str) -> tuple[dict[str, str], str, int]:
    """Return the options at the top, the rest, and how many lines the options take."""
    lines = content.split("\n")
    options: dict[str, str] = {}
    for k, line in enumerate(lines):
        match = _OPTION.match(line)
        if match is None:
            return options, "\n".join(lines[k:]), k
        options[match["name"]] = match["value"].strip()
    return options, "", len(lines)


def _find(walk: Walk, token: Token, text: str) -> AnyPlace:
    here = walk.here
    if here.fixed is not None or token.map is None:
        return here.fixed or FixedPlace(here.whole)
    first, last = here.line_offset(token.map[0]), here.line_offset(token.map[1])
    at = here.source.text.find(text, first, last)
    return Place(here.source.path, lambda: ([0], [at])) if at >= 0 else FixedPlace(here.lines_span(*token.map))


def _figure(walk: Walk, token: Token, options: dict[str, str], content: str, line: int) -> list[Token]:
    here = walk.here
    src = token.meta["title"].split()[0] if token.meta["title"] else ""
    if not src:
        return []
    span = _find(walk, token, src).span(0, len(src))
    label = options.get("name", options.get("label", ""))
    caption = walk.inline(content.strip(), _find(walk, token, content.strip())) if content.strip() else []
    alt = options.get("alt", inline_text(caption) or None)
    figure = Token("figure", "figure", 0, block=True, children=caption, attrs={"src": src})
    ordinal = here.add_media(src, span, "image", alt)
    attributes = Attributes(
        label, tuple(options.get("class", "").split()), {k: options[k] for k in ("width", "height") if k in options}
    )
    figure.meta = {"ordinal": ordinal, "attributes": attributes, "alt": alt, "span": span, "label": label}
    if label:
        here.add_label(label, "fig", span, title=inline_text(caption))
    figure.map = [line, line]
    return [figure]


def _math(walk: Walk, token: Token, options: dict[str, str], content: str, line: int) -> Token:
    here = walk.here
    tex = content.rstrip("\n")
    place = _find(walk, token, tex)
    span = place.span(0, max(1, len(tex)))
    label = options.get("label", options.get("name", ""))
    offsets = tuple(here.line_offset(line + k) for k in range(tex.count("\n") + 1)) if here.fixed is None else ()
    block = Token("math_block", "math", 0, block=True, content=tex)
    block.meta = add_equation(here, tex, span, offsets, tail=(label, span))
    return block


def _csv_table(walk: Walk, token: Token, options: dict[str, str], content: str) -> list[Token]:
    """`{csv-table} Caption`: lines of values parted by commas."""
    span = walk.here.lines_span(*token.map) if token.map else walk.here.whole
    separator = options.get("delim", ",").strip("\"'")
    lines = [options["header"], *content.splitlines()] if "header" in options else content.splitlines()
    rows = [row for row in csv.reader(lines, delimiter=separator if len(separator) == 1 else ",") if row]
    if "file" in options or "url" in options or not rows:
        report_directive(walk.here, "csv-table", span)
        return [Token("fence", "code", 0, block=True, content=token.content, meta={"lang": "", "attributes": None})]
    label, title = options.get("name", ""), token.meta["title"]
    caption = walk.inline(title, _find(walk, token, title)) if title else []
    table = Token("table_open", "table", 1, block=True, map=token.map)
    table.meta = {"label": label, "caption": caption, "attributes": None}
    if label:
        walk.here.add_label(label, "tbl", span, title=inline_text(caption))
    head = int("header" in options) + count_of(options.get("header-rows"))
    stub = count_of(options.get("stub-columns"))
    width = max(map(len, rows))
    cells = [[_value(walk, token, v) for v in row] + [[]] * (width - len(row)) for row in rows]
    return [table, *table_rows(cells, head, stub), Token("table_close", "table", -1, block=True)]


def _value(walk: Walk, token: Token, text: str) -> list[Token]:
    text = text.strip()
    return [Token("inline", "", 0, children=walk.inline(text, _find(walk, token, text)))]


def _code(token: Token, options: dict[str, str], content: str) -> Token:
    values = {"code-line-numbers": "true"} if "linenos" in options else {}
    if "caption" in options:
        values["lst-cap"] = options["caption"]
    code = content.removeprefix("\n")
    fence = Token("fence", "code", 0, block=True, content=code, map=token.map)
    fence.meta = {"lang": token.meta["title"], "attributes": Attributes(options.get("name", ""), (), values)}
    return fence
