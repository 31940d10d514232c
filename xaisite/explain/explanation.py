"""The one kind of answer: what was asked, what came out, and what it rests on.

What it does: holds an explanation as a frozen value and lets it show itself (figure, table, alternative text,
caption, verdicts, citation, JSON). It deliberately calls no model: whatever a check needs was measured when the
explanation was made and stands in ``evidence``.
Invariant: nothing here depends on time, machine or global state; equal explanations give equal bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from xaisite.explain.errors import ExplainError
from xaisite.explain.palette import ThemeName
from xaisite.explain.verdict import Verdict

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

Array = npt.NDArray[np.float64]
Kind = Literal[
    "attribution",
    "importance",
    "effect",
    "surface",
    "matrix",
    "map",
    "maps",
    "text",
    "tree",
    "rules",
    "change",
    "overview",
    "picture",
    "curves",
    "numbers",
]


@dataclass(frozen=True, kw_only=True)
class Step:
    """One visible step on the way to an explanation.

    Attributes
    ----------
    title, text : str
        What is shown, and one sentence about it.
    pictures : tuple of ndarray
        Images of shape (C, H, W), or signed maps of shape (H, W).
    labels : tuple of str
        One line under each picture.
    """

    title: str
    text: str
    pictures: tuple[npt.NDArray[Any], ...] = ()
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class Explanation:
    """What a method says about a model, with everything needed to judge it.

    Attributes
    ----------
    method, variant : str
        The key of the method's card and, where there are several, of its variant (``"shap"``, ``"tree"``).
    kind : str
        How it is shown: ``"attribution"``, ``"importance"``, ``"effect"``, ``"matrix"``, ``"map"``, …
    values : ndarray of float
        The explanation itself. Attributions: (n rows, d features). Maps: (H, W) or (C, H, W). Effects: (grid,).
    names : tuple of str
        Names along the last axis of ``values`` (features, tokens, segments); empty for pixel maps.
    target, scale : str
        The output explained, and its scale (``"probability"``, ``"log-odds"``, ``"prediction"``, …): the unit of
        ``values`` wherever the method is additive.
    value_function : str
        What "feature absent" means (``"interventional"``, ``"path-dependent"``, ``"Owen"``, …); empty if nothing
        is removed.
    data : ndarray or None
        The inputs explained.
    prediction : ndarray or None
        The model's output for them, on ``scale``.
    base_value : float or None
        What the values are counted from.
    baseline : ndarray or None
        Background rows or reference input; ``baseline_name`` says it in words.
    errors : ndarray or None
        Standard errors, the shape of ``values``, where the method samples.
    parameters, evidence, extra : mapping
        What was asked for; what was measured for :meth:`check`; what the figure needs besides.
    seed, evaluations : int
        Seed of everything random; cost in evaluated inputs.
    steps : tuple of Step
        The way there, where the method shows it.
    """

    method: str
    kind: Kind
    values: Array
    names: tuple[str, ...]
    target: str
    scale: str
    variant: str = ""
    value_function: str = ""
    data: Array | None = None
    prediction: Array | None = None
    base_value: float | None = None
    baseline: Array | None = None
    baseline_name: str = ""
    errors: Array | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    evidence: Mapping[str, Any] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 0
    evaluations: int = 0
    steps: tuple[Step, ...] = ()

    def __post_init__(self) -> None:
        for name in ("values", "data", "prediction", "baseline", "errors"):
            given = getattr(self, name)
            if given is not None:
                # Adding zero turns −0 into 0: they are equal and must print alike.
                kept = np.array(given, dtype=np.float64) + 0.0
                kept.setflags(write=False)
                object.__setattr__(self, name, kept)
        if self.kind not in ("overview", "numbers") and not np.isfinite(self.values).all():
            raise ExplainError(
                f"{self.method} gave values that are not finite.",
                "look for infinities or NaN in the model's output or in the data.",
            )

    def figure(self, theme: ThemeName = "light") -> Figure:
        """Draw it with matplotlib.

        Parameters
        ----------
        theme : {"light", "dark"}

        Returns
        -------
        matplotlib.figure.Figure
            Not registered with pyplot: the caller owns it.
        """
        from xaisite.explain.displays import render_figure

        return render_figure(self, theme)

    def steps_figure(self, theme: ThemeName = "light") -> Figure:
        """Draw the steps that led here (superpixel methods have them)."""
        from xaisite.explain.displays.steps import render_steps

        return render_steps(self, theme)

    def table(self) -> pd.DataFrame:
        """Return the numbers of the figure, most important first."""
        from xaisite.explain.displays import render_table

        return render_table(self)

    def alt_text(self) -> str:
        """Give what the figure shows, read from the numbers."""
        from xaisite.explain.displays import render_alt

        return render_alt(self)

    def caption(self) -> str:
        """Give method, output, scale, baseline and assumptions, in sentences."""
        from xaisite.explain.caption import make_caption

        return make_caption(self)

    def check(self) -> tuple[Verdict, ...]:
        """Hold the explanation against what its method promises."""
        from xaisite.explain.promises import check_promises

        return check_promises(self)

    @property
    def cite(self) -> str:
        """Key of the method's paper in ``methods.bib``."""
        return self.cites[0]

    @property
    def cites(self) -> tuple[str, ...]:
        """Keys of all references of the method's card, the method's own paper first."""
        from xaisite.explain.cards import find_card

        return find_card(self.method, self.variant).references

    def row(self, index: int) -> Explanation:
        """One row of an attribution of several, or one image of several."""
        if "each" in self.extra:
            parts: tuple[Explanation, ...] = self.extra["each"]
            if not -len(parts) <= index < len(parts):
                what = "image" if self.kind == "maps" else "row"
                raise ExplainError(f"There is no {what} {index}.", f"use 0 to {len(parts) - 1}.")
            return parts[index]
        if self.kind != "attribution":
            raise ExplainError(f"A {self.method} explanation has no rows.", "use its values directly.")
        rows = len(self.values)
        if not -rows <= index < rows:
            raise ExplainError(f"There is no row {index}.", f"use 0 to {rows - 1}.")
        at = slice(index % rows, index % rows + 1)
        extra = {**self.extra, "shown": self.extra["shown"][at]} if "shown" in self.extra else self.extra
        return replace(
            self,
            values=self.values[at],
            extra=extra,
            data=None if self.data is None else self.data[at],
            prediction=None if self.prediction is None else self.prediction[at],
            errors=None if self.errors is None else self.errors[at],
        )

    def to_json(self) -> str:
        """All of it as JSON text with sorted keys, ten significant digits and no times.

        For superpixels ``extra["segments"]`` and, where that is shorter, ``baseline`` are written row by row as
        ``{"runs": [number, how often, …], "shape": […]}``. Pictures of steps are left out.
        """
        from xaisite.explain.plain import to_json

        return to_json(self)

    def _xaisite_bundle_(self) -> dict[str, Any]:
        """Return what a page needs; the cell runner looks for this method."""
        from xaisite.explain.bundle import make_bundle

        return make_bundle(self)

    def _repr_png_(self) -> bytes:
        """Return the light figure, for notebooks."""
        from xaisite.explain.bundle import draw_png

        return draw_png(self.figure())

    def __repr__(self) -> str:
        kind = f"{self.method}/{self.variant}" if self.variant else self.method
        return f"<Explanation {kind} of {self.target}: values {self.values.shape}>"
