"""What surrounds a body: the templates of a site, filled. One per process and build.

Invariant: every template file and every theme asset a page uses is among its inputs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from xaisite.core.diagnostic import Diagnostic
from xaisite.core.digest import digest_parts
from xaisite.core.errors import XaisiteError
from xaisite.link.addresses import date_text
from xaisite.model.result import Media
from xaisite.pipeline.context import BuildContext
from xaisite.plan.facts import Recorder
from xaisite.render.templates import make_environment, named_templates, template_problem, used_templates
from xaisite.render.variables import PageParts, page_variables, site_variables

if TYPE_CHECKING:
    from jinja2 import BytecodeCache


class TemplateFailureError(XaisiteError):
    """A template could not be filled; carries the diagnostic."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic)
        self.diagnostic = diagnostic


class Shell:
    """Fills templates for one build."""

    def __init__(
        self,
        build: BuildContext,
        *,
        highlight: Callable[[str, str], str],
        media_path: Callable[[Media], Path],
        icons: Callable[[str], str],
        close: Callable[[], None],
        keep_postings: Callable[[str, Mapping[str, int]], None],
        remember: Callable[[str, str, Callable[[], bytes]], bytes],
    ) -> None:
        self.build = build
        self.close = close
        self.keep_postings = keep_postings
        self.remember = remember
        self.highlight = highlight
        self.media_path = media_path
        self._environment = make_environment(build.templates, _bytecode_cache(build.state_folder / "templates"))
        self._used: dict[str, tuple[str, ...]] = {}
        self._named_in = cache(lambda text: named_templates(text, self._environment))
        self._icons = icons

    def fill(self, template: str, parts: PageParts, recorder: Recorder, **variables: Any) -> str:
        """Return the page; raises `TemplateFailureError` when a template is at fault."""
        from jinja2 import TemplateError

        build = self.build
        recorder.needs(*(f"template:{name}" for name in self._closure(template)))
        style = build.link_style(parts.url)
        site = site_variables(build.config, style.to, has_feed=bool(build.config.site.base_url), has_search=True)
        page = page_variables(parts, build.config, style.to, date_text)
        page["href"] = style.to(parts.url)
        page["math_css"] = style.to(build.assets["katex.css"]) if parts.has_math else ""

        def asset(name: str) -> str:
            if name not in build.assets:
                raise TemplateError(f"the theme has no file “{name}”")
            recorder.needs(f"asset:{name}")
            return style.to(build.assets[name])

        try:
            return self._environment.get_template(template).render(
                {
                    "content": "",
                    "notes": "",
                    "references": "",
                    **variables,
                    "site": site,
                    "page": page,
                    "asset": asset,
                    "url": style.to,
                    "icon": self.icon,
                }
            )
        except TemplateError as problem:
            raise TemplateFailureError(template_problem(problem, template, build.templates)) from problem

    def icon(self, name: str) -> Markup:
        """Return an inline SVG of the theme."""
        return Markup(self._icons(name))  # noqa: S704 - a file of the theme

    def prepare(self) -> None:
        """Read and compile all templates; what is wrong with one is said when a page is made with it."""
        from jinja2 import TemplateError

        for name in self.build.templates:
            with suppress(TemplateError):
                self._environment.get_template(name)
                self._closure(name)

    def _closure(self, template: str) -> tuple[str, ...]:
        if template not in self._used:
            templates = self.build.templates
            key = digest_parts([template, *(f"{name} {templates[name].digest}" for name in sorted(templates))])
            found = self.remember(
                "closure", key, lambda: "\n".join(used_templates(template, templates, self._named_in)).encode()
            )
            self._used[template] = tuple(name for name in found.decode().split("\n") if name)
        return self._used[template]


def _bytecode_cache(folder: Path) -> BytecodeCache:
    from jinja2 import FileSystemBytecodeCache

    folder.mkdir(parents=True, exist_ok=True)
    return FileSystemBytecodeCache(str(folder))
