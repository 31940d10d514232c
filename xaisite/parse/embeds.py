"""What other generators put into raw HTML: `{% cite %}`, `{% include figure.html %}`, Distill's tags.

Used by `raw_html` for blocks and by the inline rules for prose, so that both mean the same. Does not render.
"""

from __future__ import annotations

import re
from html import unescape

from markdown_it.token import Token

from xaisite.core.source import Span
from xaisite.model.nodes import Attributes, CiteItem
from xaisite.parse.found import Found, NoteText
from xaisite.parse.place import AnyPlace
from xaisite.parse.slugs import make_unique
from xaisite.parse.tag_values import read_values

DISTILL = re.compile(
    r"<(?P<name>d-cite|d-footnote|d-math|d-code)\b(?P<attrs>(?:[^>\"']|\"[^\"]*\"|'[^']*')*?)(?P<slash>/?)>",
    re.IGNORECASE,
)
_KEY = re.compile(
    r"""(?:\s|\A)(?:key|bibtex-key)\s*=\s*(?:"(?P<dq>[^"]*)"|'(?P<sq>[^']*)'|(?P<bare>[^\s"'>/]+))""", re.IGNORECASE
)
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
    ordinal = here.add_media(
        src, place.span(at, at + len(path)), "image", alt if alt is not None else caption[0] or None
    )
    sizes: dict[str, str] = {name: values[name][0] for name in ("width", "height") if name in values}
    classes = tuple(values["class"][0].split()) if "class" in values else ()
    return ordinal, Attributes("", classes, sizes), caption
