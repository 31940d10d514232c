"""What a page says about itself."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xaisite.export.metadata import json_ld_value, make_json_ld, meta_tags
from xaisite.export.redirects import make_redirect
from xaisite.export.self_citation import author_line, citation_key, family_first, make_self_bibtex, make_self_citation
from xaisite.model.config import Affiliation, Author
from xaisite.model.export import CitedWork, Publication

ANN = Author(
    "Ann Smith",
    orcid="0000-0001-2345-6789",
    affiliations=(Affiliation("Uni & Co", "https://u.example.org"),),
    email="a@e.org",
)
POST = Publication(
    url="https://e.org/g/shap/",
    title="Why trust <SHAP> & friends?",
    site_title="A guide",
    description="What it says.",
    authors=(ANN, Author("Bob van der Berg")),
    date="2026-02-03T00:00:00+00:00",
    date_modified="2026-03-04T00:00:00+00:00",
    tags=("shap", "trust"),
    license_name="CC BY 4.0",
    license_url="https://creativecommons.org/licenses/by/4.0/",
    doi="10.1000/xyz",
    image_url="https://e.org/g/_x/share.png",
    words=1200,
    cites=(CitedWork("A unified approach", ("Scott Lundberg", "Su-In Lee"), "2017", "NeurIPS", "10.5555/1", ""),),
)


def named(page: Publication, name: str) -> list[str]:
    return [t["content"] for t in meta_tags(page) if t.get("name") == name or t.get("property") == name]


def test_highwire_tags_are_what_scholar_wants() -> None:
    assert named(POST, "citation_title") == ["Why trust <SHAP> & friends?"]
    assert named(POST, "citation_author") == ["Ann Smith", "Bob van der Berg"]
    assert named(POST, "citation_author_institution") == ["Uni & Co"]
    assert named(POST, "citation_author_orcid") == ["https://orcid.org/0000-0001-2345-6789"]
    assert named(POST, "citation_publication_date") == ["2026/02/03"]
    assert named(POST, "citation_journal_title") == ["A guide"]
    assert named(POST, "citation_doi") == ["10.1000/xyz"]
    [reference] = named(POST, "citation_reference")
    assert "citation_title=A unified approach; citation_author=Scott Lundberg; citation_author=Su-In Lee" in reference
    names = [t["name"] for t in meta_tags(POST) if "name" in t]
    assert (
        names.index("citation_author_institution") == names.index("citation_author") + 1
    )  # belongs to the author before


def test_open_graph_and_cards() -> None:
    assert named(POST, "og:type") == ["article"]
    assert named(POST, "og:image:width") == ["1200"]
    assert named(POST, "article:published_time") == [POST.date]
    assert named(POST, "article:tag") == ["shap", "trust"]
    assert named(POST, "twitter:card") == ["summary_large_image"]
    bare = Publication("", "T", "S", "page")
    assert named(bare, "og:type") == ["website"]
    assert named(bare, "og:url") == []
    assert named(bare, "citation_title") == []
    assert named(bare, "twitter:card") == ["summary"]
    assert all(t["content"] for t in meta_tags(bare))


def test_json_ld_is_an_article() -> None:
    value = json.loads(make_json_ld(POST))
    assert value["@context"] == "https://schema.org"
    assert value["@type"] == "ScholarlyArticle"
    assert value["headline"] == POST.title
    assert value["datePublished"] == POST.date
    assert value["author"][0] == {
        "@type": "Person",
        "name": "Ann Smith",
        "identifier": "https://orcid.org/0000-0001-2345-6789",
        "affiliation": [{"@type": "Organization", "name": "Uni & Co", "url": "https://u.example.org"}],
    }
    assert value["citation"][0]["url"] == "https://doi.org/10.5555/1"
    assert value["identifier"] == "https://doi.org/10.1000/xyz"
    assert value == json_ld_value(POST)
    assert json.loads(make_json_ld(Publication("https://e.org/", "G", "G", "home")))["@type"] == "WebSite"


@given(st.text(), st.text())
def test_json_ld_stays_in_its_script(title: str, description: str) -> None:
    text = make_json_ld(Publication("https://e.org/", title, "S", description=description))
    assert not re.search("[<>&]", text)
    assert json.loads(text).get("name", "") == title


def test_bibtex_of_a_post() -> None:
    assert make_self_bibtex(POST) == (
        "@article{smith2026trust,\n"
        "  author = {Smith, Ann and van der Berg, Bob},\n"
        "  title = {{Why trust <SHAP> \\& friends?}},\n"
        "  journal = {A guide},\n"
        "  year = {2026},\n"
        "  month = {2},\n"
        "  doi = {10.1000/xyz},\n"
        "  url = {https://e.org/g/shap/}\n"
        "}\n"
    )


def test_pybtex_reads_it_back() -> None:
    from pybtex.database import parse_string

    page = Publication(
        "https://e.org/a_b%20c/", r"100% of {a} \ $b_1$ #2 é", "S", authors=(Author("José Álvarez"),), date="2026-01-01"
    )
    [(key, entry)] = parse_string(make_self_bibtex(page), "bibtex").entries.items()
    assert key == "alvarez2026100"
    assert entry.fields["url"] == page.url
    assert entry.persons["author"][0].last_names == ["Álvarez"]


def test_front_matter_overrides_the_citation() -> None:
    given_ = {"key": "mine", "type": "inproceedings", "container-title": "Proc. X", "page": "1-2", "volume": 3}
    text = make_self_bibtex(Publication("https://e.org/", "T", "S", date="2026-01-01", overrides=given_))
    assert text.startswith("@inproceedings{mine,")
    assert "journal = {Proc. X}" in text
    assert "pages = {1-2}" in text
    assert "volume = {3}" in text


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Ann Smith", "Smith, Ann"),
        ("Plato", "Plato"),
        ("Smith, Ann", "Smith, Ann"),
        ("Bob van der Berg", "van der Berg, Bob"),
        ("Ludwig van Beethoven", "van Beethoven, Ludwig"),
        ("Ana María López García", "García, Ana María López"),
    ],
)
def test_names(name: str, shown: str) -> None:
    assert family_first(name) == shown


def test_the_sentence() -> None:
    assert make_self_citation(POST) == (
        "Ann Smith & Bob van der Berg (2026). Why trust <SHAP> & friends? A guide. https://doi.org/10.1000/xyz"
    )
    assert make_self_citation(Publication("https://e.org/", "T", "Site")) == "Site. T. https://e.org/"
    assert citation_key(Publication("", "An ode", "Site")) == "siteode"
    assert author_line(POST.authors, "3 February 2026") == "Ann Smith, Bob van der Berg · 3 February 2026"


def test_redirects_escape_and_need_no_script() -> None:
    html = make_redirect('../a/?x="<', "https://e.org/g/", "/a/", "en")
    assert 'content="0; url=../a/?x=&quot;&lt;"' in html
    assert '<link rel="canonical" href="https://e.org/g/a/">' in html
    assert "<script" not in html
    assert "canonical" not in make_redirect("../a/", "", "/a/", "en")


@pytest.mark.parametrize(
    ("given", "kind"),
    [("article-journal", "article"), ("paper-conference", "inproceedings"), ("webpage", "online"), ("misc", "misc"),
     ("post-weblog", "online"), ("no type", "article"), ("", "article")],
)  # fmt: skip
def test_types_of_csl_become_those_of_bibtex(given: str, kind: str) -> None:
    page = Publication("https://e.org/", "T", "S", date="2026-01-01", overrides={"type": given})
    assert make_self_bibtex(page).startswith(f"@{kind}{{")
