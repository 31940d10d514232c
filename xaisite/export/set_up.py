"""The code that makes a plain Jupyter kernel start as a post's session starts: threads, seeds, figures, parameters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from xaisite.core.processor import COMMON_FLAGS, COMMON_VARIABLES
from xaisite.model.cell import Cell, text_size_pt
from xaisite.model.export import SetUp

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
_OPTION = re.compile(r"#\s?\|")
_USES = {
    name: re.compile(rf"^\s*(?:import|from)\s+{name}\b", re.MULTILINE) for name in ("matplotlib", "numpy", "torch")
}
_NUMPY_USERS = re.compile(r"^\s*(?:import|from)\s+(?:numpy|pandas|sklearn|scipy|shap|lime|matplotlib)\b", re.MULTILINE)


def make_set_up(set_up: SetUp, cells: Sequence[Cell]) -> str:
    """Return the first cell; it imports only what the other ``cells`` import too."""
    code = "\n".join(cell.code for cell in cells)
    environment = {**dict.fromkeys(_THREADS, "1"), **set_up.env}
    lines = [
        "# Set-up: the page was made with these threads, seeds and sizes. Run this cell first.",
        "import os",
        "import random",
        "",
        f"os.environ.update({environment!r})",
        *([] if set_up.is_native else _processor_lines()),
        f"random.seed({set_up.seed})",
    ]
    if _NUMPY_USERS.search(code):
        lines += ["", "import numpy", "", f"numpy.random.seed({set_up.seed % 2**32})"]
    if _USES["torch"].search(code):
        lines += ["", "import torch", "", f"torch.manual_seed({set_up.seed})", "torch.set_num_threads(1)"]
    if _USES["matplotlib"].search(code):
        sizes = _page_sizes(set_up)
        lines += ["", "import matplotlib", "", f"matplotlib.rcParams.update({ {**sizes, 'svg.hashsalt': 'xaisite'}!r})"]
        lines += _resizing_lines(sizes) if any(_cell_sizes(cell) != sizes for cell in cells) else []
    return "\n".join(lines)


def _resizing_lines(sizes: Iterable[str]) -> list[str]:
    """Return the function by which cells ask for other sizes, as a session does."""
    return [
        "",
        "",
        f"def set_page_sizes(sizes, given={{name: matplotlib.rcParams[name] for name in {list(sizes)!r}}}):",
        "    # what the post itself has set in rcParams stays",
        "    for name, size in sizes.items():",
        "        if matplotlib.rcParams[name] == given[name]:",
        "            matplotlib.rcParams[name] = size",
        "            given[name] = matplotlib.rcParams[name]",
    ]


def _processor_lines() -> list[str]:
    """Return the code that makes numerical libraries compute as the page's did, where they can."""
    return [
        "try:",
        "    with open('/proc/cpuinfo') as file:",
        "        flags = set(file.read().split())",
        "except OSError:",
        "    flags = set()",
        f"if flags.issuperset({sorted(COMMON_FLAGS)!r}):  # compute alike on all processors that have these",
        f"    os.environ.update({dict(COMMON_VARIABLES)!r})",
    ]


def _sizes(width_in: float, height_in: float, dpi: int) -> dict[str, object]:
    return {"figure.figsize": (width_in, height_in), "font.size": text_size_pt(width_in), "figure.dpi": dpi}


def _page_sizes(set_up: SetUp) -> dict[str, object]:
    return _sizes(set_up.fig_width_in, set_up.fig_height_in, set_up.fig_dpi)


def _cell_sizes(cell: Cell) -> dict[str, object]:
    return _sizes(cell.exec.fig_width_in, cell.exec.fig_height_in, cell.exec.fig_dpi)


class CellLines:
    """The lines that a cell of a plain notebook or script needs first: sizes that differ from before, its own seed."""

    def __init__(self, set_up: SetUp, cells: Iterable[Cell]) -> None:
        self._code = "\n".join(cell.code for cell in cells)
        self._sizes = _page_sizes(set_up)

    def add_to(self, source: str, cell: Cell) -> str:
        """Return the source of a cell, with these lines after its options."""
        added = [*self._size_lines(cell), *self._seed_lines(cell)]
        if not added or not cell.exec.eval:
            return source
        lines = source.split("\n")
        head = next((n for n, line in enumerate(lines) if not _OPTION.match(line)), len(lines))
        return "\n".join([*lines[:head], *added, *lines[head:]])

    def _size_lines(self, cell: Cell) -> list[str]:
        wanted = _cell_sizes(cell)
        if wanted == self._sizes or not _USES["matplotlib"].search(self._code):
            return []
        self._sizes = wanted
        return [f"set_page_sizes({wanted!r})"]

    def _seed_lines(self, cell: Cell) -> list[str]:
        seed = cell.observed.seed
        if seed is None:
            return []
        lines = [f"random.seed({seed})"]
        lines += [f"numpy.random.seed({seed % 2**32})"] if _NUMPY_USERS.search(self._code) else []
        return lines + ([f"torch.manual_seed({seed})"] if _USES["torch"].search(self._code) else [])


def make_parameters(set_up: SetUp) -> str:
    """Return the assignments of the page's parameters, as they are injected after the cell tagged `parameters`."""
    return "\n".join(f"{name} = {value!r}" for name, value in set_up.params.items())
