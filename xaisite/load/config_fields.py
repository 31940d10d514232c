"""Every table and key of site.toml, once: its reader, its JSON Schema and its documentation come from here.

Invariant: each key has an attribute of its table's record in `model.config` (a test compares), or is named in
`load.config`.
"""

# ruff: noqa: E501 - one field a line reads as the table it is

from __future__ import annotations

from typing import NamedTuple

from xaisite.core.dates import find_zone
from xaisite.core.fields import INVALID, Field, FieldTable, Reading, Schema, fields_schema, read_fields
from xaisite.core.kinds import (
    Choice,
    Duration,
    Either,
    Fields,
    Flag,
    ListOf,
    MapOf,
    Number,
    Size,
    Text,
    one_of,
)
from xaisite.core.nearest import find_nearest
from xaisite.core.paths import join_path
from xaisite.core.tree import Branch, Leaf, Node
from xaisite.model.author_fields import AUTHOR_FIELDS, WEB_URL, make_author
from xaisite.model.cell_fields import CELL_DEFAULTS, DEFAULT_OPTIONS, MAX_SEED
from xaisite.model.config import NavItem

_TEXT = Text()
_ENV_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_ENV_WORDS = "a variable's name"


class Folder(NamedTuple):
    """A folder inside the site."""

    words: str = "a folder of the site"

    def read(self, name: str, node: Node, at: Reading) -> object:
        """Return the folder, normalised."""
        text = Text(words=self.words).read(name, node, at)
        if not isinstance(text, str):
            return text
        path = None if text.startswith("/") else join_path("", text)
        if path is None or not text:
            return at.bad_value(
                name, node, f"“{text}” is not inside the site", "write it relative to the folder of site.toml"
            )
        return path

    def schema(self) -> Schema:
        """Return the schema."""
        return {"type": "string", "pattern": r"^[^/\\]"}


class BaseUrl(NamedTuple):
    """The full address under which the site is published."""

    words: str = "a full address such as `https://example.org/guide/`"

    def read(self, name: str, node: Node, at: Reading) -> object:
        """Return it with a slash at its end."""
        text = Text(words=self.words).read(name, node, at)
        if not isinstance(text, str) or not text:
            return text
        from urllib.parse import urlsplit

        try:
            parts = urlsplit(text)
            sound = parts.scheme in ("http", "https") and bool(parts.hostname) and not (parts.query or parts.fragment)
        except ValueError:
            sound = False
        if not sound or any(c.isspace() or c in '<>"\\' for c in text):
            return at.bad_value(name, node, f"“{text}” is not {self.words}")
        return text if text.endswith("/") else text + "/"

    def schema(self) -> Schema:
        """Return the schema."""
        return {"type": "string", "pattern": "^(https?://[^/?#]+[^?#]*)?$"}


class Zone(NamedTuple):
    """A time zone of the IANA database."""

    words: str = "a time zone such as `Europe/Berlin`"

    def read(self, name: str, node: Node, at: Reading) -> object:
        """Return its name."""
        text = Text(words=self.words).read(name, node, at)
        if isinstance(text, str) and find_zone(text) is None:
            from zoneinfo import available_timezones

            near = find_nearest(text, available_timezones())
            return at.bad_value(name, node, f"“{text}” is not {self.words}", f"did you mean “{near}”?" if near else "")
        return text

    def schema(self) -> Schema:
        """Return the schema."""
        return {"type": "string"}


class Authors(NamedTuple):
    """`[site.authors.ID]`: people by id."""

    words: str = "a table of authors by id"

    def read(self, name: str, node: Node, at: Reading) -> object:
        """Return authors by id."""
        if not isinstance(node, Branch):
            return at.wrong_type(name, node, self.words, 'write `[site.authors.jane]` and below it `name = "Jane Doe"`')
        authors = {}
        for pair in node.pairs:
            values = Fields(AUTHOR_FIELDS, "an author's table").read(f"{name}.{pair.key}", pair.value, at)
            if isinstance(values, dict):
                author = make_author(values, id=pair.key)
                authors[pair.key] = author
                if not author.name:
                    at.bad_value(
                        f"{name}.{pair.key}", Leaf(pair.start, pair.end, pair.key), "this author has no `name`"
                    )
        return authors

    def schema(self) -> Schema:
        """Return the schema."""
        return {"type": "object", "additionalProperties": fields_schema(AUTHOR_FIELDS, closed=True)}


_NAV = FieldTable((
    Field("title", _TEXT, "What the menu shows.", ("text", "label"), required=True),
    Field("url", _TEXT, "Where it leads: an address of the site, or a full one.", ("href", "link"), required=True),
))  # fmt: skip


class Nav(NamedTuple):
    """One entry of the menu."""

    words: str = "a menu entry (`title`, `url`)"

    def read(self, name: str, node: Node, at: Reading) -> object:
        """Return the entry."""
        if not isinstance(node, Branch):
            return at.wrong_type(name, node, self.words, 'write `{ title = "About", url = "/about/" }`')
        values = read_fields(node, _NAV, at, prefix=f"{name}.").values
        if "title" not in values or "url" not in values:
            return at.bad_value(name, node, "a menu entry needs `title` and `url`")
        return NavItem(str(values["title"]), str(values["url"]))

    def schema(self) -> Schema:
        """Return the schema."""
        return fields_schema(_NAV, closed=True)


