r"""Formulas in titles as plain text: “$\alpha$-stable, $O(n^2)$” reads “α-stable, O(n²)” where no HTML can stand.

Letters, common signs, and digits as scripts; anything else keeps its words. Pure; never fails.
"""

from __future__ import annotations

import re
import unicodedata

TITLE_FORMULA = re.compile(r"(?<![\\$])\$(?=[^\s$])([^$]*[^\s\\$])\$(?![\d$])")
"""A formula in a line of text: as in prose."""
_COMMAND = re.compile(r"\\([A-Za-z]+|.)(\s*)")
_BETWEEN = frozenset("×·±→←≤≥≠≈∼∈∪∩⊂⊆|‖")
_SCRIPT = re.compile(r"([\^_])(?:\{([^{}]*)\}|(\S))")
_HIGH = str.maketrans("0123456789+-=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ")
_LOW = str.maketrans("0123456789+-=()ij", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ᵢⱼ")
_SIGNS = {
    "times": "×", "cdot": "·", "pm": "±", "infty": "∞", "to": "→", "rightarrow": "→", "leftarrow": "←", "le": "≤",
    "leq": "≤", "ge": "≥", "geq": "≥", "ne": "≠", "neq": "≠", "approx": "≈", "sim": "∼", "in": "∈", "sum": "∑",
    "prod": "∏", "int": "∫", "nabla": "∇", "partial": "∂", "ell": "ℓ", "sqrt": "√", "ldots": "…", "dots": "…",
    "forall": "∀", "exists": "∃", "cup": "∪", "cap": "∩", "subset": "⊂", "subseteq": "⊆", "emptyset": "∅", "mid": "|",
    "vert": "|", "lVert": "‖", "rVert": "‖", "|": "‖", "varepsilon": "ε", "varphi": "φ", "vartheta": "ϑ", "quad": " ",
    ",": " ", ";": " ", ":": " ", "!": "", "left": "", "right": "",
}  # fmt: skip


def plain_title(text: str) -> str:
    """Return ``text`` with its formulas as plain text; what is no formula, prices among it, stays as it is."""
    return TITLE_FORMULA.sub(lambda match: _plain(match[1]), text) if "$" in text else text


def _plain(tex: str) -> str:
    text = _COMMAND.sub(_sign, tex)
    text = _SCRIPT.sub(_script, text)
    return " ".join(re.sub(r"[{}]", "", text).split())


def _sign(match: re.Match[str]) -> str:
    name = match[1]
    if name in _SIGNS:
        sign = _SIGNS[name]
        return sign + match[2][:1] if sign in _BETWEEN else sign
    if not name.isalpha():
        return name
    case = "CAPITAL" if name[0].isupper() else "SMALL"
    try:
        return unicodedata.lookup(f"GREEK {case} LETTER {name.upper()}")
    except KeyError:
        return "" if name.startswith(("math", "text", "oper", "bold", "hat", "bar", "tilde", "vec")) else f"{name} "


def _script(match: re.Match[str]) -> str:
    content = match[3] if match[2] is None else match[2]
    table = _HIGH if match[1] == "^" else _LOW
    small = content.translate(table)
    return small if all(ord(c) in table for c in content) else f"{match[1]}{content}"
