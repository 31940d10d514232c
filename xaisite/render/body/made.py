"""What stands under a computed figure: how it was made, its numbers as a table, downloads."""

from __future__ import annotations

from html import escape

from xaisite.model.result import CellResult, Figure, Provenance
from xaisite.render.body.sanitise import sanitise
from xaisite.render.body.writer import Writer

_NAMES = {"image/svg+xml": "SVG", "image/png": "PNG", "image/webp": "WebP", "image/gif": "GIF", "image/avif": "AVIF"}


def tools_html(w: Writer, figure: Figure, provenance: Provenance | None) -> str:
    """Return the tools of a figure."""
    parts: list[str] = []
    if provenance is not None:
        parts.append(_made(w, provenance))
    if figure.table_html and figure.light:
        parts.append(f'<details class="figure-data"><summary>{w.word("Table")}</summary>{table_html(figure)}</details>')
    parts += [
        f'<a class="download" href="{escape(w.context.media_href(media))}" download>'
        f"{_NAMES.get(media.mime, 'File')}</a>"
        for media in figure.light
    ]
    if figure.data_csv is not None:
        parts.append(f'<a class="download" href="{escape(w.context.media_href(figure.data_csv))}" download>CSV</a>')
    return f'<div class="figure-tools">{" ".join(parts)}</div>' if parts else ""


def table_html(figure: Figure) -> str:
    """Return the numbers of a figure as a table in a box that scrolls."""
    if not figure.table_html:
        return ""
    box = '<div class="table-scroll" tabindex="0" role="group" aria-label="Data of the figure">'
    return f"{box}{sanitise(figure.table_html)}</div>"


def device_html(result: CellResult) -> str:
    """Say where a result was computed that needs more than a processor."""
    made = result.provenance
    if made is None or made.device in ("", "cpu"):
        return ""
    return f'<p class="cell-device">Computed on {escape(made.device, quote=False)}.</p>\n'


def _made(w: Writer, made: Provenance) -> str:
    rows: list[tuple[str, str]] = []
    if made.seed is not None:
        rows.append(("Seed", escape(str(made.seed))))
    if made.inputs:
        files = "<br>".join(
            f"<code>{escape(path)}</code> <code>{escape(digest[:12])}</code>" for path, digest in made.inputs
        )
        rows.append(("Inputs", files))
    if made.versions:
        rows.append(
            ("Versions", ", ".join(escape(f"{name} {version}", quote=False) for name, version in made.versions))
        )
    if made.device and made.device != "cpu":
        rows.append(("Device", escape(made.device, quote=False)))
    if made.protections:
        rows.append(("Ran under", ", ".join(escape(p, quote=False) for p in made.protections)))
    table = "".join(f'<tr><th scope="row">{w.word(name)}</th><td>{value}</td></tr>' for name, value in rows)
    code = made.code if made.code.endswith("\n") else made.code + "\n"
    listing = (
        '<div class="listing" data-lang="python"><pre tabindex="0"><code class="language-python">'
        f"{w.highlight(code, 'python')}</code></pre></div>"
    )
    return (
        f'<details class="made"><summary>{w.word("How this was made")}</summary><div class="made-body">'
        f"{listing}<table>{table}</table></div></details>"
    )
