"""Outlines → site, facts and everything pages may ask about."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from xaisite.core.checked import Checked
from xaisite.core.diagnostic import Diagnostic, error
from xaisite.core.digest import digest_parts
from xaisite.core.record import replace
from xaisite.engine.page_state import StateStore
from xaisite.link.front_files import find_named_file
from xaisite.link.shown import find_shown_figure
from xaisite.link.site import link_site
from xaisite.load.images import PICTURES, load_image_size
from xaisite.model.bib import Bibliography
from xaisite.model.facts import CellFile, FileFact
from xaisite.model.post import Outline
from xaisite.model.result import Media, PostResults
from xaisite.model.site import Card, Site
from xaisite.pipeline.citing import find_entry
from xaisite.pipeline.inputs import SiteInputs, config_digest
from xaisite.plan.facts import FactInputs, FactTable
from xaisite.plan.pages import generated_pages


def link_outlines(
    outlines: Mapping[str, Outline],
    inputs: SiteInputs,
    state: StateStore,
    *,
    bibliographies: Mapping[str, Bibliography],
    results: Mapping[str, PostResults],
    assets: Mapping[str, str],
    drafts: bool,
    now: datetime,
) -> Checked[tuple[Site, FactTable]]:
    """Return the site and the table of its facts."""
    linked = link_site(outlines, inputs.config, inputs.files, drafts=drafts, now=now)
    site = linked.value
    files = load_file_facts(inputs, state)
    by_address = {fact.address: fact for fact in files.values()}
    made = collect_cell_files(site, results, by_address)
    site = replace(site, cards=_with_pictures(site.cards, files, by_address, made.value))
    table = FactTable(
        FactInputs(
            site=site,
            drafts=frozenset(outlines.keys() - site.outlines.keys()),
            generated=frozenset(job.url for job in generated_pages(site))
            | {"/feed.xml", "/sitemap.xml", "/robots.txt"},
            files=files,
            cell_files=made.value,
            digests=_named_digests(inputs, bibliographies, results, assets),
            figures=lambda path, label: find_shown_figure(
                path, label, site, results, (files.get, {fact.address: fact for fact in files.values()}.get)
            ),
            entries=lambda paths, key: find_entry(bibliographies, paths, key),
        )
    )
    return Checked((site, table), (*linked.diagnostics, *made.diagnostics))


def _with_pictures(
    cards: Mapping[str, Card],
    files: Mapping[str, FileFact],
    by_address: Mapping[str, FileFact],
    made: Mapping[str, CellFile],
) -> dict[str, Card]:
    """Return the cards with the addresses of their pictures, or without pictures that do not exist."""

    def address(card: Card) -> str:
        if not card.image or card.image in made:
            return card.image
        found = find_named_file(card.path, card.image, files.get, by_address.get)
        return found.address if found else ""

    return {path: replace(card, image=address(card)) if card.image else card for path, card in cards.items()}


def _named_digests(
    inputs: SiteInputs,
    bibliographies: Mapping[str, Bibliography],
    results: Mapping[str, PostResults],
    assets: Mapping[str, str],
) -> dict[str, str]:
    digests = {f"source:{path}": digest for path, digest in inputs.digests.items()}
    digests |= {f"results:{path}": result.digest for path, result in results.items()}
    digests |= {f"template:{name}": digest for name, (_, digest) in inputs.templates.items()}
    digests |= {f"asset:{name}": address for name, address in assets.items()}
    digests["config:"] = config_digest(inputs.config)
    digests["bibliographies:"] = digest_parts(f"{path}={b.digest}" for path, b in sorted(bibliographies.items()))
    digests["templates:"] = digest_parts(sorted(inputs.templates))
    return digests


def load_file_facts(inputs: SiteInputs, state: StateStore) -> dict[str, FileFact]:
    """Return every file that may be published, with its address and, for pictures, its size."""
    paths = [*inputs.files.static, *inputs.files.content_files]
    pictures = [path for path in paths if path.lower().endswith(PICTURES)]
    keys = {path: f"{inputs.digests.get(path, '')}{Path(path).suffix.lower()}" for path in pictures}
    sizes: dict[str, tuple[int, int]] = state.get_many("image", keys.values())
    new = {keys[path]: load_image_size(inputs.root / path) for path in pictures if keys[path] not in sizes}
    state.put_many("image", new)
    sizes |= new
    return {
        path: FileFact(
            path, file_address(path, inputs), inputs.digests.get(path, ""), *sizes.get(keys.get(path, ""), (0, 0))
        )
        for path in paths
    }


def file_address(path: str, inputs: SiteInputs) -> str:
    """Return where a file of the site is published: `static/` and `content/` are cut, `assets/` stays."""
    for folder in ("static/", inputs.config.content.folder.rstrip("/") + "/"):
        if path.startswith(folder):
            return "/" + path.removeprefix(folder)
    return "/" + path


def collect_cell_files(
    site: Site, results: Mapping[str, PostResults], by_address: Mapping[str, FileFact]
) -> Checked[dict[str, CellFile]]:
    """Return the figures that cells publish at addresses of their author's choice (`#| file:`)."""
    made: dict[str, CellFile] = {}
    problems: list[Diagnostic] = []
    for path, outline in site.outlines.items():
        for cell in outline.cells:
            encoded = _encoded_files(results.get(path), cell.index)
            for position, name in enumerate(cell.observed.files):
                address = "/" + name.lstrip("/")
                other = by_address.get(address) or made.get(address)
                if other is not None:
                    problems.append(
                        error(
                            "address-taken",
                            f"two files want the address {address}: {other.path} and a figure of {path}",
                            cell.option_spans.get("file", cell.span),
                            help="give the figure another `file:`",
                        )
                    )
                made.setdefault(address, CellFile(address, path, cell.index, position, encoded.get(name)))
    return Checked(made, tuple(problems))


def _encoded_files(results: PostResults | None, cell: int) -> Mapping[str, Media]:
    """Return what a cell encoded for addresses, as their endings ask."""
    if results is None or cell >= len(results.cells):
        return {}
    return dict(results.cells[cell].files)
