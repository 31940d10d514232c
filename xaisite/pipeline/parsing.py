"""Sources → outlines, reusing those of unchanged sources.

An outline is keyed by its text and that of the files it includes (those it had when last seen with this text), what
parsing depends on, the results folded into it and the tool. Tokens of what was
parsed in this build are kept as bytes for rendering; an unchanged post has none and is parsed again only if its page
must be rendered.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from xaisite.core.checked import Checked
from xaisite.core.diagnostic import Diagnostic
from xaisite.core.digest import digest_parts
from xaisite.core.record import field, record
from xaisite.core.source import Source
from xaisite.engine.page_state import StateStore
from xaisite.model.config import SiteConfig
from xaisite.model.post import Outline, Post
from xaisite.model.result import Media, PostResults
from xaisite.parse.config import ParseConfig
from xaisite.pipeline.pool import map_forked

if TYPE_CHECKING:
    from xaisite.parse.includes import Includable


@record
class ParsedPost:
    """An outline with what was wrong, and its tokens when it was parsed just now."""

    outline: Outline
    diagnostics: tuple[Diagnostic, ...]
    key: str
    tokens: bytes | None = None


@record
class ParseRequest:
    """One source to parse."""

    path: str
    kind: str
    digest: str
    results: PostResults | None = None


@record
class Parser:
    """All that parsing needs besides a source."""

    root: Path
    parse_config: ParseConfig
    tool: str
    media_text: Callable[[Media], str]
    digests: Mapping[str, str] = field(default_factory=dict)
    """Path → digest of every file of the site: what a post may include."""

    def key(self, request: ParseRequest, includes: Sequence[str] = ()) -> str:
        """Return the key of an outline that has ``includes`` in it."""
        folded = request.results.digest if request.results else ""
        parts = (request.path, request.kind, request.digest, self.parse_config.digest, folded, self.tool)
        return digest_parts((*parts, *(f"{path}={self.digests.get(path, '')}" for path in includes)))

    @property
    def files(self) -> Includable:
        """The files that a post may include."""
        from xaisite.parse.includes import Includable

        return Includable(self.digests, self.load)

    def load(self, path: str) -> Checked[Source | None]:
        """Return the text of a file as it was when the build began (raises ``SourceChangedError``)."""
        from xaisite.load.sources import load_source

        return load_source(self.root, path, self.digests.get(path, ""))

    def lay_out(self, path: str) -> Source | None:
        """Return the text of a post with what it includes."""
        from xaisite.parse.includes import include_files

        source = self.load(path).value
        included = include_files(source, self.files) if source and not path.endswith(".ipynb") else None
        return included.layout.laid if included else source

    def parse(self, request: ParseRequest) -> Checked[Post]:
        """Parse one source now."""
        from xaisite.parse.notebook import parse_notebook
        from xaisite.parse.post import parse_post

        loaded = self.load(request.path)
        if loaded.value is None:
            from xaisite.model.front import FrontMatter

            empty = Outline(request.path, "post" if request.kind == "post" else "page", FrontMatter(draft=True))
            return Checked(Post(empty), loaded.diagnostics)
        is_notebook = request.path.endswith(".ipynb")
        read = parse_notebook if is_notebook else partial(parse_post, files=self.files)
        kind: Literal["post", "page"] = "post" if request.kind == "post" else "page"
        parsed = read(
            loaded.value,
            self.parse_config,
            kind=kind,
            results=request.results,
            media_text=self.media_text,
        )
        return Checked(parsed.value, (*loaded.diagnostics, *parsed.diagnostics))


def make_parse_config(config: SiteConfig) -> ParseConfig:
    """Return the part of site.toml that parsing depends on."""
    return ParseConfig(
        timezone=config.site.timezone,
        double_dollar=config.math.double_dollar,
        raw_html=config.content.raw_html,
        execute=dict(config.execution.defaults),
        posts_folder=config.content.posts,
        video_origins=config.theme.videos,
    )


def load_outlines(
    requests: Sequence[ParseRequest], parser: Parser, state: StateStore, jobs: int
) -> dict[str, ParsedPost]:
    """Return the parsed form of every request, by path; only what is new is parsed."""
    plain = {request.path: parser.key(request) for request in requests}
    includes: Mapping[str, tuple[str, ...]] = state.get_many("includes", plain.values())
    keys = {r.path: parser.key(r, includes.get(plain[r.path], ())) for r in requests}
    stored: Mapping[str, tuple[Outline, tuple[Diagnostic, ...]]] = state.get_many("outline", keys.values())
    missing = [request for request in requests if keys[request.path] not in stored]
    fresh = _parse_all(missing, parser, jobs)
    state.put_many("outline", {p.key: (p.outline, p.diagnostics) for p in fresh.values()})
    including = {plain[p.outline.path]: p.outline.includes for p in fresh.values() if p.outline.includes}
    state.put_many("includes", including)
    done: dict[str, ParsedPost] = {}
    for request in requests:
        key = keys[request.path]
        done[request.path] = fresh.get(request.path) or ParsedPost(*stored[key], key)
    return done


def load_post(request: ParseRequest, parsed: ParsedPost, parser: Parser) -> Post:
    """Return the post with its tokens."""
    if parsed.tokens is not None:
        return Post(parsed.outline, pickle.loads(parsed.tokens))  # noqa: S301 - made by this build
    return parser.parse(request).value


def _parse_all(requests: Sequence[ParseRequest], parser: Parser, jobs: int) -> dict[str, ParsedPost]:
    def work(share: Sequence[ParseRequest]) -> list[ParsedPost]:
        return [_parse_one(request, parser) for request in share]

    return {parsed.outline.path: parsed for parsed in map_forked(work, requests, jobs)}


def _parse_one(request: ParseRequest, parser: Parser) -> ParsedPost:
    parsed = parser.parse(request)
    tokens = pickle.dumps(parsed.value.tokens, 5)
    return ParsedPost(
        parsed.value.outline, parsed.diagnostics, parser.key(request, parsed.value.outline.includes), tokens
    )
