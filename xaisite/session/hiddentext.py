"""Texts of a figure drawn with the values of secrets struck out.

Does not change the figure. Invariant: afterwards matplotlib is as it was.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import Any

from xaisite.session.secrets import Secrets


@contextlib.contextmanager
def masked_texts(secrets: Secrets) -> Iterator[None]:
    """Let every text of matplotlib say of itself what may be shown, meanwhile."""
    module = sys.modules.get("matplotlib.text") if secrets else None
    if module is None:
        yield
        return
    kind: Any = module.Text
    plain = kind.get_text
    kind.get_text = lambda self: secrets.mask_text(str(plain(self)))
    try:
        yield
    finally:
        kind.get_text = plain
