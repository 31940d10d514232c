"""Every field of front matter, once: its reader, its JSON Schema and its documentation come from here.

Invariant: each field has an attribute of `model.front.FrontMatter` (a test compares), or is read specially in
`parse.front`.
"""

# ruff: noqa: E501 - one field a line reads as the table it is

from __future__ import annotations

from xaisite.core.dates import Date
from xaisite.core.fields import Field, FieldTable
from xaisite.core.kinds import Anything, Choice, Either, Flag, ListOf, MapOf, Number, Text
from xaisite.model.author_fields import Person
from xaisite.parse.front_kinds import Execute, Glossary, Layout, Toc

_TEXT = Text()
_TEXTS = ListOf(Text(), split=",")
_PATHS = ListOf(Text(words="a path"))
_SEGMENT = Text(words="one part of an address", pattern=r"[^/\\?#\s]+", rule="without `/`, `?`, `#` or blanks")
_ROOTED = Text(words="an address of this site", pattern=r"/(?!/)[^\\?#\s]*", rule="begin it with `/`, as in `/shap/`")
_LANGUAGE = Text(
    words="a language code", pattern=r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*", rule="such as `en` or `de-AT`"
)
_DOI = Text(
    words="a DOI", pattern=r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?10\.\d{4,9}/\S+", rule="such as `10.1000/182`"
)
_MACRO_NAME = r"\\(?:[A-Za-z]+|.)|[A-Za-z]+"

STYLES = ("numeric", "author-year", "alphabetic")

