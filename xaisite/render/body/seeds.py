"""How stable a result is: what the same cell shows under other seeds (`seeds: 5`).

Numbers are told by their place in the text that is the same but for them. Does not judge: it shows mean, standard
deviation and range, and the other figures.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape

from xaisite.model.cell import ShowOptions
from xaisite.model.result import Figure, Output, Rich, Stream
from xaisite.render.body.computed import Drawing
from xaisite.render.body.grids import grid_html
from xaisite.render.body.pictures import image_tag

_NUMBER = re.compile(r"(?<![\w.])[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?(?!\w)")
_MOST_ROWS = 30
_COLUMNS = 4


def seeds_html(d: Drawing) -> str:
    """Return the table of numbers and the figures of the other seeds (nothing for a cell that is not repeated)."""
    repeats = d.result.repeats
    if not repeats:
        return ""
    runs = [d.result.outputs, *(repeat.outputs for repeat in repeats)]
    seeds = ", ".join(str(repeat.seed) for repeat in repeats)
    head = f"Over {len(runs)} seeds: the one above, and {seeds}"
    rows, same, comparable = _numbers([_text(run) for run in runs])
    body = _table(rows[:_MOST_ROWS])
    if not comparable:
        head += ". The text differs in more than numbers"
        body = "".join(_other_text(repeat.seed, repeat.outputs) for repeat in repeats)
    elif rows:
        head += f". {len(rows)} of {len(rows) + same} numbers differ" if same else ""
    elif all(_shown(run) == _shown(runs[0]) for run in runs):
        head += ". All show the same"
    return f'<div class="cell-output seeds"><p class="seeds-head">{head}.</p>\n{body}{_figures(d)}</div>\n'


def _text(outputs: Iterable[Output]) -> str:
    return "\n".join(filter(None, map(_words, outputs)))


def _words(output: Output) -> str:
    if isinstance(output, Stream):
        return output.text
    return output.text.get("text/plain", "") if isinstance(output, Rich) else ""


def _shown(outputs: Sequence[Output]) -> list[object]:
    return [[m.digest for m in o.light] if isinstance(o, Figure) else _text([o]) for o in outputs]


def _numbers(texts: Sequence[str]) -> tuple[list[tuple[str, list[str]]], int, bool]:
    """Return (words before it, its value under each seed) of each number that differs, and how many do not."""
    if len({" ".join(_NUMBER.sub("#", text).split()) for text in texts}) > 1:
        return [], 0, False
    columns = zip(*(_NUMBER.findall(text) for text in texts), strict=True)
    names = _names(texts[0])
    pairs = [(name, list(values)) for name, values in zip(names, columns, strict=True)]
    rows = [(name, values) for name, values in pairs if len(set(values)) > 1]
    return rows, len(pairs) - len(rows), True


def _names(text: str) -> list[str]:
    """Return what stands before each number on its line."""
    names: list[str] = []
    for line in text.split("\n"):
        at = 0
        for match in _NUMBER.finditer(line):
            names.append(line[at : match.start()].strip(" \t,;:=[](){}")[-40:])
            at = match.end()
    return names


def _table(rows: Sequence[tuple[str, list[str]]]) -> str:
    if not rows:
        return ""
    heads = "".join(f'<th scope="col">{name}</th>' for name in ("", "Shown", "Mean", "SD", "Least", "Most"))
    body = "".join(_row(name or f"Number {k}", values) for k, (name, values) in enumerate(rows, 1))
    return (
        '<div class="table-scroll" tabindex="0" role="group" aria-label="Numbers over the seeds">'
        f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>\n"
    )


def _row(name: str, values: Sequence[str]) -> str:
    import statistics  # imports much, for the few pages that have such a table

    numbers = [float(value) for value in values]
    places = max(len(value.partition(".")[2]) if "e" not in value.lower() else 0 for value in values)

    def written(number: float) -> str:
        if any("e" in value.lower() for value in values):
            return f"{number:.3e}"
        return f"{number:.{min(places, 6)}f}"

    spread = statistics.stdev(numbers)
    shown = [
        values[0],
        written(statistics.fmean(numbers)),
        _short(spread),
        written(min(numbers)),
        written(max(numbers)),
    ]
    cells = "".join(f"<td>{escape(value, quote=False)}</td>" for value in shown)
    return f'<tr><th scope="row">{escape(name, quote=False)}</th>{cells}</tr>'


def _short(number: float) -> str:
    return f"{number:.2g}" if 1e-4 <= abs(number) < 1e5 or number == 0 else f"{number:.1e}"


def _other_text(seed: int, outputs: Sequence[Output]) -> str:
    text = escape(_text(outputs).rstrip("\n"), quote=False)
    return f'<details><summary>Seed {seed}</summary><pre tabindex="0">{text}\n</pre></details>\n'


def _figures(d: Drawing) -> str:
    shown: list[str] = []
    for repeat in d.result.repeats:
        for figure in (o for o in repeat.outputs if isinstance(o, Figure)):
            if not figure.light:
                continue
            media = figure.light[0]
            alt = f"Seed {repeat.seed}: {figure.alt}" if figure.alt else f"The figure under seed {repeat.seed}"
            size = (media.width_px, media.height_px)
            picture = image_tag(d.w.context.media_href(media), alt, size, classes="only-light" if figure.dark else "")
            if figure.dark:
                picture += image_tag(d.w.context.media_href(figure.dark[0]), alt, size, classes="only-dark")
            shown.append(f'<figure class="subfigure">{picture}<figcaption>Seed {repeat.seed}</figcaption></figure>')
    return grid_html(ShowOptions(layout_ncol=min(_COLUMNS, len(shown))), shown) if shown else ""
