"""What a build is asked to do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Literal

from xaisite.core.record import field, record

ExecuteMode = Literal["run", "no-execute", "frozen", "check"]


@record
class BuildOptions:
    """The options of `xaisite build`; the defaults are those of the command."""

    output: Path | None = None
    """None: `build/` below the site's root."""
    jobs: int = 0
    """0: one per core."""
    strict: bool = False
    strict_drift: bool = False
    execute: ExecuteMode = "run"
    drafts: bool = False
    now: datetime | None = None
    """Posts dated later are drafts. None: what the clock says, or `SOURCE_DATE_EPOCH`."""
    refresh: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    """Modules that are not there: posts that import them are not run."""
    params: Mapping[str, object] = field(default_factory=dict)
    write: bool = True
    """False: `check`."""
    external: bool = False
    """With `write` False: ask the addresses of other sites whether they are still there."""
    keep_going: bool = False
    """`serve`: write pages in spite of errors, which are shown over them."""
    resident: bool = False
    """Leave a process behind that keeps libraries imported for the next build (also `[execution] resident`)."""
    links: Literal["clean", "file"] | None = None
    """Overrides `[site] links`."""
