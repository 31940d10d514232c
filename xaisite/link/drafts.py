"""Which posts are drafts: those that say so, and those dated in the future."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from xaisite.core.diagnostic import Diagnostic, notice
from xaisite.core.source import Span
from xaisite.model.post import Outline


def is_draft(outline: Outline, now: datetime) -> bool:
    """Whether the post is left out of a build at the time ``now``."""
    return outline.front.draft or _is_future(outline, now)


def dates_around(outlines: Iterable[Outline], now: datetime) -> tuple[datetime | None, datetime | None]:
    """Return the last date up to ``now`` and the first after it: in between, the drafts are the same."""
    dates = sorted(outline.front.date for outline in outlines if outline.front.date)
    past = [date for date in dates if date <= now]
    return (past[-1] if past else None, dates[len(past)] if len(past) < len(dates) else None)


def future_notices(outlines: Mapping[str, Outline], now: datetime) -> tuple[Diagnostic, ...]:
    """Return a notice for each post that waits for its date."""
    return tuple(
        notice(
            "date-future",
            f"dated {outline.front.date.date().isoformat()}: a draft until then",
            outline.front.spans.get("date", Span(path, 0, 0)),
            help="`--drafts` builds it; `draft: true` keeps it back for good",
        )
        for path, outline in sorted(outlines.items())
        if outline.front.date and _is_future(outline, now) and not outline.front.draft
    )


def _is_future(outline: Outline, now: datetime) -> bool:
    return outline.front.date is not None and outline.front.date > now
