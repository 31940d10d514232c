"""Open matplotlib figures of a cell, encoded: SVG and PNG, light and dark.

Does not change the author's figures: encoding happens on copies, of the figure or of the process. A figure is laid out
once: the other encodings take over the area that the first one found, and one SVG gives both renderings. Invariant: the
same figure gives the same bytes, in any folder, time zone, locale and process (salted ids, no dates, bundled fonts).
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any

from xaisite.session.figurecopy import copy_figure, unheard
from xaisite.session.forkcall import Pending, start_call
from xaisite.session.hiddentext import masked_texts
from xaisite.session.media import Spool, write_media
from xaisite.session.recolor import Marks, recolored

SALT = "xaisite"
_METADATA: dict[str, dict[str, Any]] = {
    "svg": {"Date": None, "Creator": None},
    "png": {"Software": None},
    "webp": {},
}
_CSS_PER_INCH = 96.0
Stage = Callable[[], contextlib.AbstractContextManager[None]]
_MIMES = {"svg": "image/svg+xml", "png": "image/png", "retina": "image/png", "webp": "image/webp"}


def open_figures() -> list[Any]:
    """Return the figures that pyplot manages, oldest first (none when pyplot was never imported)."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is None:
        return []
    return [pyplot.figure(number) for number in pyplot.get_fignums()]


def close_figures() -> None:
    """Let pyplot forget its figures, as at the end of every cell."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.close("all")


def start_figure(
    figure: Any,
    spool: Spool,
    options: dict[str, Any],
    dark: Callable[..., Any] | None = None,
    address: str = "",
    *,
    stage: Stage | None = None,
) -> list[Pending]:
    """Begin to encode a figure: light and dark, with alt text and data.

    It is done at once where drawing a copy changes nothing, which is quicker than a fork; ``stage`` hides the modules
    that drawing loads.
    """
    if stage is not None and dark is None:
        with contextlib.suppress(Exception), stage(), unheard():  # a fork tries again, and says why
            return [Pending.of(describe_figure(copy_figure(figure), spool, options, address=address))]
    return [start_call(lambda: describe_figure(figure, spool, options, address=address, dark=dark))]


def load_encoders() -> None:
    """Load what encoding a figure takes, if figures are drawn at all."""
    if "matplotlib.pyplot" in sys.modules:
        import matplotlib.backends.backend_agg
        import matplotlib.backends.backend_svg  # noqa: F401
        from PIL import Image

        import xaisite.session.alttext
        import xaisite.session.figuredata  # noqa: F401

        Image.preinit()


def finish_figure(calls: list[Pending]) -> dict[str, Any]:
    """Wait for the children and return the figure's output record."""
    record: dict[str, Any] = {
        "kind": "figure",
        "light": [],
        "dark": [],
        "moving": [],
        "alt": "",
        "caption": "",
        "verdict": "",
        "data_csv": None,
        "table_html": "",
        "cites": [],
    }
    for call in calls:
        for name, value in call.wait().items():
            record[name] = [*record["moving"], *value] if name == "moving" else value
    return record


def describe_figure(
    figure: Any,
    spool: Spool,
    options: dict[str, Any],
    *,
    address: str = "",
    dark: Callable[..., Any] | None = None,
) -> dict[str, Any]:
    """Encode both renderings, and read alt text and numbers off the axes; ``dark`` is the author's function for it."""
    from xaisite.session.alttext import draft_alt
    from xaisite.session.figuredata import figure_csv

    wants_dark = options.get("dark", True)
    is_one_drawing = wants_dark and dark is None and options["formats"][0] == "svg" and not _has_raster_parts(figure)
    csv = figure_csv(figure)
    described: dict[str, Any] = {
        "alt": draft_alt(figure),
        "data_csv": write_media(spool, csv.encode(), "text/csv") if csv else None,
    }
    if is_one_drawing:
        described["light"], described["dark"] = _encode_both(figure, spool, options)
    else:
        described["light"] = encode_figure(figure, spool, options)
    described["addressed"] = [[address, encode_for(figure, spool, address, float(options["dpi"]))]] if address else []
    if wants_dark and not is_one_drawing:  # last, for the author's function may change the figure
        described["dark"] = _encode_dark(figure, spool, dark_options(options), dark)
    return described


def _has_raster_parts(figure: Any) -> bool:
    """Whether pixels in an SVG show more than pictures: then text in them has one colour only."""
    from matplotlib.artist import Artist

    if any(axes.get_rasterization_zorder() is not None for axes in figure.get_axes()):
        return True
    return bool(figure.findobj(Artist.get_rasterized))


