"""The picture that link previews show of a page: 1200 by 630 pixels, PNG.

Fonts are DejaVu, from matplotlib's data folder, found without importing matplotlib. Invariant: the same values give the
same bytes (no date, no text chunks, basic layout whatever libraries are there).
"""

from __future__ import annotations

import io
import unicodedata
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from xaisite.core.digest import digest_text
from xaisite.core.errors import MachineError
from xaisite.model.export import ShareImage

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

WIDTH_PX, HEIGHT_PX = 1200, 630
_MARGIN_PX = 72
_PAPER, _INK, _QUIET = "#fbfaf7", "#1d1f21", "#5b6066"
_RUNS = 3  # zlib's Z_RLE
_SIZES_PX = (76, 68, 60, 52, 46, 40)


def make_share_image(image: ShareImage) -> bytes:
    """Return the PNG."""
    from PIL import Image as pillow  # noqa: N813 - the module's class of the same name is what types mean
    from PIL.ImageDraw import Draw

    canvas = pillow.new("RGB", (WIDTH_PX, HEIGHT_PX), _PAPER)
    draw = Draw(canvas)
    picture = _open_picture(image.picture)
    right = 760 if picture else WIDTH_PX - _MARGIN_PX - 200
    draw.rectangle((0, 0, WIDTH_PX, 14), fill=image.accent)
    if picture:
        _paste_picture(canvas, picture, right + 40)
    else:
        _draw_bars(draw, image)
    _draw_title(draw, image.title, right - _MARGIN_PX)
    draw.text((_MARGIN_PX, HEIGHT_PX - 118), _clean(image.site_title), font=_font("Sans-Bold", 30), fill=image.accent)
    line = _fit_line(_clean(image.line), _font("Sans", 26), right - _MARGIN_PX)
    draw.text((_MARGIN_PX, HEIGHT_PX - 74), line, font=_font("Sans", 26), fill=_QUIET)
    flat = canvas if picture else canvas.quantize(128, pillow.Quantize.FASTOCTREE, dither=pillow.Dither.NONE)
    buffer = io.BytesIO()
    # runs of equal pixels are most of it: a third quicker, 3 % bigger; `optimize` takes ten times as long for a tenth
    flat.save(buffer, "PNG", compress_level=6, compress_type=_RUNS)
    return buffer.getvalue()


def find_fonts() -> Path:
    """Return the folder of matplotlib's bundled fonts, without importing matplotlib."""
    spec = find_spec("matplotlib")
    for place in (spec.submodule_search_locations if spec else None) or ():
        folder = Path(place) / "mpl-data" / "fonts" / "ttf"
        if (folder / "DejaVuSans.ttf").is_file():
            return folder
    raise MachineError("matplotlib's fonts are missing: install xaisite again")


def wrap_title(title: str, font: FreeTypeFont, width_px: float) -> list[str]:
    """Return the lines of a title; a word that is too long alone is broken."""
    lines: list[str] = []
    for word in title.split() or [""]:
        if lines and font.getlength(f"{lines[-1]} {word}") <= width_px:
            lines[-1] += f" {word}"
            continue
        while font.getlength(word) > width_px:
            at = next((n for n in range(len(word), 1, -1) if font.getlength(word[:n]) <= width_px), 1)
            lines.append(word[:at])
            word = word[at:]  # noqa: PLW2901 - the rest of the word
        lines.append(word)
    return lines


def _font(name: str, size_px: int) -> FreeTypeFont:
    from PIL import ImageFont

    return ImageFont.truetype(str(find_fonts() / f"DejaVu{name}.ttf"), size_px, layout_engine=ImageFont.Layout.BASIC)


def _draw_title(draw: ImageDraw, title: str, width_px: int) -> None:
    room_px = HEIGHT_PX - 118 - _MARGIN_PX - 40
    text = _clean(title)
    for size in _SIZES_PX:
        font = _font("Sans-Bold", size)
        lines = wrap_title(text, font, width_px)
        if len(lines) * size * 1.22 <= room_px:
            break
    shown = lines[: int(room_px // (size * 1.22))]
    if len(shown) < len(lines):
        shown[-1] = _fit_line(shown[-1] + " …", font, width_px)
    for number, line in enumerate(shown):
        draw.text((_MARGIN_PX, _MARGIN_PX + number * size * 1.22), line, font=font, fill=_INK)


def _draw_bars(draw: ImageDraw, image: ShareImage) -> None:
    """Draw a small chart of attributions at the right: an ornament, different for every title, that claims nothing."""
    seed = digest_text(image.title)
    axis = WIDTH_PX - _MARGIN_PX - 70
    for row in range(8):
        value = int(seed[2 * row : 2 * row + 2], 16) / 255 * 2 - 1
        length = round(110 * value * (1 - row / 10))
        top = _MARGIN_PX + 24 + row * 44
        color = image.accent if length > 0 else "#c4622d"
        draw.rectangle((min(axis, axis + length), top, max(axis, axis + length), top + 26), fill=color)
    draw.line((axis, _MARGIN_PX + 8, axis, _MARGIN_PX + 24 + 8 * 44), fill=_QUIET, width=2)


def _open_picture(content: bytes | None) -> Image | None:
    """Return the picture on white, or None when there is none or Pillow cannot read it."""
    if content is None:
        return None
    from PIL import Image as pillow  # noqa: N813

    try:
        picture = pillow.open(io.BytesIO(content)).convert("RGBA")
    except (OSError, ValueError, pillow.DecompressionBombError):
        return None
    flat = pillow.new("RGB", picture.size, "white")
    flat.paste(picture, mask=picture.getchannel("A"))
    return flat


def _paste_picture(canvas: Image, picture: Image, left_px: int) -> None:
    from PIL import Image as pillow  # noqa: N813

    box_w, box_h = WIDTH_PX - left_px - _MARGIN_PX // 2, HEIGHT_PX - 2 * _MARGIN_PX
    scale = min(box_w / picture.width, box_h / picture.height)
    size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
    small = picture.resize(size, pillow.Resampling.HAMMING)
    place = left_px + (box_w - size[0]) // 2, _MARGIN_PX + (box_h - size[1]) // 2
    canvas.paste(small, place)


def _fit_line(text: str, font: FreeTypeFont, width_px: float) -> str:
    if font.getlength(text) <= width_px:
        return text
    while text and font.getlength(text + " …") > width_px:
        text = text[:-1]
    return text.rstrip(" …") + " …"


def _clean(text: str) -> str:
    """Return ``text`` without what has no picture: control and format characters."""
    return "".join(c for c in unicodedata.normalize("NFC", " ".join(text.split())) if unicodedata.category(c)[0] != "C")
