"""Raw HTML in a post, cut into what is shown as typed and what is rewritten when the page is known.

Finds `href`, `src`, `poster`, `alt` and `id` with their places; inline scripts are errors, `on…=` is dropped with a
warning. Does not check that tags are balanced. Invariant: the pieces joined, with each address as typed, are the text
as typed, but for what a diagnostic says was dropped; linear time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape, unescape

from xaisite.core.source import Span
from xaisite.model.columns import DISTILL_COLUMNS, column_classes
from xaisite.parse.embeds import (
    DISTILL,
    DISTILL_OPEN,
    DISTILL_PARTS,
    INCLUDE_FIGURE,
    add_bibliography,
    add_note,
    cite_items,
    code_language,
    figure_values,
)
from xaisite.parse.found import Found
from xaisite.parse.moustache import match_address
from xaisite.parse.place import AnyPlace
from xaisite.parse.syntax.comments import COMMENT, comment_end
from xaisite.parse.syntax.liquid import END_RAW, read_cite_tag, report_tag, report_value
from xaisite.parse.syntax.liquid import TAG as LIQUID
from xaisite.parse.syntax.moustache import SHORTCODE, VALUE, shortcode_text
from xaisite.parse.tag_attributes import Attribute, read_tag_attributes
from xaisite.parse.videos import check_video_tag

TAG = re.compile(
    r"<(?P<close>/?)(?P<name>[A-Za-z][A-Za-z0-9-]*)"
    r"(?P<attrs>(?:\s+[^\s\"'<>/=]+(?:\s*=\s*(?:\"[^\"]{0,20000}\"|'[^']{0,20000}'|[^\s\"'=<>`]+))?|/(?!>))*)\s*(?P<slash>/?)>",
    re.DOTALL,
)
_SPECIAL = re.compile(r"<|\{[%#{]|\$|\\[(\[]")
_TEX = r"(?:[^$<]|<(?![A-Za-z/!?]))"
_FORMULA = re.compile(
    rf"\$\$(?P<double>{_TEX}{{1,5000}}?)\$\$|\$(?!\s)(?P<single>{_TEX}{{1,2000}}?)(?<![\s\\])\$(?!\d)"
    rf"|\\\((?P<paren>(?:(?!\\\(){_TEX}){{1,2000}}?)\\\)|\\\[(?P<bracket>(?:(?!\\\[){_TEX}){{1,5000}}?)\\\]"
)
_VERBATIM = ("pre", "code", "kbd", "samp")
_MEDIA_KINDS = {
    "img": "image", "video": "video", "audio": "audio", "source": "other", "track": "track", "script": "script",
    "embed": "other", "iframe": "other", "object": "data", "input": "image",
}  # fmt: skip
_UNSAFE = re.compile(r"\s*(?:javascript|vbscript|data:text)", re.IGNORECASE)

Piece = str | tuple[str, int, str]
"""Text as typed, or (kind, ordinal, as typed): `href`, `src`, `size`, `cite`…, for the renderer."""


@dataclass
class _Reader:
    """The state of reading one piece of raw HTML."""

    here: Found
    text: str
    place: AnyPlace
    pieces: list[Piece]
    done: int = 0
    """Index up to which the text is in `pieces`."""
    verbatim: int = 0
    """How many elements are open in which a dollar is a dollar."""
    missing: set[str] = field(default_factory=set)
    """Closing marks known not to follow (keeps hostile text linear)."""

    def put(self, low: int, high: int, *pieces: Piece) -> int:
        """Put ``pieces`` in the place of ``text[low:high]``; return ``high``."""
        self.pieces.append(self.text[self.done : low])
        self.pieces.extend(pieces)
        self.done = high
        return high

    def end_of(self, closing: str, at: int) -> int:
        """Return where ``closing`` (a tag, any case) begins after ``at``, or -1."""
        if closing in self.missing:
            return -1
        match = re.compile(re.escape(closing) + r"\b", re.IGNORECASE).search(self.text, at)
        if match is None:
            self.missing.add(closing)
            return -1
        return match.start()

    def step(self, at: int) -> int:
        """Read what begins at ``at``: a tag, Liquid, a shortcode or a formula; return the index after it."""
        if self.text[at] in "$\\":
            return self._formula(at)
        if self.text[at] == "{":
            return self._shortcode(at) if self.text[at + 1] == "{" else self._liquid(at)
        if self.text.startswith("<!--", at):
            end = self.text.find("-->", at) if "-->" not in self.missing else -1
            if end < 0:
                self.missing.add("-->")
            return end + 3 if end >= 0 else at + 4
        if self.text.startswith(("<d-", "<D-"), at):
            distill = DISTILL.match(self.text, at, at + 20_000)
            if distill is not None:
                return self._distill(distill)
        match = TAG.match(self.text, at)
        return self._tag(match) if match is not None else at + 1

    def _tag(self, match: re.Match[str]) -> int:
        name = match["name"].lower()
        if name.startswith("d-"):
            self._rename(match, name)
        if name == "script" and not self.here.config.keep_scripts:
            return self._script(match)
        if name in _VERBATIM:
            self.verbatim = max(0, self.verbatim + (-1 if match["close"] else 1))
        if match["close"]:
            return match.end()
        if name == "video" and self.here.fixed is None and match.end() < len(self.text):
            check_video_tag(self.here, self.text, match["attrs"], match.end(), self.place.span(*match.span()))
        for low, high, piece in _tag(self.here, self.text, match, name, self.place):
            self.put(low, high, piece)
        if name in ("style", "textarea", "script"):
            end = self.end_of(f"</{name}", match.end())
            return end if end >= 0 else match.end()
        return match.end()

    def _formula(self, at: int) -> int:
        """Read a formula, as MathJax and KaTeX's auto-render do in a page of HTML."""
        match = _FORMULA.match(self.text, at)
        if match is None or self.verbatim or not self.here.front.math or self.here.fixed is not None:
            return at + 1
        if self.text[:at].endswith("\\") or not match[match.lastgroup or 0].strip():
            return match.end() if match["double"] is not None else at + 1
        low, high = match.span(match.lastgroup or 0)
        tex = unescape(self.text[low:high])
        is_block = match["bracket"] is not None or (
            match["double"] is not None and (self.here.config.double_dollar == "display" or self._is_alone(match))
        )
        ordinal = self.here.add_formula(tex, self.place.span(low, high), display=is_block)
        return self.put(match.start(), match.end(), ("math", ordinal, tex))

    def _is_alone(self, match: re.Match[str]) -> bool:
        """Whether a formula is all that stands on its lines."""
        before = self.text[max(0, match.start() - 200) : match.start()].rpartition("\n")[2]
        after = self.text[match.end() : match.end() + 200].partition("\n")[0]
        return not (before + after).strip()

    def _rename(self, match: re.Match[str], name: str) -> None:
        """Put an element of HTML in the place of one of Distill's, which would be one without a meaning here."""
        low, high = match.span("name")
        if name in DISTILL_PARTS:
            tag, role = DISTILL_PARTS[name]
            is_new = role and not match["close"] and "role=" not in match["attrs"]
            self.put(low, high, f'{tag} role="{role}"' if is_new else tag)
        elif name not in DISTILL_OPEN:
            self.here.tell_once("migrant-distill", f"distill:{name}", f"<{name}> has no meaning here",
                                self.place.span(*match.span()), help="what is in it is shown as it is")  # fmt: skip

    def _shortcode(self, at: int) -> int:
        match = SHORTCODE.match(self.text, at, at + 2000)
        if match is None:
            return self._value(at)
        span = self.place.span(match.start(), match.end())
        shown = shortcode_text(self.here, match["name"], match["args"].strip(), span)
        return match.end() if shown is None else self.put(at, match.end(), escape(shown))

    def _value(self, at: int) -> int:
        address = match_address(self.text, at)
        if address is not None:
            return self.put(at, address[1], escape(address[0]))
        value = VALUE.match(self.text, at, at + 2000)
        if value is None:
            return at + 2
        report_value(self.here, self.place.span(at, value.end()))
        return value.end()

    def _script(self, match: re.Match[str]) -> int:
        if match["close"]:
            return self.put(match.start(), match.end())
        end = self.end_of("</script", match.end())
        close = self.text.find(">", end) + 1 if end >= 0 else match.end()
        return self.put(match.start(), max(close, match.end()), *_script(self.here, self.text, match, self.place))

    def _liquid(self, at: int) -> int:
        comment = COMMENT.match(self.text, at)
        after = comment_end(self.text, comment) if comment else -1
        if after >= 0:
            return self.put(at, after)
        if "%}" in self.missing or self.text.find("%}", at) < 0:
            self.missing.add("%}")
            return at + 2
        match = LIQUID.match(self.text, at, at + 20_000)
        if match is None:
            return at + 2
        if match["name"] == "cite":
            tag = read_cite_tag(self.here, match, self.place)
            span = self.place.span(match.start(), match.end())
            before = self.text[at - 1] if at else " "
            glued = not before.isspace() and before not in ">([{—–/-\"'“‘"
            if not tag.items:
                return self.put(at, match.end())
            ordinal = self.here.add_cite(tag.items, span, glued=glued, bibliography=tag.file)
            return self.put(at, match.end(), ("cite", ordinal, ""))
        if match["name"] == "include":
            return self._include(match)
        if match["name"] == "raw" and "endraw" not in self.missing:
            close = END_RAW.search(self.text, match.end())
            if close is not None:
                self.put(match.start(), match.end())
                return self.put(close.start(), close.end())
            self.missing.add("endraw")
        report_tag(self.here, match["name"], self.place.span(match.start(), match.end()))
        return match.end()

    def _include(self, match: re.Match[str]) -> int:
        args = INCLUDE_FIGURE.match(match["args"])
        base = match.start("args") + (args.end() if args else 0)
        values = figure_values(self.here, match["args"][args.end() :], base, self.place) if args else None
        if values is None:
            self.here.tell_once("migrant-liquid", "include", "this include is not known: it is shown as typed",
                                self.place.span(match.start(), match.end()))  # fmt: skip
            return match.end()
        ordinal, attributes, (caption, at) = values
        css = f' class="{escape(" ".join(attributes.classes))}"' if attributes.classes else ""
        alt = escape(self.here.media[ordinal].alt or "")
        inner = read_html(self.here, caption, self.place.inner(at)) if caption else []
        below = ["<figcaption>", *inner, "</figcaption>"] if caption else []
        return self.put(
            match.start(), match.end(), f'<figure class="figure"><div class="figure-body"><img{css} src="',
            ("src", ordinal, ""), '"',
            ("size", ordinal, ""), f' alt="{alt}" loading="lazy" decoding="async"></div>', *below, "</figure>",
        )  # fmt: skip

    def _distill(self, match: re.Match[str]) -> int:
        name = match["name"].lower()
        closing = f"</{name}"
        inner_end = -1 if match["slash"] else self.end_of(closing, match.end())
        end = self.text.find(">", inner_end) + 1 if inner_end >= 0 else match.end()
        content = self.text[match.end() : inner_end] if inner_end >= 0 else ""
        span = self.place.span(match.start(), end)
        if name == "d-bibliography":
            add_bibliography(self.here, match["attrs"], span)
            return self.put(match.start(), end, ("bibliography", 0, ""))
        if name == "d-cite":
            items = cite_items(self.here, match, self.place)
            return self.put(match.start(), end, *([("cite", self.here.add_cite(items, span), "")] if items else []))
        if inner_end < 0 and not match["slash"]:
            self.here.warn("migrant-distill", f"this <{name}> is not closed in its paragraph: it does nothing", span,
                           help=f"write </{name}> before the next empty line")  # fmt: skip
            return match.end()
        if name == "d-footnote":
            note = add_note(self.here, content, self.place.inner(match.end()), span)
            return self.put(match.start(), end, ("note", note.number, note.label))
        if name == "d-math":
            ordinal = self.here.add_formula(
                content, self.place.span(match.end(), inner_end), display="block" in match["attrs"]
            )
            return self.put(match.start(), end, ("math", ordinal, content))
        code = f"{code_language(match['attrs'])}\n{unescape(content.strip(chr(10)))}\n"
        return self.put(match.start(), end, ("code", int("block" in match["attrs"]), code))


