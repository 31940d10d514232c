"""Writes the result of every example in the documentation: the Markdown of the fence above it, for real.

Run it after a change of an example: `python docs/make_examples.py`. A `::::::: {.result}` block that follows a
````markdown fence holds what this writes; a test compares, so that source and result are always the same text.
"""

from __future__ import annotations

import re
from pathlib import Path

DOCS = Path(__file__).parent
_EXAMPLE = re.compile(
    r"(?P<source>^(?P<fence>`{4,})markdown\n(?P<text>(?:(?!(?P=fence)$).*\n)*)(?P=fence)\n\n:::::::+ \{\.result\}\n)"
    r"(?:(?!:::::::+$).*\n)*(?P<end>:::::::+)$",
    re.MULTILINE,
)


def fill_examples(text: str) -> str:
    """Return a page with the results of its examples written anew."""
    return _EXAMPLE.sub(lambda m: m["source"] + "\n" + m["text"] + "\n" + m["end"], text)


def example_pages() -> tuple[Path, ...]:
    """Return the pages that may hold examples."""
    return tuple(sorted([*DOCS.glob("*.md"), *DOCS.glob("writing/*.md"), *DOCS.glob("experiments/*.md")]))


def main() -> None:
    """Write everything."""
    for page in example_pages():
        text = page.read_text(encoding="utf-8")
        filled = fill_examples(text)
        if filled != text:
            page.write_text(filled, encoding="utf-8")


if __name__ == "__main__":
    main()