SITE = FieldTable((
    Field("title", _TEXT, "Name of the site.", default="Untitled site"),
    Field("description", _TEXT, "One sentence about it, for feeds and search engines."),
    Field("base_url", BaseUrl(), "The full public address. Without it there is no feed, sitemap or canonical link.", ("url",), example='"https://example.org/guide/"'),
    Field("language", Text(words="a language code", pattern=r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*", rule="such as `en` or `de-AT`"), "Language of the text.", ("lang",), default="en"),
    Field("timezone", Zone(), "Zone of dates that name none.", default="UTC"),
    Field("authors", Authors(), "People, as `[site.authors.ID]`.", example='{ jane = { name = "Jane Doe" } }'),
    Field("links", Choice(("clean", "file")), "`file` writes `…/index.html` into links, for reading from disk.", default="clean"),
    Field("license", _TEXT, "Licence of text and figures.", ("licence",), example='"CC BY 4.0"'),
    Field("repository", WEB_URL, "Where the sources are, for “report an error”.", ("repo",)),
    Field("nav", ListOf(Nav(), single=False), "The menu.", ("menu",), example='[{ title = "About", url = "/about/" }]'),
    Field("image", _TEXT, "Picture for previews of pages that have none."),
))  # fmt: skip

CONTENT = FieldTable((
    Field("folder", Folder(), "Where the content is.", default="content"),
    Field("posts", Folder(), "Folder below it whose Markdown files are posts.", default="posts"),
    Field("static", ListOf(Folder()), "Folders published as they are.", default='["static", "assets"]'),
    Field("raw_html", Flag(), "Whether HTML in Markdown is HTML.", default="true"),
))  # fmt: skip

EXECUTION_OWN = (
    Field("enabled", Flag(), "Whether cells run.", default="true"),
    Field("jobs", Number(least=0, most=1024, whole=True), "Posts that run at once; 0: one per core.", default="0"),
    Field("timeout", Duration(), "How long a cell may run.", default='"10m"', attr="timeout_s"),
    Field("memory", Size(), "How much memory a post may use.", default='"4GB"', attr="memory_bytes"),
    Field("env", MapOf(_TEXT, _ENV_NAME, _ENV_WORDS), "Environment variables of the sessions."),
    Field("pass_env", ListOf(Text(words=_ENV_WORDS, pattern=_ENV_NAME)), "Variables of the outer environment that cells may read; another value runs the cells that read it."),
    Field("secrets", ListOf(Text(words=_ENV_WORDS, pattern=_ENV_NAME)), "Variables passed in, never keyed, stored or shown.", example='["API_KEY"]'),
    Field("network", Flag(), "Whether cells may use the network.", default="false"),
    Field("code-fold", Either((Flag(), Choice(("show",))), "true, false or `show`"), "Whether the code of cells is folded.", default="false"),
    Field("seed", Number(least=0, most=MAX_SEED, whole=True), "Seeds `random`, NumPy and torch before the first cell of each post.", default="0"),
    Field("resident", Flag(), "Whether builds leave a process behind that keeps libraries imported for the next build; it ends after 15 idle minutes. Never in CI.", default="false"),
    Field("processor", Choice(("common", "native")), "`common`: numerical libraries use only instructions that all x86-64 processors of the last ten years have, so that numbers are the same on them; `native`: all that there are.", default="common"),
    Field("store", _TEXT, "Folder of the shared results store, relative to site.toml.", example='"results"'),
)  # fmt: skip
_OWN_NAMES = frozenset(entry.name for entry in EXECUTION_OWN)
EXECUTION = FieldTable(
    (*EXECUTION_OWN, *(entry for entry in CELL_DEFAULTS if entry.name not in _OWN_NAMES)), DEFAULT_OPTIONS.ignored
)

CITATIONS = FieldTable((
    Field("style", Choice(("numeric", "author-year", "alphabetic")), "How citations look.", default="numeric"),
    Field("folders", ListOf(Folder()), "Where `.bib` files are looked for, besides the post's folder and the root."),
    Field("sort", Choice(("appearance", "author", "year")), "Order of the reference list.", default="what the style does"),
))  # fmt: skip

MATH = FieldTable((
    Field("macros", MapOf(_TEXT, r"\\(?:[A-Za-z]+|.)|[A-Za-z]+", "a TeX command"), "TeX macros of the site.", example=r"{ '\RR' = '\mathbb{R}' }"),
    Field("double_dollar", Choice(("auto", "display")), "`$$…$$` inside a line of text: inline (`auto`), or always `display`.", default="auto"),
))  # fmt: skip

_CSS_VALUE = Text(words="a CSS value", pattern=r"[^;{}<>\\]*", rule="without `;`, braces, `<`, `>` and backslashes")
_ORIGIN = Text(
    words="an origin", pattern=r"https://[A-Za-z0-9.-]+(?::\d+)?/?", rule="such as `https://www.youtube-nocookie.com`"
)

_COMMENTS = FieldTable((
    Field("name", _TEXT, "What is said beside the button: whose server it is.", example='"GitHub discussions"'),
    Field("href", WEB_URL, "A plain link to the comments."),
    Field("embed", Text(words="an address", pattern=r"https://[^\s<>\"]+", rule="such as `https://example.org/comments?page={url}`"),
          "Address of a frame, loaded on a click; `{url}`, `{title}` and `{theme}` are filled in."),
))  # fmt: skip

THEME = FieldTable((
    Field("tokens", MapOf(_CSS_VALUE, r"[A-Za-z][A-Za-z0-9-]*", "a token's name (without `--`)"), "Design tokens of the theme.", example='{ accent = "#0b6e4f" }'),
    Field("comments", Fields(_COMMENTS), "Where comments are kept; they load on click.", example='{ name = "Discussions", href = "https://github.com/me/site/discussions" }'),
    Field("videos", ListOf(_ORIGIN), "Origins from which a video may load after a click."),
))  # fmt: skip

DIAGNOSTICS = FieldTable((
    Field("ignore", ListOf(Text(words="a diagnostic's code", pattern=r"[a-z][a-z0-9-]*", rule="such as `front-unknown`")), "Warnings and notices that are not shown.", example='["front-unknown"]'),
))  # fmt: skip

_WORD = Text(words="a plain name", pattern=r"[^\s-][^\s]*", rule="without blanks, not beginning with `-`")
PUBLISH_KINDS: dict[str, tuple[Field, ...]] = {
    "directory": (
        Field("path", _TEXT, "Folder that receives the site, relative to site.toml.", required=True, example='"public"'),
        Field("keep", Number(least=1, whole=True), "How many releases stay, the current one included.", default="5"),
    ),
    "git": (
        Field("remote", _WORD, "Remote or address of the repository.", ("repository",), default='"origin"'),
        Field("branch", _WORD, "Branch that holds the site.", required=True, example='"gh-pages"'),
        Field("cname", _TEXT, "Own domain, written as `CNAME`."),
        Field("message", _TEXT, "Message of the commit."),
        Field("name", _TEXT, "Name of the commit's author."),
        Field("email", _TEXT, "Mail address of the commit's author."),
    ),
}  # fmt: skip
_KIND_FIELD = Field("kind", Choice(tuple(PUBLISH_KINDS)), "What the target is.", ("type",), required=True)
PUBLISH = {kind: FieldTable((_KIND_FIELD, *fields)) for kind, fields in PUBLISH_KINDS.items()}


class PublishTable(NamedTuple):
    """`[publish.NAME]`: the kind decides what else there is."""

    words: str = "a table with `kind`"

    def read(self, name: str, node: Node, at: Reading) -> object:
        """Return the fields by canonical name, `kind` among them."""
        if not isinstance(node, Branch):
            return at.wrong_type(name, node, self.words)
        kind_pair = next((pair for pair in node.pairs if pair.key in ("kind", "type")), None)
        if kind_pair is None:
            return at.bad_value(name, node, "`kind` is missing", f"add `kind = …`: {one_of(tuple(PUBLISH_KINDS))}")
        kind = _KIND_FIELD.kind.read(f"{name}.{kind_pair.key}", kind_pair.value, at)
        if not isinstance(kind, str):
            return INVALID
        found = read_fields(node, PUBLISH[kind], at, prefix=f"{name}.")
        missing = [f.name for f in PUBLISH[kind].fields if f.required and f.name not in found.places]
        if missing:
            return at.bad_value(name, node, f"`{missing[0]}` is missing", f"a target of kind `{kind}` needs it")
        return dict(found.values)

    def schema(self) -> Schema:
        """Return the schema."""
        kinds: list[Schema] = []
        for kind, table in PUBLISH.items():
            schema = fields_schema(table, closed=True)
            properties = schema["properties"]
            if isinstance(properties, dict):
                properties["kind"] = {"const": kind}
            kinds.append(schema)
        return {"anyOf": kinds}


TABLES: dict[str, FieldTable] = {
    "site": SITE, "content": CONTENT, "execution": EXECUTION, "citations": CITATIONS, "math": MATH, "theme": THEME,
    "diagnostics": DIAGNOSTICS,
}  # fmt: skip
_WHAT = {
    "site": "The site as a whole.",
    "content": "Where things are, relative to site.toml.",
    "execution": "How cells run; and defaults of cell options for the whole site.",
    "citations": "How citations look and where entries are found.",
    "math": "Formulas.",
    "theme": "Looks.",
    "diagnostics": "What is reported.",
}
CONFIG = FieldTable((
    *(Field(name, Fields(table, "a table"), _WHAT[name]) for name, table in TABLES.items()),
    Field("publish", MapOf(PublishTable()), "Where `xaisite publish` puts the site, as `[publish.NAME]`."),
))  # fmt: skip
