r"""What macros mean on a page, and which formulas change it.

Does not expand anything. Invariant: a formula that `defining_pattern` does not find leaves the state as it was, since
TeX can define only through these commands or through a macro that holds one of them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from xaisite.model.math import MacroState

_DEFINES = re.compile(
    r"\\(?:[gex]?def|(?:new|renew|provide)command|let|futurelet|global|long|DeclareMathOperator)(?![A-Za-z@])"
)

BASE_MACROS: Mapping[str, str] = {
    r"\DeclareMathOperator": r"\@ifstar\xaisite@limits\xaisite@operator",
    r"\xaisite@operator": r"\gdef#1{\operatorname{#2}}",
    r"\xaisite@limits": r"\gdef#1{\operatorname*{#2}}",
}
"""What LaTeX has and KaTeX lacks."""


def initial_state(macros: Mapping[str, str]) -> MacroState:
    r"""Return the state at the top of a page: names of letters may be given without their backslash."""
    named = {macro_name(name): body for name, body in macros.items()}
    return make_state({**BASE_MACROS, **named})


def make_state(frozen: Mapping[str, object]) -> MacroState:
    """Return the state in canonical form."""
    return MacroState(json.dumps(frozen, sort_keys=True, separators=(",", ":")))


def macro_name(name: str) -> str:
    r"""Return ``name`` as TeX knows it: `RR` is `\RR`; a sign such as `∇` stands for itself."""
    return name if name.startswith("\\") or (len(name) == 1 and not name.isalpha()) else "\\" + name


def defines_macros(tex: str) -> bool:
    """Return whether the text of a formula or of a macro can define a macro."""
    return _DEFINES.search(tex) is not None


def defining_pattern(macros: Mapping[str, str]) -> re.Pattern[str]:
    """Return what to look for in a formula: commands that define, and macros of the author that hold such a command."""
    holders = {macro_name(name) for name, body in macros.items() if defines_macros(body)}
    while True:
        users = {macro_name(n) for n, body in macros.items() if any(h in body for h in holders)} - holders
        if not users:
            break
        holders |= users
    if not holders:
        return _DEFINES
    return re.compile(_DEFINES.pattern + "|" + "|".join(re.escape(h) for h in sorted(holders)))


def definitions_in(state: MacroState) -> dict[str, str]:
    """Return the macros that a page's formulas have defined, with text that names the commands in their bodies."""
    texts: dict[str, str] = {}
    for name, macro in json.loads(state.json).items():
        if isinstance(macro, dict):  # strings were given from outside
            tokens = [token[0] for token in macro.get("tokens", ())]
            texts[name] = " ".join([*reversed(tokens), str(macro.get("builtin", ""))]) + " "
    return texts
