"""A markdown-it parser with the two fast tokenizers. Does not know any syntax beyond what plugins give it."""

from __future__ import annotations

from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from xaisite.parse.dispatch import BlockParser, InlineParser

MAX_NESTING = 100  # the presets' 20 drops deeper text without a word


class Machine(MarkdownIt):
    """The parser as plugins see it."""

    inline: InlineParser
    block: BlockParser

    def __init__(self) -> None:
        super().__init__("commonmark")
        self.inline = InlineParser()
        self.block = BlockParser()
        self.configure("commonmark", {"maxNesting": MAX_NESTING, "strikethrough_single_tilde": True})

    def compile(self) -> None:
        """Fix the set of rules; call once, after the last plugin."""
        self.inline.compile()
        self.block.compile()

    def parse_blocks(self, text: str, env: dict[str, Any]) -> list[Token]:
        """Return the block tokens of ``text``; their inline text is not yet parsed."""
        tokens: list[Token] = []
        self.block.parse(text, self, env, tokens)
        return tokens

    def parse_inline(self, text: str, env: dict[str, Any]) -> list[Token]:
        """Return the inline tokens of ``text``, which stands at ``env["found"].place``."""
        tokens: list[Token] = []
        self.inline.parse(text, self, env, tokens)
        return join_text(tokens)


def join_text(tokens: list[Token]) -> list[Token]:
    """Return ``tokens`` with neighbouring texts as one (escapes and entities make pieces)."""
    joined: list[Token] = []
    parts: list[str] = []
    for token in tokens:
        if token.type in ("text", "text_special"):
            if parts:
                parts.append(token.content)
                continue
            token.type = "text"
            parts = [token.content]
        elif parts:
            if len(parts) > 1:
                joined[-1].content = "".join(parts)
            parts = []
        joined.append(token)
    if len(parts) > 1:
        joined[-1].content = "".join(parts)
    return joined
