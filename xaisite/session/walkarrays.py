"""Digests of arrays and tensors: contents, type, layout, and whose memory they show.

Does not copy what is laid out in one piece. Invariant: two names that show the same memory are known to share it.
"""

from __future__ import annotations

import sys
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from xaisite.session.identity import identity_of
from xaisite.session.plain import root_of

if TYPE_CHECKING:
    from xaisite.session.valuewalk import Walk


def visit_array(walk: Walk, value: Any) -> None:
    """Put an array, and the memory that it shows."""
    numpy = sys.modules["numpy"]
    if type(value) is not numpy.ndarray and root_of(type(value)) != "numpy":
        walk.needs_fork("its class may have hooks")
    owner = value
    while isinstance(owner.base, numpy.ndarray):
        owner = owner.base
    if owner is not value:
        walk.owner.kept.append(owner)
        walk.share(owner, walk.seen.setdefault(identity_of(owner), len(walk.seen)))
        start = value.__array_interface__["data"][0] - owner.__array_interface__["data"][0]
        walk.put("view", str(start), repr(value.strides))
    if value.base is not None and not isinstance(owner, numpy.ndarray):
        walk.visit(owner)
    flags = value.flags
    walk.put(
        "array",
        type(value).__name__,
        _name_of(walk, value.dtype),
        repr(value.shape),
        f"{flags.c_contiguous}{flags.f_contiguous}{flags.writeable}",
    )
    walk.packages.add("numpy")
    if value.dtype.hasobject:
        walk.sequence(value.ravel().tolist()) if value.dtype == object else walk.give_up("structured objects")
    else:
        walk.hash.update(_content(walk, value, value))
    if type(value) is not numpy.ndarray:
        walk.package(type(value).__module__)
        walk.visit(getattr(value, "__dict__", {}))
        if isinstance(value, numpy.ma.MaskedArray):
            walk.visit(numpy.ma.getmaskarray(value))
            walk.put(repr(value.fill_value))


def _name_of(walk: Walk, dtype: Any) -> str:
    """Return what a type is called; numpy takes longer to write that of a structure than to hash a small array."""
    names = walk.owner.dtypes
    at = identity_of(dtype)
    if at not in names:
        walk.owner.kept.append(dtype)
        names[at] = repr(dtype)
    return names[at]


def _content(walk: Walk, owner: Any, array: Any) -> bytes:
    """Return the digest of an array's bytes, made once for the visited object that it belongs to."""
    known = walk.owner.buffers.get(identity_of(owner))  # of an array made for this the number would be given anew
    if known is None:
        numpy = sys.modules["numpy"]
        plain = numpy.ascontiguousarray(numpy.asarray(array))
        data = plain.view(numpy.uint8) if plain.dtype.itemsize and plain.ndim else plain.tobytes()
        if walk.owner.secrets:
            data = walk.owner.secrets.name_bytes(bytes(data))
        known = blake2b(data.data if hasattr(data, "data") else data, digest_size=16).digest()
        walk.owner.buffers[identity_of(owner)] = known
    return known


def visit_tensor(walk: Walk, value: Any) -> None:
    """Put a tensor, and note whose storage it shows."""
    walk.packages.add("torch")
    walk.put(
        "tensor",
        str(value.dtype),
        repr(tuple(value.shape)),
        str(value.device),
        str(value.requires_grad),
        repr(value.stride()) if value.layout is sys.modules["torch"].strided else "sparse",
        type(value).__name__,
    )
    try:
        storage = value.untyped_storage()
        walk.owner.kept.append(storage)
        key = -storage.data_ptr()
        walk.owner.shares.setdefault(key, []).append((walk.name, walk.seen.setdefault(key, len(walk.seen))))
        walk.hash.update(_content(walk, value, value.detach().cpu().contiguous().numpy()))
    except (RuntimeError, TypeError, NotImplementedError):
        walk.give_up("tensor")
    walk.visit(value.grad if value.is_leaf else None)
    if value.grad_fn is not None:
        walk.give_up("graph")
    walk.visit(dict(getattr(value, "__dict__", {})))
