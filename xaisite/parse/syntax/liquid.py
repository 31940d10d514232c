"""`{% … %}` tags of Eleventy and Jekyll: `cite`, `bibliography`, `nocite` (more of them in `migrant_tags`).

jekyll-scholar's flags are understood (`-l 3 -L chapter -A --file other`). Inside code and fences tags are literal.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from markdown_it.rules_inline import StateInline

from xaisite.core.locator import LOCATOR_TERMS
from xaisite.core.source import Span
from xaisite.model.nodes import CiteItem
from xaisite.parse.dispatch import InlineState
from xaisite.parse.embeds import INCLUDE_FIGURE, figure_values
from xaisite.parse.found import Found, found
from xaisite.parse.machine import Machine, join_text
from xaisite.parse.place import AnyPlace
from xaisite.parse.syntax.citations import add_citation

TAG = re.compile(
    r"\{%(?P<trim>-?)\s*(?P<name>[A-Za-z_]\w*)(?P<args>(?:\"[^\"\n]*\"|'[^'\n]*'|%(?!\})|[^%\"'])*?)\s*-?%\}"
)
_WORD = re.compile(r"\"(?P<dq>[^\"\n]*)\"|'(?P<sq>[^'\n]*)'|(?P<bare>[^\s,\"'|]+)|\|")
_END_RAW = re.compile(r"\{%-?\s*endraw\s*-?%\}")
_FLAGS = {"-l": "locator", "--locator": "locator", "-L": "label", "--label": "label", "-f": "file", "--file": "file",
          "-s": "style", "--style": "style", "-t": "template", "--template": "template", "-p": "prefix",
          "--prefix": "prefix"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CiteTag:
    """What a `{% cite … %}` says."""

    items: tuple[CiteItem, ...]
    file: str


def liquid_plugin(md: Machine) -> None:
    """Register the rule."""
    md.inline.ruler.before("escape", "liquid", _liquid)
    md.inline.on("liquid", "{")


def _liquid(state: StateInline, silent: bool) -> bool:
    if not isinstance(state, InlineState) or not state.src.startswith("{%", state.pos) or state.last("%}") < state.pos:
        return False
    if state.env.get("raw"):
        return False
    match = TAG.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if match["name"] == "raw":
        return _raw(state, match, silent)
    rule = TAGS.get(match["name"])
    if rule is None:
        if not silent:
            _report(state, match)
        return False
    if not silent:
        rule(state, match)
    state.pos = match.end()
    return True


def _raw(state: InlineState, match: re.Match[str], silent: bool) -> bool:
    """`{% raw %}{{ x }}{% endraw %}`: what is between stands as typed."""
    close = _END_RAW.search(state.src, match.end(), state.posMax) if state.last("endraw") > match.end() else None
    if close is None:
        return False
    if not silent:
        state.push("text_special", "", 0).content = state.src[match.end() : close.start()]
    state.pos = close.end()
    return True


def _report(state: InlineState, match: re.Match[str]) -> None:
    if match["name"].startswith("end"):
        return  # its opening tag was reported
    found(state.env).tell_once(
        "migrant-liquid", f"liquid:{match['name']}", f"the tag “{match['name']}” is not known: it is shown as typed",
        state.place.span(match.start(), match.end()),
    )  # fmt: skip


def _include(state: InlineState, match: re.Match[str]) -> None:
    """`{% include figure.html path=… caption=… %}`: a picture."""
    here = found(state.env)
    args = INCLUDE_FIGURE.match(match["args"])
    values = None
    if args is not None:
        values = figure_values(here, match["args"][args.end() :], match.start("args") + args.end(), state.place)
    if values is None:
        here.tell_once("migrant-liquid", "include", "this include is not known: it is shown as typed",
                       state.place.span(match.start(), match.end()))  # fmt: skip
        state.push("text_special", "", 0).content = match[0]
        return
    ordinal, attributes, (caption, at) = values
    token = state.push("image", "img", 0)
    src = here.media[ordinal].src
    alt = here.media[ordinal].alt
    children = state.md.inline.parse_at(caption, state.md, state.env, [], state.place.inner(at)) if caption else []  # type: ignore[attr-defined]
    token.children = join_text(children)
    token.content = caption
    token.attrs = {"src": src}
    token.meta = {"ordinal": ordinal, "attributes": attributes, "alt": alt,
                  "span": state.place.span(match.start(), match.end())}  # fmt: skip


def _cite(state: InlineState, match: re.Match[str]) -> None:
    tag = read_cite_tag(found(state.env), match, state.place)
    if not tag.items:
        return
    before = state.src[state.pos - 1] if state.pos else " "
    glued = not before.isspace() and before not in "([{—–/-\"'“‘" and not match["trim"]
    if match["trim"]:
        state.pending = state.pending.rstrip()
        glued = bool(state.pending or state.tokens)
    add_citation(state, list(tag.items), match.start(), match.end(), glued=glued, file=tag.file)


def read_cite_tag(here: Found, match: re.Match[str], place: AnyPlace) -> CiteTag:
    """Return what the tag cites; ``place`` is that of the text matched."""
    words = list(_words(match))
    keys: list[tuple[str, int, int]] = []
    values: dict[str, list[str]] = {}
    suppress = False
    at = 0
    while at < len(words):
        word, low, high, is_quoted = words[at]
        if not is_quoted and word in _FLAGS and at + 1 < len(words):
            values.setdefault(_FLAGS[word], []).append(words[at + 1][0])
            at += 1
        elif not is_quoted and word in ("-A", "--suppress_author", "--suppress-author"):
            suppress = True
        elif not is_quoted and word.startswith("--") and "=" in word:
            name, _, value = word.partition("=")
            values.setdefault(_FLAGS.get(name, name), []).append(value)
        else:
            keys.append((word.strip(), low, high))
        at += 1
    if not keys:
        here.error("md-cite-empty", "this tag cites nothing", place.span(match.start(), match.end()),
                   help='name a key: {% cite "molnar2020" %}')  # fmt: skip
    return CiteTag(tuple(_items(keys, values, suppress, place)), (values.get("file") or [""])[0])


def _items(
    keys: list[tuple[str, int, int]], values: dict[str, list[str]], suppress: bool, place: AnyPlace
) -> list[CiteItem]:
    locators, labels = values.get("locator", []), values.get("label", [])
    items: list[CiteItem] = []
    for k, (key, low, high) in enumerate(keys):
        locator = locators[k] if k < len(locators) else ""
        label = labels[k] if k < len(labels) else ""
        term = LOCATOR_TERMS.get(label.casefold(), label) if locator else ""
        items.append(CiteItem(key, place.span(low, high), locator_term=term or ("page" if locator else ""),
                              locator=locator, suppress_author=suppress))  # fmt: skip
    return items


def _words(match: re.Match[str]) -> list[tuple[str, int, int, bool]]:
    base = match.start("args")
    out: list[tuple[str, int, int, bool]] = []
    for word in _WORD.finditer(match["args"]):
        group = word.lastgroup
        if group is not None:
            out.append((word[group], base + word.start(group), base + word.end(group), group != "bare"))
    return out


def _bibliography(state: InlineState, _match: re.Match[str]) -> None:
    here = found(state.env)
    here.has_bibliography_tag = True
    state.push("bibliography", "", 0)


def _nocite(state: InlineState, match: re.Match[str]) -> None:
    here = found(state.env)
    here.nocite.extend(word for word, *_ in _words(match))
    here.nocite_spans.extend(_word_spans(match, state.place))


def _word_spans(match: re.Match[str], place: AnyPlace) -> list[Span]:
    return [place.span(low, high) for _, low, high, _ in _words(match)]


def _margin(state: InlineState, match: re.Match[str]) -> None:
    """`{% sidenote "text" %}` and `{% marginnote "id" "text" %}` (the last text is what is shown)."""
    here = found(state.env)
    words = [w for w in _words(match) if w[3]]
    if not words:
        here.warn("md-sidenote-empty", "this note says nothing", state.place.span(match.start(), match.end()),
                  help='write its text: {% sidenote "text" %}')  # fmt: skip
        return
    text, low, _, _ = words[-1]
    children = join_text(state.md.inline.parse_at(text, state.md, state.env, [], state.place.inner(low)))  # type: ignore[attr-defined]
    token = state.push("sidenote" if match["name"] == "sidenote" else "marginnote", "span", 0)
    token.children = children
    token.meta = {"number": here.next_number("sidenote") if match["name"] == "sidenote" else 0}


TAGS: Mapping[str, Callable[[InlineState, re.Match[str]], None]] = {
    "cite": _cite,
    "bibliography": _bibliography,
    "nocite": _nocite,
    "sidenote": _margin,
    "marginnote": _margin,
    "include": _include,
}
