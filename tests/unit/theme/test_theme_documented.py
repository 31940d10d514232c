"""The reference names every variable, template, token and script that there is, and none that there is not."""

from __future__ import annotations

import re
from pathlib import Path

from xaisite.link.addresses import date_text
from xaisite.model.config import SiteConfig
from xaisite.model.site import Card
from xaisite.render.variables import PageParts, card_variables, page_variables, site_variables
from xaisite.theme import theme_folder

THEME = Path(str(theme_folder()))
DOCS = Path(__file__).parents[3] / "docs" / "reference"


def section(text: str, title: str) -> str:
    return text.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def named(text: str) -> set[str]:
    return set(re.findall(r"`([^`\s]+)`", text))


def test_every_variable() -> None:
    text = (DOCS / "templates.md").read_text("utf-8")
    site = site_variables(SiteConfig(), str, has_feed=True, has_search=True)
    page = page_variables(PageParts(kind="page", layout="", url="/", title=""), SiteConfig(), str, date_text)
    card = card_variables(Card(path="a", url="/a/", title="A"), str, date_text)
    assert set(site) - named(section(text, "`site`")) == set()
    assert {*page, "href"} - named(section(text, "`page`")) == set()
    assert set(card) == named(section(text, "A card"))


def test_every_template_and_icon() -> None:
    text = (DOCS / "templates.md").read_text("utf-8")
    templates = {path.name for path in (THEME / "templates").glob("*.html")}
    assert templates == {name for name in named(text) if name.endswith(".html") and "/" not in name}
    icons = {path.stem for path in (THEME / "static" / "icons").glob("*.svg")}
    assert icons - named(section(text, "Functions")) == set()


def test_every_token_and_script() -> None:
    text = (DOCS / "theme.md").read_text("utf-8")
    root = (THEME / "static" / "guide.css").read_text("utf-8").partition(":root {")[2].partition("\n}")[0]
    tokens = set(re.findall(r"--([a-z-]+):", root))
    assert tokens
    assert tokens - named(section(text, "Tokens")) == set()
    scripts = {path.name for path in (THEME / "static").glob("*.js")}
    assert scripts == {name for name in named(text) if name.endswith(".js")}
