"""A post goes in, a page comes out: the seed's shape, whole sites, errors."""

from __future__ import annotations

import re
import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest

import xaisite
from tests.site_files import read_tree
from xaisite.pipeline.options import BuildOptions

BIB = """
@book{one2020, author = {Uno, Una}, title = {The First Book}, publisher = {Press}, year = {2020}}
@article{two2016, author = {Dos, Dora and Due, Dario}, title = {A Second Work}, journal = {Journal}, year = {2016}}
@article{three2019, author = {Tres, Tim}, title = {Stop and Think}, journal = {Letters}, year = {2019}, doi = {10.1000/x}}
"""

SEED_SHAPE = """---
title: "Opening the Box: A Tour"
description: "What this tour shows."
date: 2024-02-04
tags: [machine-learning, tutorial]
bibliography: references.bib
toc: true
layout: post.njk
---

Models grow, and so does the wish to understand them[^1]. This is well documented{% cite "one2020" %}, and more comes.

## Importance

```python
from sklearn.ensemble import RandomForestClassifier

# a comment
model = RandomForestClassifier()
```

<figure>
  <img src="/assets/images/blog/importance.png" alt="Bars of importance">
  <figcaption>Importance of each input, relative to the model's largest.</figcaption>
</figure>

## Shares

Shapley values[^2] are

$$
\\phi_i(v) = \\sum_{S \\subseteq N \\setminus \\{i\\}} \\frac{|S|!(n-|S|-1)!}{n!}[v(S \\cup \\{i\\}) - v(S)]
$$

Where:
- $\\phi_i$ is the share of input i
- $N$ is the set of inputs

## Neighbours

A local fit{% cite "two2016" %} helps.

<figure>
  <img src="/assets/images/blog/local.png" alt="A picture with marked regions">
  <figcaption>Regions that counted.</figcaption>
</figure>

## End

Understanding is not agreement[^3]; some would rather not need it{% cite "three2019" %}, in the first place.

[^1]: A first note.
[^2]: A second note, on "payout".
[^3]: A third note.
"""

FIGURES = """---
title: Two figures
date: 2024-01-01
---

```{python}
#| label: fig-importance
#| fig-cap: A bar.
#| fig-alt: One bar.
#| file: /assets/images/blog/importance.png
import matplotlib.pyplot as plt

plt.bar([0], [1]);
```

```{python}
#| label: fig-local
#| fig-cap: A line.
#| fig-alt: One line.
#| file: /assets/images/blog/local.png
plt.plot([0, 1]);
```
"""


@pytest.fixture(scope="module")
def seed_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.site_files import write_site

    root = tmp_path_factory.mktemp("seed")
    write_site(
        root,
        {
            "references.bib": BIB,
            "content/posts/tour.md": SEED_SHAPE,
            "content/posts/figures.md": FIGURES,
        },
    )
    result = xaisite.build_site(root)
    assert result.diagnostics == ()
    assert result.ok
    return root


def page(root: Path, address: str) -> str:
    return (root / "build" / address).read_text(encoding="utf-8")


def test_citations_are_numbered_in_order_and_link_both_ways(seed_site: Path) -> None:
    html = page(seed_site, "posts/tour/index.html")
    numbers = re.findall(r'class="citation-link"[^>]*>(\d)</a>', html)
    assert numbers == ["1", "2", "3"]
    for key in ("one2020", "two2016", "three2019"):
        assert f'href="#ref-{key}"' in html
        assert f'id="ref-{key}"' in html
        assert f'href="#cite-{key}-1"' in html
    assert "documented\u00a0<span" in html or "documented\u00a0[" in html


def test_notes_have_back_links(seed_site: Path) -> None:
    html = page(seed_site, "posts/tour/index.html")
    for label in "123":
        assert f'id="fnref-{label}"' in html
        assert f'href="#fnref-{label}"' in html
    assert "“payout”" in unescape(html) or '"payout"' in unescape(html)


def test_the_formula_is_typeset_twice_and_nothing_is_red(seed_site: Path) -> None:
    html = page(seed_site, "posts/tour/index.html")
    assert '<math xmlns="http://www.w3.org/1998/Math/MathML" display="block">' in html
    assert 'class="katex-html"' in html
    assert "katex-error" not in html
    assert "#cc0000" not in html


def test_listing_figures_contents_and_facts(seed_site: Path) -> None:
    html = page(seed_site, "posts/tour/index.html")
    assert '<span class="kn">from</span>' in html
    assert '<img src="../../assets/images/blog/importance.png"' in html
    assert re.search(r'<img src="../../assets/images/blog/local.png"[^>]* width="\d+" height="\d+"', html)
    assert 'href="#importance"' in html
    assert "Opening the Box: A Tour</h1>" in html
    assert "4 February 2024" in html
    assert "machine-learning</a>" in html
    for name in ("importance", "local"):
        assert (seed_site / f"build/assets/images/blog/{name}.png").read_bytes().startswith(b"\x89PNG")


