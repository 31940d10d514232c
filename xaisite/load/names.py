"""Which files count: what is never published, and what a name says about a file.

Does not touch the disk.
"""

from __future__ import annotations

import re

BIB_SUFFIX = ".bib"

_NEVER = re.compile(
    r"\..*"  # dotfiles: .git, .xaisite, .ipynb_checkpoints, .DS_Store, editors' locks (.#name)
    r"|.*~|\#.*\#|.*\.(?:bak|orig|rej|swp|swo|tmp|pyc|pyo|part|crdownload)"  # backups and halves
    r"|__pycache__|__MACOSX|node_modules|Thumbs\.db|desktop\.ini",
    re.IGNORECASE | re.DOTALL,
)


def is_never_published(name: str) -> bool:
    """Whether a file or folder of this name is a dotfile, a backup or a cache."""
    return _NEVER.fullmatch(name) is not None


def bad_name(name: str) -> str:
    """Return what is wrong with a file's name; empty when it can be published."""
    if any("\udc80" <= c <= "\udcff" for c in name):
        return "is not UTF-8"
    if "\\" in name:
        return "holds a backslash"
    if any(ord(c) < 32 or ord(c) == 127 for c in name):
        return "holds a control character"
    return ""
