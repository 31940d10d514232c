"""The grammar: every construct, in one list. Made once per process; what a parse finds lives in its env."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from xaisite.parse.machine import Machine
from xaisite.parse.syntax.abbreviations import abbreviations_plugin
from xaisite.parse.syntax.citations import citations_plugin
from xaisite.parse.syntax.comments import comments_plugin
from xaisite.parse.syntax.commonmark import commonmark_plugin
from xaisite.parse.syntax.definitions import definitions_plugin
from xaisite.parse.syntax.distill import distill_plugin
from xaisite.parse.syntax.divs import divs_plugin
from xaisite.parse.syntax.drawn_tables import drawn_tables_plugin
from xaisite.parse.syntax.emoji import emoji_plugin
from xaisite.parse.syntax.inline_attributes import inline_attributes_plugin
from xaisite.parse.syntax.inline_code import inline_code_plugin
from xaisite.parse.syntax.line_blocks import line_blocks_plugin
from xaisite.parse.syntax.links import links_plugin
from xaisite.parse.syntax.liquid import liquid_plugin
from xaisite.parse.syntax.liquid_blocks import liquid_blocks_plugin
from xaisite.parse.syntax.listings import listings_plugin
from xaisite.parse.syntax.markdown_html import markdown_html_plugin
from xaisite.parse.syntax.marked import marked_plugin
from xaisite.parse.syntax.math import math_plugin
from xaisite.parse.syntax.moustache import moustache_plugin
from xaisite.parse.syntax.notes import notes_plugin
from xaisite.parse.syntax.raw_html import raw_html_plugin
from xaisite.parse.syntax.scripts import scripts_plugin
from xaisite.parse.syntax.spans import spans_plugin
from xaisite.parse.syntax.tables import tables_plugin

PLUGINS: tuple[Callable[[Machine], None], ...] = (
    commonmark_plugin,
    links_plugin,
    raw_html_plugin,
    markdown_html_plugin,
    tables_plugin,
    line_blocks_plugin,
    drawn_tables_plugin,
    listings_plugin,
    inline_code_plugin,
    inline_attributes_plugin,
    math_plugin,
    notes_plugin,
    citations_plugin,
    liquid_plugin,
    divs_plugin,
    spans_plugin,
    definitions_plugin,
    distill_plugin,
    moustache_plugin,
    liquid_blocks_plugin,
    comments_plugin,
    scripts_plugin,
    abbreviations_plugin,
    marked_plugin,
    emoji_plugin,
)


@cache
def machine() -> Machine:
    """Return the parser."""
    md = Machine()
    for plugin in PLUGINS:
        plugin(md)
    md.compile()
    return md
