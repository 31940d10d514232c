"""The session: one post's cells, run in one namespace, on request.

Talks to the build over a socket and to nothing else. Invariant: after each request the answer describes all that a
later cell could see; nothing that is only asked (inline values, digests) changes the session.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import socket
import sys
import time
from collections.abc import Iterator
from typing import Any

from xaisite.session.ambient import Ambient
from xaisite.session.artifacts import ArtifactError, encode_artifact
from xaisite.session.branching import Branching
from xaisite.session.display import is_markdown
from xaisite.session.forkcall import CallFailedError, start_call
from xaisite.session.generators import CellSeed, seed_all, seed_held_generators
from xaisite.session.jail import memory_reserve
from xaisite.session.layer import Layer, restore_layer
from xaisite.session.media import Spool, write_media
from xaisite.session.observe import Observer, quiet
from xaisite.session.patches import PatchWatch
from xaisite.session.processsettings import forget_warnings
from xaisite.session.recorder import Recorder
from xaisite.session.registrars import watch_registrars
from xaisite.session.repeats import RepeatError, merge_observations, repeat_cell
from xaisite.session.runcell import describe_exception, describe_failure, execute_code
from xaisite.session.savedstate import SessionState
from xaisite.session.secrets import SecretFoundError, Secrets
from xaisite.session.setup import fresh_main, install_adjustments
from xaisite.session.shown import Shown
from xaisite.session.streams import Streams
from xaisite.session.textout import hide_addresses, mask
from xaisite.session.wire import WireError, receive_message, receive_socket, send_message


class Session:
    """One post's process."""

    def __init__(self, sock: socket.socket, setup: dict[str, Any], observer: Observer) -> None:
        self._sock = sock
        self._setup = setup
        self._observer = observer
        self._secrets = Secrets(setup["secrets"])
        self._spool = Spool(str(setup["spool"]), self._secrets)
        self._shown = Shown(self._spool, {}, {})
        self._own_seed = CellSeed()
        observer.watch_all()
        os.environ.update(setup["environ"])
        if "tempfile" in sys.modules:
            sys.modules["tempfile"].tempdir = None  # type: ignore[attr-defined]
        os.chdir(setup["cwd"])
        sys.path[:0] = [setup["cwd"]] if setup["cwd"] == setup["root"] else [setup["cwd"], setup["root"]]
        observer.sources_root = str(setup["sources"]).rstrip("/") + "/"
        observer.own = str(setup["base"]) + "/"
        observer.ignored = tuple(setup["ignored"])
        self._base = str(setup["base"])
        os.environ.update(setup["secrets"])
        self._streams = Streams(setup["private"])
        self._layer = Layer(dict(setup["folders"]), self._spool)
        self.main = fresh_main()
        self.namespace: dict[str, Any] = self.main.__dict__
        import builtins

        builtins.display = self.display  # type: ignore[attr-defined]
        ambient = Ambient(self._base, self._secrets)
        install_adjustments(
            observer,
            int(setup["seed"]),
            self._own_seed,
            show=self.show_figures,
            display=self.display,
            ambient=ambient,
        )
        ambient.mark_start()
        self._branching = Branching()
        patches = PatchWatch(observer.containers)
        observer.on_author_import = patches.look_at_new
        watch_registrars(patches.tell)
        self._state = SessionState(
            self.namespace,
            ambient,
            patches,
            self._layer,
            observer,
            self._secrets,
            dict(setup["folders"]),
            self._what_is_open,
        )
        self._folder = os.getcwd()

    def serve(self) -> None:
        """Answer requests until told to end."""
        answers = {
            "run": self.run_cell,
            "eval": self.evaluate,
            "restore": self._restore,
            "apply": self._apply,
            "saved": self._state.wait_saved,
            "branch": self.branch,
            "renew": self.renew,
        }
        while True:
            try:
                message = receive_message(self._sock)
            except WireError:
                return
            answer = answers.get(str(message.get("op")))
            if answer is None:
                return
            said = answer(message)
            send_message(self._sock, said)  # at another socket than before, in a branch

    def run_cell(self, message: dict[str, Any]) -> dict[str, Any]:
        """Run one cell and describe what it gave, saw and changed."""
        self._reveal(message)
        self._observer.begin()
        with quiet():
            self._state.patches.begin([code for _, code in message["code"]], self.namespace)
        self._start_outputs(message["figure"])
        started = time.perf_counter()
        repeats, raised = self._repeat(message)
        self._own_seed.begin(message.get("seed"), self._observer.current.generators)
        raised = raised or self._execute(message)
        self._own_seed.value = None
        seconds = time.perf_counter() - started
        with quiet(), memory_reserve():
            return self._describe(message, raised, seconds, repeats)

    def _restore(self, message: dict[str, Any]) -> dict[str, Any]:
        self._reveal(message)
        return self._state.restore(message)

    def _apply(self, message: dict[str, Any]) -> dict[str, Any]:
        self._reveal(message)
        return self._state.apply(message)

    def _reveal(self, message: dict[str, Any]) -> None:
        """Show the modules that the cells up to here import."""
        with quiet():
            self._observer.ahead.reveal(message["imports"])
            if self._observer.on_import is not None:
                self._observer.on_import()

    def _start_outputs(self, options: dict[str, Any]) -> None:
        stage = self._observer.ahead.backstage if self._state.may_look_here() else None
        self._shown = Shown(self._spool, self.namespace, options, stage)
        self._prepare_figures({"figure.figsize": [options["width"], options["height"]], "font.size": options["text"]})

    def _execute(self, message: dict[str, Any]) -> dict[str, Any] | None:
        with self._cell_place(message), self._streams.recording(self._shown.recorder):
            raised = None
            forget_warnings(self.namespace)
            for number, code in message["code"]:
                raised = raised or execute_code(code, number, self.namespace, self._shown.add_value)
            self.show_figures()
        return raised

    def _repeat(self, message: dict[str, Any]) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
        """Run the cell under other seeds, if it asks for that; what it shows then, or why that failed."""
        seeds = message.get("other_seeds") or []
        if not seeds:
            return [], None

        def run(seed: int) -> dict[str, Any]:
            from xaisite.session.describe import describe_observation

            self._observer.begin()
            self._start_outputs({**message["figure"], "files": []})
            self._own_seed.value = seed
            seed_all(seed)
            seed_held_generators(self.namespace, seed)
            raised = self._execute(message)
            with quiet():
                outputs, _, fault = self._shown.finish()
                return {
                    "outputs": mask(outputs, self._secrets, self._base),
                    "raised": mask(raised or fault, self._secrets, self._base),
                    "observed": describe_observation(self._observer),
                }

        self._observer.current.flags.add("seeds")
        try:
            return repeat_cell(run, seeds, list(self._setup["folders"].values()), str(self._setup["private"])), None
        except RepeatError as error:
            return [], describe_failure("SeedsError", str(error))

    def _describe(
        self, message: dict[str, Any], raised: dict[str, Any] | None, seconds: float, repeats: list[dict[str, Any]]
    ) -> dict[str, Any]:
        from xaisite.session.describe import describe_observation

        files, media = self._layer.update()
        produced, failure = self._produce(str(message.get("produces") or ""), raised)
        description = self._state.start_description(message.get("save"), seconds, self._shown.processes())
        outputs, addressed, fault = self._shown.finish()
        produced, failure = (produced, failure) if fault is None else (None, raised or fault)
        outputs = mask(outputs, self._secrets, self._base)
        failure = mask(failure, self._secrets, self._base)
        also_seen = [repeat.pop("observed") for repeat in repeats]
        observed = merge_observations(describe_observation(self._observer), also_seen)
        said = self._secrets.mask([observed, files])
        return {
            "produced": produced,
            "outputs": outputs,
            "repeats": repeats,
            "raised": failure,
            "seconds": seconds,
            "addressed": addressed,
            "overflowed": self._shown.recorder.overflowed,
            "files": said[1],
            "media": self._secrets.mask(media),
            "observed": said[0],
            "nameless": said != [observed, files],
            "state": self._state.finish_description(description),
            "modules": list(self._observer.modules),
        }

    def _what_is_open(self) -> str:
        own = (self._sock.fileno(), *self._shown.descriptors())
        return self._branching.what_is_open(own, self._observer.ignored)

    def branch(self, _: dict[str, Any]) -> dict[str, Any]:
        """Go on in a fork that talks at the socket which follows; this process stays as it is."""
        end = receive_socket(self._sock)
        with quiet():
            why = self._branching.why_not(
                (self._sock.fileno(), end.fileno()), self._observer.ignored, self._state.saving
            )
            if why:
                end.close()
                return {"why": why}
            with contextlib.suppress(FileNotFoundError):  # the folder was made anew meanwhile
                self._folder = os.getcwd()
            if self._branching.branch(self._sock, end):
                self._sock = end
                self._state.saving.clear()
        return {"why": ""}

    def renew(self, message: dict[str, Any]) -> dict[str, Any]:
        """Take over a scratch tree that was made anew: write again what cells had written."""
        with quiet():
            self._layer = self._state.layer = Layer(dict(self._setup["folders"]), self._spool)
            restore_layer(dict(self._setup["folders"]), message["files"], message["media"])
            self._observer.marks.put_again(dict(self._setup["folders"]))
            self._layer.update()
            os.chdir(self._folder)
            importlib.invalidate_caches()
        return {}

    def _produce(
        self, name: str, failure: dict[str, Any] | None
    ) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
        """Encode the value that the cell gives to other posts."""
        if not name or failure is not None:
            return None, failure
        try:
            suffix, data = encode_artifact(self.namespace[name])
        except (KeyError, ArtifactError) as error:
            said = f"there is no value named {name}" if isinstance(error, KeyError) else str(error)
            return None, describe_failure("ArtifactError", said)
        try:
            media = write_media(self._spool, data, "application/octet-stream")
        except SecretFoundError as error:
            return None, describe_failure("SecretFoundError", str(error))
        return {"name": name + suffix, **media}, None

    def _prepare_figures(self, wanted: dict[str, Any]) -> None:
        """Let new figures have the size of page and text that the cell asks for, unless the author has set one."""
        matplotlib = sys.modules.get("matplotlib")
        if matplotlib is None:
            return
        with quiet():
            for key, value in wanted.items():
                known = self._state.given_rc.get(key, matplotlib.rcParamsDefault[key])
                if matplotlib.rcParams[key] == known:
                    matplotlib.rcParams[key] = value
                    self._state.given_rc[key] = matplotlib.rcParams[key]

    @contextlib.contextmanager
    def _cell_place(self, message: dict[str, Any]) -> Iterator[None]:
        """Set the variables and the folder that this cell alone asks for."""
        before = {name: os.environ.get(name) for name in message["env"]}
        folder = os.getcwd() if message["folder"] else None
        os.environ.update(message["env"])
        if message["folder"]:
            os.chdir(message["folder"])
        try:
            yield
        finally:
            if folder is not None:
                os.chdir(folder)
            for name, value in before.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value

    def display(self, *values: Any, **_kwargs: Any) -> None:
        """Show values, as IPython's `display` does."""
        for value in values:
            self._shown.add_value(value, always=True)

    def show_figures(self) -> None:
        """Record the open figures at this place, and close them."""
        self._shown.add_open_figures()

    def evaluate(self, message: dict[str, Any]) -> dict[str, Any]:
        """Evaluate read-only expressions, each in a fork of its own."""
        return {"values": [self._evaluate_one(str(code), index) for code, index in message["exprs"]]}

    def _evaluate_one(self, code: str, index: int) -> dict[str, Any]:
        def call() -> dict[str, Any]:
            from xaisite.session.describe import describe_observation

            self._observer.begin()
            recorder = Recorder()
            with self._streams.recording(recorder):
                answer = self._value_of(code)
            answer["observed"] = describe_observation(self._observer)
            return answer

        try:
            answer: dict[str, Any] = start_call(call, watched=True).wait()
        except CallFailedError as error:
            answer = {"raised": describe_failure(error.name, error.message, error.trace)}
        shown: dict[str, Any] = self._secrets.mask(answer)
        return {**shown, "nameless": shown.get("observed") != answer.get("observed"), "index": index}

    def _value_of(self, code: str) -> dict[str, Any]:
        try:
            value = eval(compile(code.strip(), "<inline>", "eval", dont_inherit=True), self.namespace)  # noqa: S307
            truth = bool(value) if _has_truth(value) else None
            if is_markdown(value):
                return {"text": hide_addresses(str(value.data)), "is_markdown": True, "truth": truth}
            return {"text": hide_addresses(str(value)), "is_markdown": False, "truth": truth}
        except BaseException as error:  # noqa: BLE001  # the author's own expression
            return {"raised": describe_exception(error, 0)}


def _has_truth(value: Any) -> bool:
    try:
        bool(value)
    except Exception:  # noqa: BLE001  # arrays refuse to be true or false
        return False
    return True
