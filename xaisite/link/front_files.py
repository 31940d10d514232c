"""The files that front matter names: the picture for lists, style sheets, scripts.

Does not read files. Invariant: a name that means no file has a diagnostic at its place.
"""

from __future__ import annotations

from collections.abc import Callable

from xaisite.core.checked import Checked
from xaisite.core.diagnostic import Diagnostic, error
from xaisite.core.paths import join_path
from xaisite.core.record import record
from xaisite.core.source import Span
from xaisite.model.facts import FileFact, SiteFacts
from xaisite.model.post import Outline

Find = Callable[[str], FileFact | None]


@record
class FrontFiles:
    """Addresses in the order they were written, and the files behind them."""

    styles: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()
    files: tuple[FileFact, ...] = ()


def find_named_file(post: str, name: str, by_path: Find, by_address: Find) -> FileFact | None:
    """Return the file that ``post`` (a path) means by ``name``: beside it, or at an address of the site."""
    if name.startswith("/"):
        return by_address(name) or by_path(name.lstrip("/"))
    full = join_path(post.rpartition("/")[0], name)
    return by_path(full) if full else None


def resolve_front_files(outline: Outline, facts: SiteFacts) -> Checked[FrontFiles]:
    """Return the style sheets and scripts of a post; its picture is only looked for."""
    front = outline.front
    problems: list[Diagnostic] = []
    found: dict[str, tuple[FileFact, ...]] = {}
    for field, names in (("styles", front.styles), ("scripts", front.scripts)):
        facts_of = {name: find_named_file(outline.path, name, facts.file, facts.file_at) for name in names}
        problems += [_missing(field, name, outline, facts) for name, fact in facts_of.items() if fact is None]
        found[field] = tuple(fact for fact in facts_of.values() if fact)
    picture = front.image
    if (
        picture
        and not find_named_file(outline.path, picture, facts.file, facts.file_at)
        and not facts.cell_file(picture)
    ):
        problems.append(_missing("image", picture, outline, facts))
    made = FrontFiles(
        styles=tuple(fact.address for fact in found["styles"]),
        scripts=tuple(fact.address for fact in found["scripts"]),
        files=found["styles"] + found["scripts"],
    )
    return Checked(made, tuple(problems))


def _missing(field: str, name: str, outline: Outline, facts: SiteFacts) -> Diagnostic:
    if "://" in name or name.startswith("//"):
        return error(
            "media-foreign",
            f"“{name}” is on another server: a page asks nothing of any other server",
            _place(field, name, outline),
            help="save the file beside the post and name it there",
        )
    make = ", or let a cell make it with `#| file:`" if field == "image" else ""
    return error(
        "media-missing",
        f"the file “{name}” that `{field}` names does not exist",
        _place(field, name, outline),
        help=facts.near_files(name) or f"add the file beside the post{make}",
    )


def _place(field: str, name: str, outline: Outline) -> Span:
    spans = outline.front.spans
    return spans.get(f"{field}:{name}") or spans.get(field, Span(outline.path, 0, 0))
