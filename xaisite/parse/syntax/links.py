"""Links, images and autolinks, with the place of each address; GFM's bare `https://…`, `www.…` and mail addresses.

The library's rules do not say where a destination stands: these are the same rules with positions. Whether an address
leads anywhere is `link`'s business.
"""

from __future__ import annotations

import re

from markdown_it.common.utils import normalizeReference
from markdown_it.helpers import parseLinkDestination, parseLinkLabel, parseLinkTitle
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.autolink import autolink
from markdown_it.token import Token

from xaisite.core.paths import POST_SUFFIXES
from xaisite.core.record import record
from xaisite.core.size import is_size
from xaisite.core.source import Span
from xaisite.model.nodes import Attributes, CrossRefItem
from xaisite.parse.attributes import read_attributes, report_attributes
from xaisite.parse.dispatch import InlineState
from xaisite.parse.found import Found, found
from xaisite.parse.inline_html import inline_text
from xaisite.parse.machine import Machine, join_text
from xaisite.parse.moustache import match_address

_DEFINITION = re.compile(r"[^\n]*?\]:\s*<?([^\s>]+)")
_BARE = r"(?<![^\s*_~(])(?:https?://|ftp://|www\.)"
_BARE_URL = re.compile(r"(?P<scheme>https?://|ftp://|www\.)(?P<domain>[\w-]+(?:\.[\w-]+)*)(?P<rest>[^\s<\[\]]*)")
_JEKYLL = re.compile(
    r"(?:\{\{\s*site\.(?:base)?url\s*\}\}){0,2}\{%-?\s*(?P<tag>post_url|link)\s+(?P<name>[^\s{}%]+)\s*-?%\}"
)
_TAIL = re.compile(r"[^\s(){}]*")
_ENTITY_END = re.compile(r"&[A-Za-z0-9]{1,32};\Z")


@record
class _Target:
    """Where a link goes: the address, the title, the index after it and the place of the address."""

    href: str
    title: str
    end: int
    span: Span


_LABEL = re.compile(r"#[\w:.-]+")


def links_plugin(md: Machine) -> None:
    """Register the rules."""
    md.inline.ruler.at("link", _link)
    md.inline.ruler.at("image", _image)
    md.inline.ruler.at("autolink", _autolink)
    md.inline.ruler.before("link", "bare_link", _bare_link)
    md.inline.on("bare_link", "hfw")
    md.inline.stop_at(_BARE)


def _link(state: StateInline, silent: bool) -> bool:
    if not isinstance(state, InlineState) or state.last("]") < state.pos:
        return False
    start, limit = state.pos, state.posMax
    label_end = parseLinkLabel(state, start, True)
    if label_end < 0:
        return False
    target = _target(state, start + 1, label_end)
    if target is None:
        return False
    attributes, end = _attributes(state, target.end, silent=silent)
    if not silent and not state.src[start + 1 : label_end].strip() and _without_text(state, target, end):
        return True
    if not silent:
        state.pos, state.posMax = start + 1, label_end
        opening = state.push("link_open", "a", 1)
        opening.attrs = {"href": target.href, **({"title": target.title} if target.title else {})}
        opening.meta = {"ordinal": found(state.env).add_link(target.href, target.span), "attributes": attributes}
        state.linkLevel += 1
        state.md.inline.tokenize(state)
        state.linkLevel -= 1
        state.push("link_close", "a", -1)
    state.pos, state.posMax = end, limit
    return True


def _without_text(state: InlineState, target: _Target, end: int) -> bool:
    """Whether `[](#label)` is a reference and `[](post.md)` a title, as in MyST; others without text are reported."""
    here = found(state.env)
    span = state.place.span(state.pos, end)
    if target.href.endswith(POST_SUFFIXES) and "://" not in target.href:
        ordinal = here.add_link(target.href, target.span, is_titled=True)
        opening = state.push("link_open", "a", 1)
        opening.attrs, opening.meta = {"href": target.href}, {"ordinal": ordinal, "attributes": None}
        title = state.push("page_title", "", 0)
        title.meta = {"ordinal": ordinal}
        state.push("link_close", "a", -1)
        state.pos = end
        return True
    if not _LABEL.fullmatch(target.href):
        here.warn("link-empty", "this link has no text: no reader sees it", span, help="write its text in the brackets")
        return False
    token = state.push("cross_reference", "", 0)
    label = Span(target.span.path, min(target.span.start + 1, target.span.end), target.span.end)
    token.meta = {"ordinal": here.add_cross_ref([CrossRefItem(target.href[1:], label)], span, "full")}
    state.pos = end
    return True


def _image(state: StateInline, silent: bool) -> bool:
    if not isinstance(state, InlineState) or not state.src.startswith("![", state.pos) or state.last("]") < state.pos:
        return False
    start = state.pos
    label_end = parseLinkLabel(state, start + 1, False)
    if label_end < 0:
        return False
    target = _target(state, start + 2, label_end)
    if target is None:
        return False
    attributes, end = _attributes(state, target.end, silent=silent)
    if not silent:
        _push_image(state, (start + 2, label_end), target, attributes, end)
    state.pos = end
    return True


