"""The one place where the time of day is read: posts dated later than now are drafts.

`SOURCE_DATE_EPOCH` (reproducible-builds.org) stands for the clock where it is set, so that the same inputs give the
same bytes on any day.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime


def read_now(environ: Mapping[str, str] = os.environ) -> datetime:
    """Return the time that counts as now, aware, in UTC."""
    told = environ.get("SOURCE_DATE_EPOCH", "")
    if told.isascii() and told.isdigit():
        return datetime.fromtimestamp(min(int(told), 253402300799), UTC)  # the last second of the year 9999
    return datetime.now(UTC)
