"""`{% … %}` tags of Eleventy and Jekyll: `cite`, `bibliography`, `nocite` (more of them in `migrant_tags`).

jekyll-scholar's flags are understood (`-l 3 -L chapter -A --file other`). Inside code and fences tags are literal.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from xaisite.core.locator import LOCATOR_TERMS
from xaisite.core.record import record
from xaisite.core.source import Span
from xaisite.model.nodes import Attributes, CiteItem
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
END_RAW = re.compile(r"\{%-?\s*endraw\s*-?%\}")
_RAW_LINE = re.compile(r"^[ \t]*\{%-?\s*(?:end)?raw\s*-?%\}[ \t]*\n", re.MULTILINE)
_RAW_TAG = re.compile(r"\{%-?\s*(?P<end>end)?raw\s*-?%\}")
_FLAGS = {"-l": "locator", "--locator": "locator", "-L": "label", "--label": "label", "-f": "file", "--file": "file",
          "-s": "style", "--style": "style", "-t": "template", "--template": "template", "-p": "prefix",
          "--prefix": "prefix"}  # fmt: skip


@record
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
    """`{% raw %}{{ x }}{% endraw %}`: what is between is Markdown whose Liquid stands as typed."""
    close = END_RAW.search(state.src, match.end(), state.posMax) if state.last("endraw") > match.end() else None
    if close is None:
        if not silent:
            _report(state, match)
        return False
    if not silent:
        limit, before = state.posMax, state.env.get("raw", False)
        state.pos, state.posMax, state.env["raw"] = match.end(), close.start(), True
        state.md.inline.tokenize(state)
        state.posMax, state.env["raw"] = limit, before
    state.pos = close.end()
    return True


def code_without_raw(here: Found, code: str, span: Callable[[], Span]) -> str:
    """Return ``code`` without the tags `raw` and `endraw` that Jekyll needs around Liquid, in code, too."""
    if "endraw" not in code or "{" not in _RAW_TAG.sub("", code):
        return code
    marks = [tag["end"] for tag in _RAW_TAG.finditer(code)]
    if marks != [None, "end"] * (len(marks) // 2):
        return code
    here.tell_once(
        "migrant-liquid", "raw:code", "the tags “raw” and “endraw” in code are left out, as in Jekyll", span(),
        help="remove them; to show them, put the code between {% raw %} and {% endraw %}",
    )  # fmt: skip
    return _RAW_TAG.sub("", _RAW_LINE.sub("", code))


def _report(state: InlineState, match: re.Match[str]) -> None:
    here, name = found(state.env), match["name"]
    span = state.place.span(match.start(), match.end())
    if name in ("highlight", "details", "raw", "comment"):
        here.tell_once("migrant-liquid", f"open:{name}", f"this “{name}” is never closed: it is shown as typed", span,
                       help=f"write {{% end{name} %}}, each of the two tags on a line of its own")  # fmt: skip
    else:
        report_tag(here, name, span)


def report_tag(here: Found, name: str, span: Span) -> None:
    """Say, once for each name, that a tag stays as typed."""
    if not name.startswith("end"):  # its opening tag was reported
        here.tell_once("migrant-liquid", f"liquid:{name}", f"the tag “{name}” is not known: it is shown as typed", span)


def report_value(here: Found, span: Span) -> None:
    """Say, once, that a `{{ … }}` stays as typed."""
    here.tell_once("migrant-liquid", "{{", "Liquid's {{ … }} is not evaluated: it is shown as typed", span,
                   help="write the value, or a `{python} …` expression")  # fmt: skip


def _include(state: InlineState, match: re.Match[str]) -> None:
    """`{% include figure.html path=… caption=… %}`: a picture."""
    here = found(state.env)
    args = INCLUDE_FIGURE.match(match["args"])
    values = None
    if args is not None:
        values = figure_values(here, match["args"][args.end() :], match.start("args") + args.end(), state.place)
    if values is None:
        name = match["args"].split(None, 1)
        kind = f"include:{name[0] if name else ''}"
        here.tell_once("migrant-liquid", kind, "this include is not known: it is shown as typed",
                       state.place.span(match.start(), match.end()))  # fmt: skip
        state.push("text_special", "", 0).content = match[0]
        return
    ordinal, attributes, (caption, at) = values
    children = state.md.inline.parse_at(caption, state.md, state.env, [], state.place.inner(at)) if caption else []  # type: ignore[attr-defined]
    token = _push_image(state, match, ordinal, attributes)
    token.children = join_text(children)
    token.content = caption


def _push_image(state: InlineState, match: re.Match[str], ordinal: int, attributes: Attributes) -> Token:
    use = found(state.env).media[ordinal]
    token = state.push("image", "img", 0)
    token.attrs = {"src": use.src}
    token.children = []
    token.meta = {"ordinal": ordinal, "attributes": attributes, "alt": use.alt,
                  "span": state.place.span(match.start(), match.end())}  # fmt: skip
    return token


def _image(state: InlineState, match: re.Match[str]) -> None:
    """`{% image "./img/a.png", "what it shows" %}`: eleventy-img's; files are named from the root of the site."""
    words = [w for w in _words(match) if w[3]]
    if len(words) < 2:
        _report(state, match)
        state.push("text_special", "", 0).content = match[0]
        return
    (path, low, high, _), (alt, *_) = words[:2]
    src = path if path.startswith(("/", "http:", "https:")) else "/" + path.removeprefix("./")
    ordinal = found(state.env).add_media(src, state.place.span(low, high), "image", alt)
    _push_image(state, match, ordinal, Attributes())


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
    "image": _image,
}
