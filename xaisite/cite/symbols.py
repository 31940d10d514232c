"""What LaTeX commands stand for, as tables.

Invariant: a command is in one table only.
"""

from __future__ import annotations

ACCENTS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", '"': "\u0308", "=": "\u0304", ".": "\u0307",
    "u": "\u0306", "v": "\u030c", "H": "\u030b", "c": "\u0327", "d": "\u0323", "b": "\u0331", "r": "\u030a",
    "k": "\u0328", "h": "\u0309", "G": "\u030f", "U": "\u030e", "t": "\u0361",
}  # fmt: skip
"""Accent command → combining character."""

SPACING = {"`": "`", "'": "’", "^": "^", "~": "~", '"': "¨", "=": "¯", ".": "˙"}
"""An accent over nothing: `\\~{}` is a tilde."""

SYMBOLS = {
    "ss": "ß", "SS": "ẞ", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł",
    "aa": "å", "AA": "Å", "i": "ı", "j": "ȷ", "dh": "ð", "DH": "Ð", "th": "þ", "TH": "Þ", "dj": "đ", "DJ": "Đ",
    "ng": "ŋ", "NG": "Ŋ", "S": "§", "P": "¶", "textsection": "§", "textparagraph": "¶", "copyright": "©",
    "textcopyright": "©", "pounds": "£", "textsterling": "£", "euro": "€", "texteuro": "€", "EUR": "€", "textyen": "¥",
    "textcent": "¢", "dots": "…", "ldots": "…", "textellipsis": "…", "textendash": "–", "textemdash": "—",
    "textquoteleft": "‘", "textquoteright": "’", "textquotedblleft": "“", "textquotedblright": "”",
    "textquotesingle": "'", "textquotedbl": '"', "lq": "‘", "rq": "’", "quotedblbase": "„", "quotesinglbase": "‚",
    "glqq": "„", "grqq": "“", "glq": "‚", "grq": "‘", "guillemotleft": "«", "guillemotright": "»", "flqq": "«",
    "frqq": "»", "guilsinglleft": "‹", "guilsinglright": "›", "textbackslash": "\\", "textasciitilde": "~",
    "textasciicircum": "^", "textasciigrave": "`", "textbar": "|", "textless": "<", "textgreater": ">",
    "textunderscore": "_", "textdollar": "$", "textbraceleft": "{", "textbraceright": "}", "textregistered": "®",
    "texttrademark": "™", "textdegree": "°", "degree": "°", "textmu": "µ", "textbullet": "•", "textperiodcentered": "·",
    "textordfeminine": "ª", "textordmasculine": "º", "texttimes": "×", "textpm": "±", "textonehalf": "½",
    "textonequarter": "¼", "textthreequarters": "¾", "textonesuperior": "¹", "texttwosuperior": "²",
    "textthreesuperior": "³", "textexclamdown": "¡", "textquestiondown": "¿", "textdagger": "†", "dag": "†",
    "textdaggerdbl": "‡", "ddag": "‡", "textvisiblespace": "␣", "textnumero": "№", "textasteriskcentered": "*",
    "textpercent": "%", "textampersand": "&", "slash": "/", "LaTeX": "LaTeX", "TeX": "TeX", "BibTeX": "BibTeX",
    "LaTeXe": "LaTeX2e", "newline": " ", "par": " ", "quad": " ", "qquad": " ", "space": " ", "enspace": " ",
    "thinspace": "\u202f", "nobreakspace": "\u00a0", "textnonbreakinghyphen": "‑", "textasciidieresis": "¨",
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "lambda": "λ", "mu": "μ", "pi": "π",
    "sigma": "σ", "tau": "τ", "phi": "φ", "chi": "χ", "omega": "ω", "Delta": "Δ", "Sigma": "Σ", "Omega": "Ω",
    "textalpha": "α", "textbeta": "β", "textgamma": "γ", "times": "×", "pm": "±", "ast": "∗", "star": "⋆",
}  # fmt: skip
"""Commands without argument."""

CHARACTERS = {
    " ": " ", ",": "\u202f", ";": " ", ":": " ", "!": "", "/": "", "-": "", "@": "", "\\": " ", "\n": " ", "&": "&",
    "%": "%", "$": "$", "#": "#", "_": "_", "{": "{", "}": "}", "|": "‖", "*": "", "+": "+", "<": "<", ">": ">",
    "[": "[", "]": "]", "?": "?",
}  # fmt: skip
"""Commands of one sign."""

STYLES = {
    "emph": "em", "textit": "em", "textsl": "em", "mkbibemph": "em", "mkbibitalic": "em", "textbf": "strong",
    "mkbibbold": "strong", "texttt": "code", "textsc": "sc", "textsuperscript": "sup", "mkbibsuperscript": "sup",
    "textsubscript": "sub",
}  # fmt: skip
"""Commands that style their argument."""

DECLARATIONS = {
    "em": "em", "it": "em", "itshape": "em", "sl": "em", "slshape": "em", "bf": "strong", "bfseries": "strong",
    "tt": "code", "ttfamily": "code", "sc": "sc", "scshape": "sc",
}  # fmt: skip
"""Commands that style the rest of their group."""

_TRANSPARENT = (
    "mbox hbox text textrm textup textmd textsf textnormal uppercase lowercase MakeUppercase MakeLowercase mathrm "
    "protect nobreak relax rm rmfamily normalfont sf sffamily upshape mdseries normalsize small footnotesize large "
    "ignorespaces unskip allowbreak linebreak hspace sloppy textlatin foreignlanguage Url mkbibacro NoCaseChange "
    "underline uline"
)
TRANSPARENT = frozenset(_TRANSPARENT.split())
"""Commands that change nothing we show; an argument is kept."""

DROPPED = frozenset(("noopsort", "NOOPSORT", "SortNoop", "vphantom", "phantom", "hphantom", "label", "index"))
"""Commands whose argument is not for readers."""

QUOTES = {"enquote": ("“", "”"), "mkbibquote": ("“", "”"), "mkbibparens": ("(", ")"), "mkbibbrackets": ("[", "]")}
"""Commands that put marks around their argument."""
