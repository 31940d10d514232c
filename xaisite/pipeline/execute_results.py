"""Traces read back as results: what pages show.

Does not check whether a trace holds. Invariant: a result depends on the trace and the cell's place only.
"""

from __future__ import annotations

import posixpath
import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from xaisite.core.digest import digest_json
from xaisite.core.record import replace
from xaisite.engine.state import differing_names
from xaisite.model.cell import Cell, InlineExpr
from xaisite.model.result import (
    CellResult,
    Figure,
    InlineResult,
    Media,
    Output,
    PostResults,
    Provenance,
    Raised,
    Repeat,
    Rich,
    Stream,
)

if TYPE_CHECKING:
    from xaisite.pipeline.execute_post import PostExecution
    from xaisite.pipeline.execute_trace import Trace


def read_media(raw: Mapping[str, Any]) -> Media:
    """Read one media record."""
    return Media(str(raw["digest"]), str(raw["mime"]), int(raw["bytes"]), int(raw["width_px"]), int(raw["height_px"]))


def read_output(raw: Mapping[str, Any]) -> Output:
    """Read one output record."""
    kind = raw["kind"]
    if kind == "stream":
        return Stream(raw["name"], raw["text"], bool(raw["is_warning"]))
    if kind == "figure":
        return _figure(raw)
    if kind == "rich":
        return Rich(
            text=dict(raw["text"]),
            media=tuple(map(read_media, raw["media"])),
            scripts=tuple(map(read_media, raw["scripts"])),
            is_markdown=bool(raw["is_markdown"]),
            figure=_figure(raw["figure"]) if raw["figure"] else None,
        )
    raise ValueError(f"unknown output {kind!r}")


def _figure(raw: Mapping[str, Any]) -> Figure:
    return Figure(
        light=tuple(map(read_media, raw["light"])),
        dark=tuple(map(read_media, raw["dark"])),
        moving=tuple(map(read_media, raw.get("moving", ()))),
        alt=raw["alt"],
        caption=raw["caption"],
        verdict=raw["verdict"],
        data_csv=read_media(raw["data_csv"]) if raw["data_csv"] else None,
        table_html=raw["table_html"],
        cites=tuple((str(k), str(d), str(b)) for k, d, b in raw["cites"]),
    )


def read_cell(cell: Cell, trace: Trace, folder: str) -> CellResult:
    """Return a cell's result without its provenance."""
    body = trace["body"]
    outputs = [read_output(raw) for raw in body["outputs"]]
    raised = body["raised"]
    if raised:
        outputs.append(Raised(raised["name"], raised["message"], raised["traceback"], raised["line"]))
    files = [(name, read_media(raw)) for name, raw in _written(body["files"], folder)]
    # addresses are presentation: the figures of a cell in order, encoded as their endings ask
    files += [
        (address, read_media(raw)) for address, (_, raw) in zip(cell.observed.files, body["addressed"], strict=False)
    ]
    repeats = tuple(
        Repeat(int(r["seed"]), tuple(read_output(raw) for raw in r["outputs"])) for r in body.get("repeats", ())
    )
    return CellResult(cell.index, "reused", tuple(outputs), files=tuple(files), repeats=repeats)


def _written(files: Mapping[str, Any], folder: str) -> Iterator[tuple[str, Any]]:
    """Yield the files that a cell wrote below the site, as named from the post's folder."""
    for name, raw in files.items():
        place, _, rest = name.partition("/")
        if place == "site":
            yield posixpath.relpath(rest, folder or "."), raw


def read_inline(inline: InlineExpr, trace: Trace) -> InlineResult:
    """Return the value of an inline expression."""
    body = trace["body"]
    text, markdown = str(body["text"]), bool(body["is_markdown"])
    return InlineResult(inline.index, text, markdown, digest_json([text, markdown]))