def _push_image(
    state: InlineState, label: tuple[int, int], target: _Target, attributes: Attributes | None, end: int
) -> None:
    here = found(state.env)
    content = state.src[label[0] : label[1]]
    children = state.md.inline.parse_at(content, state.md, state.env, [], state.place.inner(label[0]))  # type: ignore[attr-defined]
    children = join_text(children)
    token = state.push("image", "img", 0)
    token.children = children
    token.content = content
    token.attrs = {"src": target.href, **({"title": target.title} if target.title else {})}
    values = attributes.values if attributes else {}
    _check_sizes(here, attributes)
    alt = values.get("fig-alt", values.get("alt"))
    if alt is None:
        alt = inline_text(children) or None
    ordinal = here.add_media(
        target.href, target.span, _kind(target.href), alt, label=attributes.id if attributes else ""
    )
    token.meta = {"ordinal": ordinal, "attributes": attributes, "alt": alt, "span": state.place.span(label[0] - 2, end)}


def _check_sizes(here: Found, attributes: Attributes | None) -> None:
    for name in ("width", "height"):
        text = attributes.values.get(name, "") if attributes else ""
        if attributes and text and not is_size(text):
            here.warn("md-size", f"“{text}” is no {name}: it has no effect", attributes.span or here.whole,
                      help="write a number (of pixels), or one with a unit, such as 60%")  # fmt: skip


def _kind(href: str) -> str:
    ending = href.partition("?")[0].rpartition(".")[2].lower()
    return (
        "video"
        if ending in ("mp4", "webm", "ogv", "mov")
        else "audio"
        if ending in ("mp3", "ogg", "wav", "m4a")
        else "image"
    )


def _attributes(state: InlineState, at: int, *, silent: bool) -> tuple[Attributes | None, int]:
    if at < state.posMax and state.src[at] == "{" and not state.src.startswith(("{%", "{{"), at):
        read = read_attributes(state.src, at, state.place)
        if read is not None and read[1] <= state.posMax:
            return read
        if not silent:
            report_attributes(state, at)
    return None, at


def _target(state: InlineState, label_start: int, label_end: int) -> _Target | None:
    """Return what follows a link's text: `(address "title")`, `[reference]`, `[]` or nothing."""
    if state.src.startswith("(", label_end + 1) and label_end + 1 < state.posMax:
        direct = _direct(state, label_end + 2)
        if direct is not None:
            return direct
    return _by_reference(state, label_start, label_end)


def _direct(state: InlineState, at: int) -> _Target | None:
    src, limit = state.src, state.posMax
    at = _skip_space(src, at, limit)
    if at >= limit:
        return None
    begin = at
    href = ""
    address = _post_address(found(state.env), src, at, limit) or _moustache_address(src, at, limit)
    destination = parseLinkDestination(src, at, limit)
    if address is not None:
        href, at = state.md.normalizeLink(address[0]), address[1]
    elif destination.ok:
        href = state.md.normalizeLink(destination.str)
        if state.md.validateLink(href):
            at = destination.pos
        else:
            _report_unsafe(state, href, begin, destination.pos)
            href = ""
    end = at
    at = _skip_space(src, at, limit)
    text = ""
    title = parseLinkTitle(src, at, limit, None)
    if at < limit and at != end and title.ok:
        text = title.str
        at = _skip_space(src, title.pos, limit)
    if at >= limit or src[at] != ")":
        return None
    if src.startswith("<", begin) and end > begin + 1:
        begin, end = begin + 1, end - 1
    return _Target(href, text, at + 1, state.place.span(begin, end))


def _moustache_address(src: str, at: int, limit: int) -> tuple[str, int] | None:
    """Return what `{{ '/x.png' | relative_url }}` and the text after it mean as an address, and the index after."""
    if not src.startswith("{{", at):
        return None
    read = match_address(src, at)
    if read is None:
        return None
    text, end = read
    while not text and (read := match_address(src, end)) is not None:  # `{{ site.url }}{{ site.baseurl }}`
        text, end = read
    tail = _TAIL.match(src, end, limit)
    return text + (tail[0] if tail else ""), tail.end() if tail else end


def _post_address(here: Found, src: str, at: int, limit: int) -> tuple[str, int] | None:
    """Return what `{% post_url 2024-02-04-name %}` and `{% link _posts/name.md %}` mean, and the index after."""
    match = _JEKYLL.match(src, at, limit)
    if match is None:
        return None
    folder = f"/{here.config.posts_folder}/" if here.config.posts_folder else "/"
    name = match["name"].lstrip("/")
    if match["tag"] == "post_url":
        name = folder + name + ".md"
    else:
        name = folder + name.removeprefix("_posts/") if name.startswith("_posts/") else "/" + name
    tail = _TAIL.match(src, match.end(), limit)
    return name + (tail[0] if tail else ""), tail.end() if tail else match.end()


