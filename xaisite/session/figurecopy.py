"""A copy of a figure that may be drawn in the session itself: drawing changes what is drawn.

Does not draw. Invariant: the copy gives the same bytes in every encoding, and neither pyplot nor the author knows it;
what is not made of known parts alone has no copy, and is drawn in a fork.
"""

from __future__ import annotations

import contextlib
import io
import logging
import pickle
import sys
import warnings
from collections.abc import Iterator
from typing import Any

from xaisite.session.plain import NotPlainError, PlainPickler

_MOST_BYTES = 4 << 20


class _Small(io.BytesIO):
    """Holds little: a figure of many points is quicker, and smaller, in a fork."""

    def write(self, data: Any, /) -> int:
        if self.tell() + len(data) > _MOST_BYTES:
            raise NotPlainError("it is big")
        return super().write(data)


def copy_figure(figure: Any) -> Any:
    """Return a copy of a figure (raises whatever refuses to be copied)."""

    class Pickler(PlainPickler):
        def reducer_override(self, value: Any) -> Any:
            known = super().reducer_override(value)
            if value is not figure:
                return known
            function, arguments, state, *others = value.__reduce_ex__(5)
            return function, arguments, {k: v for k, v in state.items() if k != "_restore_to_pylab"}, *others

    buffer = _Small()
    Pickler(buffer, protocol=5).dump(figure)
    return pickle.loads(buffer.getbuffer())  # noqa: S301  # made here


@contextlib.contextmanager
def unheard() -> Iterator[None]:
    """Let what is said while drawing be lost, as it is in a fork."""
    shown, errors, level = warnings.showwarning, sys.stderr, logging.root.manager.disable
    warnings.showwarning = lambda *_args, **_kwargs: None
    sys.stderr = io.StringIO()
    logging.disable()
    try:
        yield
    finally:
        logging.disable(level)
        warnings.showwarning, sys.stderr = shown, errors
