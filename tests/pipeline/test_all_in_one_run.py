"""An author's mistakes in site.toml, front matter, text, cells and a bibliography: one run tells them all, in place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import xaisite
from tests.site_files import SITE_TOML
from xaisite.pipeline.options import BuildOptions

TOML = SITE_TOML + '\n[execution]\ntimeout = "soon"\ntiemout = 1\n'
BIB = """@article{smith2020, title = {A} author = {B}, year = 2020, journal = {J}}
@article{doe2021, title={Good}, author={Doe, Jane}, year={2021}, journal={J}}
@article{doe2021, title={Again}, author={Doe, Jane}, year={2021}, journal={J}}
"""
POST = """---
title: What: a mistake
date: 2024-02-30
auhtor: Jane
tags: a b
lang: english!
tags: [c]
subtitle: *twice
bibliography: refrences.bib
prerequisites: [nothing]
image: cover.png
---

## One

#### Jump

As [@smith2O20; @doe2021] and @fig-mising and [@eq-nope] and <d-cite key="doe2022"></d-cite> and {% cite doe202 %}.

![](missing.png)

![A](b.png){#fig-a width=80pct}

Note[^nope] and ^[].

[^used]: Never used.

$\\frac{1}{2$ and $$\\alpha + \\foo$$.

> - in a quote in a list: 😀 $\\badmacro{x}$ and [gone](nowhere.md) and [x](#no-anchor)

| a | b |
|---|---|
| $|x|$ | c |
| `d|e` | f |

::: {.callout-nota}
x
:::

::: {.panel-tabset}
text
:::

```{python}
#| label: fig-b
#| ech: false
#| fig-width: wide
#| fig-cap: a: b
1
```

> ```{python}
> 😀 = 1
> ```

The sum is `{python} 1 +`.

See Figure 3.

<script>alert(1)</script>

<img src="x.png" onclick="y()">

[click](javascript:alert(1))

{{< include nothing.md >}}

<!-- xaisite-ignore no-such-code -->

[]()

::: {.callout-note}
never closed

$$
x = 1
"""
TOLD = [
    ("front-syntax", ":"),
    ("front-bad-date", "2024-02-30"),
    ("front-unknown", "auhtor"),
    ("front-one-tag", "a b"),
    ("front-bad-value", "english!"),
    ("front-duplicate", "tags"),
    ("front-unsupported-yaml", "*twice"),
    ("bib-missing", "refrences.bib"),
    ("prerequisite-unknown", "nothing"),
    ("media-missing", "cover.png"),
    ("heading-jump", "Jump"),
    ("cite-unknown-key", "smith2O20"),
    ("xref-unknown", "fig-mising"),
    ("xref-unknown", "eq-nope"),
    ("cite-unknown-key", "doe2022"),
    ("cite-unknown-key", "doe202"),
    ("alt-missing", "missing.png"),
    ("media-missing", "missing.png"),
    ("media-missing", "b.png"),
    ("md-size", "{#fig-a width=80pct}"),
    ("note-undefined", "[^nope]"),
    ("note-empty", "^[]"),
    ("note-unused", "used"),
    ("math-error", "2"),
    ("math-error", "\\foo"),
    ("math-error", "\\badmacro"),
    ("link-broken", "nowhere.md"),
    ("link-anchor-missing", "#no-anchor"),
    ("md-math-pipe", "|"),
    ("md-table", "f"),
    ("div-callout-unknown", "{.callout-nota}"),
    ("div-tabset-empty", "{.panel-tabset}"),
    ("cell-option-unknown", "ech"),
    ("cell-option-wrong-type", "wide"),
    ("cell-option-syntax", ":"),
    ("cell-error", "😀"),
    ("inline-error", "1 +"),
    ("number-typed", "Figure 3"),
    ("html-inline-script", "<script>"),
    ("alt-missing", "x.png"),
    ("media-missing", "x.png"),
    ("html-event-handler", 'onclick="y()"'),
    ("html-unsafe-link", "javascript:alert(1)"),
    ("migrant-include", "{{< include nothing.md >}}"),
    ("ignore-unknown", "<!-- xaisite-ignore no-such-code -->"),
    ("link-empty", "[]()"),
    ("div-unclosed", "::: {.callout-note}"),
    ("md-math-unclosed", "$$"),
    ("bib-syntax", "author"),
    ("bib-duplicate-key", "doe2021"),
    ("config-wrong-type", '"soon"'),
    ("config-unknown", "tiemout"),
]


def test_one_run_tells_every_mistake_in_its_place_and_how_to_mend_it(make_site: Callable[..., Path]) -> None:
    files = {"site.toml": TOML, "references.bib": BIB, "content/posts/a.md": POST}
    root = make_site(files)
    found = xaisite.build_site(root, BuildOptions(execute="check", write=False)).diagnostics
    spans = [(d.code, files[d.span.path][d.span.start : d.span.end]) for d in found if d.span]
    assert spans == TOLD
    assert [(d.code, d.message) for d in found if not d.help and not d.code.endswith("-wrong-type")] == []
    assert xaisite.build_site(root, BuildOptions(execute="check", write=False)).diagnostics == found


def test_a_check_tells_what_is_no_python_without_running_it(make_site: Callable[..., Path]) -> None:
    head = "---\ntitle: A\ndate: 2024-01-01\n---\n\n"
    cells = "```{python}\nx = (1 +\n```\n\n```{python}\n#| error: SyntaxError\nx =\n```\n\n```{python}\n#| eval: false\nx =\n```\n"
    root = make_site({"content/posts/a.md": head + cells})
    (found,) = xaisite.build_site(root, BuildOptions(execute="check", write=False)).diagnostics
    assert found.code == "cell-error"
    assert found.span
    assert (head + cells)[found.span.start : found.span.end] == "("


def test_a_wrong_setting_stops_a_build_whose_posts_are_well(make_site: Callable[..., Path]) -> None:
    root = make_site({"site.toml": TOML, "content/posts/a.md": "---\ntitle: A\ndate: 2024-01-01\n---\n\nText.\n"})
    for options in (BuildOptions(), BuildOptions(keep_going=True)):
        result = xaisite.build_site(root, options)
        assert [d.code for d in result.diagnostics] == ["config-wrong-type", "config-unknown"]
        assert not (root / "build").exists()
