"""What a post's results are, and what is said when they cannot be made."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from tests.engine.running_posts import Site, shown
from xaisite.model.cell import InlineRole
from xaisite.model.result import Figure
from xaisite.pipeline.execute import ExecuteRequest, explain_why, verify_posts


def request(site: Site) -> ExecuteRequest:
    return ExecuteRequest(
        root=site.root,
        state=site.root / ".xaisite",
        config=site.config,
        sessions=tuple(p for p, _ in site.posts.values()),
        sources={s.path: s for _, s in site.posts.values()},
        jobs=1,
        mode="run",
        refresh=(),
        params={},
        progress=lambda _: None,
    )


@pytest.mark.parametrize(
    ("error", "code", "expected"),
    [
        ("ValueError", "raise ValueError('x')", []),
        ("ValueError", "x = 1", ["cell-must-raise"]),
        ("ValueError", "raise KeyError('x')", ["cell-wrong-exception"]),
        ("LookupError", "raise KeyError('x')", []),
        (True, "raise KeyError('x')", []),
        (False, "raise KeyError('x')", ["cell-error"]),
    ],
)
def test_declared_exceptions_are_verified(tmp_path: Path, error: object, code: str, expected: list[str]) -> None:
    site = Site(tmp_path)
    site.put("post.md", [(code, {"exec": {"error": error}})])
    assert [d.code for d in site.execute().diagnostics] == expected
    assert [d.code for d in site.execute().diagnostics] == expected


def test_an_error_points_at_the_very_characters(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.put("post.md", ["x = 1", "ok = 2\ny = 'é' + missing + 'x'"], prose="# Ünïcode\n\n")
    problem = site.execute().diagnostics[0]
    source = site.posts["content/post.md"][1]
    assert source.text[problem.span.start : problem.span.end] == "missing"
    assert '<cell 2>", line 2' in problem.notes[0].message


def test_a_syntax_error_is_located(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.put("post.md", ["x = = 1"])
    problem = site.execute().diagnostics[0]
    assert site.posts["content/post.md"][1].text[problem.span.start : problem.span.end] == "="


def test_assertions_and_inline_values(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.put(
        "post.md",
        ["x = [1]"],
        [
            ("x[0] == 2", InlineRole.ASSERT, 0),
            ("y", InlineRole.PROSE, 0),
            ("x.append(2) or len(x)", InlineRole.PROSE, 0),
            ("len(x)", InlineRole.CAPTION, 0),
        ],
    )
    done = site.execute()
    assert sorted(d.code for d in done.diagnostics) == ["assert-failed", "inline-error"]
    assert [v.text if v else None for v in done.value["content/post.md"].inlines][2:] == ["2", "1"]


def test_modes_that_run_nothing(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.put("post.md", ["print(1)", "print(2)"])
    assert [d.code for d in site.execute(mode="frozen").diagnostics] == ["result-missing"]
    assert [d.code for d in site.execute(mode="no-execute").diagnostics] == ["cell-not-run"]
    assert [c.status for c in site.execute(mode="check").value["content/post.md"].cells] == ["not-run", "not-run"]
    site.execute()
    assert shown(site.execute(mode="frozen").value["content/post.md"]) == [["stdout: 1\n"], ["stdout: 2\n"]]


def test_frozen_results_are_shared_through_a_folder(tmp_path: Path) -> None:
    site = Site(tmp_path, store="results")
    site.put("post.md", ["import numpy as np; print(np.arange(2))"])
    site.execute()
    import shutil

    shutil.rmtree(site.root / ".xaisite")
    assert shown(site.execute(mode="frozen").value["content/post.md"]) == [["stdout: [0 1]\n"]]


def test_refresh_runs_what_is_named(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.put("post.md", ["a = 1", "b = 2"])
    site.execute()
    assert site.ran(refresh=("post:cell-2",)) == ["cell-2"]
    assert site.ran(refresh=("post",)) == ["cell-1", "cell-2"]


def test_why_names_the_reason(tmp_path: Path) -> None:
    site = Site(tmp_path)
    (site.root / "content/d.csv").write_text("1")
    site.put("post.md", ["x = open('d.csv').read()", "print(x)"])
    site.execute()
    assert [r.runs for r in explain_why(request(site), "content/post.md")] == [False, False]
    (site.root / "content/d.csv").write_text("2")
    assert [r.reason for r in explain_why(request(site), "content/post.md")] == [
        "content/d.csv changed",
        "it may depend on what cell-1 changes",
    ]


def test_why_tells_what_is_certain_from_what_may_be(tmp_path: Path) -> None:
    site = Site(tmp_path)
    cells = ["a = 1", "b = 2", "print(b)", ("c = 3", {"exec": {"eval": False}})]
    site.put("post.md", cells)
    site.execute()
    site.put("post.md", ["a = 5", "b = 2", "print(b, 1)", cells[3]])
    said = [(r.runs, r.is_certain, r.reason) for r in explain_why(request(site), "content/post.md")]
    assert said == [
        (True, True, "its code changed"),
        (True, False, "it may depend on what cell-1 changes"),
        (True, True, "its code changed"),
        (False, True, "it is switched off (`eval: false`)"),
    ]
    assert site.ran() == ["cell-1", "cell-3"]


def test_verify_sees_what_is_not_reproducible(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.put("post.md", ["print(1)"])
    site.put("clock.md", ["import os; print(os.urandom(8).hex())"])
    site.execute()
    assert [(d.code, d.span.path) for d in verify_posts(request(site)).diagnostics] == [
        ("verify-differs", "content/clock.md")
    ]


def test_secrets_are_passed_and_masked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_KEY", "tops3cret")
    site = Site(tmp_path, secrets=("API_KEY",))
    site.put("post.md", ["import os; print(len(os.environ['API_KEY']), os.environ['API_KEY'])"])
    assert shown(site.execute().value["content/post.md"]) == [["stdout: 9 •••\n"]]
    stored = b"".join(
        p.read_bytes() for p in (site.root / ".xaisite").rglob("*") if p.is_file() and "checkpoints" not in p.parts
    )
    assert b"tops3cret" not in stored


def test_figures_are_the_same_bytes_everywhere(tmp_path: Path) -> None:
    code = (
        "import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nax.bar(['a', 'b'], [1, 3])\nax.set_xlabel('n')\nax.grid()\nplt.show()\n"
        "print('between')\nplt.plot([1, 2, 3], [1, 4, 9]);"
    )
    digests = []
    for name in ("one", "two"):
        site = Site(tmp_path / name)
        site.put("post.md", [(code, {"exec": {"fig_formats": ("svg", "png", "webp")}})])
        done = site.execute()
        assert not done.diagnostics, done.diagnostics
        cell = done.value["content/post.md"].cells[0]
        assert [type(o).__name__ for o in cell.outputs] == ["Figure", "Stream", "Figure"]
        figure = cell.outputs[0]
        assert isinstance(figure, Figure)
        assert (len(figure.light), len(figure.dark)) == (3, 1), "dark pages show one encoding, and none is for download"
        assert figure.light[0].digest != figure.dark[0].digest
        assert "2 bars" in figure.alt
        assert "Largest: b (3)" in figure.alt
        digests.append(
            [m.digest for o in cell.outputs if isinstance(o, Figure) for m in (*o.light, *o.dark, o.data_csv)]
        )
    assert digests[0] == digests[1]


def test_drift_is_said_with_the_numbers(tmp_path: Path) -> None:
    site = Site(tmp_path)
    (site.root / "content/d.csv").write_text("0.912")
    site.put("post.md", ["print('score', open('d.csv').read())"])
    site.execute()
    (site.root / "content/d.csv").write_text("0.874")
    found = site.execute().diagnostics
    assert [d.code for d in found] == ["drift"]
    assert "0.912 → 0.874" in found[0].message


def test_parameters_are_injected(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.put("post.md", [("n = 1", {"observed": {"parameters": True}}), "print(n)"], params={"n": 5})
    assert shown(site.execute().value["content/post.md"])[1] == ["stdout: 5\n"]


def test_a_refused_store_media_is_made_again(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.put(
        "post.md",
        ["import numpy as np\nfrom PIL import Image\nImage.fromarray(np.zeros((4, 4), 'uint8')).save('p.png')"],
    )
    done = site.execute()
    media = dict(done.value["content/post.md"].cells[0].files)["p.png"]
    assert media.width_px == 4
    path = site.root / ".xaisite/results/media" / media.digest[:2] / media.digest
    path.write_bytes(b"tampered")
    again = site.execute()
    assert site.statuses(again, "ran") == ["cell-1"]
    assert site.ran() == []
    assert replace(media) == dict(again.value["content/post.md"].cells[0].files)["p.png"]


def test_values_after_a_cell_that_gives_another_result_are_computed_again(tmp_path: Path) -> None:
    """What is out of our sight, such as the clock, may differ when a kept cell is run again for what follows it."""
    site = Site(tmp_path)
    first = "import time\ng = (i for i in range(9))\nx = time.time_ns()"
    inlines = [("x", InlineRole.PROSE, 0), ("x + 0", InlineRole.PROSE, 1), ("x - 0", InlineRole.PROSE, 2)]
    for added in ("", " + 0", " + 1 - 1"):
        site.put("post.md", [first, "y = x", f"print(next(g), x{added})"], inlines)
        done = site.execute()
        assert done.diagnostics == ()
        shown = done.value["content/post.md"]
        printed = shown.cells[2].outputs[0].text.split()[1]
        assert [value.text if value else None for value in shown.inlines] == [printed] * 3


def test_no_address_is_published(tmp_path: Path) -> None:
    site = Site(tmp_path)
    cells = [
        "class A:\n    def _repr_mimebundle_(self, **_):\n        return {'text/plain': repr(object()), 'text/html': f'<b>{object()!r}</b>'}\nA()",
        "import pandas as pd; pd.DataFrame({'of': [object()]})",
        ("raise ValueError(object())", {"exec": {"error": True}}),
        "import sys; print(object()); print(object(), file=sys.stderr)",
        "import numpy as np; np.random.RandomState(1)",
    ]
    site.put("post.md", cells, [("object()", InlineRole.PROSE, 4)])
    done = site.execute()
    assert not done.diagnostics
    results = done.value["content/post.md"]
    assert "at 0x…" in str(results.inlines)
    for cell in results.cells:
        assert "at 0x…" in str(cell.outputs)
    assert re.findall(r"at 0x[0-9a-fA-F]+", str(results)) == []
