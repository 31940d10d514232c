"""Definition lists, Pandoc's: a term on its line, `: definition` below it. The rule is mdit-py-plugins'."""

from __future__ import annotations

from mdit_py_plugins.deflist import deflist_plugin

from xaisite.parse.machine import Machine


def definitions_plugin(md: Machine) -> None:
    """Register the rule."""
    deflist_plugin(md)
    md.block.on("deflist", None)
