"""What a cell does to a library is seen, however it gets hold of it; what libraries do to themselves is not blamed on it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine.running_posts import Site, shown
from xaisite.session.patchcode import find_stores

COLORS = "import matplotlib as mpl\n"
SCORES = "import sklearn.metrics\n"
SEE_COLORS = "import matplotlib as mpl; print(mpl.colormaps._cmaps.get('mine'))"
SEE_SCORES = "import sklearn.metrics; print(sklearn.metrics._scorer._SCORERS.get('mine'))"
PATCHES = {
    "through an alias": (COLORS + "reg = mpl.colormaps._cmaps; reg['mine'] = {k}", SEE_COLORS),
    "through an alias of another library": (
        SCORES + "d = sklearn.metrics._scorer._SCORERS; d['mine'] = {k}",
        SEE_SCORES,
    ),
    "by name": ("from sklearn.metrics._scorer import _SCORERS as s\ns['mine'] = {k}", SEE_SCORES),
    "with a method": (SCORES + "sklearn.metrics._scorer._SCORERS.update(mine={k})", SEE_SCORES),
    "in a function": (
        SCORES + "def f():\n    r = sklearn.metrics._scorer._SCORERS\n    r['mine'] = {k}\nf()",
        SEE_SCORES,
    ),
    "in a function, given it": (SCORES + "def f(r): r['mine'] = {k}\nf(sklearn.metrics._scorer._SCORERS)", SEE_SCORES),
    "from a call": (SCORES + "def f(): return sklearn.metrics._scorer._SCORERS\nf()['mine'] = {k}", SEE_SCORES),
    "one that is there, replaced": (
        SCORES + "d = sklearn.metrics._scorer._SCORERS; d['mine'] = 0; d['mine'] = {k} + 300",
        SEE_SCORES,
    ),
    "a library that this cell imports": (
        "import colorsys; colorsys.mine = {k}",
        "import colorsys; print(colorsys.mine)",
    ),
    "a class": ("import fractions; fractions.Fraction.mine = {k}", "import fractions; print(fractions.Fraction.mine)"),
}


@pytest.mark.parametrize("name", PATCHES)
def test_a_patch_is_seen(tmp_path: Path, name: str) -> None:
    patch, see = PATCHES[name]
    site = Site(tmp_path)
    for k in (7, 8):
        site.put("post.md", [patch.format(k=k), see])
        done = site.execute()
        assert not done.diagnostics, done.diagnostics
        assert shown(done.value["content/post.md"])[1] == [
            f"stdout: {307 if k == 7 and 'replaced' in name else 308 if 'replaced' in name else k}\n"
        ]


def test_an_alias_from_an_earlier_cell(tmp_path: Path) -> None:
    site = Site(tmp_path)
    for k in (7, 8):
        site.put(
            "post.md",
            [
                "import sklearn.metrics",
                "def get(): return getattr(sklearn.metrics, '_scorer')._SCORERS\nd = get()",
                "x = 1",
                f"d['mine'] = {k}",
                SEE_SCORES,
            ],
        )
        assert shown(site.execute().value["content/post.md"])[4] == [f"stdout: {k}\n"]


SUSPECT = [
    "mock.patch('a.b', 1)",
    "unittest.mock.patch.object(a, 'b')",
    "p.patch.dict(a)",
    "q = mock.patch",
    "figure.patch = 1",
    "patch.object(a, 'b')",
]


@pytest.mark.parametrize("code", SUSPECT)
def test_patchers_of_libraries_for_tests_are_suspected(code: str) -> None:
    assert find_stores(f"def f():\n    {code}", {})[1]


def test_the_patch_of_a_figure_patches_nothing() -> None:
    code = "def style(figure):\n    figure.patch.set_facecolor('white')\n    ax.patch.set(alpha=0.5)\n    return figure.patch.get_alpha()"
    assert not any(find_stores(code, {}))


def test_libraries_at_work_are_not_blamed_on_the_cell(tmp_path: Path) -> None:
    """Attribute stores make the watch look; using libraries fills their caches and loads their parts."""
    site = Site(tmp_path)
    cells = [
        "import matplotlib.pyplot as plt, numpy as np, pandas as pd, shap\nfrom sklearn.ensemble import RandomForestClassifier",
        "fig, ax = plt.subplots(); fig.mine = 1; ax.plot([1, 2]); ax.imshow([[1]], cmap='viridis'); fig.savefig('a.svg')",
        "d = pd.DataFrame({'a': [1]}); d.columns = ['b']; d.groupby('b').mean().to_html()",
        "X = np.random.rand(30, 2); m = RandomForestClassifier(5).fit(X, X[:, 0] > 0.5); m.mine = 1; v = shap.TreeExplainer(m)(X)",
        "import matplotlib as mpl, sklearn, warnings; mpl.use('agg'); mpl.rcParams.update({'lines.linewidth': 2}); plt.set_cmap('gray')",
        "sklearn.set_config(display='text'); np.set_printoptions(precision=3); pd.set_option('display.max_rows', 9)",
        "pd.DataFrame.set_index(pd.DataFrame({'a': [1]}), 'a'); np.add(1, 2); ax.set_title('t'); RandomForestClassifier.set_params(m)",
        "import mimetypes, shap.plots; shap.initjs(); mimetypes.guess_type('a.png')",
        "import os; os.environ['Q'] = '1'; plt.rcParams['lines.linewidth'] = 3",
        "print(1)",
    ]
    site.put("post.md", cells)
    done = site.execute()
    assert not done.diagnostics
    traces = [p.read_text() for p in (site.root / ".xaisite/results/traces").rglob("*.json")]
    assert len(traces) == len(cells)
    assert not [t for t in traces if '"outside": "' in t and '"outside": ""' not in t]


REMEMBERING = """import mimetypes
mimetypes.add_type('a/first', '.first')
def remember(): mimetypes.add_type('a/second', '.second')
"""


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [
        ("first", "import far", "nothing = 1"),
        ("second", "import far; far.near.remember()", "import far"),
    ],
)
def test_what_a_module_of_the_site_changes_is_seen(tmp_path: Path, name: str, one: str, other: str) -> None:
    last = f"import mimetypes; print(mimetypes.guess_type('f.{name}')[0])"
    expected = {one: f"stdout: a/{name}\n", other: "stdout: None\n"}
    for before, after in ((one, other), (other, one)):
        site = Site(tmp_path / str(len(before)))
        (site.root / "content/far.py").write_text("import near\n")
        (site.root / "content/near.py").write_text(REMEMBERING)
        for cell, end in ((before, ""), (after, ""), (after, "; print('again')")):
            site.put("post.md", ["import mimetypes", cell, last + end])
            said = shown(site.execute().value["content/post.md"])[2]
            assert said == [expected[cell] + ("again\n" if end else "")]
