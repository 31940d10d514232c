"""`{{ '/x' | relative_url }}` in prose, and Quarto's shortcodes `{{< meta title >}}`, `{{< video file >}}`.

What is not understood stays readable, and is reported once per kind.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from markdown_it.rules_inline import StateInline

from xaisite.parse.dispatch import InlineState
from xaisite.parse.found import found
from xaisite.parse.machine import Machine
from xaisite.parse.moustache import match_address
from xaisite.parse.tag_values import read_values

_SHORTCODE = re.compile(r"\{\{<\s*(?P<name>[a-zA-Z][\w-]*)(?P<args>[^\n]*?)\s*>\}\}")
_VALUE = re.compile(r"\{\{[^{}\n]*\}\}")


def moustache_plugin(md: Machine) -> None:
    """Register the rule."""
    md.inline.ruler.before("escape", "moustache", _moustache)
    md.inline.on("moustache", "{")


def _moustache(state: StateInline, silent: bool) -> bool:
    if not isinstance(state, InlineState) or not state.src.startswith("{{", state.pos) or state.last("}}") < state.pos:
        return False
    if state.env.get("raw"):
        return False
    if state.src.startswith("{{<", state.pos):
        return _shortcode(state, silent)
    address = match_address(state.src, state.pos)
    if address is not None:
        if not silent:
            state.push("text_special", "", 0).content = address[0]
        state.pos = address[1]
        return True
    value = _VALUE.match(state.src, state.pos, state.posMax)
    if value is not None and not silent:
        found(state.env).tell_once(
            "migrant-liquid", "{{", "Liquid's {{ … }} is not evaluated: it is shown as typed",
            state.place.span(value.start(), value.end()), help="write the value, or a `{python} …` expression",
        )  # fmt: skip
    return False


def _shortcode(state: InlineState, silent: bool) -> bool:
    match = _SHORTCODE.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    rule = SHORTCODES.get(match["name"])
    if rule is None:
        if not silent:
            found(state.env).tell_once(
                "migrant-shortcode", f"shortcode:{match['name']}", f"the shortcode “{match['name']}” is not known",
                state.place.span(match.start(), match.end()), help="it is shown as typed",
            )  # fmt: skip
        return False
    if not silent:
        rule(state, match)
    state.pos = match.end()
    return True


def _meta(state: InlineState, match: re.Match[str]) -> None:
    here = found(state.env)
    name = match["args"].strip()
    value = getattr(here.front, name.replace("-", "_"), None) if name.replace("-", "_").isidentifier() else None
    if value is None:
        value = here.front.extra.get(name)
    if not isinstance(value, (str, int, float)):
        here.warn(
            "migrant-meta", f"the front matter has no text “{name}”", state.place.span(match.start(), match.end())
        )
        return
    state.push("text_special", "", 0).content = str(value)


def _video(state: InlineState, match: re.Match[str]) -> None:
    here = found(state.env)
    base = match.start("args")
    words = match["args"].split(None, 1)
    if not words:
        return
    src = words[0].strip("\"'")
    at = match["args"].index(src) + base
    values = read_values(match["args"], base)
    title = values.get("title", values.get("aria-label", ("Video", 0)))[0]
    span = state.place.span(at, at + len(src))
    token = state.push("video", "video", 0)
    if src.startswith(("http:", "https:", "//")):
        token.meta = {"link": here.add_link(src, span), "title": title}
        return
    token.meta = {"ordinal": here.add_media(src, span, "video", title), "title": title}
    for name, kind in (("poster", "poster"), ("captions", "track")):
        if name in values:
            value, low = values[name]
            token.meta[name] = here.add_media(value, state.place.span(low, low + len(value)), kind, "")
        else:
            here.warn("html-video", f"this video has no {name}", state.place.span(match.start(), match.end()),
                      help=f'add {name}="…"')  # fmt: skip


def _nothing(_state: InlineState, _match: re.Match[str]) -> None:
    """Page breaks, icons: of no use on a page."""


def _refused(state: InlineState, match: re.Match[str]) -> None:
    found(state.env).error(
        "migrant-include", "“include” is not supported: a post is one file",
        state.place.span(match.start(), match.end()),
        help="paste the text here, or link to a page of its own",
    )  # fmt: skip


SHORTCODES: Mapping[str, Callable[[InlineState, re.Match[str]], None]] = {
    "meta": _meta,
    "video": _video,
    "pagebreak": _nothing,
    "fa": _nothing,
    "bi": _nothing,
    "include": _refused,
}
