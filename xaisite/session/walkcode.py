"""Digests of code: functions with what they close over, classes, methods, generators.

Does not run any of it. Invariant: code that is found again under its module and name is that name; the names that code
looks up globally are known, or any name counts.
"""

from __future__ import annotations

import sys
import types
from typing import TYPE_CHECKING, Any

from xaisite.session.generatorwords import GENERATORS, names_generator
from xaisite.session.identity import identity_of

if TYPE_CHECKING:
    from xaisite.session.valuewalk import Walk


_SKIPPED_IN_CLASS = frozenset({"__dict__", "__weakref__", "__module__", "__firstlineno__", "__static_attributes__"})
_GLOBAL_OPERATIONS = frozenset(
    {
        "LOAD_GLOBAL",
        "LOAD_NAME",
        "STORE_GLOBAL",
        "DELETE_GLOBAL",
        "STORE_NAME",
        "DELETE_NAME",
        "LOAD_FROM_DICT_OR_GLOBALS",
    }
)
_ANY_NAME = frozenset({"globals", "locals", "vars", "dir", "eval", "exec"})
_REACHING = frozenset(
    {"_getframe", "currentframe", "stack", "modules", "get_objects", "get_referrers", "__globals__", "f_globals"}
)


def visit_function(walk: Walk, value: Any) -> None:
    """Put a function: its code, its defaults, what it closes over, the names it looks up."""
    if _is_reference(value):
        put_reference(walk, value)
        return
    walk.put("function", value.__name__, value.__qualname__, str(value.__module__), str(value.__doc__))
    put_code(walk, value.__code__)
    if value.__globals__ is walk.owner.namespace:
        walk.refs |= global_names(value.__code__)
    else:
        walk.put("globals of", str(value.__globals__.get("__name__")))
        walk.package(str(value.__globals__.get("__name__")))
    for part in (value.__defaults__, value.__kwdefaults__, value.__annotations__, value.__dict__):
        walk.visit(part)
    for cell in value.__closure__ or ():
        visit_cell(walk, cell)


def visit_cell(walk: Walk, value: Any) -> None:
    """Put a variable of a closure."""
    walk.owner.kept.append(value)
    number = walk.seen.setdefault(identity_of(value), len(walk.seen))
    walk.share(value, number)
    try:
        inner = value.cell_contents
    except ValueError:
        walk.put("empty cell")
        return
    walk.put("cell", str(number))
    walk.visit(inner)


def put_code(walk: Walk, code: types.CodeType) -> None:
    """Put compiled code, without its place in a file."""
    walk.put(
        "code",
        code.co_name,
        str(code.co_argcount),
        str(code.co_kwonlyargcount),
        str(code.co_posonlyargcount),
        str(code.co_flags),
        repr(code.co_names),
        repr(code.co_varnames),
        repr(code.co_freevars),
        repr(code.co_cellvars),
    )
    walk.hash.update(code.co_code)
    walk.hash.update(getattr(code, "co_exceptiontable", b""))
    for const in code.co_consts:
        if isinstance(const, types.CodeType):
            put_code(walk, const)
        elif isinstance(const, frozenset):
            walk.put("frozenset", repr(sorted(map(repr, const))))
        else:
            walk.put(type(const).__name__, walk.owner.secrets.name_text(repr(const)))


def visit_code_object(walk: Walk, value: Any) -> None:
    """Put a code object, and the names it looks up."""
    put_code(walk, value)
    walk.refs |= global_names(value)


def visit_class(walk: Walk, value: Any) -> None:
    """Put a class of the author by its content, any other by its name."""
    if value.__module__ != "__main__":
        put_reference(walk, value)
        return
    walk.put("class", value.__qualname__)
    walk.sequence(value.__bases__)
    walk.visit(type(value))
    members = list(vars(value).items())
    special = sorted((m for m in members if _is_special(m[0])), key=lambda m: m[0])  # their order is not the author's
    for name, member in [*special, *(m for m in members if not _is_special(m[0]))]:
        if name not in _SKIPPED_IN_CLASS and not isinstance(
            member, (types.MemberDescriptorType, types.GetSetDescriptorType)
        ):
            walk.put(name)
            walk.visit(member)


def visit_wrapped(walk: Walk, value: Any) -> None:
    """Put a static or class method."""
    walk.put(type(value).__name__)
    walk.visit(value.__func__)
    walk.visit(value.__dict__)


def visit_property(walk: Walk, value: Any) -> None:
    """Put a property."""
    walk.put("property")
    for part in (value.fget, value.fset, value.fdel, value.__doc__):
        walk.visit(part)


def visit_method(walk: Walk, value: Any) -> None:
    """Put a bound method."""
    walk.put("method")
    walk.visit(value.__func__)
    walk.visit(value.__self__)


def visit_builtin(walk: Walk, value: Any) -> None:
    """Put a function written in C, and what it is bound to."""
    owner = value.__self__
    walk.put("builtin", value.__qualname__, str(value.__module__))
    walk.package(str(value.__module__))
    if owner is not None and not isinstance(owner, types.ModuleType):
        walk.visit(owner)


def visit_generator(walk: Walk, value: Any) -> None:
    """Give up on a generator; follow its variables, for sharing."""
    walk.needs_fork("reading a frame's variables writes them")
    walk.give_up(type(value).__name__)
    frame = getattr(value, "gi_frame", None) or getattr(value, "cr_frame", None) or getattr(value, "ag_frame", None)
    code = getattr(value, "gi_code", None) or getattr(value, "cr_code", None) or getattr(value, "ag_code", None)
    if code is not None:
        walk.refs |= global_names(code)
    if frame is not None:
        walk.put(str(frame.f_lasti))
        if frame.f_globals is not walk.owner.namespace:
            walk.package(str(frame.f_globals.get("__name__")))
        walk.visit(dict(frame.f_locals))


def put_reference(walk: Walk, value: Any) -> None:
    """Put a name under which the value is found again."""
    walk.put("reference", str(value.__module__), str(getattr(value, "__qualname__", value)))
    walk.package(str(value.__module__))


def _is_special(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")


def _is_reference(function: Any) -> bool:
    """Whether a function is found again under its module and name."""
    if function.__module__ in (None, "__main__"):
        return False
    at: Any = sys.modules.get(function.__module__)
    for part in function.__qualname__.split("."):
        at = getattr(at, part, None)
    return at is function


def global_names(code: types.CodeType) -> set[str]:
    """Return the names a function looks up globally, in nested functions too; ``*`` when it may look up any."""
    import dis

    names = {i.argval for i in dis.get_instructions(code) if i.opname in _GLOBAL_OPERATIONS}
    if names & _ANY_NAME or _REACHING & set(code.co_names) or "__main__" in code.co_consts:
        names.add("*")
    if any(map(names_generator, code.co_names)):
        names.add(GENERATORS)
    for const in code.co_consts:
        if isinstance(const, types.CodeType):
            names |= global_names(const)
    return names
