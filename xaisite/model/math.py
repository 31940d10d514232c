"""Formulas before and after typesetting.

Positions count code points of the formula's own TeX; whoever knows the file maps them into it.
"""

from __future__ import annotations

from typing import Literal

from xaisite.core.record import record

MathProblemKind = Literal["syntax", "unsafe", "too-long", "too-costly", "unusual"]


@record
class Formula:
    """TeX without its delimiters."""

    tex: str
    display: bool = False


@record
class MathProblem:
    """What is wrong at `tex[start:end]`. `unusual` is a warning: KaTeX shows it, LaTeX would not."""

    kind: MathProblemKind
    message: str
    start: int
    end: int
    help: str = ""

    @property
    def is_error(self) -> bool:
        """Whether the formula could not be shown as written."""
        return self.kind != "unusual"


@record
class MacroState:
    """What macros mean at a point of a page: `json` is canonical, equal states have equal text."""

    json: str = "{}"


@record
class Typeset:
    """A formula as HTML with MathML inside; with an error, the TeX itself in a `<code>`."""

    html: str
    problems: tuple[MathProblem, ...]
    macros_after: MacroState

    @property
    def is_good(self) -> bool:
        """Whether it shows what was written."""
        return not any(p.is_error for p in self.problems)
