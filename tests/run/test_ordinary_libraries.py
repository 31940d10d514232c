"""Ordinary libraries work behind the walls without a complaint: their workers, caches and temporary files."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from tests.engine.running_posts import Site, shown

ORDINARY = {
    "joblib": (
        "joblib",
        "from joblib import Parallel, delayed\nimport math\nprint(Parallel(n_jobs=2)(delayed(math.sqrt)(i) for i in (1, 4)))",
        "[1.0, 2.0]",
    ),
    "joblib's memory": (
        "joblib",
        "from joblib import Memory\n@Memory('cache', verbose=0).cache\ndef f(x): return x + 1\nprint(f(1), f(1))",
        "2 2",
    ),
    "threads of a forest": (
        "sklearn",
        (
            "from sklearn.ensemble import RandomForestClassifier as M\n"
            "print(M(4, n_jobs=2, random_state=0).fit([[0], [1]], [0, 1]).predict([[1]]))"
        ),
        "[1]",
    ),
    "processes of a validation": (
        "sklearn",
        (
            "from sklearn.model_selection import cross_val_score\nfrom sklearn.linear_model import LinearRegression\n"
            "import numpy as np\nx = np.arange(20.0).reshape(10, 2)\n"
            "print(cross_val_score(LinearRegression(), x, x[:, 0], n_jobs=2, cv=2).round(2))"
        ),
        "[1. 1.]",
    ),
    "a pool": (
        "multiprocessing",
        "import multiprocessing as mp\nwith mp.get_context('fork').Pool(2) as p: print(p.map(abs, [-1, -2]))",
        "[1, 2]",
    ),
    "a pool that spawns": (
        "multiprocessing",
        "import multiprocessing as mp\nwith mp.get_context('spawn').Pool(2) as p: print(p.map(abs, [-1, -2]))",
        "[1, 2]",
    ),
    "executors": (
        "concurrent.futures",
        (
            "from concurrent.futures import ProcessPoolExecutor as P, ThreadPoolExecutor as T\n"
            "with P(2) as p, T(2) as t: print(list(p.map(abs, [-1])) + list(t.map(abs, [-3])))"
        ),
        "[1, 3]",
    ),
    "workers of a loader": (
        "torch",
        (
            "import torch\nfrom torch.utils.data import DataLoader, TensorDataset as D\n"
            "print([b[0].tolist() for b in DataLoader(D(torch.arange(4.0)), batch_size=2, num_workers=2)])"
        ),
        "[[0.0, 1.0], [2.0, 3.0]]",
    ),
    "weights in a temporary folder": (
        "torch",
        (
            "import torch, tempfile, os\nwith tempfile.TemporaryDirectory() as t:\n"
            "    path = os.path.join(t, 'm.pt')\n    torch.save(torch.nn.Linear(2, 1).state_dict(), path)\n"
            "    print(list(torch.load(path)))"
        ),
        "['weight', 'bias']",
    ),
    "numba's cache": ("numba", "import numba\n@numba.njit(cache=True)\ndef f(x): return x + 1\nprint(f(1))", "2"),
    "a temporary file": (
        "tempfile",
        "import tempfile\nwith tempfile.NamedTemporaryFile('w+') as f:\n    f.write('x'); f.seek(0); print(f.read())",
        "x",
    ),
}


@pytest.mark.parametrize("name", ORDINARY)
def test_it_works_without_a_word(tmp_path: Path, name: str) -> None:
    library, code, said = ORDINARY[name]
    if importlib.util.find_spec(library) is None:
        pytest.skip(f"{library} is not installed")
    site = Site(tmp_path, timeout_s=120.0)
    site.put("post.md", [code, "print('after')"])
    done = site.execute()
    assert not done.diagnostics, done.diagnostics
    assert shown(done.value["content/post.md"]) == [[f"stdout: {said}\n"], ["stdout: after\n"]]
    assert site.ran() == []