def media_digests(body: Mapping[str, Any]) -> Iterator[str]:
    """Yield every media digest that a trace refers to."""
    for output in body.get("outputs", ()):
        for group in ("light", "dark", "moving", "media", "scripts"):
            yield from (media["digest"] for media in output.get(group) or ())
        if output.get("data_csv"):
            yield output["data_csv"]["digest"]
        if output.get("figure"):
            yield from media_digests({"outputs": [output["figure"]]})
    for repeat in body.get("repeats", ()):
        yield from media_digests({"outputs": repeat["outputs"]})
    if body.get("produced"):
        yield body["produced"]["digest"]
    yield from (media["digest"] for media in body.get("files", {}).values())
    yield from (media["digest"] for _, media in body.get("addressed", ()))


def make_results(post: PostExecution) -> PostResults:
    """Return the results of a post with provenance and digests."""
    cells = tuple(_complete(post, cell.index) for cell in post.plan.cells)
    inlines = tuple(post.progress.inlines.get(inline.index) for inline in post.plan.inlines)
    digest = digest_json([[c.digest for c in cells], [i.digest if i else "" for i in inlines]])
    return PostResults(post.plan.path, cells, inlines, digest, _read_outside(post))


def tell_finished(post: PostExecution) -> None:
    """Tell whoever waits that a post is finished, and which of its cells did not run."""
    context, path = post.context, post.plan.path
    if context.request.mode == "check":
        return
    for cell in post.plan.cells:
        found = post.progress.cells.get(cell.index)
        if found is not None and found.status == "reused":
            context.report("done", path, cell.name, "reused")
    context.report("post", path)


def _read_outside(post: PostExecution) -> tuple[str, ...]:
    needs = (need for trace in post.progress.traces.values() for need in trace["body"]["needs"])
    return tuple(sorted({need[1] for need in needs if need[0] != "env" and need[1].startswith("/")}))


def _complete(post: PostExecution, index: int) -> CellResult:
    result = post.progress.cells.get(index)
    if result is None:
        return CellResult(index, "not-run", reason=post.progress.reasons.get(index, ""), digest="not-run")
    trace = post.progress.traces.get(index)
    if trace is None:
        return replace(result, digest=result.digest or result.status)
    needed = _slice_of(post, index)
    made = [post.progress.traces[at] for at in needed]
    own_seed = post.plan.cells[index].observed.seed
    provenance = Provenance(
        code="\n".join(post.codes[at].strip("\n") + "\n" for at in needed),
        seed=post.plan.seed if own_seed is None else own_seed,
        inputs=tuple(sorted({entry for part in made for entry in _inputs(part)})),
        versions=(
            ("python", trace["where"]["python"]),
            *sorted({pair for part in made for pair in part["where"]["versions"].items()}),
        ),
        protections=tuple(trace["where"].get("protections", ())),
        device=next((d for part in reversed(made) if (d := part["where"].get("device"))), "cpu"),
    )
    page: list[object] = [result.outputs, provenance, result.files, *([result.repeats] if result.repeats else [])]
    return replace(result, provenance=provenance, digest=digest_json(page, default=vars))


def _inputs(trace: Trace) -> Iterator[tuple[str, str]]:
    """Yield the site's files that a cell read, with their digests."""
    for need in trace["body"]["needs"]:
        if need[0] == "file" and need[1].startswith("site/") and need[2] not in ("absent", "dir"):
            yield need[1].removeprefix("site/"), need[2]


def _slice_of(post: PostExecution, index: int) -> list[int]:
    """Return a cell and those before it that it needs, in order."""
    now = post.progress
    needed = set(post.step_of(post.plan.cells[index]).visible(now.before[index]))
    chosen = [index]
    for at in range(index - 1, -1, -1):
        trace = now.traces.get(at)
        if trace is not None and differing_names(now.before[at], trace["body"]["changes"]) & needed:
            chosen.append(at)
            needed |= post.step_of(post.plan.cells[at]).visible(now.before[at])
    return sorted(chosen)


def python_version() -> str:
    """Return the interpreter's version as readers know it."""
    return ".".join(map(str, sys.version_info[:3]))
