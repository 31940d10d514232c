"""All lint of one page, in one call: what `xaisite check` adds to the diagnostics of a build.

Links, anchors and cross references are resolved, and so checked, by `link`; bibliographies by `check.bibliography`.
"""

from __future__ import annotations

from xaisite.check.alt import check_alt
from xaisite.check.captions import check_captions
from xaisite.check.contents import check_contents
from xaisite.check.headings import check_headings
from xaisite.check.results import check_results
from xaisite.check.typed_numbers import check_typed_numbers
from xaisite.core.diagnostic import Diagnostic
from xaisite.core.source import Source
from xaisite.model.post import Outline
from xaisite.model.result import PostResults


def check_page(source: Source, outline: Outline, results: PostResults | None = None) -> tuple[Diagnostic, ...]:
    """Return what is wrong with the page as a reader meets it."""
    return (
        *check_alt(outline, results),
        *check_headings(outline),
        *check_contents(outline),
        *check_captions(outline),
        *check_typed_numbers(source, outline),
        *check_results(outline, results),
    )
