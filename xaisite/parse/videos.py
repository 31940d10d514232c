"""What a video needs besides itself: a poster, and captions unless it is silent. Does not look at the files."""

from __future__ import annotations

import re

from xaisite.core.source import Span
from xaisite.parse.found import Found

_POSTER = re.compile(r"\sposter\s*=", re.IGNORECASE)
_SILENT = re.compile(r"\smuted\b", re.IGNORECASE)
_CAPTIONS = re.compile(r"<track\b|</video\b|<video\b", re.IGNORECASE)


def report_video(here: Found, missing: str, span: Span) -> None:
    """Say that a video has no ``missing`` (`poster` or `captions`)."""
    here.warn("html-video", f"this video has no {missing}", span, help=f'add {missing}="…"')


def check_video_tag(here: Found, text: str, attrs: str, end: int, span: Span) -> None:
    """Report what the `<video>` lacks whose tag ends at ``text[end]``."""
    if _POSTER.search(attrs) is None:
        report_video(here, "poster", span)
    follows = _CAPTIONS.search(text, end)
    if _SILENT.search(attrs) is None and (follows is None or not follows[0].lower().startswith("<track")):
        here.warn("html-video", "this video has no captions", span, help='put <track kind="captions" src="…"> in it')
