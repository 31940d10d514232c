"""Arrays that show another's memory, taken apart so that they still do after a round trip.

Does not handle other libraries' views. Invariant: an array that owns its memory is left to its own pickling.
"""

from __future__ import annotations

import sys
from typing import Any


def view_of(value: Any) -> Any:
    """Reduce an array that shows another's memory to that other array and the place in it."""
    numpy = sys.modules.get("numpy")
    if numpy is None or type(value) is not numpy.ndarray:
        return None
    if value.dtype.hasobject:
        return value.__reduce__()
    owner = value
    while type(owner.base) is numpy.ndarray:
        owner = owner.base
    if owner is value or owner.base is not None or not (owner.flags.c_contiguous or owner.flags.f_contiguous):
        return value.__reduce__()  # the fifth protocol would make it a view of a buffer
    start = value.__array_interface__["data"][0] - owner.__array_interface__["data"][0]
    return make_view, (owner, start, value.shape, value.strides, value.dtype, value.flags.writeable)


def make_view(owner: Any, start: int, shape: Any, strides: Any, dtype: Any, writeable: bool) -> Any:  # noqa: PLR0917
    """Make the view again."""
    numpy = sys.modules["numpy"]
    view = numpy.ndarray(shape, dtype, buffer=owner.ravel(order="K"), offset=start, strides=strides)
    view.flags.writeable = writeable
    return view
