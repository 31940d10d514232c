"""What the work itself takes, without a tool: import, run the cells, encode the figures. A yardstick for the others.

    python bench/floor.py cold OUT N     N posts: imported once, one fork a post, two at a time
    python bench/floor.py last OUT       the last cell of one post in a new process; the model comes from a pickle

Writes SVG and PNG of each figure, as the pages of every tool here do.
"""

# ruff: noqa: E402  (threads are pinned before numpy loads)
from __future__ import annotations

import os
import pickle
import sys
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[name] = "1"
os.environ["MPLBACKEND"] = "agg"

import matplotlib.pyplot as plt
import shap  # noqa: F401
import sklearn.datasets
import sklearn.ensemble  # noqa: F401
from corpus import cells_of


def run(i: int, out: Path, first: int = 0) -> None:
    """Run the cells of a post from ``first`` on."""
    namespace: dict[str, object] = {"__name__": "__main__"}
    state = out / "state.pickle"
    plt.show = lambda: None
    if first:
        namespace |= pickle.loads(state.read_bytes())
        exec("import numpy as np\nimport matplotlib.pyplot as plt", namespace)
    for k, code in enumerate(cells_of(i)):
        if k >= first:
            exec(code, namespace)
            for number in plt.get_fignums():
                figure = plt.figure(number)
                figure.savefig(out / f"{i}-{k}-{number}.svg", bbox_inches="tight")
                figure.savefig(out / f"{i}-{k}-{number}.png", dpi=100, bbox_inches="tight")
            plt.close("all")
        if k == 2 and i == 0 and not first:
            state.write_bytes(pickle.dumps({name: namespace[name] for name in ("X", "y", "model")}))


def main() -> None:
    """Do one of the two."""
    what, out = sys.argv[1], Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    if what == "last":
        run(0, out, 3)
        return
    running = 0
    for i in range(int(sys.argv[3])):
        if running == 2:
            os.wait()
            running -= 1
        if os.fork() == 0:
            run(i, out)
            os._exit(0)
        running += 1
    while running:
        os.wait()
        running -= 1


if __name__ == "__main__":
    main()
