"""xaisite: a static-site generator for people who explain machine-learning models.

The names below are loaded when first asked for, so that ``import xaisite.explain`` or ``xaisite.artifact`` in a cell
loads no template or Markdown code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xaisite._version import __version__

if TYPE_CHECKING:
    from xaisite.pipeline.api import BuildResult, RenderedMarkdown, build_site, check_site, render_markdown
    from xaisite.session.artifacts import artifact

__all__ = [
    "BuildResult",
    "RenderedMarkdown",
    "__version__",
    "artifact",
    "build_site",
    "check_site",
    "render_markdown",
]

_HOME = {
    "BuildResult": "xaisite.pipeline.api",
    "RenderedMarkdown": "xaisite.pipeline.api",
    "build_site": "xaisite.pipeline.api",
    "check_site": "xaisite.pipeline.api",
    "render_markdown": "xaisite.pipeline.api",
    "artifact": "xaisite.session.artifacts",
}


def __getattr__(name: str) -> Any:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(home), name)
