"""Months as BibTeX files write them, and the strings that BibTeX's standard styles define."""

from __future__ import annotations

import re

MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
MONTHS = {name[:3].lower(): name for name in MONTH_NAMES}
"""`jan` → January: strings known in every file."""

_SPELLINGS = {name.lower(): n for n, name in enumerate(MONTH_NAMES, 1)}
_SPELLINGS |= {name[:3].lower(): n for n, name in enumerate(MONTH_NAMES, 1)}
_SPELLINGS |= {"sept": 9}
_MONTH_DAY = re.compile(
    r"([A-Za-z]+)\.?(?:[\s~]+(\d{1,2})(?:st|nd|rd|th)?)?\Z|(\d{1,2})\Z|(\d{1,2})\.?[\s~]+([A-Za-z]+)\.?\Z"
)

STANDARD_STRINGS = {
    "acmcs": "ACM Computing Surveys",
    "acta": "Acta Informatica",
    "cacm": "Communications of the ACM",
    "ibmjrd": "IBM Journal of Research and Development",
    "ibmsj": "IBM Systems Journal",
    "ieeese": "IEEE Transactions on Software Engineering",
    "ieeetc": "IEEE Transactions on Computers",
    "ieeetcad": "IEEE Transactions on Computer-Aided Design of Integrated Circuits",
    "ipl": "Information Processing Letters",
    "jacm": "Journal of the ACM",
    "jcss": "Journal of Computer and System Sciences",
    "scp": "Science of Computer Programming",
    "sicomp": "SIAM Journal on Computing",
    "tocs": "ACM Transactions on Computer Systems",
    "tods": "ACM Transactions on Database Systems",
    "tog": "ACM Transactions on Graphics",
    "toms": "ACM Transactions on Mathematical Software",
    "toois": "ACM Transactions on Office Information Systems",
    "toplas": "ACM Transactions on Programming Languages and Systems",
    "tcs": "Theoretical Computer Science",
}
"""Journals by their short names, from plain.bst (Oren Patashnik)."""


def read_month(text: str) -> tuple[int, int] | None:
    """Return (month, day) of `jun`, `June~3`, `06`, `3 June`; day 0: none given; None: something else."""
    m = _MONTH_DAY.match(text.replace("{", "").replace("}", "").strip())
    if not m:
        return None
    if m.group(3):
        number = int(m.group(3))
        return (number, 0) if 1 <= number <= 12 else None
    name, day = (m.group(5), m.group(4)) if m.group(5) else (m.group(1), m.group(2))
    month = _SPELLINGS.get(name.lower())
    return (month, int(day or 0)) if month else None