def test_without_pictures_and_a_key_every_error_is_told_in_one_run(make_site) -> None:  # type: ignore[no-untyped-def]
    root = make_site({"references.bib": BIB.replace("two2016", "two2017"), "content/posts/tour.md": SEED_SHAPE})
    result = xaisite.build_site(root)
    codes = [d.code for d in result.diagnostics]
    assert codes == ["media-missing", "cite-unknown-key", "media-missing"]
    assert "two2017" in result.diagnostics[1].help
    places = [SEED_SHAPE[d.span.start : d.span.end] for d in result.diagnostics if d.span]
    assert places == ["/assets/images/blog/importance.png", "two2016", "/assets/images/blog/local.png"]
    assert not (root / "build").exists()


def test_the_site_has_everything_around_its_posts(seed_site: Path) -> None:
    tree = read_tree(seed_site / "build")
    for address in (
        "index.html", "404.html", "posts/index.html", "tags/index.html", "tags/tutorial/index.html", "feed.xml",
        "sitemap.xml", "robots.txt", "bibliography/index.html", "search/index.html", "posts/figures/figures.ipynb",
        "posts/figures/figures.py", "posts/tour/tour.bib", "_x/search/pages.json",
    ):  # fmt: skip
        assert address in tree, address
    assert b"https://example.org/guide/posts/tour/" in tree["feed.xml"]
    assert b'href="/guide/' in tree["404.html"]


def test_links_are_relative_and_may_be_files(seed_site: Path, tmp_path: Path) -> None:
    html = page(seed_site, "posts/tour/index.html")
    assert not re.search(r'(?:href|src)="/', html)
    result = xaisite.build_site(seed_site, BuildOptions(output=tmp_path / "files", links="file"))
    assert result.ok
    from_disk = (tmp_path / "files/index.html").read_text(encoding="utf-8")
    inner = [h for h in re.findall(r'href="([^"#:]+)"', from_disk) if not h.startswith("_x")]
    assert inner
    assert all(not h.endswith("/") for h in inner), inner


def test_a_cell_that_raises_is_told_at_its_own_line_and_the_old_site_stands(make_site) -> None:  # type: ignore[no-untyped-def]
    good = "---\ntitle: A\n---\n\n```{python}\nx = 1\nprint(x)\n```\n"
    root = make_site({"content/posts/a.md": good})
    assert xaisite.build_site(root).ok
    before = read_tree(root / "build")
    bad = good.replace("print(x)", "print(x / 0)")
    (root / "content/posts/a.md").write_text(bad)
    (root / "content/posts/b.md").write_text("---\ntitle: B\n---\n\n```{python}\nundefined_name\n```\n")
    result = xaisite.build_site(root)
    assert [d.code for d in result.diagnostics] == ["cell-error", "cell-error"]
    first, second = result.diagnostics
    assert first.span is not None
    assert bad[first.span.start : first.span.end].strip() in ("x / 0", "print(x / 0)")
    assert "ZeroDivisionError" in first.message
    assert "undefined_name" in second.message
    assert read_tree(root / "build") == before


def test_static_errors_stop_the_build_before_any_cell_runs(make_site, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    mark = tmp_path / "ran"
    root = make_site(
        {
            "content/posts/a.md": f"---\ntitle: A\n---\n\n```{{python}}\nopen({str(mark)!r}, 'w').close()\n```\n\n[@nobody]\n",
            "content/posts/b.md": "---\ntitle: B\n---\n\n$\\frac{1$ and [gone](nowhere.md)\n",
        }
    )
    result = xaisite.build_site(root)
    assert {d.code for d in result.diagnostics} == {"cite-unknown-key", "math-error", "link-broken"}
    assert not mark.exists()


def test_two_pages_with_one_address(make_site) -> None:  # type: ignore[no-untyped-def]
    root = make_site({"content/posts/a.md": "---\ntitle: A\n---\n", "content/posts/a/index.md": "---\ntitle: B\n---\n"})
    result = xaisite.build_site(root)
    assert [d.code for d in result.diagnostics] == ["address-taken"]


def test_render_markdown_needs_no_site() -> None:
    done = xaisite.render_markdown(
        "As [@one2020] says, $\\R$.[^a]\n\n[^a]: Note.\n", bibliography=BIB, macros={"\\R": "\\mathbb{R}"}
    )
    assert done.diagnostics == ()
    assert 'href="#ref-one2020"' in done.html
    assert "mathbb" in done.html
    assert 'id="fn-a"' in done.html


def test_the_command_prints_one_json_object_and_nothing_else(make_site) -> None:  # type: ignore[no-untyped-def]
    import json

    root = make_site({"content/posts/a.md": "---\ntitle: A\n---\n\n[@nobody]\n"})
    done = subprocess.run(
        [sys.executable, "-m", "xaisite", "build", str(root), "--format", "json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == ""
    [found] = json.loads(done.stdout)["diagnostics"]
    assert (found["code"], found["line"], found["column"]) == ("cite-unknown-key", 5, 3)


def test_usage_errors_exit_with_2(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "xaisite", "build", "--nonsense"], capture_output=True, cwd=tmp_path, check=False
    )
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr
