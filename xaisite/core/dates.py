"""Dates as authors write them.

Reads ISO 8601 (with a space for the `T`, as Jekyll and Quarto do) and English dates with the month's name. Never reads
a clock: `today` is left out, with a warning. Invariant: what is returned has a time zone.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import NamedTuple

from xaisite.core.diagnostic import warning
from xaisite.core.fields import INVALID, Reading, Schema
from xaisite.core.tree import Leaf, Node

_ISO = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})"
    r"(?:[Tt ]\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,6})\d*)?)?\s*(Z|z|UTC|[+-]\d{2}:?(?:\d{2})?)?)?\Z",
    re.ASCII,
)
_DAY_FIRST = re.compile(r"(\d{1,2})\.?\s+([A-Za-z]{3,9})\.?,?\s+(\d{4})\Z", re.ASCII)
_MONTH_FIRST = re.compile(r"([A-Za-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\Z", re.ASCII)
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})\Z", re.ASCII)
_MOVING = ("today", "now", "last-modified")
_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)

DATE_HELP = "write it as `2024-02-04` or `2024-02-04T10:00:00+01:00`"


@lru_cache(maxsize=16)
def find_zone(name: str) -> tzinfo | None:
    """Return the time zone of this IANA name, or None when there is none."""
    if name in ("UTC", "Etc/UTC", "Z"):
        return UTC
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, unsafe as a path, or a folder of the database
        return None


def read_date(text: str, zone: tzinfo) -> datetime | str:
    """Return the date that ``text`` says, zone-less ones in ``zone``; or what is wrong with it."""
    text = text.strip()
    match = _ISO.match(text)
    if match:
        return _make_date(match, zone)
    match = _DAY_FIRST.match(text)
    if match:
        return _named_month(match[3], match[2], match[1], zone)
    match = _MONTH_FIRST.match(text)
    if match:
        return _named_month(match[3], match[1], match[2], zone)
    match = _SLASHED.match(text)
    if match:
        return _slashed(match, zone)
    return f"“{text}” is not a date"


def _slashed(match: re.Match[str], zone: tzinfo) -> datetime | str:
    """Read `2/17/2022`, the month first, as Quarto does; not what could be two days."""
    month, day = int(match[1]), int(match[2])
    if month <= 12 and day <= 12 and month != day:
        return f"“{match[0]}” could be {day} {_MONTHS[month - 1].title()} or {month} {_MONTHS[day - 1].title()}"
    try:
        return datetime(int(match[3]), month, day, tzinfo=zone)
    except ValueError as e:
        return f"“{match[0]}” is no day of the calendar ({e})"


def _make_date(match: re.Match[str], zone: tzinfo) -> datetime | str:
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    try:
        micro = int((match[7] or "").ljust(6, "0"))
        return datetime(year, month, day, hour, minute, second, micro, tzinfo=_offset(match[8], zone))
    except ValueError as e:
        return f"“{match[0]}” is no day of the calendar ({e})"


def _offset(text: str | None, zone: tzinfo) -> tzinfo:
    if text is None:
        return zone
    if text in ("Z", "z", "UTC"):
        return UTC
    sign = -1 if text[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(text[1:3]), minutes=int(text[3:].lstrip(":") or 0)))


def _named_month(year: str, name: str, day: str, zone: tzinfo) -> datetime | str:
    months = [
        i for i, month in enumerate(_MONTHS, 1) if month.startswith(name.lower()) or name.lower() == "sept" == month[:4]
    ]
    if len(months) != 1:
        return f"“{name}” is not a month"
    try:
        return datetime(int(year), months[0], int(day), tzinfo=zone)
    except ValueError as e:
        return f"“{day} {name} {year}” is no day of the calendar ({e})"


class Date(NamedTuple):
    """A day, or a moment; aware."""

    words: str = "a date such as `2024-02-04`"

    def read(self, name: str, node: Node, at: Reading) -> object:
        """Return the date."""
        if not isinstance(node, Leaf):
            return at.wrong_type(name, node, self.words)
        if node.text.strip() in _MOVING:
            message = f"`{name}`: “{node.text.strip()}” would change with every build: it is left out"
            at.found.append(warning(f"{at.prefix}-bad-date", message, at.span(node), help=DATE_HELP))
            return INVALID
        zone = find_zone(at.timezone) or UTC
        value = _typed_date(node.value, zone) if node.style == "typed" else read_date(node.text, zone)
        return at.bad_value(name, node, value, DATE_HELP, code="bad-date") if isinstance(value, str) else value

    def schema(self) -> Schema:
        """Return the schema."""
        return {"type": "string", "pattern": r"^\s*([0-9]{4}-[0-9]{1,2}-[0-9]{1,2}|[A-Za-z0-9]+\.? )"}


def _typed_date(value: object, zone: tzinfo) -> datetime | str:
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=zone)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=zone)
    return read_date(str(value), zone)
