"""One post against the whole site: everything it refers to, resolved into a `BodyContext`, with all problems.

Used twice with the same answer: by the check before anything runs, and by rendering. What was asked of the site is in
the recorder.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from xaisite.core.checked import Checked
from xaisite.core.diagnostic import Diagnostic
from xaisite.core.record import record
from xaisite.link.addresses import media_address
from xaisite.link.bibliographies import find_bibliographies
from xaisite.link.front_files import resolve_front_files
from xaisite.link.numbers import number_headings
from xaisite.link.resolve import LinkStyle, own_labels, resolve_uses
from xaisite.math.typeset import Typesetter
from xaisite.model.body import BodyContext
from xaisite.model.facts import FileFact
from xaisite.model.math import Formula
from xaisite.model.post import Outline
from xaisite.model.result import Media, PostResults
from xaisite.pipeline.citing import cite_outline
from xaisite.pipeline.context import BuildContext
from xaisite.pipeline.formulas import page_macros, typeset_outline
from xaisite.plan.facts import Recorder


@record
class ResolvedPost:
    """A body's context and what must be published with it."""

    context: BodyContext
    files: tuple[FileFact, ...]
    styles: tuple[str, ...]
    scripts: tuple[str, ...]
    """Addresses of what front matter names."""
    media: tuple[tuple[str, Media], ...]
    """(address, stored picture or file) that the page shows."""


def resolve_post(
    outline: Outline, build: BuildContext, recorder: Recorder, typesetter: Typesetter, *, is_check: bool = False
) -> Checked[ResolvedPost]:
    """Resolve everything that ``outline`` refers to; a check needs the problems only."""
    results = build.results.get(outline.path)
    style = build.link_style(build.site.urls[outline.path])
    problems: list[Diagnostic] = []
    uses = resolve_uses(outline, recorder, style, results)
    own = resolve_front_files(outline, recorder)
    formulas = typeset_outline(outline, build.config, typesetter, recorder, style)
    typeset = _inline_typesetter(outline, build, typesetter)
    bibliographies = find_bibliographies(outline, build.bibliographies, build.config)
    macros = page_macros(outline, build.config)
    typeset_all = partial(typesetter.typeset, macros=macros)
    cited = cite_outline(outline, bibliographies.value, build, recorder, typeset_all, is_check=is_check)
    for part in (uses, own, formulas, bibliographies, cited):
        problems += part.diagnostics
    shown = _MediaAddresses(style, results)
    context = BodyContext(
        page_url=style.page_url,
        language=outline.front.lang or build.config.site.language,
        citations=cited.value.citations,
        references=cited.value.references,
        citation_style=cited.value.style,
        formulas=formulas.value,
        cross_refs=uses.value.cross_refs,
        labels=own_labels(outline),
        links=uses.value.links,
        link_titles=uses.value.link_titles,
        media=uses.value.media,
        terms=uses.value.terms,
        results=results,
        media_href=shown.href,
        typeset=typeset,
        heading_numbers=number_headings(outline),
        code_fold=_code_fold(outline, build),
        lightbox=outline.front.lightbox,
    )
    return Checked(
        ResolvedPost(context, (*uses.value.files, *own.value.files), own.value.styles, own.value.scripts, shown.all()),
        tuple(problems),
    )


class _MediaAddresses:
    """Addresses of everything the results of one post hold."""

    def __init__(self, style: LinkStyle, results: PostResults | None) -> None:
        self._style = style
        self._addresses: dict[str, tuple[str, Media]] = {}
        for media, name in _result_media(results):
            self._addresses.setdefault(media.digest, (media_address(media, name), media))

    def href(self, media: Media) -> str:
        """Return the link to a stored picture or file."""
        known = self._addresses.get(media.digest)
        if known is None:
            known = self._addresses[media.digest] = (media_address(media, "file"), media)
        return self._style.to(known[0])

    def all(self) -> tuple[tuple[str, Media], ...]:
        """Return every address with what is published there."""
        return tuple(self._addresses.values())


def _result_media(results: PostResults | None) -> list[tuple[Media, str]]:
    from xaisite.model.result import Figure, Rich

    found: list[tuple[Media, str]] = []
    for cell in results.cells if results else ():
        name = f"cell-{cell.index + 1}"
        for output in (*cell.outputs, *(o for repeat in cell.repeats for o in repeat.outputs)):
            figure = output if isinstance(output, Figure) else output.figure if isinstance(output, Rich) else None
            if figure is not None:
                found += [(m, name) for m in (*figure.light, *figure.dark, *figure.moving)]
                found += [(figure.data_csv, name)] if figure.data_csv else []
            if isinstance(output, Rich):
                found += [(m, name) for m in output.media] + [(m, "library") for m in output.scripts]
        found += [(media, file.rpartition("/")[2].rpartition(".")[0] or name) for file, media in cell.files]
    return found


def _inline_typesetter(outline: Outline, build: BuildContext, typesetter: Typesetter) -> Callable[[str, bool], str]:
    macros = page_macros(outline, build.config)

    def typeset(tex: str, display: bool) -> str:
        return typesetter.typeset([Formula(tex, display)], macros)[0].html

    return typeset


def _code_fold(outline: Outline, build: BuildContext) -> bool:
    own = outline.front.code_fold
    return bool(build.config.execution.code_fold if own is None else own)
