"""References to notes, and the section of notes at the end."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from markdown_it.token import Token

from xaisite.render.body.writer import Rule, Writer


def note_id(label: str) -> str:
    """Return a note's label as part of an id."""
    return re.sub(r"[^\w.-]+", "-", label)


def _reference_id(label: str, occurrence: int) -> str:
    return f"fnref-{note_id(label)}" + (f"-{occurrence}" if occurrence > 1 else "")


def _reference(_w: Writer, tokens: Sequence[Token], i: int) -> str:
    meta = tokens[i].meta
    return reference_html(meta["label"], meta["number"], meta["occurrence"])


def reference_html(label: str, number: int, occurrence: int) -> str:
    """Return a reference to a note."""
    name = escape(_reference_id(label, occurrence))
    href = escape(f"#fn-{note_id(label)}")
    return f'<sup class="note-ref"><a id="{name}" href="{href}" role="doc-noteref">{number}</a></sup>'


def notes_html(w: Writer, tokens: Sequence[Token]) -> str:
    """Return the section of notes from the tokens between `notes_open` and `notes_close`."""
    items: list[str] = []
    start = 0
    for i, token in enumerate(tokens):
        if token.type == "note_open":
            start = i + 1
        elif token.type == "note_close":
            items.append(_item(w, token.meta["label"], tokens[start:i]))
    if not items:
        return ""
    return (
        '<section class="notes" role="doc-endnotes" aria-labelledby="notes-title">\n'
        '<h2 id="notes-title">' + w.word("Notes") + "</h2>\n<ol>\n" + "\n".join(items) + "\n</ol>\n</section>\n"
    )


def _item(w: Writer, label: str, tokens: Sequence[Token]) -> str:
    occurrences = next((n.occurrences for n in w.outline.notes if n.label == label), 1)
    back = "".join(
        f' <a class="note-back" href="{escape("#" + _reference_id(label, k))}" role="doc-backlink" '
        f'aria-label="{w.word("Back to reference")} {k}">↩</a>'
        for k in range(1, max(1, occurrences) + 1)
    )
    content = w.render(tokens).rstrip()
    closes = content.endswith("</p>")
    body = content[:-4] + back + "</p>" if closes else content + f"<p>{back.strip()}</p>"
    return f'<li id="{escape(f"fn-{note_id(label)}")}">{body}</li>'


RULES: dict[str, Rule] = {"note_reference": _reference}
