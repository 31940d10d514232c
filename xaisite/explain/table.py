"""Tabular input, read once.

What it does: turns an array or a DataFrame into numbers with names; categories become codes and turn back into
themselves before the model sees them. It deliberately imputes nothing: a missing value is the caller's decision.
Invariant: ``restore(values)`` gives the model the columns, order and categories it was given at first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from xaisite.explain.errors import ExplainError
from xaisite.explain.explanation import Array
from xaisite.explain.libraries import load_library
from xaisite.explain.verdict import shown


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows as numbers.

    Attributes
    ----------
    values : ndarray of shape (n rows, d features)
        Numbers; of a categorical feature, codes into its levels.
    names : tuple of str
    levels : tuple of (tuple or None)
        The categories of each feature; None for numbers.
    framed : bool
        Whether the input was a DataFrame.
    """

    values: Array
    names: tuple[str, ...]
    levels: tuple[tuple[Any, ...] | None, ...]
    framed: bool

    @property
    def categorical(self) -> tuple[int, ...]:
        """Indices of the categorical features."""
        return tuple(index for index, level in enumerate(self.levels) if level is not None)

    def restore(self, values: Array) -> Any:
        """Return the rows as the model knows them."""
        if not self.framed:
            return values
        pandas = load_library("pandas")
        columns: dict[str, Any] = {}
        for index, (name, level) in enumerate(zip(self.names, self.levels, strict=True)):
            column = values[:, index]
            columns[name] = column if level is None else np.array(level, dtype=object)[column.round().astype(int)]
        return pandas.DataFrame(columns)

    def split(self) -> tuple[Table, ...]:
        """Return each row as a table of its own."""
        return tuple(replace(self, values=self.values[place : place + 1]) for place in range(len(self.values)))

    def spell(self, index: int, value: float) -> str:
        """One cell in words."""
        level = self.levels[index]
        return shown(float(value)) if level is None else str(level[round(value)])

    def spell_rows(self, values: Array) -> tuple[tuple[str, ...], ...]:
        """Rows in words."""
        return tuple(tuple(self.spell(i, float(v)) for i, v in enumerate(row)) for row in values)

    def find_feature(self, feature: int | str) -> int:
        """Return the index of a feature given by name or index."""
        if isinstance(feature, str):
            if feature not in self.names:
                raise ExplainError(f"There is no feature {feature!r}.", f"use one of: {', '.join(self.names)}.")
            return self.names.index(feature)
        if not 0 <= int(feature) < len(self.names):
            raise ExplainError(f"There is no feature {feature}.", f"use 0 to {len(self.names) - 1}.")
        return int(feature)

    def find_pair(self, features: Sequence[int | str]) -> tuple[int, int]:
        """Return the indices of two different features."""
        found = tuple(self.find_feature(one) for one in features)
        if len(found) != 2 or found[0] == found[1]:
            raise ExplainError(f"{list(features)} are not two different features.", "pass a pair such as (0, 1).")
        return found[0], found[1]


def read_table(given: Any, *, what: str = "X", names: Any = None, like: Table | None = None) -> Table:
    """Read an array of shape (n, d) or (d,), a Series, or a DataFrame.

    Parameters
    ----------
    given : array, Series or DataFrame
    what : str
        The caller's argument, for messages.
    names : sequence of str, optional
        Feature names for arrays.
    like : Table, optional
        The table it must match in names and number of features; its categories are used.
    """
    pandas = load_library("pandas")
    if isinstance(given, pandas.Series):
        given = given.to_frame().T.infer_objects()
    if isinstance(given, pandas.DataFrame):
        table = _read_frame(given, what, like)
    else:
        table = _read_array(given, what, names, like)
    if not len(table.values):
        raise ExplainError(f"{what} has no rows.", "pass at least one row.")
    if not np.isfinite(table.values).all():
        bad = [table.names[i] for i in np.flatnonzero(~np.isfinite(table.values).all(axis=0))]
        raise ExplainError(
            f"{what} has missing or infinite values in {', '.join(bad[:5])}.",
            "impute or drop those rows before explaining.",
        )
    return table


def _read_frame(frame: Any, what: str, like: Table | None) -> Table:
    names = tuple(str(name) for name in frame.columns)
    if like is not None and names != like.names:
        raise ExplainError(
            f"The columns of {what} ({', '.join(names)}) are not those expected ({', '.join(like.names)}).",
            "pass the same columns in the same order.",
        )
    twice = [name for place, name in enumerate(names) if name in names[:place]]
    if twice:
        raise ExplainError(f"{what} has two columns named {twice[0]}.", "give every feature its own name.")
    pandas = load_library("pandas")
    columns: list[Array] = []
    levels: list[tuple[Any, ...] | None] = []
    for index, name in enumerate(frame.columns):
        column = frame[name]
        known = None if like is None else like.levels[index]
        if pandas.api.types.is_numeric_dtype(column) and known is None:
            columns.append(column.to_numpy(dtype=np.float64, na_value=np.nan))
            levels.append(None)
        elif like is not None and known is None:
            raise ExplainError(
                f"{what} has {column.iloc[0]!r} in {name}, which is a number in the background.",
                "turn the column into numbers, for example with pandas.to_numeric.",
            )
        else:
            level = known or tuple(sorted(set(column.dropna().tolist()), key=str))
            columns.append(_encode(column.tolist(), level, what, str(name)))
            levels.append(level)
    values = np.column_stack(columns) if columns else np.empty((len(frame), 0))
    return Table(values=values, names=names, levels=tuple(levels), framed=True)


def _encode(cells: list[Any], level: tuple[Any, ...], what: str, name: str) -> Array:
    codes = {value: float(code) for code, value in enumerate(level)}
    unknown = [cell for cell in cells if cell not in codes and cell == cell]  # noqa: PLR0124 (NaN is not unknown)
    if unknown:
        raise ExplainError(
            f"{what} has a category {unknown[0]!r} in {name} that the background does not have.",
            "add rows with it to the background.",
        )
    return np.array([codes.get(cell, np.nan) for cell in cells])


def _read_array(given: Any, what: str, names: Any, like: Table | None) -> Table:
    if np.iscomplexobj(given):
        raise ExplainError(f"{what} has complex numbers.", "pass real ones.")
    try:
        values = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ExplainError(
            f"{what} is not a table of numbers ({error}).",
            "pass a numeric array, or a DataFrame with its categories as columns.",
        ) from error
    if values.ndim == 1:
        values = values[None]
    if values.ndim != 2:
        raise ExplainError(
            f"{what} has shape {values.shape}; a table has rows and columns.",
            "pass an array of shape (rows, features).",
        )
    wanted = len(like.names) if like is not None else values.shape[1] if names is None else len(names)
    if values.shape[1] != wanted:
        raise ExplainError(
            f"{what} has {values.shape[1]} features, {wanted} are expected.",
            "pass the features the model was fitted on, in that order.",
        )
    if like is not None:
        return Table(values=values, names=like.names, levels=like.levels, framed=like.framed)
    labels = tuple(str(name) for name in names) if names is not None else tuple(f"x{i}" for i in range(wanted))
    if len(set(labels)) != len(labels):
        raise ExplainError("Two features have the same name.", "give every feature its own name.")
    return Table(values=values, names=labels, levels=(None,) * wanted, framed=False)
