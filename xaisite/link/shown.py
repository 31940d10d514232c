"""The figure of one post, as another post shows it with credit: `![](other.md#fig-x)`.

Does not check anything but that there is one. Invariant: the picture is one that its own post publishes.
"""

from __future__ import annotations

from collections.abc import Mapping

from xaisite.link.addresses import media_address
from xaisite.link.front_files import Find, find_named_file
from xaisite.model.facts import ShownFigure
from xaisite.model.result import PostResults
from xaisite.model.site import LabelTarget, Site


def find_shown_figure(
    path: str, label: str, site: Site, results: Mapping[str, PostResults], files: tuple[Find, Find]
) -> ShownFigure | None:
    """Return the figure ``label`` of the post at ``path``; ``files`` find a file by path and by address."""
    outline = site.outlines.get(path)
    target = next((t for t in site.labels.get(label, ()) if t.path == path), None)
    if outline is None or target is None:
        return None
    use = next((use for use in outline.media if use.label == label), None)
    fact = find_named_file(path, use.src, *files) if use is not None else None
    if use is not None and fact is not None:
        return ShownFigure(fact.address, fact.width_px, fact.height_px, "", use.alt or target.title, target)
    cell = next((cell for cell in outline.cells if cell.label == label), None)
    return _drawn(cell.index, cell.show.fig_alts, results.get(path), target) if cell is not None else None


def _drawn(index: int, alts: tuple[str, ...], results: PostResults | None, target: LabelTarget) -> ShownFigure | None:
    if results is None or index >= len(results.cells) or results.cells[index].status == "not-run":
        return ShownFigure("", 0, 0, "", "", target)
    figure = next((figure for figure in results.cells[index].figures if figure.light), None)
    if figure is None:
        return None
    light, name = figure.light[0], f"cell-{index + 1}"
    dark = media_address(figure.dark[0], name) if figure.dark else ""
    alt = alts[0] if alts else figure.alt or target.title
    return ShownFigure(media_address(light, name), light.width_px, light.height_px, dark, alt, target)
