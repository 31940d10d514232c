"""A preview from beginning to end: serve, build, tell, wait for a change, build again.

Invariants: no exception of the build ends it (it is shown as what it is: our bug); a change during a build is built
next.
"""

from __future__ import annotations

import threading
import traceback
import webbrowser
from collections.abc import Callable
from contextlib import closing

from xaisite.core.diagnostic import Diagnostic
from xaisite.core.errors import MachineError
from xaisite.core.record import field, record
from xaisite.report.pretty import render_pretty
from xaisite.report.summary import summary_line
from xaisite.serve.live import Hub
from xaisite.serve.outcome import Build, BuildOutcome
from xaisite.serve.server import Server, open_listener
from xaisite.serve.watch import Watcher


@record
class Voice:
    """How the preview speaks at the terminal."""

    say: Callable[[str], object] = field(default=lambda _text: None)
    color: bool = False
    prefix: str = ""
    """Leads from the current folder to the site's root."""


def serve_site(
    root: str,
    build: Build,
    *,
    output_dir: str,
    host: str = "127.0.0.1",
    port: int | None = None,
    open_browser: bool = False,
    ignored: tuple[str, ...] = (),
    voice: Voice | None = None,
    on_ready: Callable[[str], object] | None = None,
    stop: threading.Event | None = None,
) -> tuple[Diagnostic, ...]:
    """Preview the site at ``root`` until interrupted (or ``stop`` is set); return why it could not, if it could not.

    ``build`` makes ``output_dir`` and is called again after every change of a file below ``root``, except in
    ``output_dir``, ``ignored`` and what no site is made of. ``on_ready`` is told the address.
    """
    voice = voice or Voice()
    opened = open_listener(host, port)
    if opened.value is None:
        return opened.diagnostics
    ended = stop or threading.Event()
    server = Server(opened.value, output_dir, Hub(), bug=lambda problem: voice.say(describe_bug(problem)))
    try:
        with closing(Watcher(root, (output_dir, *ignored))) as watcher:
            server.start()
            voice.say(f"preview at {server.url} (stop with Ctrl+C)\n")
            if on_ready:
                on_ready(server.url)
            if open_browser:
                threading.Thread(target=webbrowser.open, args=(server.url,), daemon=True).start()
            _build_on_change(build, watcher, server.hub, voice, ended)
    except KeyboardInterrupt:
        voice.say("\n")
    finally:
        server.close()
    return ()


def describe_bug(problem: BaseException) -> str:
    """Return what to say about an exception that reached the preview."""
    if isinstance(problem, MachineError):
        return f"{problem}\n"
    trace = "".join(traceback.format_exception(problem))
    return f"This is a bug of xaisite; the preview goes on.\n\n{trace}"


def _build_on_change(build: Build, watcher: Watcher, hub: Hub, voice: Voice, ended: threading.Event) -> None:
    snapshot = watcher.look()
    while not ended.is_set():
        outcome = _build_once(build, hub, voice)
        if outcome is not None:
            snapshot = watcher.follow(outcome.watch, snapshot)
        fresh = watcher.wait(snapshot, ended.is_set)
        if fresh is None:
            return
        snapshot = fresh


def _build_once(build: Build, hub: Hub, voice: Voice) -> BuildOutcome | None:
    """Build, and tell terminal and browsers how it went; None when the build itself failed."""
    try:
        outcome = build()
        errors = tuple(d for d in outcome.diagnostics if d.is_error)
        if outcome.diagnostics:
            voice.say(render_pretty(outcome.diagnostics, outcome.sources, color=voice.color, prefix=voice.prefix))
        text = render_pretty(errors, outcome.sources, prefix=voice.prefix)
        hub.tell(changed=outcome.changed, errors=text.rstrip(), summary=summary_line(errors))
    except KeyboardInterrupt:
        raise
    except BaseException as problem:  # noqa: BLE001 also SystemExit: whatever happens in a build, the preview goes on
        text = describe_bug(problem)
        voice.say(text)
        hub.tell(changed=None, errors=text.rstrip(), summary="The site could not be built")
        return None
    return outcome
