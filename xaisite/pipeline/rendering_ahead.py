"""What pages are made with, made ready while cells run: modules, templates, listings in colour.

Makes no page. Invariant: what is kept is what making the pages would keep; what fails here fails there too, and is told
there.
"""

from __future__ import annotations

import importlib
from contextlib import suppress

from xaisite.engine.page_state import StateStore
from xaisite.pipeline.context import BuildContext

_LATER = (
    *("PIL.ImageDraw", "PIL.ImageFont", "PIL.PngImagePlugin", "jinja2.meta", "pygments.lexers.python"),
    *("xaisite.cli.printing", "xaisite.export.feed", "xaisite.export.notebook", "xaisite.export.share_image"),
    *("xaisite.export.sitemap", "xaisite.pipeline.feeds", "xaisite.pipeline.make_shell", "xaisite.pipeline.rendering"),
    *("xaisite.pipeline.search", "xaisite.render.body.toc", "xaisite.report.summary", "xaisite.write.generation"),
    *("xaisite.write.exchange", "xaisite.write.mirror"),
)
"""Modules that are imported where they are first needed."""


def prepare_rendering(build: BuildContext) -> None:
    """Load what pages will be made with, read the templates, colour the code of cells."""
    for name in _LATER:
        with suppress(ImportError):
            importlib.import_module(name)
    with suppress(Exception), StateStore(build.state_folder / "pages.sqlite3") as state:
        _prepare_shell(build, state)


def _prepare_shell(build: BuildContext, state: StateStore) -> None:
    from xaisite.pipeline.make_shell import make_shell
    from xaisite.render.body.cells import shown_code

    shell = make_shell(build, state)
    shell.prepare()
    for outline in build.site.outlines.values():
        for cell in outline.cells:
            shell.highlight(shown_code(cell), cell.language)
    shell.close()
