"""Formulas of a page to HTML, through a cache.

Does not know where a formula stands in its file. Invariants: what comes from the cache is what KaTeX would say; V8 is
not started when the cache has everything; the order of formulas matters only where one defines a macro.
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import groupby
from types import TracebackType
from typing import Protocol, Self

from xaisite.core.digest import digest_parts
from xaisite.math.assets import KatexAssets, load_assets
from xaisite.math.macros import defining_pattern, definitions_in, initial_state, make_state
from xaisite.math.process import SHIM, Answer, KatexProcess
from xaisite.model.math import Formula, MacroState, MathProblem, Typeset

MAX_TEX = 10_000
"""Longest formula, in characters: HTML is about 160 times as long as the TeX of a sum."""
MAX_RECENT = 4_000
"""Formulas that a typesetter remembers besides its cache: about 20 MB."""


class TypesetCache(Protocol):
    """Where typeset formulas are kept: text under 32 hexadecimal digits."""

    def get_many(self, keys: Sequence[str]) -> Mapping[str, str]:
        """Return what is known of ``keys``."""

    def put_many(self, items: Mapping[str, str]) -> None:
        """Keep ``items``."""


class MemoryCache:
    """A cache that lasts as long as the process."""

    def __init__(self) -> None:
        self._items: dict[str, str] = {}

    def get_many(self, keys: Sequence[str]) -> Mapping[str, str]:
        """Return what is known of ``keys``."""
        items = self._items
        return {key: items[key] for key in keys if key in items}

    def put_many(self, items: Mapping[str, str]) -> None:
        """Keep ``items``."""
        self._items.update(items)


class Typesetter:
    """KaTeX with a cache before it. A resource: use as a context manager; safe to use after a fork."""

    def __init__(self, cache: TypesetCache | None = None, assets: KatexAssets | None = None) -> None:
        self._cache: TypesetCache = MemoryCache() if cache is None else cache
        self._given_assets = assets
        self._process = KatexProcess(assets)
        self._recent: dict[str, Typeset] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End V8 if it was started."""
        self._process.close()

    @property
    def has_started(self) -> bool:
        """Whether V8 runs."""
        return self._process.is_running

    @cached_property
    def tool_digest(self) -> str:
        """Everything but formula and macros that decides what the HTML is: KaTeX's release and our options."""
        assets = self._given_assets or load_assets()
        return digest_parts(["katex", assets.version, SHIM.read_text("utf-8"), str(MAX_TEX)])

    def typeset(self, formulas: Sequence[Formula], macros: Mapping[str, str]) -> Sequence[Typeset]:
        """Typeset formulas that do not see one another's definitions (captions, references)."""
        return self._typeset_under(formulas, initial_state(macros))

    def typeset_page(self, formulas: Sequence[Formula], macros: Mapping[str, str]) -> Sequence[Typeset]:
        """Typeset the formulas of a page in order: a macro that one defines holds for those after it."""
        state = initial_state(macros)
        defines = defining_pattern(macros).search
        result: list[Typeset] = []
        for is_definition, group in groupby(formulas, key=lambda f: defines(f.tex) is not None):
            if not is_definition:
                result += self._typeset_under(list(group), state)
                continue
            for formula in group:
                [typeset] = self._typeset_under([formula], state, wants_macros=True)
                result.append(typeset)
                state = typeset.macros_after
                defines = defining_pattern({**macros, **definitions_in(state)}).search
        return result

    def _typeset_under(
        self, formulas: Sequence[Formula], state: MacroState, *, wants_macros: bool = False
    ) -> list[Typeset]:
        prefix = digest_parts([self.tool_digest, state.json, str(wants_macros)])
        keys = {f: digest_parts([prefix, str(f.display), f.tex]) for f in dict.fromkeys(formulas)}
        recent = {key: self._recent[key] for key in keys.values() if key in self._recent}
        sought = {f: key for f, key in keys.items() if key not in recent}
        found = dict(self._cache.get_many(list(sought.values()))) if sought else {}
        missing = [f for f, key in sought.items() if key not in found]
        fresh = self._typeset_missing(missing, state, wants_macros)
        texts = {keys[f]: json.dumps(a, ensure_ascii=False, separators=(",", ":")) for f, a in fresh.items()}
        self._cache.put_many({keys[f]: texts[keys[f]] for f, a in fresh.items() if not a.get("died")})
        found |= texts
        read = {key: _read_answer(f, json.loads(found[key]), state) for f, key in sought.items()}
        died = {keys[f] for f, a in fresh.items() if a.get("died")}
        self._remember({key: one for key, one in read.items() if key not in died})
        done = {f: recent[key] if key in recent else read[key] for f, key in keys.items()}
        return [done[f] for f in formulas]

    def _remember(self, read: Mapping[str, Typeset]) -> None:
        """Keep what was typeset last: pages repeat one another's formulas."""
        if len(self._recent) + len(read) > MAX_RECENT:
            self._recent.clear()
        if len(read) <= MAX_RECENT:
            self._recent |= read

    def _typeset_missing(
        self, formulas: Sequence[Formula], state: MacroState, wants_macros: bool
    ) -> dict[Formula, Answer]:
        short = [f for f in formulas if len(f.tex) <= MAX_TEX]
        answers = self._process.typeset(short, state.json, wants_macros=wants_macros) if short else []
        return dict(zip(short, answers, strict=True)) | {f: _length_answer(f) for f in formulas if len(f.tex) > MAX_TEX}


def mathml_of(typeset_html: str) -> str:
    """Return the MathML inside a typeset formula: the form for feeds and readers without style sheets."""
    start, end = typeset_html.find("<math"), typeset_html.find("</math>")
    return typeset_html if start < 0 or end < 0 else typeset_html[start : end + len("</math>")]


def _read_answer(formula: Formula, answer: Answer, state: MacroState) -> Typeset:
    problems = tuple(_unique(MathProblem(*p) for p in answer["problems"]))
    after = state if answer["after"] is None else make_state(answer["after"])
    shown = answer["html"]
    if shown is None or any(p.is_error for p in problems):
        shown = f'<code class="math-failed">{html.escape(formula.tex)}</code>'
    return Typeset(shown, problems, after)


def _unique(problems: Iterable[MathProblem]) -> Iterable[MathProblem]:
    return dict.fromkeys(problems)


def _length_answer(formula: Formula) -> Answer:
    message = f"a formula of {len(formula.tex)} characters (at most {MAX_TEX} are typeset)"
    return {"html": None, "problems": [["too-long", message, 0, len(formula.tex), "split it"]], "after": None}