def read_html(here: Found, text: str, place: AnyPlace) -> list[Piece]:
    """Return ``text`` in pieces, its links, files, anchors, citations and notes added to what was found."""
    reader = _Reader(here, text, place, [])
    at = 0
    while (match := _SPECIAL.search(text, at)) is not None:
        at = reader.step(match.start())
    reader.pieces.append(text[reader.done :])
    return [p for p in reader.pieces if p != ""]


def _script(here: Found, text: str, match: re.Match[str], place: AnyPlace) -> list[Piece]:
    """Return a script of the site's own files; an inline one is an error and left out."""
    attributes = read_tag_attributes(text, match.end("name"), match.end("attrs"))
    source = next((a for a in attributes if a.name == "src"), None)
    if source is None:
        here.error(
            "html-inline-script", "inline scripts are not published", place.span(match.start(), match.end()),
            help="put the code in a file beside the post: ::: {.widget src=brush.js}",
        )  # fmt: skip
        return []
    ordinal = here.add_media(source.value, place.span(source.value_start, source.value_end), "script", is_raw=True)
    kind = next((a.value for a in attributes if a.name == "type"), "")
    typed = escape(text[source.value_start : source.value_end])
    return [
        "<script" + (f' type="{escape(kind)}"' if kind else "") + ' src="',
        ("src", ordinal, typed),
        '" defer></script>',
    ]


