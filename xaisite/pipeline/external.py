"""External links of the whole site, asked politely, with the answers of earlier runs."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

from xaisite.core.diagnostic import Diagnostic
from xaisite.core.source import Span
from xaisite.link.bibliographies import find_bibliographies
from xaisite.pipeline.citing import find_entry
from xaisite.pipeline.context import BuildContext
from xaisite.plan.facts import cited_keys
from xaisite.probe.cache import load_probes, write_probes
from xaisite.probe.findings import check_external
from xaisite.probe.probe import probe_links
from xaisite.probe.result import ProbeOptions


def check_external_links(build: BuildContext, options: ProbeOptions | None = None) -> tuple[Diagnostic, ...]:
    """Return what is wrong with addresses on other sites that posts and cited entries name."""
    uses = list(_uses(build))
    stored = os.fspath(build.state_folder / "links.json")
    known = load_probes(stored)
    results = probe_links((url for url, _ in uses), known=known, options=options or ProbeOptions(), now=time.time())
    if results != known:
        write_probes(stored, {**known, **results})
    return check_external(uses, results)


def _uses(build: BuildContext) -> Iterator[tuple[str, Span | None]]:
    own = build.config.site.base_url
    for outline in build.site.outlines.values():
        for link in outline.links:
            href = f"https:{link.href}" if link.href.startswith("//") else link.href
            if href.lower().startswith(("http://", "https://")) and not (own and href.startswith(own)):
                yield href, link.span
        paths = "\n".join(find_bibliographies(outline, build.bibliographies, build.config).value)
        for key, name in cited_keys(outline):
            entry = None if name else find_entry(build.bibliographies, paths, key)
            if entry is not None and entry.fields.get("url", "").lower().startswith(("http://", "https://")):
                yield entry.fields["url"], entry.place("url")
