"""Pieces that all three styles use: editions, dates, patents' kinds.

Knows words, not order.
"""

from __future__ import annotations

import re

from xaisite.cite.fields import View
from xaisite.cite.inlines import Inlines, join, plain, render_text
from xaisite.cite.months import MONTH_NAMES

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_IEEE_MONTHS = ("Jan.", "Feb.", "Mar.", "Apr.", "May", "Jun.", "Jul.", "Aug.", "Sep.", "Oct.", "Nov.", "Dec.")
_ISO_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?\Z")
_PATENTS = {
    "patentus": "U.S. Patent", "patenteu": "European Patent", "patentde": "German Patent", "patentuk": "UK Patent",
    "patentfr": "French Patent", "patreq": "Patent application", "patrequs": "U.S. Patent application",
    "patreqeu": "European Patent application",
}  # fmt: skip
_NATIONALITIES = {
    "united states": "U.S. Patent", "us": "U.S. Patent", "usa": "U.S. Patent", "u.s.": "U.S. Patent",
    "european": "European Patent", "ep": "European Patent", "germany": "German Patent", "german": "German Patent",
}  # fmt: skip


def number_ordinal(number: int) -> str:
    """Return `2nd`."""
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"


def short_edition(view: View) -> Inlines:
    """Return `2nd ed.`, or nothing; a first edition is not worth saying but is kept when the author says it."""
    text = re.sub(r"\s*\b(?:edition|ed\.?)\s*\Z", "", view.text("edition"), flags=re.IGNORECASE)
    if not text:
        return ()
    if text.lower() in _ORDINALS:
        text = number_ordinal(_ORDINALS.index(text.lower()) + 1)
    elif text.isdecimal():
        text = number_ordinal(int(text))
    return plain(f"{text} ed.")


def long_edition(view: View) -> Inlines:
    """Return `second edition`."""
    text = re.sub(r"\s*\b(?:edition|ed\.?)\s*\Z", "", view.text("edition"), flags=re.IGNORECASE)
    if text.isdecimal():
        text = _ORDINALS[int(text) - 1] if 1 <= int(text) <= 10 else number_ordinal(int(text))
    elif text.lower() in _ORDINALS:
        text = text.lower()
    return plain(f"{text} edition") if text else ()


def short_date(view: View) -> Inlines:
    """Return `Oct. 3, 2001`."""
    month, day, text = view.month
    if month:
        name = _IEEE_MONTHS[month - 1] + (f" {day}" if day else "")
        return join([plain(name), plain(view.year)], ", " if day else " ")
    return join([plain(text), plain(view.year)], " ")


def long_date(view: View) -> Inlines:
    """Return `3 October 2001`, `October 2001`, `2001`."""
    month, day, text = view.month
    parts = [str(day) if day else "", MONTH_NAMES[month - 1] if month else text, view.year]
    return plain(" ".join(part for part in parts if part))


def month_day(view: View) -> str:
    """Return `October 3`."""
    month, day, text = view.month
    if not month:
        return text
    return MONTH_NAMES[month - 1] + (f" {day}" if day else "")


def access_date(view: View, *, short: bool) -> str:
    """Return `urldate` as `Nov. 3, 2020` or `November 3, 2020`; as typed when it is not an ISO date."""
    text = view.accessed
    m = _ISO_DATE.match(text)
    if not m or not m.group(2) or not 1 <= int(m.group(2)) <= 12:
        return text
    name = (_IEEE_MONTHS if short else MONTH_NAMES)[int(m.group(2)) - 1]
    return f"{name} {int(m.group(3))}, {m.group(1)}" if m.group(3) else f"{name} {m.group(1)}"


def patent_kind(view: View) -> str:
    """Return `U.S. Patent`."""
    kind, nation = view.text("type"), view.text("nationality")
    if kind.lower() in _PATENTS:
        return _PATENTS[kind.lower()]
    if kind:
        return kind
    return _NATIONALITIES.get(nation.lower(), f"{nation} Patent".strip())


def labelled(one: str, many: str, value: str) -> Inlines:
    """Return `p. 3` or `pp. 3–4`."""
    if not value:
        return ()
    return plain(f"{many if re.search(r'[–,&+]', value) else one} {value}")


def prefixed(label: str, value: Inlines) -> Inlines:
    """Return `vol. 3`; a value that already says so is kept as it is."""
    if not value:
        return ()
    return value if render_text(value).lower().startswith(label.strip().lower()) else (*plain(label), *value)


def venue_note(view: View) -> Inlines:
    """Return how a loose thing was published, unless that is only its address."""
    how = view.get("howpublished")
    if how and view.url and view.url in render_text(how).replace(" ", ""):
        return ()
    return how
