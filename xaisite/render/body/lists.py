"""Task lists; other lists need no rule of their own."""

from __future__ import annotations

from collections.abc import Sequence

from markdown_it.token import Token

from xaisite.render.body.writer import Rule, Writer, render_tag


def _bullet_list(_w: Writer, tokens: Sequence[Token], i: int) -> str:
    tag = render_tag(tokens, i)
    return tag.replace("<ul", '<ul class="task-list"', 1) if tokens[i].meta.get("tasks") else tag


def _item(w: Writer, tokens: Sequence[Token], i: int) -> str:
    token = tokens[i]
    if "checked" not in token.meta:
        return render_tag(tokens, i)
    done = bool(token.meta["checked"])
    state = f'{" checked" if done else ""} aria-label="{w.word("done" if done else "to do")}"'
    return f'{render_tag(tokens, i)}<input type="checkbox" disabled{state}> '


RULES: dict[str, Rule] = {"bullet_list_open": _bullet_list, "list_item_open": _item}