FRONT_FIELDS = FieldTable(
    (
        Field("title", _TEXT, "Title of the page. May hold `` `{python} expr` `` and formulas, which are plain text where no HTML can stand.", example='"SHAP, seen"'),
        Field("subtitle", _TEXT, "Below the title."),
        Field("description", _TEXT, "One or two sentences: shown in lists, feeds and search results.", ("abstract", "summary", "excerpt")),
        Field("author", ListOf(Person()), "Who wrote it: ids of `[site.authors]`, names, or mappings.", ("authors",), attr="authors", example="[jane, {name: Joe Doe, url: https://doe.org}]"),
        Field("date", Date(), "When it was published. A file name `2024-02-04-name.md` gives it too; a future date makes a draft.", example="2024-02-04"),
        Field("date-modified", Date(), "When it was last changed in substance.", ("updated", "last_modified_at", "modified", "lastmod")),
        Field("tags", _TEXTS, "Subjects.", ("categories", "keywords", "tag", "category"), example="[shap, tutorial]", merges=True),
        Field("image", _TEXT, "Picture for lists and previews.", ("thumbnail", "og_image", "cover", "preview"), example="cover.png"),
        Field("image-alt", _TEXT, "What that picture shows.", ( "thumbnail-alt", "cover-alt")),
        Field("draft", Flag(), "Not published, unless asked for with `--drafts`.", ("hidden",), default="false"),
        Field("published", Flag(), "Jekyll's opposite of `draft`.", default="true"),
        Field("bibliography", _PATHS, "`.bib` files: beside the post, at the root, or in `[citations] folders`, `_bibliography`, `assets/bibliography`.", default="references.bib"),
        Field("nocite", ListOf(Text(), split=","), "Keys listed without being cited; `@*` for all.", example='["@molnar2020"]'),
        Field("toc", Toc(), "Whether there is a table of contents; or its entries.", ("table-of-contents",), default="true"),
        Field("toc-depth", Number(least=1, most=6, whole=True), "Deepest heading in it.", default="3"),
        Field("number-sections", Flag(), "Whether headings are numbered.", default="false"),
        Field("aliases", _PATHS, "Old addresses, which lead here.", ("redirect_from", "redirect-from"), example="[/old/place/]", merges=True),
        Field("permalink", _ROOTED, "The whole address.", ("url",), example="/shap/"),
        Field("slug", _SEGMENT, "Last part of the address.", example="shap"),
        Field("layout", Layout(), "Template: `templates/NAME.html`, else the theme's.", default="post or page", example="post"),
        Field("series", _TEXT, "Name of the series that this is a part of."),
        Field("order", Number(), "Place in the series; a whole number is shown as the number of the chapter."),
        Field("part", _TEXT, "Part of the guide it stands in."),
        Field("level", _TEXT, "How much it asks of its reader."),
        Field("prerequisites", ListOf(Text(), split=","), "Posts to read before: paths or addresses."),
        Field("glossary", Glossary(), "Terms that this page defines.", example="{SHAP: SHapley Additive exPlanations}"),
        Field("lang", _LANGUAGE, "Language of the page.", ("language",), default="[site] language"),
        Field("license", _TEXT, "Licence of text and figures.", ("licence", "copyright"), example="CC BY 4.0"),
        Field("doi", _DOI, "DOI of this page."),
        Field("citation", Either((Flag(), MapOf(Anything()))), "How this page is to be cited: fields of an entry."),
        Field("execute", Execute(), "Defaults for the cells of this page; `false`: none runs.", example="{echo: false}"),
        Field("params", MapOf(Anything(), r"[A-Za-z_][A-Za-z0-9_]*", "a Python name"), "Values given to the cell tagged `parameters`."),
        Field("math", Either((Flag(), MapOf(Anything()), _TEXT), "true or false"), "Whether `$…$` is math.", ("mathjax", "katex", "html-math-method"), default="true"),
        Field("macros", MapOf(_TEXT, _MACRO_NAME, "a TeX command"), "TeX macros of this page.", example="{'\\RR': '\\mathbb{R}'}"),
        Field("comments", Flag(), "Whether there are comments.", ("giscus_comments",), default="false"),
        Field("lightbox", Flag(), "Whether a click enlarges figures.", default="true"),
        Field("code-fold", Either((Flag(), Choice(("show",), {"hide": "show"})), "true, false or `show`"), "Whether the code of cells is folded."),
        Field("code-tools", Flag(), "Whether there is a menu for all code.", default="false"),
        Field("citation-style", Choice(STYLES), "How citations look here.", default="[citations] style"),
        Field("scripts", _PATHS, "Local ES modules that this page loads."),
        Field("styles", _PATHS, "Local style sheets of this page.", ("css",), merges=True),
        Field("search", Flag(), "Whether the page can be found by searching the site.", default="true"),
        Field("extra", MapOf(Anything()), "Fields of your own, for templates: `page.extra`."),
    ),
    {
        "future": "a post dated in the future is a draft: build with `--drafts`",
        "htmlwidgets": "widgets of results are published as they are needed",
        "_styles": "put it into a `.css` file and name that under `styles:`",
        "format": "xaisite makes HTML",
        "jupyter": "cells run in the project's own Python",
        "engine": "",
        "kernel": "",
        "kernelspec": "cells run in the project's own Python",
        "jupytext": "",
        "featured": "",
        "related_posts": "",
        "related_publications": "",
        "disqus_comments": "use `comments:`",
        "pretty_table": "",
        "tikzjax": "",
        "mermaid": "",
        "chart": "",
        "code_diff": "",
        "pseudocode": "",
        "fig-responsive": "",
        "title-block-banner": "",
        "toc-location": "",
        "toc-title": "",
        "code-overflow": "",
        "code-line-numbers": "write it under `execute:`",
        "link-citations": "",
        "csl": "choose one with `citation-style:`",
        "biblio-style": "choose one with `citation-style:`",
        "reference-location": "",
        "citation-location": "",
        "theme": "",
        "eleventyNavigation": "use `order:`",
        "eleventyExcludeFromCollections": "",
        "eleventyComputed": "write what it would compute",
        "templateEngineOverride": "posts are Markdown",
        "excerpt_separator": "write a `description:`",
        "more_excerpt": "",
        "editor": "",
        "exports": "xaisite makes HTML",
        "downloads": "",
        "numbering": "use `number-sections:`",
        "abbreviations": "use `glossary:`",
        "thebe": "",
        "filters": "",
        "shortcodes": "",
        "number-depth": "",
        "cap-location": "",
        "fig-cap-location": "",
        "tbl-cap-location": "",
        "crossref": "",
        "lof": "",
        "fontsize": "",
        "mainfont": "",
        "embed-resources": "",
        "self-contained": "",
        "keep-md": "",
        "freeze": "write it under `execute:`",
        "listing": "",
        "website": "",
        "page-layout": "",
        "sidebar": "",
        "output": "xaisite makes HTML",
        "robots": "",
        "sitemap": "",
    },
)  # fmt: skip
