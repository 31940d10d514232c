"""What one run of a cell shows, in order: printed text, values, figures, animations.

Figures are encoded from copies, or in forked children meanwhile, and waited for at the end. Invariant: nothing of it
changes the author's values or figures.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xaisite.session.animations import find_animation, find_animation_of, start_animation
from xaisite.session.bundles import describe_bundle, find_bundle
from xaisite.session.display import describe_value, is_figure, is_hidden
from xaisite.session.figures import Stage, close_figures, finish_figure, open_figures, start_figure
from xaisite.session.forkcall import CallFailedError, Pending
from xaisite.session.interactive import describe_interactive, find_interactive
from xaisite.session.media import Spool
from xaisite.session.observe import quiet
from xaisite.session.recorder import Recorder
from xaisite.session.runcell import describe_failure


class Shown:
    """The outputs of one run."""

    def __init__(
        self, spool: Spool, namespace: Mapping[str, Any], options: Mapping[str, Any], stage: Stage | None = None
    ) -> None:
        self.recorder = Recorder()
        self._stage = stage
        self._spool = spool
        self._namespace = namespace
        self._options = dict(options)
        self._figures: list[list[Pending]] = []
        self._animations: list[Any] = []
        self._fault: dict[str, Any] | None = None

    def add_value(self, value: Any, *, always: bool = False) -> None:
        """Show a value; ``always``: also one that is hidden when it is merely a cell's last expression."""
        moving = find_animation(value)
        if moving is not None:
            self._animations.append(moving)
            value = moving._fig
        if is_figure(value):
            with quiet():
                if value not in open_figures():
                    self._add_figure(value)
            return
        if is_hidden(value) and not (always and value is not None):
            return
        with quiet():
            interactive = find_interactive(value)
        if interactive is not None:
            with quiet():
                self.recorder.add(describe_interactive(interactive, self._spool, self._options))
            return
        bundle = find_bundle(value)
        with quiet():
            if bundle is not None:
                self.recorder.add(describe_bundle(bundle, self._spool, self._options))
            else:
                self.recorder.add(describe_value(value, self._spool))

    def add_open_figures(self) -> None:
        """Show the open figures at this place, and close them."""
        with quiet():
            for figure in open_figures():
                self._add_figure(figure)
            close_figures()

    def _add_figure(self, figure: Any) -> None:
        at = len(self._figures)
        files = self._options.get("files") or []
        address = files[at] if at < len(files) else ""
        dark = self._dark_function()
        moving = find_animation_of(figure, [*self._animations, *self._namespace.values()])
        if moving is not None:
            self._figures.append(start_animation(moving, self._spool, self._options, dark, address))
        else:
            self._figures.append(start_figure(figure, self._spool, self._options, dark, address, stage=self._stage))
        self.recorder.add({"kind": "pending", "at": at})

    def _dark_function(self) -> Any:
        name = self._options.get("fig_dark")
        if not name:
            return None
        function = self._namespace.get(name)
        if not callable(function):
            self._fault = describe_failure("NameError", f"`fig-dark` names “{name}”, and there is no such function")
            return None
        return function

    def descriptors(self) -> list[int]:
        """Return the descriptors at which encoded figures are awaited."""
        return [call.descriptor for calls in self._figures for call in calls]

    def processes(self) -> list[int]:
        """Return the processes that encode them."""
        return [call.pid for calls in self._figures for call in calls]

    def finish(self) -> tuple[list[dict[str, Any]], list[Any], dict[str, Any] | None]:
        """Return the outputs, what was encoded for addresses, and what went wrong on the way."""
        outputs: list[dict[str, Any]] = []
        addressed: list[Any] = []
        for recorded in self.recorder.finish():
            output = recorded
            if output["kind"] == "pending":
                try:
                    output = finish_figure(self._figures[output["at"]])
                except CallFailedError as error:
                    self._fault = self._fault or describe_failure(error.name, error.message, error.trace)
                    continue
            addressed += output.pop("addressed", [])
            outputs.append(output)
        return outputs, addressed, self._fault
