"""The code that makes a plain Jupyter kernel start as a post's session starts: threads, seeds, figures, parameters."""

from __future__ import annotations

import re
from collections.abc import Iterable

from xaisite.model.cell import text_size_pt
from xaisite.model.export import SetUp

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
_USES = {
    name: re.compile(rf"^\s*(?:import|from)\s+{name}\b", re.MULTILINE) for name in ("matplotlib", "numpy", "torch")
}
_NUMPY_USERS = re.compile(r"^\s*(?:import|from)\s+(?:numpy|pandas|sklearn|scipy|shap|lime|matplotlib)\b", re.MULTILINE)


def make_set_up(set_up: SetUp, codes: Iterable[str]) -> str:
    """Return the first cell; it imports only what ``codes`` import too."""
    code = "\n".join(codes)
    environment = {**dict.fromkeys(_THREADS, "1"), **set_up.env}
    lines = [
        "# Set-up: the page was made with these threads, seeds and sizes. Run this cell first.",
        "import os",
        "import random",
        "",
        f"os.environ.update({environment!r})",
        f"random.seed({set_up.seed})",
    ]
    if _NUMPY_USERS.search(code):
        lines += ["", "import numpy", "", f"numpy.random.seed({set_up.seed % 2**32})"]
    if _USES["torch"].search(code):
        lines += ["", "import torch", "", f"torch.manual_seed({set_up.seed})", "torch.set_num_threads(1)"]
    if _USES["matplotlib"].search(code):
        size = f"({set_up.fig_width_in:g}, {set_up.fig_height_in:g})"
        text = f"{text_size_pt(set_up.fig_width_in):g}"
        rc = f'{{"figure.figsize": {size}, "font.size": {text}, "figure.dpi": {set_up.fig_dpi}, '
        rc += '"svg.hashsalt": "xaisite"}'
        lines += ["", "import matplotlib", "", f"matplotlib.rcParams.update({rc})"]
    return "\n".join(lines)


def make_parameters(set_up: SetUp) -> str:
    """Return the assignments of the page's parameters, as they are injected after the cell tagged `parameters`."""
    return "\n".join(f"{name} = {value!r}" for name, value in set_up.params.items())
