"""How to cite a post: a sentence and a BibTeX entry."""

from __future__ import annotations

import re
import unicodedata

from xaisite.model.config import Author
from xaisite.model.export import Publication

_SPECIAL = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
_KINDS = {
    "book": "book", "chapter": "incollection", "paper-conference": "inproceedings", "report": "techreport",
    "thesis": "phdthesis", "software": "software", "dataset": "dataset", "manuscript": "unpublished",
    "webpage": "online", "post": "online", "post-weblog": "online",
}  # fmt: skip
"""BibTeX's names of the types of CSL, which Quarto's `citation:` uses."""
_SMALL = frozenset("a an the on of for in to and what why how is are".split())  # noqa: SIM905


def make_self_bibtex(page: Publication) -> str:
    """Return the BibTeX entry of a post; what the front matter's `citation:` says wins."""
    given = {str(k).replace("_", "-"): v for k, v in page.overrides.items()}
    year, _, rest = page.date.partition("-")
    fields = {
        "author": " and ".join(_tex(family_first(a.name)) for a in page.authors),
        "title": f"{{{_tex(page.title)}}}",
        "journal": _tex(str(given.get("container-title", "") or given.get("journal", "") or page.site_title)),
        "volume": str(given.get("volume", "")),
        "number": str(given.get("issue", "")),
        "pages": str(given.get("page", "") or given.get("pages", "")),
        "publisher": _tex(str(given.get("publisher", ""))),
        "year": year,
        "month": str(int(rest[:2])) if rest[:2].isdigit() else "",
        "doi": str(given.get("doi", "") or page.doi),
        "url": str(given.get("url", "") or page.url),
    }
    key = str(given.get("key", "") or citation_key(page))
    kind = _kind(str(given.get("type", "") or "article"))
    body = "".join(f",\n  {name} = {{{value}}}" for name, value in fields.items() if value)
    return f"@{kind}{{{key}{body}\n}}\n"


def _kind(given: str) -> str:
    """Return a type of BibTeX for one of CSL or of BibTeX."""
    return _KINDS.get(given, given if given.isalpha() else "article")


def make_self_citation(page: Publication) -> str:
    """Return the sentence: Author & Author (2026). Title. Site. url."""
    names = [a.name for a in page.authors]
    who = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} & {names[-1]}" if names else page.site_title
    when = f" ({page.date[:4]})" if page.date else ""
    where = f" {page.site_title}." if names and page.site_title else ""
    address = f"https://doi.org/{page.doi.removeprefix('https://doi.org/')}" if page.doi else page.url
    title = page.title.rstrip(".")
    stop = "" if title.endswith(("?", "!")) else "."
    return f"{who}{when}. {title}{stop}{where}{' ' + address if address else ''}"


def citation_key(page: Publication) -> str:
    """Return `family2026word`, in ASCII."""
    family = family_first(page.authors[0].name).partition(",")[0] if page.authors else page.site_title
    words = [w for w in re.findall(r"[^\W_]+", page.title) if w.lower() not in _SMALL]
    return (_plain(family) + page.date[:4] + _plain(words[0] if words else "")) or "post"


def family_first(name: str) -> str:
    """Return `Family, Given`; particles (van, de la) go with the family name."""
    if "," in name or " " not in name.strip():
        return name.strip()
    words = name.split()
    at = next((i for i, word in enumerate(words[1:-1], start=1) if word.islower()), len(words) - 1)
    return f"{' '.join(words[at:])}, {' '.join(words[:at])}"


def _tex(text: str) -> str:
    return "".join(_SPECIAL.get(c, "\\" + c if c in "{}$&#%_" else c) for c in text)


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return "".join(c for c in letters.lower() if c.isalnum())


def author_line(authors: tuple[Author, ...], date_text: str) -> str:
    """Return the names and the date in one line, at most three names."""
    names = [a.name for a in authors]
    shown = f"{names[0]} et al." if len(names) > 3 else ", ".join(names)
    return " · ".join(part for part in (shown, date_text) if part)
