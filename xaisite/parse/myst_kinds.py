"""What MyST's directives that hold blocks mean here: theorems and proofs, tables of lists, glossaries, quotations.

Does not know those that are divs in other tools too (`div_kinds`), nor those whose content is no Markdown
(`directives`). Invariant: nothing of a directive's content is lost without a word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from markdown_it.token import Token

from xaisite.model.front import GlossaryTerm
from xaisite.model.nodes import Attributes, CrossRefItem, LabelKind
from xaisite.parse.directives import report_directive
from xaisite.parse.div_parts import Div, add_div_id, first_heading, plain_div, title_place, wrap
from xaisite.parse.inline_html import inline_text
from xaisite.parse.table_rows import count_of, table_rows

if TYPE_CHECKING:
    from xaisite.parse.walk import Walk

THEOREM_NAMES: Mapping[str, tuple[LabelKind, str]] = {
    "theorem": ("thm", "Theorem"), "lemma": ("lem", "Lemma"), "corollary": ("cor", "Corollary"),
    "proposition": ("prp", "Proposition"), "conjecture": ("cnj", "Conjecture"), "definition": ("def", "Definition"),
    "example": ("exm", "Example"), "exercise": ("exr", "Exercise"), "remark": ("rem", "Remark"),
    "algorithm": ("alg", "Algorithm"), "axiom": ("axm", "Axiom"), "assumption": ("asm", "Assumption"),
}  # fmt: skip


def theorem(walk: Walk, div: Div) -> list[Token]:
    """`{prf:theorem} Title` and its like; with a label it has a number."""
    kind, name = THEOREM_NAMES[_name(div).removeprefix("prf:")]
    title = walk.inline(div.title, title_place(walk, div, div.title))
    text = inline_text(title)
    if div.attributes.id:
        walk.here.add_label(div.attributes.id, kind, div.span, title=text, preview=text)
    return wrap("theorem", "div", walk.blocks(div.inner), kind=kind, label=div.attributes.id, title=title, name=name)


def proof(walk: Walk, div: Div) -> list[Token]:
    """`{prf:proof}` and Quarto's `::: {.proof}`; `.remark` and `.solution` as well: no number, but a name."""
    add_div_id(walk, div)
    kind = next((c for c in div.attributes.classes if c in PROOFS), "proof")
    title = walk.inline(div.title, title_place(walk, div, div.title)) if div.title else []
    inner = div.inner
    if not title:
        title, inner = first_heading(walk, inner)
    return wrap("theorem", "div", walk.blocks(inner), kind=kind, label="", id=div.attributes.id, title=title,
                name=PROOFS[kind])  # fmt: skip


PROOFS = {"proof": "Proof", "remark": "Remark", "solution": "Solution"}
"""Classes of Quarto's blocks that have no number."""


def solution(walk: Walk, div: Div) -> list[Token]:
    """`{solution} ex-two`: folded, with a link to its exercise."""
    add_div_id(walk, div)
    summary = [Token("word", "", 0, content="Solution")]
    if div.title:
        span = title_place(walk, div, div.title).span(0, len(div.title))
        reference = Token("cross_reference", "", 0)
        reference.meta = {"ordinal": walk.here.add_cross_ref([CrossRefItem(div.title, span)], span, "full")}
        summary += [Token("text", "", 0, content=": "), reference]
    return wrap("details", "details", walk.blocks(div.inner), summary=summary, classes=("answer",),
                id=div.attributes.id, is_open=False)  # fmt: skip


def quotation(walk: Walk, div: Div) -> list[Token]:
    """`{epigraph}`, `{pull-quote}` and `{highlights}`."""
    return wrap("blockquote", "blockquote", [*_title(walk, div), *walk.blocks(div.inner)])


def only(walk: Walk, div: Div) -> list[Token]:
    """`{only} html`: what is for other formats is left out, as there."""
    if not div.title:
        report_directive(walk.here, "only", div.span)
        return walk.blocks(div.inner)
    return walk.blocks(div.inner) if "html" in div.title and "not html" not in div.title else []


def glossary(walk: Walk, div: Div) -> list[Token]:
    """`{glossary}`: a definition list whose terms can be referred to from all pages."""
    add_div_id(walk, div)
    tokens = walk.blocks(div.inner)
    terms: list[str] = []
    for k, token in enumerate(tokens):
        if token.type == "dt_open":
            terms.append(inline_text(tokens[k + 1].children or ()).strip())
        elif token.type == "dd_open" and terms:
            meaning = " ".join(inline_text(t.children or ()) for t in _until(tokens[k:], "dd_close")).strip()
            walk.here.defined.extend(GlossaryTerm(term, meaning, div.span) for term in terms)
            terms.clear()
    if not walk.here.defined:
        report_directive(walk.here, "glossary", div.span)
    return tokens


def list_table(walk: Walk, div: Div) -> list[Token]:
    """`{list-table} Caption`: a list of rows, each a list of cells."""
    rows = [list(_items(row)) for row in _items(div.inner)]
    if not rows or not all(rows):
        report_directive(walk.here, "list-table", div.span)
        return [*_title(walk, div), *plain_div(walk, div)]
    values = div.attributes.values
    head, stub = count_of(values.get("header-rows")), count_of(values.get("stub-columns"))
    table = Token("table_open", "table", 1, block=True)
    name = div.attributes.id
    caption = walk.inline(div.title, title_place(walk, div, div.title)) if div.title else []
    table.meta = {"label": name, "caption": caption, "attributes": Attributes("", div.attributes.classes[1:])}
    if name:
        walk.here.add_label(name, "tbl", div.span, title=inline_text(caption))
    width = max(map(len, rows))
    cells = [[walk.blocks(cell) for cell in row] + [[]] * (width - len(row)) for row in rows]
    return [table, *table_rows(cells, head, stub), Token("table_close", "table", -1, block=True)]


def _items(tokens: list[Token]) -> Iterator[list[Token]]:
    """Yield the tokens in each item of the list that ``tokens`` are; nothing when they are something else."""
    if not tokens or tokens[0].type != "bullet_list_open" or tokens[-1].level != tokens[0].level:
        return
    level = tokens[0].level + 1
    begin = -1
    for k, token in enumerate(tokens):
        if token.level == level and token.type == "list_item_open":
            begin = k + 1
        elif token.level == level and token.type == "list_item_close":
            yield tokens[begin:k]


def _until(tokens: list[Token], end: str) -> Iterator[Token]:
    for token in tokens:
        if token.type == end:
            return
        yield token


def _name(div: Div) -> str:
    return div.attributes.classes[0].lower()


def _title(walk: Walk, div: Div) -> list[Token]:
    """Return the title as a paragraph of its own."""
    if not div.title:
        return []
    title = walk.inline(div.title, title_place(walk, div, div.title))
    return wrap("paragraph", "p", [Token("inline", "", 0, children=title)])


MYST_KINDS: Mapping[str, Callable[[Walk, Div], list[Token]]] = {
    **{f"prf:{name}": theorem for name in THEOREM_NAMES},
    "exercise": theorem,
    "prf:proof": proof,
    "solution": solution,
    "epigraph": quotation,
    "pull-quote": quotation,
    "highlights": quotation,
    "only": only,
    "glossary": glossary,
    "list-table": list_table,
}