def _report_unsafe(state: InlineState, href: str, start: int, end: int) -> None:
    found(state.env).error(
        "html-unsafe-link", f"“{href.partition(':')[0]}:” addresses are not allowed", state.place.span(start, end),
        help="link to http, https, mailto or a file of the site",
    )  # fmt: skip


def _skip_space(src: str, at: int, limit: int) -> int:
    while at < limit and src[at] in " \t\n":
        at += 1
    return at


def _by_reference(state: InlineState, label_start: int, label_end: int) -> _Target | None:
    references = state.env.get("references")
    if not references:
        return None
    end = label_end + 1
    label = ""
    if end < state.posMax and state.src[end] == "[":
        close = parseLinkLabel(state, end)
        if close >= 0:
            label = state.src[end + 1 : close]
            end = close + 1
    reference = references.get(normalizeReference(label or state.src[label_start:label_end]))
    if reference is None:
        return None
    return _Target(reference["href"], reference["title"], end, _definition_span(state, reference))


def _definition_span(state: InlineState, reference: dict[str, list[int]]) -> Span:
    here = found(state.env)
    first, last = reference["map"]
    if here.fixed is None:
        match = _DEFINITION.match(here.line(first))
        if match:
            start = here.line_offset(first)
            return here.source.span(start + match.start(1), start + match.end(1))
    return here.lines_span(first, last)


def _autolink(state: StateInline, silent: bool) -> bool:
    if not isinstance(state, InlineState) or state.last(">") < state.pos:
        return False
    start = state.pos
    count = len(state.tokens)
    if not autolink(state, silent):
        return False
    if not silent:
        opening = next(t for t in state.tokens[count:] if t.type == "link_open")
        href = str(opening.attrs["href"])
        if not href.startswith("mailto:"):
            span = state.place.span(start + 1, state.pos - 1)
            opening.meta = {"ordinal": found(state.env).add_link(href, span)}
    return True


def _bare_link(state: StateInline, silent: bool) -> bool:
    if not isinstance(state, InlineState) or state.linkLevel or state.src.startswith("< ", state.pos - 2):
        return False
    match = _BARE_URL.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    domain = match["domain"].split(".")
    if (len(domain) < 2 and match["scheme"] != "www.") or any("_" in part for part in domain[-2:]):
        return False
    text = _trim(match[0])
    if len(text) <= len(match["scheme"]):
        return False
    if not silent:
        href = state.md.normalizeLink("http://" + text if match["scheme"] == "www." else text)
        opening = state.push("link_open", "a", 1)
        opening.attrs = {"href": href}
        opening.markup = "linkify"
        opening.meta = {"ordinal": found(state.env).add_link(href, state.place.span(state.pos, state.pos + len(text)))}
        state.push("text", "", 0).content = text
        state.push("link_close", "a", -1).markup = "linkify"
    state.pos += len(text)
    return True


def _trim(text: str) -> str:
    """Cut what GFM does not count to a bare address: final punctuation, unbalanced `)`, an entity."""
    closing = text.count(")") - text.count("(")
    while text:
        last = text[-1]
        if last in "?!.,:*_~'\"":
            text = text[:-1]
        elif last == ")" and closing > 0:
            text = text[:-1]
            closing -= 1
        elif last == ";":
            match = _ENTITY_END.search(text[-40:])
            text = text[: -len(match[0])] if match else text[:-1]
        else:
            break
    return text


def link_mail(tokens: list[Token]) -> list[Token]:
    """Return ``tokens`` with bare mail addresses in their texts made links (GFM)."""
    if not any("@" in t.content for t in tokens if t.type == "text"):
        return tokens
    out: list[Token] = []
    depth = 0
    for token in tokens:
        depth += (token.type == "link_open") - (token.type == "link_close")
        out.extend(_split_mail(token) if token.type == "text" and not depth and "@" in token.content else [token])
    return out


_DOMAIN = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+")


def _split_mail(token: Token) -> list[Token]:
    text = token.content
    out: list[Token] = []
    done = 0
    at = text.find("@")
    while at >= 0:
        local = at
        while local > done and ((text[local - 1].isascii() and text[local - 1].isalnum()) or text[local - 1] in "._+-"):
            local -= 1
        match = _DOMAIN.match(text, at + 1)
        if match and local < at and text[match.end() - 1] not in "-_" and text[local - 1 : local] != "<":
            if local > done:
                out.append(Token("text", "", 0, content=text[done:local], level=token.level))
            address = text[local : match.end()]
            out.append(Token("link_open", "a", 1, attrs={"href": "mailto:" + address}, markup="linkify"))
            out.append(Token("text", "", 0, content=address))
            out.append(Token("link_close", "a", -1, markup="linkify"))
            done = match.end()
        at = text.find("@", max(at + 1, done))
    if not out:
        return [token]
    if done < len(text):
        out.append(Token("text", "", 0, content=text[done:], level=token.level))
    return out