def _encode_both(
    figure: Any, spool: Spool, options: dict[str, Any]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Encode the light rendering in all formats, and the dark one from the same SVG; the first format is SVG."""
    marks = Marks()
    others, dpi = options["formats"][1:], float(options["dpi"])
    if not others:
        with recolored(figure, marks.paint):
            data = _draw(figure, spool, "svg", dpi, "tight")
    else:
        light, area = _encode_first(figure, spool, others[0], dpi)
        with recolored(figure, marks.paint), _laid_out(figure):
            data = _draw(figure, spool, "svg", dpi, area)
        others = [light, *_encode_others(figure, spool, others[1:], dpi, area)]
    both = [write_media(spool, part, _MIMES["svg"], *_size_of(part, "svg", dpi)) for part in marks.split(data)]
    return [both[0], *others], [both[1]]


def _encode_dark(
    figure: Any, spool: Spool, options: dict[str, Any], dark: Callable[..., Any] | None
) -> list[dict[str, Any]]:
    """Encode the dark rendering by itself: as the author's function makes it, or re-coloured."""
    if dark is not None:
        return encode_figure(dark(figure) or figure, spool, options)
    with recolored(figure):
        return encode_figure(figure, spool, options)


def dark_options(options: dict[str, Any]) -> dict[str, Any]:
    """Return the options of a dark rendering: the encoding that pages show; the others are for downloading."""
    return {**options, "formats": options["formats"][:1]}


def encode_figure(figure: Any, spool: Spool, options: dict[str, Any]) -> list[dict[str, Any]]:
    """Encode a figure in every format asked for, the first first."""
    forms, dpi = list(options["formats"]), float(options["dpi"])
    lead = _leading(forms)
    return _encode_rest(figure, spool, forms, dpi, (lead, *_encode_first(figure, spool, lead, dpi)))


def _leading(forms: list[str]) -> str:
    """Return the format that a figure is laid out in: one of pixels, so that it is the one that Jupyter would show."""
    return next((form for form in forms if form != "svg"), forms[0])


def _encode_rest(
    figure: Any, spool: Spool, forms: list[str], dpi: float, lead: tuple[str, dict[str, Any], Any]
) -> list[dict[str, Any]]:
    """Encode a figure in the formats but the one that it was laid out in; return all of them in order."""
    done, first, area = lead
    others = iter(_encode_others(figure, spool, [form for form in forms if form != done], dpi, area))
    return [first if form == done else next(others) for form in forms]


def _encode_first(figure: Any, spool: Spool, form: str, dpi: float) -> tuple[dict[str, Any], Any]:
    """Lay a figure out and encode it; return also the area that holds all of it, in inches."""
    import matplotlib as mpl

    found: list[Any] = []
    measure = figure.get_tightbbox

    def noted(*args: Any, **kwargs: Any) -> Any:
        found.append(measure(*args, **kwargs))
        return found[-1]

    figure.get_tightbbox = noted
    try:
        record = _encode(figure, spool, form, dpi, "tight")
    finally:
        del figure.get_tightbbox
    return record, found[0].padded(mpl.rcParams["savefig.pad_inches"])


def _encode_others(figure: Any, spool: Spool, forms: list[str], dpi: float, area: Any) -> list[dict[str, Any]]:
    with _laid_out(figure):
        return [_encode(figure, spool, form, dpi, area) for form in forms]


@contextlib.contextmanager
def _laid_out(figure: Any) -> Iterator[None]:
    """Leave everything where the first encoding put it. Without an engine nothing is drawn to be measured."""
    import matplotlib as mpl

    engine = figure.get_layout_engine()
    if engine is None:
        yield
        return
    with mpl.rc_context({"figure.autolayout": False, "figure.constrained_layout.use": False}):
        figure.set_layout_engine(None)
        try:
            yield
        finally:
            figure.set_layout_engine(engine)


def encode_for(figure: Any, spool: Spool, address: str, dpi: float) -> dict[str, Any]:
    """Encode a figure as the ending of an address asks (raises ``ValueError`` for an unknown one)."""
    suffix = os.path.splitext(address)[1].lstrip(".").lower()
    if suffix in _METADATA:
        return _encode(figure, spool, suffix, dpi, "tight")
    import mimetypes

    buffer = io.BytesIO()
    metadata = {"metadata": {"CreationDate": None}} if suffix == "pdf" else {}
    with masked_texts(spool.secrets):
        figure.savefig(buffer, format=suffix, dpi=dpi, bbox_inches="tight", **metadata)
    return write_media(
        spool,
        buffer.getvalue(),
        mimetypes.guess_type(address)[0] or "application/octet-stream",
        *picture_size(buffer.getvalue()),
    )


def _encode(figure: Any, spool: Spool, form: str, dpi: float, area: Any) -> dict[str, Any]:
    data = _draw(figure, spool, form, dpi, area)
    scale = dpi * 2 if form == "retina" else dpi
    return write_media(spool, data, _MIMES[form], *_size_of(data, {"retina": "png"}.get(form, form), scale))


def _draw(figure: Any, spool: Spool, form: str, dpi: float, area: Any) -> bytes:
    import matplotlib as mpl

    buffer = io.BytesIO()
    suffix = {"retina": "png"}.get(form, form)
    scale = dpi * 2 if form == "retina" else dpi
    extra: dict[str, Any] = {"metadata": _METADATA[suffix]} if _METADATA[suffix] else {}
    if suffix == "webp":
        extra["pil_kwargs"] = {"quality": 85, "method": 4}
    rc = mpl.rc_context({"svg.hashsalt": SALT, "svg.fonttype": "path"})
    with rc, masked_texts(spool.secrets):
        figure.savefig(buffer, format=suffix, dpi=scale, bbox_inches=area, **extra)
    return buffer.getvalue()


def _size_of(data: bytes, suffix: str, dpi: float) -> tuple[float, float]:
    """Size in CSS pixels, read off the encoded picture."""
    if suffix == "svg":
        import re

        sizes = dict(re.findall(rb'\b(width|height)="([\d.]+)pt"', data[:2000]))
        if len(sizes) < 2:
            return 0.0, 0.0
        return float(sizes[b"width"]) * _CSS_PER_INCH / 72, float(sizes[b"height"]) * _CSS_PER_INCH / 72
    width, height = picture_size(data)
    return width * _CSS_PER_INCH / dpi, height * _CSS_PER_INCH / dpi


def picture_size(data: bytes) -> tuple[int, int]:
    """Return the size of a raster picture in its own pixels ((0, 0) when it cannot be read)."""
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    try:
        from PIL import Image

        with Image.open(io.BytesIO(data)) as image:
            return image.size[0], image.size[1]
    except Exception:  # noqa: BLE001  # any picture may be broken
        return 0, 0