def _tag(here: Found, text: str, match: re.Match[str], name: str, place: AnyPlace) -> Iterator[tuple[int, int, Piece]]:
    """Yield (start, end, replacement) for what changes in a tag, in order."""
    if match["attrs"] == "":
        return
    attributes = read_tag_attributes(text, match.end("name"), match.end("attrs"))
    alt = next((a.value for a in attributes if a.name == "alt"), None)
    picture = -1
    for a in attributes:
        span = place.span(a.value_start, a.value_end)
        if _is_dropped(here, a, place):
            yield a.start, a.end, ""
        elif a.name == "href" and name in ("a", "area"):
            yield a.value_start, a.value_end, _quoted(text, a, "href", here.add_link(a.value, span, is_raw=True))
        elif (kind := _media_kind(name, a.name)) != "":
            ordinal = here.add_media(a.value, span, kind, alt if a.name == "src" else "", is_raw=True)
            picture = ordinal if name == "img" or kind == "poster" else picture
            yield a.value_start, a.value_end, _quoted(text, a, "src", ordinal)
        elif a.name == "class" and a.quote and any(c in DISTILL_COLUMNS for c in a.value.split()):
            yield a.value_start, a.value_end, escape(" ".join(column_classes(a.value.split())))
        elif a.name == "id" and a.value and not a.value.isspace():
            _add_id(here, a.value, span)
    if picture >= 0 and not any(a.name in ("width", "height", "style") for a in attributes):
        yield match.end("attrs"), match.end("attrs"), ("size", picture, "")


