"""One piece of Markdown as a site of one page, in memory."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

from xaisite.cite.read import read_bibliography
from xaisite.core.diagnostic import Diagnostic
from xaisite.core.source import Source
from xaisite.link.site import link_site
from xaisite.math.typeset import Typesetter
from xaisite.model.config import MathTable, SiteConfig
from xaisite.model.files import SiteFiles
from xaisite.parse.config import ParseConfig
from xaisite.parse.post import parse_fragment
from xaisite.pipeline.context import BuildContext
from xaisite.pipeline.parsing import ParsedPost, Parser
from xaisite.pipeline.resolving import resolve_post
from xaisite.plan.facts import FactInputs, FactTable, Recorder

_BIB = "references.bib"


def render_fragment(text: str, bibtex: str, macros: dict[str, str]) -> tuple[str, tuple[Diagnostic, ...]]:
    """Return the HTML of ``text`` and what is wrong with it."""
    from xaisite.render.body import render_body

    config = SiteConfig(math=MathTable(macros=macros))
    parsed = parse_fragment(text, ParseConfig())
    outline = parsed.value.outline
    bib = read_bibliography(Source(_BIB, bibtex))
    linked = link_site({outline.path: outline}, config, SiteFiles(), drafts=True, now=datetime.max.replace(tzinfo=UTC))
    bibliographies = {_BIB: bib.value} if bibtex else {}
    table = FactTable(FactInputs(linked.value, frozenset(), frozenset(), {}))
    folder = Path(tempfile.gettempdir())
    build = BuildContext(
        root=folder,
        state_folder=folder,
        config=config,
        site=linked.value,
        table=table,
        parser=Parser(folder, ParseConfig(), "", lambda _media: ""),
        requests={},
        parsed={outline.path: ParsedPost(outline, (), "")},
        results={},
        bibliographies=bibliographies,
        templates={},
        assets={},
    )
    with Typesetter() as typesetter:
        resolved = resolve_post(outline, build, Recorder(table), typesetter)
        body = render_body(parsed.value, resolved.value.context)
    problems = (*parsed.diagnostics, *bib.diagnostics, *resolved.diagnostics)
    return body.html + body.notes_html + body.references_html, problems
