"""What a cell looks at and touches: files, folders, absences, modules, variables, processes.

Sees what Python does (audit events, and wrapped `stat`, `access`, `environ`, `__import__`, which raise none); what runs
outside Python is only known to have happened. Invariant: nothing that Python reads goes unrecorded; recording never
changes what the cell sees, except that it may not write in place to the site's sources.
"""

from __future__ import annotations

import builtins
import contextlib
import functools
import importlib
import os
import sys
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from types import FrameType, ModuleType
from typing import Any

from xaisite.session.ahead import ImportedAhead
from xaisite.session.describe import is_local
from xaisite.session.filemarks import FileMarks
from xaisite.session.librarymarks import scan_containers

_silent: ContextVar[bool] = ContextVar("xaisite_silent", default=False)
_WRITE = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_PROCESS_EVENTS = frozenset(
    {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "pty.spawn", "os.fork", "os.forkpty"}
)
_CHANGE_EVENTS = frozenset(
    {
        "os.remove",
        "os.rmdir",
        "os.mkdir",
        "os.truncate",
        "os.chmod",
        "os.chown",
        "os.utime",
        "shutil.rmtree",
        "shutil.move",
        "shutil.copyfile",
        "os.rename",
        "os.link",
        "os.symlink",
    }
)
_LIST_EVENTS = frozenset({"os.listdir", "os.scandir"})
_EVENTS = _PROCESS_EVENTS | _CHANGE_EVENTS | _LIST_EVENTS | {"open", "sqlite3.connect"}


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Let nothing be recorded meanwhile: it is our own doing."""
    token = _silent.set(True)
    try:
        yield
    finally:
        _silent.reset(token)


@contextlib.contextmanager
def heard() -> Iterator[None]:
    """Record again, inside `quiet`."""
    token = _silent.set(False)
    try:
        yield
    finally:
        _silent.reset(token)


@dataclass
class Observation:
    """What one cell did."""

    reads: set[str] = field(default_factory=set)
    stats: set[str] = field(default_factory=set)
    lists: set[str] = field(default_factory=set)
    touched: set[str] = field(default_factory=set)
    imports: set[str] = field(default_factory=set)
    late: set[str] = field(default_factory=set)
    """Packages that libraries imported while the cell ran, inside of functions."""
    variables: set[str] = field(default_factory=set)
    generators: set[str] = field(default_factory=set)
    """Random generators that were seeded or set, or whose state was asked for."""
    flags: set[str] = field(default_factory=set)
    """`process` (something ran outside Python), `rc` (matplotlib's parameters were read), `source` (its own text)."""


class Observer:
    """Hooks of one process; `current` receives what happens."""

    def __init__(self) -> None:
        self.current = Observation()
        self.edges: dict[str, set[str]] = {}
        self.deferred: dict[str, list[Any]] = {}
        """Warning filters that modules add when they are imported, where they were imported ahead."""
        self.ahead = ImportedAhead()
        self.modules: dict[str, None] = {}
        """Modules that cells imported themselves, in order."""
        self.marks = FileMarks()
        self.sources_root = ""
        self.own = "/nowhere/"
        self.ignored: tuple[str, ...] = ()
        self.on_import: Callable[[], None] | None = None
        self.on_author_import: Callable[[], None] | None = None
        """Called when a cell's own import is done."""
        self.installed: dict[str, ModuleType] = {}
        """Modules of the installation that were loaded before the session began."""
        self.containers: dict[int, int] = {}
        """The marks of the containers of all libraries that were looked at (see `librarymarks`)."""
        self._scanned: set[str] = set()

    def look_at_libraries(self) -> None:
        """Mark the containers of those libraries that were loaded since."""
        scan_containers(self.containers, self._scanned)

    def note_installed(self) -> None:
        """Note which of the modules loaded by now belong to the installation."""
        self.installed = {name: module for name, module in list(sys.modules.items()) if not is_local(module)}

    def watch_modules(self) -> None:
        """Start to note who imports what (before anything is imported ahead)."""
        self._watch_imports()

    def watch_all(self) -> None:
        """Start to note everything else, in a session (it cannot be undone)."""
        sys.addaudithook(self._hear)
        for name in ("stat", "lstat", "access", "readlink"):
            _wrap_stat(self, name)
        _watch_source(self)
        _watch_environment(self)

    def begin(self) -> None:
        """Start a new record."""
        self.current = Observation()

    def _hear(self, event: str, args: tuple[Any, ...]) -> None:
        if event not in _EVENTS:  # thousands in each cell: `id`, `sys._getframe`, `object.__getattr__`
            return
        if event == "open":
            if not _silent.get():
                self._opened(args)
        elif event in _LIST_EVENTS:
            if not _silent.get() and not _called_by_importlib():
                self._add(self.current.lists, args[0] if args and args[0] is not None else ".")
        elif event in _CHANGE_EVENTS:
            if not _silent.get():
                self._changed(event, args)
        elif event in _PROCESS_EVENTS:
            if not _silent.get():
                self.current.flags.add("process")
        elif event == "sqlite3.connect" and not _silent.get():
            self._database(args[0])

    def _opened(self, args: tuple[Any, ...]) -> None:
        path, mode, flags = args
        if isinstance(path, int):
            return
        writes = bool(flags & _WRITE) if isinstance(flags, int) else False
        if isinstance(mode, str) and any(c in mode for c in "wax+"):
            writes = True
        full = self._full(path)
        if full is None:
            return
        if writes:
            self._refuse_source(full)
            self.current.touched.add(full)
            if isinstance(flags, int) and flags & os.O_TRUNC:
                return
        self.current.reads.add(full)

    def _changed(self, event: str, args: tuple[Any, ...]) -> None:
        for at in (0, 1) if event in {"os.rename", "shutil.move", "os.link", "os.symlink", "shutil.copyfile"} else (0,):
            full = self._full(args[at]) if len(args) > at else None
            if full is None:
                continue
            self.current.touched.add(full)
            self.current.stats.add(full)
            if event == "shutil.copyfile" and at == 0:
                self.current.reads.add(full)
                continue
            if event in {"os.truncate", "os.chmod", "os.chown", "os.utime"}:
                self._refuse_source(full)
                if event in {"os.chmod", "os.utime"}:
                    self.marks.hear(event, args, full)
            else:  # a link to a source may go; the source itself, and names beside it, may not
                self._refuse_source(
                    os.path.join(os.path.realpath(os.path.dirname(full)), os.path.basename(full)), real=True
                )

    def _database(self, path: Any) -> None:
        if isinstance(path, (str, bytes, os.PathLike)):
            name = os.fsdecode(path)
            if name in ("", ":memory:"):
                return
            if name.startswith("file:"):
                name = name[5:].split("?", 1)[0]
            self._add(self.current.reads, name)
            self._add(self.current.touched, name)

    def _refuse_source(self, full: str, *, real: bool = False) -> None:
        """Raise if a path (``real``: links in it are resolved) is one of the site's own."""
        if self.sources_root:
            path = full if real else os.path.realpath(full)
            if path.startswith(self.sources_root) and not path.startswith((self.own, *self.ignored)):
                raise PermissionError(13, "a cell may not change the site's own files (write to another name)", full)

    def _add(self, into: set[str], path: Any) -> None:
        full = self._full(path)
        if full is not None:
            into.add(full)

    def _full(self, path: Any) -> str | None:
        if isinstance(path, int):
            try:
                path = os.readlink(f"/proc/self/fd/{path}") if not _silent.get() else ""
            except OSError:
                return None
        try:
            full = os.path.abspath(os.fsdecode(path))
        except (TypeError, ValueError, OSError):
            return None
        return None if full.startswith(self.ignored) else full

    def _watch_imports(self) -> None:
        plain = builtins.__import__
        named = importlib.import_module
        known: set[tuple[str, str]] = set()  # imports that libraries make again, inside of functions

        @functools.wraps(plain)
        def watched(name: str, globals: Any = None, locals: Any = None, fromlist: Any = (), level: int = 0) -> Any:
            module = plain(name, globals, locals, fromlist, level)
            importer = globals.get("__name__", "") if isinstance(globals, dict) else ""
            if level == 0 and importer not in ("__main__", "") and not _is_ours(importer):
                self.current.late.add(name.partition(".")[0])
            if level == 0 and (importer, name) in known:
                return module
            if level == 0:
                if importer not in ("__main__", "") and not _is_ours(importer):
                    known.add((importer, name))
                self._imported(name, fromlist or (), globals)
            if self.on_import is not None:
                self.on_import()
            return module

        @functools.wraps(named)
        def watched_by_name(name: str, package: str | None = None) -> Any:
            module = named(name, package)
            importer = str(sys._getframe(1).f_globals.get("__name__"))
            if not name.startswith(".") and not _is_ours(importer):
                self.current.imports.add(name.partition(".")[0])
            if importer == "__main__":
                self._author_imported()
            if self.on_import is not None:
                self.on_import()
            return module

        builtins.__import__ = watched
        importlib.import_module = watched_by_name

    def _imported(self, name: str, fromlist: Any, globals: Any) -> None:
        importer = globals.get("__name__", "") if isinstance(globals, dict) else ""
        top = name.partition(".")[0]
        if importer in ("__main__", ""):
            if self.deferred:
                self._add_filters(name)
            if not _silent.get():
                self.current.imports.add(top)
                parts = [f"{name}.{part}" for part in fromlist if f"{name}.{part}" in sys.modules]
                self.modules.update(dict.fromkeys([name, *parts]))
            self._author_imported()
        elif not _is_ours(importer):
            self.edges.setdefault(importer.partition(".")[0], set()).add(top)

    def forget_deferred(self, name: str) -> list[list[Any]]:
        """Take the filters that importing a module adds off the list: it is imported, and they are there."""
        parts = [name, *(n for n in list(self.deferred) if n.startswith(name + "."))]
        return [self.deferred.pop(part, []) for part in parts]

    def _author_imported(self) -> None:
        if self.on_author_import is not None:
            with quiet():
                self.look_at_libraries()
                self.on_author_import()

    def _add_filters(self, name: str) -> None:
        import warnings

        for added in self.forget_deferred(name):
            warnings.filters[:0] = added  # type: ignore[index]
        warnings._filters_mutated()  # type: ignore[attr-defined]

    def reached(self, roots: set[str]) -> set[str]:
        """Return the top-level packages that ``roots`` import, directly or not."""
        found: set[str] = set()
        waiting = list(roots)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting.extend(self.edges.get(name, ()))
        return found


def _is_ours(importer: str) -> bool:
    """Whether an import is our own doing, and says nothing of what cells depend on."""
    return _silent.get() or importer.startswith("xaisite.session")


def _called_by_importlib() -> bool:
    frame: FrameType | None = sys._getframe(2)
    for _ in range(4):
        if frame is None:
            return False
        if "importlib" in frame.f_code.co_filename:
            return True
        frame = frame.f_back
    return False


def _wrap_stat(observer: Observer, name: str) -> None:
    plain = getattr(os, name)

    @functools.wraps(plain)
    def watched(path: Any, *args: Any, **kwargs: Any) -> Any:
        if not _silent.get() and not isinstance(path, int) and kwargs.get("dir_fd") is None:
            observer._add(observer.current.stats, path)
        return plain(path, *args, **kwargs)

    setattr(os, name, watched)
    for group in (os.supports_follow_symlinks, os.supports_dir_fd, os.supports_fd, os.supports_effective_ids):
        if plain in group:
            group.add(watched)


def _watch_source(observer: Observer) -> None:
    """Notice when code asks for the text of a cell (`inspect`, compilers that read it)."""
    import linecache

    plain = linecache.getlines

    @functools.wraps(plain)
    def watched(filename: str, module_globals: Any = None) -> list[str]:
        if isinstance(filename, str) and filename.startswith("<cell ") and not _silent.get():
            observer.current.flags.add(f"source:{filename[6:-1]}")
        return plain(filename, module_globals)

    linecache.getlines = watched


def _watch_environment(observer: Observer) -> None:
    kind: Any = type(os.environ)
    plain = kind.__getitem__
    each = kind.__iter__

    def getitem(self: Any, key: Any) -> Any:
        if isinstance(key, str) and not _silent.get():
            observer.current.variables.add(key)
        return plain(self, key)

    def iterate(self: Any) -> Any:
        if not _silent.get():
            observer.current.variables.add("*")
        return each(self)

    kind.__getitem__ = getitem
    kind.__iter__ = iterate
