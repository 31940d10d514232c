"""Posts made of cells without a parser, executed for real: what the tests of cells share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from xaisite.core.source import Source, Span
from xaisite.model.cell import Cell, ExecOptions, InlineExpr, InlineRole, ObservedOptions, SessionPlan, ShowOptions
from xaisite.model.config import ExecutionTable, SiteConfig
from xaisite.model.result import PostResults, Raised, Rich, Stream
from xaisite.pipeline.execute import ExecuteRequest, ProgressEvent, execute_posts
from xaisite.run.keeper import Keeper

CellSpec = str | tuple[str, Mapping[str, Any]]


def make_post(
    path: str,
    cells: Sequence[CellSpec],
    inlines: Sequence[tuple[str, InlineRole, int]] = (),
    *,
    seed: int = 0,
    params: Mapping[str, Any] | None = None,
    env: Mapping[str, str] | None = None,
    pass_env: tuple[str, ...] = (),
    prose: str = "",
) -> tuple[SessionPlan, Source]:
    """Return a session plan and the Markdown it would have been read from. Options: `exec`, `observed`, `show`, `label`."""
    text, made = prose, []
    for index, spec in enumerate(cells):
        code, options = (spec, {}) if isinstance(spec, str) else spec
        code = code if code.endswith("\n") else code + "\n"
        begin = len(text)
        text += "```{python}\n"
        offsets = []
        for line in code.splitlines(keepends=True):
            offsets.append(len(text))
            text += line
        text += "```\n\n"
        made.append(
            Cell(
                index,
                str(options.get("label", f"cell-{index + 1}")),
                code,
                begin + 12,
                tuple(offsets),
                Span(path, begin, len(text) - 2),
                ExecOptions(**options.get("exec", {})),
                ObservedOptions(**options.get("observed", {})),
                ShowOptions(**options.get("show", {})),
            )
        )
    asked = tuple(InlineExpr(i, code, Span(path, 0, 1), role, after) for i, (code, role, after) in enumerate(inlines))
    plan = SessionPlan(
        path, "/" + path.removesuffix(".md") + "/", tuple(made), asked, seed, params or {}, env or {}, pass_env
    )
    return plan, Source(path, text)


class Site:
    """A folder with posts that can be executed again and again."""

    def __init__(self, root: Path, **execution: Any) -> None:
        self.root = root
        self.config = SiteConfig(execution=ExecutionTable(**execution))
        self.posts: dict[str, tuple[SessionPlan, Source]] = {}
        self.events: list[ProgressEvent] = []
        self.keeper: Keeper | None = None
        (root / "content").mkdir(parents=True, exist_ok=True)

    def put(self, name: str, cells: Sequence[CellSpec], *args: Any, **kwargs: Any) -> None:
        """Write or replace a post in `content/`."""
        path = f"content/{name}"
        self.posts[path] = made = make_post(path, cells, *args, **kwargs)
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(made[1].text)

    def execute(self, *, mode: Any = "run", jobs: int = 1, refresh: tuple[str, ...] = ()) -> Any:
        """Execute all posts; return the checked results."""
        self.events.clear()
        return execute_posts(
            ExecuteRequest(
                root=self.root,
                state=self.root / ".xaisite",
                config=self.config,
                sessions=tuple(p for p, _ in self.posts.values()),
                sources={s.path: s for _, s in self.posts.values()},
                jobs=jobs,
                mode=mode,
                refresh=refresh,
                shares=True,
                params={},
                progress=self.events.append,
                keeper=self.keeper,
            )
        )

    def ran(self, **kwargs: Any) -> list[str]:
        """Execute; return the labels of the cells that ran (`post:label` when there are several posts)."""
        done = self.execute(**kwargs)
        assert not [d for d in done.diagnostics if d.is_error], done.diagnostics
        return self.statuses(done, "ran")

    def statuses(self, done: Any, status: str) -> list[str]:
        """Return the labels of the cells with this status."""
        single = len(self.posts) == 1
        return [
            plan.cells[c.index].label if single else f"{Path(path).stem}:{plan.cells[c.index].label}"
            for path, (plan, _) in self.posts.items()
            for c in done.value[path].cells
            if c.status == status
        ]


def shown(results: PostResults) -> list[list[str]]:
    """Return what each cell shows, as text."""
    return [[_text(output) for output in cell.outputs] for cell in results.cells]


def _text(output: Any) -> str:
    if isinstance(output, Stream):
        return f"{output.name}: {output.text}"
    if isinstance(output, Rich):
        return f"value: {output.text.get('text/plain', '')}"
    if isinstance(output, Raised):
        return f"raised: {output.name}: {output.message}"
    return "figure: " + " ".join(m.digest for m in (*output.light, *output.dark))
