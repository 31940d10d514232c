"""Task lists: `- [x] done`. The mark is cut from the item's text when its list is walked."""

from __future__ import annotations

import re

from markdown_it.token import Token

_MARK = re.compile(r"\[([ xX])\](?=\s)[ \t]*")


def mark_tasks(tokens: list[Token], at: int) -> None:
    """Mark the items of the bullet list at ``at`` that begin with a box."""
    level = tokens[at].level
    is_task_list = False
    k = at + 1
    while k < len(tokens) and not (tokens[k].type == "bullet_list_close" and tokens[k].level == level):
        item = tokens[k]
        if item.type == "list_item_open" and item.level == level + 1 and k + 2 < len(tokens):
            inline = tokens[k + 2]
            match = _MARK.match(inline.content) if tokens[k + 1].type == "paragraph_open" else None
            if match:
                is_task_list = True
                item.meta = {"checked": match[1] != " "}
                inline.content = inline.content[match.end() :]
        k += 1
    if is_task_list:
        tokens[at].meta = {"tasks": True}
