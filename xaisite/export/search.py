"""The search index: an inverted index in small files, of which a reader loads one per word.

Pure. A page's postings depend on that page alone (how rare a word is, the browser sees from its list), so that a
changed word changes one file. Invariant: `patch_shard` and `make_shards` give the same bytes.

Words are folded (NFKD, case, accents); scripts without spaces are cut into pairs of characters. A shard holds the words
that share their first two characters, so that the beginning of a word finds the whole one.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

_WORD = re.compile(r"[^\W_]+")
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]")
_MAX_LETTERS = 40
_TITLE, _HEADING = 8, 4
_SATURATION = 1.2
"""BM25's k1 [Robertson & Zaragoza 2009]: how soon more of the same word stops counting."""
_SCALE = 35

Postings = Mapping[str, int]
"""Word → weight on one page."""


def fold(text: str) -> str:
    """Return text as it is searched: without case and accents."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def read_words(text: str) -> list[str]:
    """Return the words of a text, folded."""
    words: list[str] = []
    for word in _WORD.findall(fold(text)):
        if _UNSPACED.search(word):
            words += [word[i : i + 2] for i in range(max(1, len(word) - 1))]
        elif 1 < len(word) <= _MAX_LETTERS:
            words.append(word)
    return words


def make_postings(title: str, headings: Iterable[str], text: str) -> dict[str, int]:
    """Return the weight of each word on a page: frequent words more, words of title and headings most."""
    counts = Counter(read_words(text))
    for word in read_words(title):
        counts[word] += _TITLE
    for heading in headings:
        for word in read_words(heading):
            counts[word] += _HEADING
    return {word: round(_SCALE * n / (n + _SATURATION)) for word, n in sorted(counts.items())}


def shard_name(word: str) -> str:
    """Return the name of the file that holds ``word``: its first two characters in hexadecimal."""
    return word[:2].encode("utf-8").hex()


def make_shards(pages: Sequence[Postings]) -> dict[str, str]:
    """Return file name → content for all pages; a page's id is its place in the sequence."""
    words: dict[str, dict[str, list[int]]] = {}
    for page_id, postings in enumerate(pages):
        for word, weight in postings.items():
            words.setdefault(shard_name(word), {}).setdefault(word, []).extend((page_id, weight))
    return {name: _write(shard) for name, shard in sorted(words.items())}


def changed_shards(old: Postings, new: Postings) -> set[str]:
    """Return the names of the files that differ when a page's postings change."""
    return {shard_name(word) for word in old.keys() | new.keys() if old.get(word) != new.get(word)}


def patch_shard(content: str, name: str, page_id: int, postings: Postings) -> str:
    """Return a shard with the postings of one page replaced; empty when no word is left."""
    shard: dict[str, list[int]] = json.loads(content) if content else {}
    mine = {word: weight for word, weight in postings.items() if shard_name(word) == name}
    for word in shard.keys() | mine.keys():
        pairs = dict(zip(shard.get(word, ())[::2], shard.get(word, ())[1::2], strict=True))
        pairs.pop(page_id, None)
        if word in mine:
            pairs[page_id] = mine[word]
        shard[word] = [number for pair in sorted(pairs.items()) for number in pair]
    left = {word: ids for word, ids in shard.items() if ids}
    return _write(left) if left else ""


def make_page_list(version: str, pages: Iterable[tuple[str, str, str]]) -> str:
    """Return the list of pages (address relative to the site, title, description) by id."""
    listed = [[url.lstrip("/"), title, description] for url, title, description in pages]
    return json.dumps({"v": version, "pages": listed}, ensure_ascii=False, separators=(",", ":")) + "\n"


def _write(shard: Mapping[str, Sequence[int]]) -> str:
    return json.dumps(dict(sorted(shard.items())), ensure_ascii=False, separators=(",", ":")) + "\n"
