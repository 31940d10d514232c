"""What other generators put into raw HTML: `{% cite %}`, `{% include figure.html %}`, Distill's tags.

Used by `raw_html` for blocks and by the inline rules for prose, so that both mean the same. Does not render.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape

from markdown_it.token import Token

from xaisite.core.source import Span
from xaisite.model.nodes import Attributes, CiteItem
from xaisite.parse.found import Found, NoteText
from xaisite.parse.place import AnyPlace
from xaisite.parse.slugs import make_unique
from xaisite.parse.tag_values import read_values

DISTILL = re.compile(
    r"<(?P<name>d-cite|d-footnote|d-math|d-code|d-bibliography)\b(?P<attrs>(?:[^>\"']|\"[^\"]*\"|'[^']*')*?)(?P<slash>/?)>",
    re.IGNORECASE,
)
DISTILL_PARTS: Mapping[str, tuple[str, str]] = {
    "d-appendix": ("section", "doc-appendix"), "d-abstract": ("section", "doc-abstract"), "d-article": ("div", ""),
    "d-byline": ("div", ""), "d-contents": ("nav", ""), "d-figure": ("figure", ""), "d-title": ("header", ""),
}  # fmt: skip
"""Distill's elements that hold part of a page → (element of HTML, its role)."""
DISTILL_OPEN = frozenset({"d-cite", "d-footnote", "d-math", "d-code", "d-bibliography"})
"""Distill's elements that mean something of their own, once they are closed."""
_KEY = re.compile(
    r"""(?:\s|\A)(?:key|bibtex-key)\s*=\s*(?:"(?P<dq>[^"]*)"|'(?P<sq>[^']*)'|(?P<bare>[^\s"'>/]+))""", re.IGNORECASE
)
_LANGUAGE = re.compile(r"\blanguage\s*=\s*[\"']?([\w+#-]+)")
_SRC = re.compile(r"\bsrc\s*=\s*[\"']?([^\s\"'>]+)")
INCLUDE_FIGURE = re.compile(r"\s*(?:[\w/-]*/)?figure\.(?:html|liquid)\b")


def distill_end(text: str, match: re.Match[str], limit: int) -> tuple[int, int]:
    """Return (end of the content, end of the element) of a Distill tag; the tag's own end when it is not closed."""
    closing = f"</{match['name'].lower()}>"
    if match["slash"]:
        return match.end(), match.end()
    low = text.find(closing, match.end(), limit)
    if low < 0:
        low = text.find(closing.upper(), match.end(), limit)
    return (low, low + len(closing)) if low >= 0 else (match.end(), match.end())


def code_language(attrs: str) -> str:
    """Return the language that a `<d-code language="python">` names."""
    match = _LANGUAGE.search(attrs)
    return match[1] if match else ""


def cite_items(here: Found, match: re.Match[str], place: AnyPlace) -> list[CiteItem]:
    """Return what a `<d-cite key="a,b">` cites."""
    found = _KEY.search(match["attrs"])
    items: list[CiteItem] = []
    if found is not None:
        group = next(g for g in ("dq", "sq", "bare") if found[g] is not None)
        at = match.start("attrs") + found.start(group)
        for part in found[group].split(","):
            key = unescape(part.strip())
            low = at + len(part) - len(part.lstrip())
            if key:
                items.append(CiteItem(key, place.span(low, low + len(part.strip()))))
            at += len(part) + 1
    if not items:
        here.error("md-cite-empty", "this tag cites nothing", place.span(match.start(), match.end()),
                   help='name a key: <d-cite key="molnar2020"></d-cite>')  # fmt: skip
    return items


def add_bibliography(here: Found, attrs: str, span: Span) -> None:
    """Note that the list of references stands here; what `src` names is read only by way of the front matter."""
    here.has_bibliography_tag = True
    match = _SRC.search(attrs)
    name = match[1].rpartition("/")[2].removesuffix(".bib") if match else ""
    known = [b.rpartition("/")[2].removesuffix(".bib") for b in here.front.bibliography or ("references",)]
    if name and name not in known:
        here.warn("migrant-distill", f"“{name}.bib” is not read because it is named here", span,
                  help=f"name it in the front matter: `bibliography: {name}.bib`")  # fmt: skip


def add_note(here: Found, text: str, place: AnyPlace, span: Span) -> NoteText:
    """Add a note that stands in the text itself, as used once."""
    label = make_unique("inline", here.notes, here.slug_counts)
    note = NoteText(label, span, number=len(here.used_notes) + 1, first_use=span, occurrences=1)
    content = Token("inline", "", 0, content=text.strip(), children=[])
    content.meta = {"place": place.inner(len(text) - len(text.lstrip()))}
    note.tokens = [
        Token("paragraph_open", "p", 1, block=True), content, Token("paragraph_close", "p", -1, block=True),
    ]  # fmt: skip
    here.notes[label] = note
    here.used_notes.append(note)
    return note


def figure_values(here: Found, args: str, base: int, place: AnyPlace) -> tuple[int, Attributes, tuple[str, int]] | None:
    """Return (ordinal, attributes, (caption, index)) of `include figure.html path=…`; None without a path."""
    values = read_values(args, base)
    path, at = values.get("path", values.get("src", values.get("url", ("", 0))))
    if not path:
        return None
    src = path if path.startswith(("/", "http:", "https:")) else "/" + path
    alt = values.get("alt", (None, 0))[0]
    caption = values.get("caption", ("", 0))
    shown = alt if alt is not None else caption[0] or None
    ordinal = here.add_media(src, place.span(at, at + len(path)), "image", shown, is_included=True)
    sizes: dict[str, str] = {name: values[name][0] for name in ("width", "height") if name in values}
    classes = tuple(values["class"][0].split()) if "class" in values else ()
    return ordinal, Attributes("", classes, sizes), caption
