"""The Atom feed (RFC 4287), with whole posts.

Reads no clock: `updated` is the newest date of an entry. Invariant: same entries, same bytes; well-formed whatever the
texts hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from xaisite.export.xml import element, xml_text
from xaisite.model.config import Author
from xaisite.model.export import FeedEntry, FeedFacts

_BEGINNING = "1970-01-01T00:00:00Z"


def make_feed(facts: FeedFacts, entries: Sequence[FeedEntry]) -> str:
    """Return the feed of ``entries``, in their order; undated ones are left out (Atom needs a date)."""
    dated = [e for e in entries if e.date]
    newest = max((e.updated for e in dated), key=_moment, default=_BEGINNING)
    lines = [
        element("title", facts.title),
        element("subtitle", facts.subtitle) if facts.subtitle else "",
        element("link", rel="self", type="application/atom+xml", href=facts.feed_url),
        element("link", rel="alternate", type="text/html", href=facts.home_url),
        element("id", facts.home_url),
        element("updated", atom_date(newest)),
        element("rights", facts.rights) if facts.rights else "",
        element("generator", "xaisite"),
        *(_author(a) for a in facts.authors or (Author(facts.title),)),
        *(_entry(e) for e in dated),
    ]
    body = "\n".join(line for line in lines if line)
    head = f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{xml_text(facts.language)}">'
    return f'<?xml version="1.0" encoding="utf-8"?>\n{head}\n{body}\n</feed>\n'


def atom_date(iso: str) -> str:
    """Return an ISO date as RFC 3339 wants it: with seconds and an offset."""
    return _moment(iso).isoformat(timespec="seconds").replace("+00:00", "Z")


def _moment(iso: str) -> datetime:
    moment = datetime.fromisoformat(iso)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _author(author: Author) -> str:
    uri = element("uri", author.url) if author.url else ""
    email = element("email", author.email) if author.email else ""
    return (
        f"<author>{element('name', author.name if xml_text(author.name).strip() else 'Unknown')}{uri}{email}</author>"
    )


def _entry(entry: FeedEntry) -> str:
    title = entry.title if xml_text(entry.title).strip() else entry.url
    lines = [
        element("title", title),
        element("link", rel="alternate", type="text/html", href=entry.url, hreflang=entry.lang),
        element("id", entry.url),
        element("published", atom_date(entry.date)),
        element("updated", atom_date(entry.updated)),
        *(_author(a) for a in entry.authors),
        *(element("category", term=tag) for tag in entry.tags),
        element("rights", entry.rights) if entry.rights else "",
        element("summary", entry.summary, type="text") if entry.summary else "",
        element("content", entry.content_html, type="html", **{"xml:base": entry.url}) if entry.content_html else "",
    ]
    if not entry.summary and not entry.content_html:
        lines.append(element("summary", title))  # an entry with a text nowhere is of no use
    body = "\n  ".join(line for line in lines if line)
    return f"<entry>\n  {body}\n</entry>"
