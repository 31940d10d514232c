"""Who looks at the process's random generators follows the seed, and who does not is kept."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.engine.running_posts import Site, shown
from xaisite.engine.generators import may_read_generators

LOOKS = {
    "a function asks for the state": ("import random\ndef f(): return random.getstate()[1][5]", "print(f())"),
    "a function asks numpy": ("import numpy as np\ndef f(): return int(np.random.get_state()[1][0])", "print(f())"),
    "through the instance": (
        "import numpy as np\ndef f(): return int(np.random.mtrand._rand.get_state()[1][0])",
        "print(f())",
    ),
    "a function by another name": ("import random\nf = random.getstate", "print(f()[1][5])"),
    "numpy's by another name": ("import numpy as np\nf = np.random.get_state", "print(f()[1][0])"),
    "a bound method": ("import random\nf = random.gauss", "print(f(0, 1))"),
    "a copy": ("import random\ng = random._inst", "import copy; print(copy.copy(g).random())"),
    "a copy through a module": (
        "import numpy as np\nm = np.random.mtrand",
        "import copy; print(copy.copy(m._rand).rand())",
    ),
    "run as text": ("import random", "exec('print(random.getstate()[1][5])')"),
    "a local module": ("import asks", "print(asks.f())"),
    "a draw that is taken back": (
        "import random\ndef f():\n    s = random.getstate(); x = random.random(); random.setstate(s); return x",
        "print(f())",
    ),
}


@pytest.mark.parametrize("name", LOOKS)
def test_another_seed_is_seen(tmp_path: Path, name: str) -> None:
    said = []
    for folder, seeds in (("kept", (1, 2)), ("clean", (2,))):
        site = Site(tmp_path / folder)
        (site.root / "content/asks.py").write_text(
            "import numpy as np\ndef f(): return int(np.random.get_state()[1][0])\n"
        )
        for seed in seeds:
            site.put("post.md", list(LOOKS[name]), seed=seed)
            done = site.execute()
            assert not [d for d in done.diagnostics if d.is_error], done.diagnostics
        said.append(shown(done.value["content/post.md"])[-1])
    assert said[0] == said[1]


KEPT = [
    "import random",
    "import numpy as np\nrng = np.random.default_rng(4)",
    "print(rng.normal())",
    "from numpy.random import default_rng, Generator",
    "from sklearn.ensemble import RandomForestClassifier",
    "seed = 3; model = RandomForestClassifier(2, random_state=seed).fit([[0], [1]], [0, 1])",
    "print(model.predict([[0]]))",
]


def test_another_seed_runs_nothing_that_has_its_own(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.put("post.md", KEPT, seed=1)
    assert len(site.ran()) == len(KEPT)
    site.put("post.md", KEPT, seed=2)
    assert site.ran() == []


@pytest.mark.parametrize(
    "code",
    [
        "random.gauss",
        "np.random.rand(3)",
        "import random as r",
        "from random import gauss",
        "from numpy import random",
        "torch.get_rng_state()",
        "getattr(np, 'random')",
        "check_random_state(None)",
        "x._rand",
        "torch.default_generator",
    ],
)
def test_what_may_give_a_shared_generator_away(code: str) -> None:
    assert may_read_generators(ast.parse(code))


@pytest.mark.parametrize(
    "code",
    [
        "import random",
        "import numpy.random",
        "np.random.default_rng(0).normal()",
        "rng.normal()",
        "np.random.RandomState(0)",
        "from sklearn.ensemble import RandomForestRegressor as R",
        "RandomForestRegressor(random_state=0)",
        "f(seed)",
        "frame['state']",
    ],
)
def test_what_cannot(code: str) -> None:
    assert not may_read_generators(ast.parse(code))