def _media_kind(tag: str, attribute: str) -> str:
    if attribute == "src":
        return _MEDIA_KINDS.get(tag, "")
    return "poster" if attribute == "poster" else "data" if attribute == "data" and tag == "object" else ""


def _is_dropped(here: Found, a: Attribute, place: AnyPlace) -> bool:
    """Whether an attribute would run a script: then it is reported, and left out."""
    if here.config.keep_scripts:
        return False
    if a.name.startswith("on") and len(a.name) > 2:
        here.warn(
            "html-event-handler", f"“{a.name}” runs a script: it is left out", place.span(a.name_start, a.end),
            help="put the code in a file beside the post: ::: {.widget src=brush.js}",
        )  # fmt: skip
        return True
    if a.name in ("href", "src", "poster", "data", "action", "formaction", "xlink:href") and _UNSAFE.match(a.value):
        _unsafe(here, a.value, place.span(a.value_start, a.value_end))
        return True
    if a.name == "markdown" and here.fixed is None:
        return True  # kramdown's: the block rules saw to it
    if a.name in ("srcdoc", "srcset", "ping"):
        here.warn(
            "html-attribute", f"“{a.name}” is not kept", place.span(a.name_start, a.end),
            help="name one file in src",
        )  # fmt: skip
        return True
    return False


def _add_id(here: Found, name: str, span: Span) -> None:
    if name.startswith(("ref-", "fn-", "fnref-", "cite-")):
        here.error(
            "xref-reserved-id", f"ids that begin with “{name.partition('-')[0]}-” are made by the page itself", span,
            help="choose another id",
        )  # fmt: skip
    elif re.match(r"(?:fig|tbl|lst|thm|lem|cor|prp|cnj|def|exm|exr|rem|alg)-", name):
        here.add_label(name, name[:3], span)  # type: ignore[arg-type]
    else:
        here.add_id(name, span)


def _quoted(text: str, a: Attribute, kind: str, ordinal: int) -> Piece:
    typed = text[a.value_start : a.value_end]
    return (kind if a.quote else kind + "-bare", ordinal, escape(a.value) if "{{" in typed else typed)


def _unsafe(here: Found, value: str, span: Span) -> None:
    here.error(
        "html-unsafe-link", f"“{value.strip().partition(':')[0]}:” addresses are not allowed", span,
        help="link to http, https, mailto or a file of the site",
    )  # fmt: skip
