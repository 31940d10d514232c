"""The shell of one process: highlighting with a cache, stored pictures, icons."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from xaisite.engine.page_state import StateStore
from xaisite.model.result import Media
from xaisite.pipeline.context import BuildContext
from xaisite.pipeline.highlighting import HighlightCache
from xaisite.pipeline.inputs import THEME_FILES
from xaisite.pipeline.running import stored_path
from xaisite.pipeline.shell import Shell
from xaisite.render.body.highlight import make_highlight


def make_shell(build: BuildContext, state: StateStore) -> Shell:
    """Return a shell for ``build``."""

    def media_path(media: Media) -> Path:
        return stored_path(build.state_folder, build.config, media)

    cache = HighlightCache(state, build.parser.tool)
    postings: dict[str, object] = {}

    def remember(kind: str, key: str, make: Callable[[], bytes]) -> bytes:
        found = state.get(kind, key)
        if not isinstance(found, bytes):
            found = make()
            state.put(kind, key, found)
        return found

    def close() -> None:
        cache.flush()
        state.put_many("postings", postings)

    return Shell(
        build,
        highlight=make_highlight(cache),
        media_path=media_path,
        icons=_icon,
        close=close,
        keep_postings=postings.__setitem__,
        remember=remember,
    )


def _icon(name: str) -> str:
    path = THEME_FILES / "icons" / f"{name}.svg"
    return path.read_text(encoding="utf-8").strip() if path.is_file() else ""
