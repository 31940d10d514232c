"""A bundle from an explanation that somebody else computed.

Invariant: its caption says what is not known about it.
"""

from __future__ import annotations

from typing import Any

from xaisite.explain.bundle import assemble
from xaisite.explain.explanation import Explanation
from xaisite.explain.plain import to_json


def make_foreign_bundle(explanation: Explanation, *, caption: str, cites: tuple[str, ...]) -> dict[str, Any]:
    """Figure, texts and table as for our own; no verdicts."""
    return assemble(
        figure=explanation.figure,
        alt=explanation.alt_text(),
        caption=caption,
        table=explanation.table(),
        data_json=to_json(explanation, checked=False),
        cites=cites,
    )
