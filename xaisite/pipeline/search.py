"""The search index of a site, patched where a page changed, made anew where pages came or went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xaisite.core.digest import digest_bytes, digest_json
from xaisite.core.record import record
from xaisite.engine.page_state import StateStore
from xaisite.export.search import changed_shards, make_page_list, make_shards, patch_shard
from xaisite.model.made import MadePage
from xaisite.model.output import Blob, Manifest
from xaisite.model.page import SearchRecord

_FOLDER = "_x/search"
_MANY = 40  # changed pages from which all shards are made anew


@record
class IndexState:
    """The index of the last build: postings digest of each page by id, digest of each shard."""

    postings: tuple[str, ...]
    shards: Mapping[str, str]


def make_search(pages: Sequence[MadePage], state: StateStore, manifest: Manifest) -> dict[str, Blob]:
    """Return the files of the search index."""
    records = sorted((p.search for p in pages if p.search is not None), key=lambda record: record.url)
    if not records:
        return {}
    version = digest_json([record.url for record in records])[:12]
    last: IndexState | None = state.get("search", version)
    shards = _make_anew(records, state, version) if last is None else _patch(records, last, state, version)
    state.put("search", version, IndexState(tuple(r.postings_digest for r in records), shards))
    names = {name: f"{_FOLDER}/{version}/{name}.json" for name in shards}
    blobs = {names[name]: Blob(digest) for name, digest in shards.items()}
    missing = [name for name in shards if not _stands(names[name], shards[name], manifest)]
    texts: Mapping[str, str] = state.get_many(f"shard {version}", missing)
    blobs |= {names[n]: Blob(shards[n], texts[n].encode("utf-8")) for n in missing}
    listing = make_page_list(version, [(r.url, r.title, r.description) for r in records]).encode("utf-8")
    return {**blobs, f"{_FOLDER}/pages.json": Blob(digest_bytes(listing), listing)}


def _stands(address: str, digest: str, manifest: Manifest) -> bool:
    record = manifest.files.get(address)
    return record is not None and record.digest == digest


def _make_anew(records: Sequence[SearchRecord], state: StateStore, version: str) -> dict[str, str]:
    stored = state.get_many("postings", [record.postings_digest for record in records])
    texts = make_shards([stored[record.postings_digest] for record in records])
    state.put_many(f"shard {version}", texts)
    return {name: digest_bytes(text.encode("utf-8")) for name, text in texts.items()}


def _patch(records: Sequence[SearchRecord], last: IndexState, state: StateStore, version: str) -> dict[str, str]:
    changed = [i for i, r in enumerate(records) if last.postings[i] != r.postings_digest]
    if not changed:
        return dict(last.shards)
    digests = {d for i in changed for d in (last.postings[i], records[i].postings_digest)}
    postings = state.get_many("postings", digests)
    if len(changed) > _MANY or len(postings) < len(digests):
        return _make_anew(records, state, version)
    texts: dict[str, str] = {}
    for i in changed:
        old, new = postings[last.postings[i]], postings[records[i].postings_digest]
        for name in sorted(changed_shards(old, new)):
            if name not in texts:
                texts[name] = state.get(f"shard {version}", name) or ""
                if not texts[name] and name in last.shards:
                    return _make_anew(records, state, version)
            texts[name] = patch_shard(texts[name], name, i, new)
    state.put_many(f"shard {version}", texts)
    fresh = {name: digest_bytes(text.encode("utf-8")) for name, text in texts.items() if text}
    kept = {name: digest for name, digest in last.shards.items() if name not in texts}
    return dict(sorted({**kept, **fresh}.items()))
