"""matplotlib's animations, encoded as animated WebP with the last frame as a still picture.

Does not choose speed or length: they are the author's. Invariant: the same animation gives the same bytes; the author's
figure stays as it is, for encoding happens in forked children.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from typing import Any, Self

from xaisite.session.figures import SALT, dark_options, describe_figure, encode_figure, picture_size
from xaisite.session.forkcall import Pending, start_call
from xaisite.session.hiddentext import masked_texts
from xaisite.session.media import Spool, write_media
from xaisite.session.recolor import recolor_figure

_CSS_PER_INCH = 96.0


def find_animation(value: Any) -> Any:
    """Return the animation that a value is, or that its HTML was made of; None for any other value."""
    module = sys.modules.get("matplotlib.animation")
    if module is None:
        return None
    if isinstance(value, module.Animation):
        return value
    data = getattr(value, "data", None)
    return data.animation if isinstance(data, AnimatedHtml) else None


def find_animation_of(figure: Any, values: Iterable[Any]) -> Any:
    """Return the animation among ``values`` that moves this figure, or None."""
    module = sys.modules.get("matplotlib.animation")
    if module is None:
        return None
    return next((v for v in values if isinstance(v, module.Animation) and v._fig is figure), None)


class AnimatedHtml(str):  # noqa: SLOT000  # a text may have no slots of other types
    """What `to_jshtml` and `to_html5_video` return in a session: a mark for the animation, encoded otherwise."""

    animation: Any

    def __new__(cls, animation: Any) -> Self:
        """Return the mark of an animation."""
        made = super().__new__(cls, "<div>(animation)</div>")
        made.animation = animation
        return made


def adjust_animation(module: Any) -> None:
    """Let the methods that would encode with scripts or other programs return a mark instead."""

    def marked(self: Any, *_args: Any, **_kwargs: Any) -> AnimatedHtml:
        self._draw_was_started = True  # else matplotlib warns that the animation was never shown
        return AnimatedHtml(self)

    module.Animation.to_jshtml = marked
    module.Animation.to_html5_video = marked


def start_animation(
    animation: Any, spool: Spool, options: dict[str, Any], dark: Callable[..., Any] | None, address: str
) -> list[Pending]:
    """Begin to encode an animation: one child for light, one for dark."""
    animation._draw_was_started = True
    calls = [start_call(lambda: _describe(animation, spool, options, address))]
    if options.get("dark", True):
        calls.append(start_call(lambda: _describe_dark(animation, spool, options, dark)))
    return calls


def _describe(animation: Any, spool: Spool, options: dict[str, Any], address: str) -> dict[str, Any]:
    moving, frames = _encode(animation, spool, options, None)
    described = describe_figure(animation._fig, spool, {**options, "dark": False}, address=address)
    last = f" The last: {described['alt']}" if described["alt"] else ""
    return {**described, "alt": f"Animation of {frames} frames.{last}", "moving": [moving]}


def _describe_dark(
    animation: Any, spool: Spool, options: dict[str, Any], dark: Callable[..., Any] | None
) -> dict[str, Any]:
    moving, _ = _encode(animation, spool, options, dark or recolor_figure)
    return {"dark": encode_figure(animation._fig, spool, dark_options(options)), "moving": [moving]}


def _encode(
    animation: Any, spool: Spool, options: dict[str, Any], recolor: Callable[..., Any] | None
) -> tuple[dict[str, Any], int]:
    """Encode all frames; ``recolor`` is called with the figure before each is taken."""
    import matplotlib as mpl
    from matplotlib.animation import PillowWriter

    base: Any = PillowWriter

    class Writer(base):  # type: ignore[misc]  # its frames have no types
        def grab_frame(self, **kwargs: Any) -> None:
            if recolor is not None:
                recolor(self.fig)
                kwargs["facecolor"] = self.fig.get_facecolor()
            super().grab_frame(**kwargs)

        def finish(self) -> None:
            first, *others = self._frames
            first.save(
                self.outfile, save_all=True, append_images=others, duration=round(1000 / self.fps), loop=0, quality=80,
                method=4, minimize_size=False,
            )  # fmt: skip

    dpi = float(options["dpi"])
    path = os.path.join(spool.folder, f"animation-{os.getpid()}.webp")
    interval = float(getattr(animation, "_interval", 0) or 200.0)
    writer = Writer(fps=1000.0 / interval)
    with mpl.rc_context({"svg.hashsalt": SALT, "savefig.bbox": None}), masked_texts(spool.secrets):
        animation.save(path, writer=writer, dpi=dpi)
    with open(path, "rb") as file:
        data = file.read()
    os.unlink(path)
    width, height = (round(side * _CSS_PER_INCH / dpi) for side in picture_size(data))
    return write_media(spool, data, "image/webp", width, height), len(writer._frames)
