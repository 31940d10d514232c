"""Values that show themselves: tables, and what needs scripts, with a still picture and the installed package's library."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag

from tests.site_files import write_site
from xaisite import build_site

HEAD = "---\ntitle: Rich\ndate: 2026-01-05\n---\n"
SHAP = """
```{python}
#| label: one
import numpy as np
import shap
shap.initjs()
effects = np.array([[0.5, -0.25, 0.125], [0.25, 0.5, -1.0]])
shap.force_plot(0.5, effects[0], features=np.array([1.0, 2.0, 3.0]), feature_names=["age", "income", "hours"])
```

```{python}
#| label: fig-many
#| fig-cap: "Many at once."
#| fig-alt: "Effects of three features."
shap.force_plot(0.5, effects, feature_names=["age", "income", "hours"])
```
"""
TABLES = """
```{python}
#| label: table
import pandas as pd
pd.DataFrame({"name": ["<b>x</b>", "y"], "n": [1, 2]})
```

```{python}
#| label: series
pd.Series([1.5, 2.5], name="weights")
```

```{python}
#| label: styled
pd.DataFrame({"n": [1, 2]}).style.highlight_max(color="#ffee99")
```

```{python}
#| label: named
pd.DataFrame({("all", "n"): [1, 2]}, index=pd.Index(["x", ""], name="who"))
```
"""
PLOTLY = """
```{python}
#| label: fig-chart
#| fig-cap: "A chart."
import plotly.graph_objects as go
go.Figure([go.Scatter(x=[1, 2], y=[3, 5], name="a"), go.Bar(x=[1, 2], y=[1, 2], name="b")])
```
"""
ALTAIR = """
```{python}
#| label: fig-chart
#| fig-cap: "A chart."
import altair as alt
import pandas as pd
alt.Chart(pd.DataFrame({"a": ["x", "y"], "b": [1, 3]})).mark_bar().encode(x="a", y="b")
```
"""


def build(root: Path, body: str) -> BeautifulSoup:
    write_site(root, {"content/posts/rich.md": HEAD + body, "content/posts/again.md": HEAD + body})
    result = build_site(root)
    assert result.ok, [d.message for d in result.diagnostics]
    return BeautifulSoup((root / "build/posts/rich/index.html").read_text(), "html.parser")


def cell(page: BeautifulSoup, label: str) -> Tag:
    found = page.find(id=f"cell-{label}")
    assert isinstance(found, Tag)
    return found


def published(root: Path, address: object) -> bytes:
    return (root / "build/posts/rich" / str(address)).read_bytes()


def check_widget(root: Path, shown: Tag, library: bytes) -> dict[str, object]:
    """Check what any interactive result is made of; return its data."""
    widget = shown.select_one("div.widget")
    assert published(root, widget["data-library"]) == library
    assert b"export default" in published(root, widget["data-widget"])
    still = widget.select(".widget-fallback img")
    assert [i["class"][0] for i in still] == ["only-light", "only-dark"]
    assert all(int(i["width"]) > 50 and int(i["height"]) > 50 for i in still)
    assert all(published(root, i["src"]) for i in still)
    assert not shown.select("script")
    return dict(json.loads(published(root, widget["data-data"])))


def test_shap_force_plots_have_a_still_picture_and_the_installed_library(tmp_path: Path) -> None:
    page = build(tmp_path, SHAP)
    bundle = Path(str(importlib.util.find_spec("shap").submodule_search_locations[0])) / "plots/resources/bundle.js"  # type: ignore[union-attr, index]
    data = check_widget(tmp_path, cell(page, "one"), bundle.read_bytes())
    assert data["view"] == "AdditiveForceVisualizer"
    features = data["data"]["features"]  # type: ignore[index]
    assert [features[k]["effect"] for k in sorted(features)] == [0.5, -0.25, 0.125]
    assert len(cell(page, "one").select("figure")) == 1, "what draws the still picture leaves no figure behind"
    many = cell(page, "fig-many")
    assert check_widget(tmp_path, many, bundle.read_bytes())["view"] == "AdditiveForceArrayVisualizer"
    assert "Many at once." in many.figcaption.get_text()
    assert many.img["alt"] == "Effects of three features."
    rows = [[c.get_text() for c in row.select("td")] for row in many.select(".figure-data tbody tr")]
    assert ["2", "hours", "", "-1"] in rows
    libraries = [p for p in (tmp_path / "build/_x").iterdir() if p.suffix == ".js" and p.stat().st_size > 100_000]
    assert len(libraries) == 1, "once per site, whatever the number of posts and figures"


def test_data_frames_are_tables_and_their_text_is_text(tmp_path: Path) -> None:
    page = build(tmp_path, TABLES)
    table = cell(page, "table").table
    assert [th.get_text() for th in table.select("thead th")] == ["name", "n"]
    assert [c.name for c in table.thead.tr.find_all(["th", "td"])] == ["td", "th", "th"]
    assert "<b>x</b>" in table.get_text()
    assert cell(page, "series").select("table")
    styled = cell(page, "styled")
    marked = [td for td in styled.select("td") if "#ffee99" in str(td.get("style", ""))]
    assert [td.get_text() for td in marked] == ["2"], (
        "a style sheet of its own would be dropped: it is put on the cells"
    )
    named = cell(page, "named").select("th")
    assert [th.get_text() for th in named] == ["all", "n", "who", "x"]
    assert all(th.get_text(strip=True) for th in page.select("th")), "a header that says nothing"
    again = (tmp_path / "build/posts/rich/index.html").read_bytes()
    assert build_site(tmp_path / ".." / tmp_path.name).ok
    assert (tmp_path / "build/posts/rich/index.html").read_bytes() == again


def test_plotly(tmp_path: Path) -> None:
    plotly = pytest.importorskip("plotly")
    page = build(tmp_path, PLOTLY)
    library = Path(plotly.__file__).parent / "package_data/plotly.min.js"
    data = check_widget(tmp_path, cell(page, "fig-chart"), library.read_bytes())
    assert [trace["type"] for trace in data["data"]] == ["scatter", "bar"]  # type: ignore[attr-defined]


def test_altair(tmp_path: Path) -> None:
    pytest.importorskip("altair")
    convert = pytest.importorskip("vl_convert")
    page = build(tmp_path, ALTAIR)
    library = convert.javascript_bundle("window.vegaEmbed = vegaEmbed;").encode()
    assert check_widget(tmp_path, cell(page, "fig-chart"), library)["mark"] == {"type": "bar"}
