"""Formulas of posts, typeset, with problems placed in the Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xaisite.core.checked import Checked
from xaisite.core.equations import find_labels
from xaisite.core.nearest import did_you_mean
from xaisite.engine.page_state import StateStore
from xaisite.link.numbers import number_labels
from xaisite.link.resolve import LinkStyle
from xaisite.math.page import typeset_nodes
from xaisite.math.typeset import Typesetter
from xaisite.model.config import SiteConfig
from xaisite.model.facts import SiteFacts
from xaisite.model.post import Outline


class StateCache:
    """The typesetter's cache, kept in the site's state."""

    def __init__(self, state: StateStore) -> None:
        self._state = state

    def get_many(self, keys: Sequence[str]) -> Mapping[str, str]:
        """Return what is known of ``keys``."""
        return self._state.get_many("formula", keys)

    def put_many(self, items: Mapping[str, str]) -> None:
        """Keep ``items``."""
        self._state.put_many("formula", items)


def page_macros(outline: Outline, config: SiteConfig) -> dict[str, str]:
    """Return the macros a page starts with: the site's, then its own."""
    return {**config.math.macros, **outline.front.macros}


def typeset_outline(
    outline: Outline, config: SiteConfig, typesetter: Typesetter, facts: SiteFacts, style: LinkStyle
) -> Checked[tuple[str, ...]]:
    """Return the HTML of each formula of a post, by ordinal, references resolved."""
    if not outline.formulas:
        return Checked(())
    numbers = number_labels(outline)
    own = {label.name: f"#{label.anchor}" for label in outline.labels}

    def find_target(name: str) -> tuple[str, str] | None:
        if name in own:
            return numbers.get(name) or name, own[name]
        targets = facts.label(name)
        return (targets[0].number or targets[0].title or name, style.to(targets[0].url)) if targets else None

    return typeset_nodes(
        outline.formulas,
        page_macros(outline, config),
        typesetter,
        find_target=find_target,
        numbers=_row_numbers(outline, numbers),
        near=lambda name: did_you_mean(name, own) or facts.near_labels(name),
    )


def _row_numbers(outline: Outline, numbers: Mapping[str, str]) -> dict[str, str]:
    r"""Return the numbers that formulas show themselves: those of rows; a formula's own stands beside it."""
    nodes = (node for node in outline.formulas if not node.label and "\\label" in node.tex)
    return {use.name: numbers[use.name] for node in nodes for use in find_labels(node.tex) if use.name in numbers}
