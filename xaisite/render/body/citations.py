"""Citations, cross references and the list of references."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from markdown_it.token import Token

from xaisite.core.plain_math import TITLE_FORMULA
from xaisite.model.bib import Reference
from xaisite.model.body import ResolvedLabel
from xaisite.model.nodes import CrossRefItem
from xaisite.render.body.writer import Rule, Writer, attribute, make_fragment, make_id

_NBSP = "\u00a0"
_LONGEST_HEADING = 4000
_LAST_HEADING = re.compile(r'<h(?P<level>[1-6]) id="(?P<id>[^"]+)"(?:(?!<h[1-6]\b).)*</h(?P=level)>\s*\Z', re.DOTALL)
PLACEHOLDER = "<!--references-->"
"""Where the author asked for the list; replaced when all citations are numbered."""


def citation_html(w: Writer, ordinal: int) -> str:
    """Return a citation with links to the references."""
    group = w.outline.cites[ordinal] if ordinal < len(w.outline.cites) else None
    parts = w.context.citations[ordinal] if ordinal < len(w.context.citations) else ()
    if not parts:
        keys = ", ".join(item.key for item in group.items) if group else ""
        return f'<span class="citation unresolved">[{escape(keys, quote=False)}]</span>'
    out: list[str] = []
    for part in parts:
        if part.key:
            href = escape(make_fragment(f"ref-{part.key}"))
            out.append(f'<a class="citation-link" id="{escape(w.anchor(part.key))}" href="{href}">{part.html}</a>')
        else:
            out += [f'<span id="{escape(w.anchor(key))}"></span>' for key in part.covers]
            out.append(part.html)
    before = _NBSP if group is not None and group.glued else ""
    return f'{before}<span class="citation">{"".join(out)}</span>'


def _citation(w: Writer, tokens: Sequence[Token], i: int) -> str:
    return citation_html(w, tokens[i].meta["ordinal"])


def _cross_reference(w: Writer, tokens: Sequence[Token], i: int) -> str:
    return cross_reference_html(w, tokens[i].meta["ordinal"])


def cross_reference_html(w: Writer, ordinal: int) -> str:
    """Return `Figure 1`, linked; several as a list."""
    node = w.outline.cross_refs[ordinal]
    resolved = w.context.cross_refs[ordinal] if ordinal < len(w.context.cross_refs) else ()
    shown: list[str] = []
    kind_said = ""
    for k, item in enumerate(node.items):
        kind = item.label.partition("-")[0]
        form = "number" if kind_said == kind and not item.prefix else node.form
        shown.append(_reference_html(w, item, resolved[k] if k < len(resolved) else None, form=form))
        kind_said = kind if item.prefix or (kind_said == kind and form == "number") else ""
    return ", ".join(shown[:-1]) + (f" {w.word('and')} " if len(shown) > 1 else "") + shown[-1]


def _said(w: Writer, text: str, number: str, label: ResolvedLabel) -> str:
    """Return the author's own words for a reference, with number and name where MyST has them."""
    name = title_html(w, label.title or label.name)
    said = escape(text, quote=False)
    for mark, value in (("%s", number), ("{number}", number), ("{name}", name)):
        said = said.replace(mark, value)
    return said


def _reference_html(w: Writer, item: CrossRefItem, label: ResolvedLabel | None, *, form: str) -> str:
    if label is None:
        return f'<span class="xref unresolved">{escape(item.label, quote=False)}</span>'
    number = escape(label.number, quote=False) or title_html(w, label.title or label.name)
    before = ""
    if item.text:
        text = _said(w, item.text, number, label)
    elif form == "eqref":
        text = f"({number})"
    elif form == "number" or item.suppress_kind:
        text = number
    elif "<a " in item.prefix:  # a link inside a link is none
        before, text = item.prefix + _NBSP, number
    elif item.prefix:
        text = f"{item.prefix}{_NBSP}{number}"
    elif not label.number and label.title:
        text = number
    else:
        text = f"{escape(w.word(label.kind_name), quote=False)}{_NBSP}{number}"
    kind = item.label.partition("-")[0] if "-" in item.label else "eq"
    where = attribute("title", f"in “{label.page_title}”" if label.page_title else "")
    return f'{before}<a class="xref xref-{escape(kind)}" href="{escape(label.href)}"{where}>{text}</a>{item.suffix}'


def title_html(w: Writer, title: str) -> str:
    """Return a title's text with its formulas typeset."""
    pieces = TITLE_FORMULA.split(title)
    typeset = (w.context.typeset(p, False) if k % 2 else escape(p, quote=False) for k, p in enumerate(pieces))
    return "".join(typeset)


def references_html(w: Writer, heading: str = "") -> str:
    """Return the section of references, each with links back to the places that cite it.

    ``heading`` is the id of the author's own heading right above it: then it has none of its own.
    """
    if not w.context.references:
        return ""
    items = "\n".join(_item(w, reference) for reference in w.context.references)
    style = escape(w.context.citation_style)
    listed = f'<ol class="reference-list style-{style}">\n{items}\n</ol>\n</section>\n'
    if heading:
        return f'<section class="references" role="doc-bibliography" aria-labelledby="{escape(heading)}">\n{listed}'
    is_taken = any(h.id == "references" for h in w.outline.headings)
    return (
        f'<section class="references"{attribute("id", "" if is_taken else "references")} role="doc-bibliography"'
        ' aria-labelledby="references-title">\n'
        f'<h2 id="references-title">{w.word("References")}</h2>\n{listed}'
    )


def place_references(w: Writer, html: str) -> tuple[str, str]:
    """Return the body with the references where its author wants them, and those references that stand after it.

    They stand where a tag says, or below a heading that ends the text.
    """
    before, mark, after = html.partition(PLACEHOLDER)
    heading = _LAST_HEADING.search(before[-_LONGEST_HEADING:])
    if mark and w.outline.has_bibliography_tag:
        return before + references_html(w, heading["id"] if heading else "") + after, ""
    if not mark and heading and w.context.references:
        return html + references_html(w, heading["id"]), ""
    return html, references_html(w)


def _item(w: Writer, reference: Reference) -> str:
    places = w.cite_anchors.get(reference.key, [])
    back = " ".join(
        f'<a href="{escape(make_fragment(place))}" role="doc-backlink">{n}</a>' for n, place in enumerate(places, 1)
    )
    cited = f' <span class="reference-back">{w.word("Cited in")} {back}</span>' if back else ""
    shown = f'<span class="reference-mark">[{escape(reference.mark, quote=False)}]</span> '
    mark = "" if w.context.citation_style == "author-year" else shown  # such a list is found by its names
    bibtex = (
        f' <details class="reference-bibtex"><summary>BibTeX</summary><pre tabindex="0"><code>'
        f"{escape(reference.bibtex, quote=False)}</code></pre></details>"
        if reference.bibtex
        else ""
    )
    return (
        f'<li id="{escape(make_id(f"ref-{reference.key}"))}">{mark}<span class="reference-text">{reference.html}</span>'
        f"{cited}{bibtex}</li>"
    )


def _bibliography(_w: Writer, _tokens: Sequence[Token], _i: int) -> str:
    return PLACEHOLDER


RULES: dict[str, Rule] = {
    "citation": _citation,
    "cross_reference": _cross_reference,
    "bibliography": _bibliography,
}
