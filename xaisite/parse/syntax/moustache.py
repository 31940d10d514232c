"""`{{ '/x' | relative_url }}` in prose, and Quarto's shortcodes `{{< meta title >}}`, `{{< video file >}}`.

What is not understood stays readable, and is reported once per kind.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from markdown_it.rules_inline import StateInline

from xaisite.core.source import Span
from xaisite.parse.dispatch import InlineState
from xaisite.parse.found import Found, found
from xaisite.parse.machine import Machine
from xaisite.parse.moustache import match_address
from xaisite.parse.syntax.liquid import report_value
from xaisite.parse.tag_values import read_values
from xaisite.parse.videos import report_video

SHORTCODE = re.compile(r"\{\{<\s*(?P<name>/?[a-zA-Z][\w-]*)(?P<args>(?:[^>]|>(?!\}\}))*?)\s*>\}\}")
_ESCAPED = re.compile(r"\{(\{\{<(?:[^>]|>(?!\}\}))*>\}\})\}")
_MAX = 2000  # characters of a shortcode: keeps hostile text linear
VALUE = re.compile(r"\{\{[^{}\n]*\}\}")


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
    if state.src.startswith("{{{<", state.pos):
        return _escaped(state, silent)
    address = match_address(state.src, state.pos)
    if address is not None:
        if not silent:
            state.push("text_special", "", 0).content = address[0]
        state.pos = address[1]
        return True
    value = VALUE.match(state.src, state.pos, state.posMax)
    if value is not None and not silent:
        report_value(found(state.env), state.place.span(value.start(), value.end()))
    return False


def _escaped(state: InlineState, silent: bool) -> bool:
    """`{{{< meta title >}}}`: how Quarto writes a shortcode that is to be shown."""
    match = _ESCAPED.match(state.src, state.pos, min(state.posMax, state.pos + _MAX))
    if match is None:
        return False
    if not silent:
        state.push("text_special", "", 0).content = match[1]
    state.pos = match.end()
    return True


def _shortcode(state: InlineState, silent: bool) -> bool:
    match = SHORTCODE.match(state.src, state.pos, min(state.posMax, state.pos + _MAX))
    if match is None:
        return False
    if not silent:
        here = found(state.env)
        span = state.place.span(match.start(), match.end())
        rule = _RULES.get(match["name"])
        if rule is None or not rule(state, match):
            text = shortcode_text(here, match["name"], match["args"].strip(), span)
            state.push("text_special", "", 0).content = match[0] if text is None else text
    state.pos = match.end()
    return True


def shortcode_text(here: Found, name: str, args: str, span: Span) -> str | None:
    """Return what a shortcode stands for, as text; None: it is to be shown as typed. Says what it cannot do."""
    if name == "meta":
        return _meta(here, args, span)
    if name == "include":
        here.error("migrant-include", "an include stands on a line of its own", span,
                   help="put it on its own line, outside of other markup")  # fmt: skip
    elif name in LEFT_OUT:
        here.tell_once("migrant-shortcode", f"shortcode:{name}", f"“{name}” is left out: {LEFT_OUT[name]}", span)
        return ""
    elif not name.startswith("/"):
        here.tell_once("migrant-shortcode", f"shortcode:{name}", f"the shortcode “{name}” is not known", span,
                       help="it is shown as typed")  # fmt: skip
    return None


def _meta(here: Found, name: str, span: Span) -> str | None:
    value = getattr(here.front, name.replace("-", "_"), None) if name.replace("-", "_").isidentifier() else None
    if value is None:
        value = here.front.extra.get(name)
    if isinstance(value, (str, int, float)) and value != "":
        return str(value)
    here.warn("migrant-meta", f"the front matter has no text “{name}”", span,
              help="it is shown as typed: add the field, or write the text here")  # fmt: skip
    return None


def _kbd(state: InlineState, match: re.Match[str]) -> bool:
    keys = re.sub(r"[\w-]+=(?:\"[^\"]*\"|\S+)", "", match["args"]).strip()
    if not keys:
        return False
    state.push("kbd_open", "kbd", 1)
    state.push("text", "", 0).content = keys
    state.push("kbd_close", "kbd", -1)
    return True


def _video(state: InlineState, match: re.Match[str]) -> bool:
    here = found(state.env)
    base = match.start("args")
    words = match["args"].split(None, 1)
    if not words:
        return False
    src = words[0].strip("\"'")
    at = match["args"].index(src) + base
    values = read_values(match["args"], base)
    title = values.get("title", values.get("aria-label", ("Video", 0)))[0]
    span = state.place.span(at, at + len(src))
    token = state.push("video", "video", 0)
    if src.startswith(("http:", "https:", "//")):
        token.meta = {"link": here.add_link(src, span), "title": title}
        return True
    token.meta = {"ordinal": here.add_media(src, span, "video", title), "title": title}
    token.meta |= {name: values.get(name, ("", 0))[0] for name in ("width", "height")}
    for name, kind in (("poster", "poster"), ("captions", "track")):
        if name in values:
            value, low = values[name]
            token.meta[name] = here.add_media(value, state.place.span(low, low + len(value)), kind, "")
        else:
            report_video(here, name, state.place.span(match.start(), match.end()))
    return True


LEFT_OUT: Mapping[str, str] = {
    "pagebreak": "a page of the web has none",
    "fa": "pages load no icon fonts",
    "bi": "pages load no icon fonts",
    "iconify": "pages load no icon fonts",
}
"""Shortcodes that say nothing, and why nothing stands in their place."""

_RULES: Mapping[str, Callable[[InlineState, re.Match[str]], bool]] = {"video": _video, "kbd": _kbd}
