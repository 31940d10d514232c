"""The state of a session: described, saved while it is described, and brought back.

Does not run cells. Invariant: describing and saving change nothing (they happen in a fork wherever the values are not
plain); what is brought back is described again, and whoever asked compares.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tracemalloc
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from xaisite.session.ambient import Ambient
from xaisite.session.cellcode import cell_filename, remember_source
from xaisite.session.checkpoint import UnsavableError, describe_refusal, load_values, save_values
from xaisite.session.forkcall import CallFailedError, Pending, start_call
from xaisite.session.layer import Layer, remove_from_layer, restore_layer
from xaisite.session.localmodules import LocalModules
from xaisite.session.observe import Observer, quiet
from xaisite.session.patches import PatchWatch
from xaisite.session.processes import find_children, is_gone
from xaisite.session.processsettings import is_alarm_set
from xaisite.session.processstate import can_put
from xaisite.session.secrets import SecretFoundError, Secrets
from xaisite.session.statedigest import describe_state
from xaisite.session.unsaved import note_unsaved
from xaisite.session.valuedigest import Digester

_Record = dict[str, Any]
_DEAR_S = 0.5
"""What cells take before it is worth to save all that they leave, beside what each of them changed."""
_LIBRARY = "it changed what a library or the interpreter holds"


@dataclass
class SessionState:
    """What later cells can see, and the ways to look at it."""

    namespace: dict[str, Any]
    ambient: Ambient
    patches: PatchWatch
    layer: Layer
    observer: Observer
    secrets: Secrets
    folders: dict[str, str]
    what_is_open: Callable[[], str]
    """Names a file, socket or pipe that a cell left open (empty: none)."""
    given_rc: dict[str, Any] = field(default_factory=dict)
    """What the options of cells set in rcParams, and nobody has changed since."""
    saving: list[int] = field(default_factory=list)
    """Processes that are saving."""
    _modules: LocalModules = field(init=False)
    _unsaved_s: float = 0.0
    """What the cells since the last whole state took."""
    _known: _Record = field(default_factory=lambda: {"names": {}, "ambient": {}})
    """The state as it was described last."""

    def __post_init__(self) -> None:
        self._modules = LocalModules(self.observer.installed)

    def describe(self) -> _Record:
        """Digest all that later cells can see."""
        return self.finish_description(self.start_description())

    def start_description(
        self, save: Mapping[str, Any] | None = None, seconds: float = 0.0, ours: Iterable[int] = ()
    ) -> Pending:
        """Begin to digest it, and to save it, if asked; plain values here, all others in a fork.

        What the cell changed is saved. All that there is is saved only where cells are dear, or where that was refused.
        ``ours``: processes that are our own.
        """
        is_dear = self._unsaved_s + seconds > _DEAR_S
        self._unsaved_s = 0.0 if is_dear else self._unsaved_s + seconds
        modules = self._modules.find(afresh=self.patches.suspects())
        left = _LIBRARY if self.patches.found() else self._what_goes_on(ours)
        marks = self.observer.marks.read(self.folders)
        found: _Record = {}
        digesters: list[Digester] = []

        def look(*, plainly: bool = False) -> _Record:
            record, digester = describe_state(
                self.namespace, modules, self.ambient, self.given_rc, self.secrets, plainly=plainly
            )
            digesters.append(digester)
            found.update(record)
            found["outside"] = found["outside"] or left
            if marks:
                found["ambient"]["marks"] = blake2b(repr(sorted(marks.items())).encode(), digest_size=16).hexdigest()
            held = self.patches.reached(digester.mutable_objects())
            found["outside"] = found["outside"] or (_LIBRARY if held else "")
            return {**found, "held": held}

        def keep() -> None:
            if save is not None and (not self._save_changes(save, found, digesters[-1]) or is_dear):
                self._save_all(save, found, digesters[-1])

        def begin(call: Callable[[], Any]) -> Pending:
            pending = start_call(call, then=keep if save else None)
            if save and pending.pid:
                self.saving.append(pending.pid)
            return pending

        if not self.may_look_here():
            return begin(look)
        with quiet():
            try:
                answer = look(plainly=True)
            except Exception:  # noqa: BLE001  # not plain, or too much for this process: a fork says why
                return begin(look)
            if save is not None and (is_dear or not self._save_plainly(save, found, digesters[-1])):
                begin(lambda: None).wait()
        return Pending.of(answer)

    def may_look_here(self) -> bool:
        """Whether nobody would notice if we looked at values in this process."""
        is_traced = sys.gettrace() is not None or sys.getprofile() is not None or tracemalloc.is_tracing()
        return not (is_traced or self.patches.has_found or self.patches.suspects())

    def finish_description(self, pending: Pending) -> _Record:
        """Wait for the digests."""
        try:
            answer: _Record = pending.wait()
        except CallFailedError as error:
            return {"failed": self.secrets.mask_text(f"{error.name}: {error.message}")}
        self.patches.note(answer.pop("held"))
        self._known = answer
        return answer

    def wait_saved(self, _: Mapping[str, Any]) -> _Record:
        """Wait until everything that is being saved is saved."""
        for pid in self.saving:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)
        self.saving.clear()
        return {}

    def _what_goes_on(self, ours: Iterable[int]) -> str:
        """Name what would not be in a fork (empty: nothing)."""
        if is_alarm_set():
            return "an alarm is set"
        others = set(find_children("self")) - {*ours, *self.saving}
        return "" if all(map(is_gone, others)) else "a process that it started still runs"

    # -- saving

    def _save_plainly(self, save: Mapping[str, Any], state: _Record, digester: Digester) -> bool:
        """Save here what the cell changed; False: it is too big for that, or is not plain."""
        try:
            self._check_savable(state, digester)
            self._write_changes(save, state, digester, plainly=True)
        except Exception:  # noqa: BLE001  # a fork tries again, and says why
            return False
        return True

    def _save_all(self, save: Mapping[str, Any], state: _Record, digester: Digester) -> None:
        extra = {"given_rc": self.given_rc, "functions_may": self.patches.functions_may}
        extra |= {"modules": list(self.observer.modules), "marks": self.observer.marks.read(self.folders)}
        try:
            self._check_savable(state, digester)
            save_values(
                save["path"],
                self.namespace,
                namespace=self.namespace,
                parts=None,
                extra={**extra, "state": state},
                limit_bytes=int(save["limit"]),
                secrets=self.secrets,
            )
        except Exception as error:  # noqa: BLE001  # whatever refuses to be pickled
            note_unsaved(save["path"], self.secrets.mask_text(describe_refusal(error)))

    def _save_changes(self, save: Mapping[str, Any], state: _Record, digester: Digester) -> bool:
        """Save what this cell alone changed, in a fork; say whether that could be."""
        try:
            self._check_savable(state, digester)
            self._write_changes(save, state, digester, plainly=False)
        except Exception as error:  # noqa: BLE001  # whatever refuses to be pickled
            note_unsaved(save["changes"], self.secrets.mask_text(describe_refusal(error)))
            return False
        return True

    def _write_changes(self, save: Mapping[str, Any], state: _Record, digester: Digester, *, plainly: bool) -> None:
        """Write what this cell changed, with references to what it left as it was."""
        changed, gone = self._changed_names(state, frozenset(save["touched"]), frozenset(save["bound"]))
        old, new = self._known["ambient"], state["ambient"]
        parts = [name for name in new if old.get(name) != new[name]]
        _check_parts(set(old) - set(new), parts)
        save_values(
            save["changes"],
            changed,
            namespace=self.namespace,
            parts=parts,
            extra={
                "gone": gone,
                "given_rc": self.given_rc if "rc" in parts else None,
                "functions_may": self.patches.functions_may,
                "modules": list(self.observer.modules),
                "marks": self.observer.marks.read(self.folders),
            },
            limit_bytes=int(save["limit"]),
            secrets=self.secrets,
            places=digester.places_in(set(state["names"]) - set(changed)),
            plainly=plainly,
        )

    def _changed_names(
        self, state: _Record, touched: frozenset[str], bound: frozenset[str]
    ) -> tuple[list[str], list[str]]:
        """Return the names that differ, were bound, or cannot be compared and might differ; and those that are gone."""
        old, new = self._known["names"], state["names"]
        changed = [
            name
            for name, (digest, _, _) in new.items()
            if name not in old
            or old[name][0] != digest
            or name in bound
            or (digest.startswith("?") and (name in touched or "*" in touched))
        ]
        return changed, sorted(name for name in {*old, *bound} if name not in new)

    def _check_savable(self, state: _Record, digester: Digester) -> None:
        if self.patches.holds_any(digester.mutable_objects()):
            raise UnsavableError("it holds a part of a library, of which a copy would be another")
        if state["outside"]:
            raise UnsavableError(state["outside"])
        opened = self.what_is_open()
        if opened:
            raise UnsavableError(f"{opened.partition(':')[0]} is open")
        if self.layer.has_second_names():
            raise UnsavableError("a file has two names")
        if self.layer.withheld:
            raise SecretFoundError(next(iter(self.layer.withheld.values())))

    # -- bringing back

    def restore(self, message: Mapping[str, Any]) -> _Record:
        """Take over a saved state; say whether it is what was saved, to the last digest."""
        with quiet():
            self._remember_code(message["code"])
            try:
                restore_layer(self.folders, message["files"], message["media"])
                self.layer.update()
                extra = load_values(
                    message["path"], namespace=self.namespace, modules=message["modules"], secrets=self.secrets
                )
            except Exception as error:  # noqa: BLE001  # anything may go wrong; then the cells are run
                return {"ok": False, "why": self.secrets.mask_text(f"{type(error).__name__}: {error}")}
            self._take_over(extra, extra["given_rc"])
        state = self.describe()
        return {"ok": state == extra["state"], "why": "" if state == extra["state"] else "it does not survive saving"}

    def apply(self, message: Mapping[str, Any]) -> _Record:
        """Take over what cells changed, one after the other; return the state and the files then."""
        with quiet():
            try:
                for change in message["changes"]:
                    self._apply_one(change, message["media"])
            except Exception as error:  # noqa: BLE001  # anything may go wrong; then the cells are run
                return {"failed": self.secrets.mask_text(f"{type(error).__name__}: {error}")}
            files, _ = self.layer.update()
            return {"state": self.describe(), "files": self.secrets.mask(files)}

    def _apply_one(self, change: Mapping[str, Any], media: str) -> None:
        self._remember_code([change["code"]])
        restore_layer(self.folders, change["files"], media)
        remove_from_layer(self.folders, change["gone"])
        walks: dict[str, dict[int, Any]] = {}

        def find(name: str, number: int) -> Any:
            if name not in walks:
                walks[name] = Digester(self.namespace, self.secrets).walk_objects(name)
            return walks[name][number]

        extra = load_values(
            change["path"], namespace=self.namespace, modules=change["modules"], secrets=self.secrets, find=find
        )
        for name in extra["gone"]:
            self.namespace.pop(name, None)
        self._take_over(extra, extra["given_rc"])

    def _take_over(self, extra: _Record, given_rc: _Record | None) -> None:
        if given_rc is not None:
            self.given_rc = given_rc
        self.patches.functions_may = self.patches.functions_may | extra["functions_may"]
        self.observer.marks.put(extra["marks"], self.folders)
        for name in extra["modules"]:
            self.observer.modules[name] = None
            self.observer.forget_deferred(name)

    def _remember_code(self, codes: list[list[Any]]) -> None:
        for number, code in codes:
            remember_source(code, cell_filename(number))


def _check_parts(gone: set[str], changed: list[str]) -> None:
    """Refuse what cannot be put back (the data of modules may: importing them may be all that happened)."""
    if gone - {"marks"} or not can_put(part for part in changed if part != "marks" and not part.startswith("mod:")):
        raise UnsavableError("it changed more of the process than can be put back")
