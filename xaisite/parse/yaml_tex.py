r"""TeX in double quotes: `"Shapley values $\phi_i$"` means what it says.

YAML reads `\phi` as an error and, worse, `\theta` as a tab and `heta`. So a backslash that begins a TeX command is
shielded from YAML's parser by a private-use character of the same length (offsets stay right) and put back afterwards.
In single quotes, plain text and blocks a backslash is a backslash anyway, so it is right to do this without knowing
which quotes it stands in. Invariant: the text keeps its length; what YAML escapes rightly (`\n`, `\"`, `\\`, `\u00e9`)
stays an escape, unless it begins a TeX command.
"""

from __future__ import annotations

import re

_BACKSLASH = re.compile(
    r"\\(?:(?P<escape>[\\\"/\n]|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})|[A-Za-z]+|.|\Z)|\$|\n", re.DOTALL
)
# The only one-letter escapes that a text has a use for; no caption wants a bell or a U+2028 (`\LaTeX`).
_ESCAPE_LETTERS = frozenset("ntr")
# Commands that begin like one of those: outside `$…$` only these are TeX.
_COMMANDS = frozenset(
    """
    nabla natural ne nearrow neg neq nexists newcommand newline ni nleq nmid nolimits nonumber normalsize not notin nu
    nsubseteq nwarrow
    rVert raggedright raisebox rangle rbrace rceil ref relax rfloor rgroup rho right rightarrow rightharpoonup
    rightleftharpoons rightsquigarrow risingdotseq rm root rotatebox rtimes rule rvert
    tan tanh tau tbinom text textasciitilde textbackslash textbf textcolor textit textmd textnormal textrm textsc textsf
    textsl textstyle textsuperscript texttt textup tfrac tg th therefore theta thickapprox thicksim tilde times tiny to
    top triangle triangledown triangleleft triangleq triangleright tt
    """.split()  # noqa: SIM905 - words are read best as words
)


def shield_backslashes(text: str) -> tuple[str, str]:
    """Return ``text`` with its TeX backslashes replaced, and the character that stands for them ('' for none)."""
    if "\\" not in text or '"' not in text:
        return text, ""
    mark = _unused(text)
    out: list[str] = []
    last = 0
    in_math = False
    for match in _BACKSLASH.finditer(text):
        found = match.group()
        if found == "$":
            in_math = not in_math
        elif found == "\n":
            in_math = False
        elif match["escape"] is None and _is_tex(found[1:], in_math=in_math):
            out += (text[last : match.start()], mark)
            last = match.start() + 1
    return "".join((*out, text[last:])), mark


def restore_backslashes(value: str, mark: str) -> str:
    """Return ``value`` with its backslashes back."""
    return value.replace(mark, "\\")


def _is_tex(rest: str, *, in_math: bool) -> bool:
    if in_math or rest[:1] not in _ESCAPE_LETTERS:
        return True
    return rest in _COMMANDS


def _unused(text: str) -> str:
    return next(mark for mark in map(chr, range(0xE000, 0xF8FF)) if mark not in text)
