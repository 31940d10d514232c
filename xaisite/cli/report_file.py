"""The report of a build as JSON (documented in docs/reference/report.md)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from xaisite.cli.printing import source_reader
from xaisite.report.json_object import make_record

if TYPE_CHECKING:
    from xaisite.pipeline.build import BuildResult


def write_report(path: Path, result: BuildResult) -> None:
    """Write the report."""
    path.write_text(json.dumps(make_report(result), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def make_report(result: BuildResult) -> dict[str, object]:
    """Return the report as JSON-like values."""
    sources = source_reader(result.root)
    return {
        "ok": result.ok,
        "written": result.written,
        "pages": {"total": result.pages, "rendered": list(result.rendered)},
        "sources": {"parsed": list(result.parsed)},
        "files": {"changed": list(result.changed)},
        "cells": [
            {
                "post": c.post,
                "cell": c.cell,
                "status": c.status,
                "reason": c.reason,
                "seconds": c.seconds,
                "again": c.again,
                "protections": list(c.protections),
            }
            for c in result.cells
        ],
        "diagnostics": [make_record(d, sources) for d in result.diagnostics],
        "seconds": dict(result.seconds),
    }
