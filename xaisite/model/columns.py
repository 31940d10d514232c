"""Names of layout columns: ours, and Distill's for the same things."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

DISTILL_COLUMNS: Mapping[str, str] = {
    "l-body": "column-body",
    "l-body-outset": "column-body-outset",
    "l-middle": "column-body-outset",
    "l-page": "column-page",
    "l-page-outset": "column-page",
    "l-screen": "column-screen",
    "l-screen-inset": "column-page-inset",
    "l-gutter": "column-margin",
}


def column_classes(classes: Iterable[str]) -> list[str]:
    """Return ``classes`` with Distill's layouts under our names."""
    return [DISTILL_COLUMNS.get(c, c) for c in classes]
