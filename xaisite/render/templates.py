"""Templates: the theme's, overridden file by file by the site's own.

Does not read files (they come as texts). Invariant: everything is escaped unless it is `Markup`; an undefined variable
is an error, never an empty string.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from xaisite.core.checked import Checked
from xaisite.core.diagnostic import Diagnostic, error
from xaisite.core.nearest import did_you_mean
from xaisite.core.record import record
from xaisite.core.source import Source, Span

if TYPE_CHECKING:
    from jinja2 import BytecodeCache, Environment, TemplateError

_LAYOUT_ENDINGS = (".njk", ".html", ".liquid", ".j2", ".jinja")


@record
class TemplateText:
    """One template file."""

    name: str
    """Relative to its folder: `post.html`."""
    text: str
    path: str
    """For messages: `templates/post.html`, or `theme:post.html` of the theme."""
    digest: str


def make_environment(templates: Mapping[str, TemplateText], cache: BytecodeCache | None = None) -> Environment:
    """Return the Jinja environment of a site; ``cache`` keeps compiled templates between builds."""
    from jinja2 import DictLoader, Environment, StrictUndefined

    loader = DictLoader({name: template.text for name, template in templates.items()})
    environment = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        cache_size=-1,
        bytecode_cache=cache,
    )
    environment.policies["ext.i18n.trimmed"] = True
    return environment


def find_layout(
    layout: str, kind: str, names: Mapping[str, object] | frozenset[str], span: Span | None
) -> Checked[str]:
    """Return the template for a page: its `layout` (any ending), or the one of its kind."""
    stem = layout
    for ending in _LAYOUT_ENDINGS:
        stem = stem.removesuffix(ending)
    stem = stem.removeprefix("layouts/") or kind
    name = stem + ".html"
    if name in names:
        return Checked(name)
    known = [n.removesuffix(".html") for n in names]
    unknown = error(
        "layout-unknown",
        f"there is no template “{stem}.html” for the layout “{layout}”",
        span,
        help=did_you_mean(stem, known) or f"add templates/{name}, or use one of: " + ", ".join(sorted(known)),
    )
    return Checked(kind + ".html", (unknown,))


def used_templates(
    name: str, templates: Mapping[str, TemplateText], named_in: Callable[[str], Iterable[str]]
) -> tuple[str, ...]:
    """Return ``name`` and every template it extends, includes or imports; ``named_in`` gives what one names itself."""
    seen: set[str] = set()
    todo = [name]
    while todo:
        at = todo.pop()
        if at not in seen and at in templates:
            seen.add(at)
            todo += named_in(templates[at].text)
    return tuple(sorted(seen))


def named_templates(text: str, environment: Environment) -> tuple[str, ...]:
    """Return the templates that one extends, includes or imports (none if it cannot be parsed)."""
    from jinja2 import TemplateSyntaxError, meta

    try:
        tree = environment.parse(text)
    except TemplateSyntaxError:
        return ()
    return tuple(other for other in meta.find_referenced_templates(tree) if other)


def template_problem(problem: TemplateError, name: str, templates: Mapping[str, TemplateText]) -> Diagnostic:
    """Return the located diagnostic of an error in a template."""
    import jinja2

    line = 0
    if isinstance(problem, jinja2.TemplateSyntaxError):
        name, line = problem.name or name, problem.lineno
    elif isinstance(problem, jinja2.TemplateNotFound):
        return error("template-missing", f"the template “{problem.name}” does not exist", _span(name, 0, templates),
                     help=did_you_mean(str(problem.name), templates))  # fmt: skip
    else:
        name, line = _place_in_traceback(problem, name, templates)
    return error(
        "template-error",
        f"the template cannot be filled: {problem.message or problem}",
        _span(name, line, templates),
        help="see the documentation of template variables",
    )


def _place_in_traceback(problem: BaseException, name: str, templates: Mapping[str, TemplateText]) -> tuple[str, int]:
    place = (name, 0)
    trace = problem.__traceback__
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if trace.tb_frame.f_globals.get("__jinja_template__") is not None or file == "<template>":
            place = (trace.tb_frame.f_globals.get("name", name) or name, trace.tb_lineno)
        trace = trace.tb_next
    return place if place[0] in templates else (name, 0)


def _span(name: str, line: int, templates: Mapping[str, TemplateText]) -> Span | None:
    template = templates.get(name)
    if template is None or not template.path.startswith("templates/"):
        return None
    source = Source(template.path, template.text)
    if not 1 <= line <= len(source.line_starts):
        return source.span(0, 1)
    start = source.line_starts[line - 1]
    return source.span(start, start + len(source.line(line)))
