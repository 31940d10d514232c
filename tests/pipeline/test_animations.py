"""Animations of matplotlib: a still picture, and the moving one, which plays without a script."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from PIL import Image

from tests.site_files import write_site
from xaisite import build_site

POST = """---
title: Motion
date: 2026-01-05
---

```{python}
#| label: setup
#| include: false
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation

def move(frames, interval=50):
    fig, ax = plt.subplots(figsize=(3, 2))
    line, = ax.plot([0, 1, 2, 3], [0, 0, 0, 0])
    ax.set_ylim(0, 9)
    return FuncAnimation(fig, lambda k: line.set_ydata([k, k, k, k]), frames=frames, interval=interval)
```

```{python}
#| label: fig-named
#| fig-cap: "A line rises."
steps = move(5)
```

```{python}
#| label: shown
move(3, interval=400)
```

```{python}
#| label: html
from IPython.display import HTML
HTML(move(4).to_jshtml())
```

```{python}
#| label: video
rising = move(2)
plt.close()
HTML(rising.to_html5_video())
```

```{python}
#| label: light
#| renderings: [light]
quick = move(2)
```
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = write_site(tmp_path_factory.mktemp("motion"), {"content/posts/motion.md": POST})
    result = build_site(root)
    assert result.ok, [d.message for d in result.diagnostics]
    return root


def cell(site: Path, label: str) -> Tag:
    found = BeautifulSoup((site / "build/posts/motion/index.html").read_text(), "html.parser").find(id=f"cell-{label}")
    assert isinstance(found, Tag)
    return found


def moving(site: Path, tag: Tag) -> Image.Image:
    picture = Image.open(io.BytesIO((site / "build/posts/motion" / str(tag["src"])).read_bytes()))
    assert picture.format == "WEBP"
    return picture


@pytest.mark.parametrize(("label", "frames"), [("fig-named", 5), ("shown", 3), ("html", 4), ("video", 2)])
def test_each_way_of_showing_one_gives_a_still_and_a_moving_picture(site: Path, label: str, frames: int) -> None:
    shown = cell(site, label)
    assert len(shown.select(".animation")) == 1
    still = shown.select(".animation > img")
    assert [i["class"][0] for i in still] == ["only-light", "only-dark"]
    assert still[0]["src"].endswith(".svg")
    assert f"Animation of {frames} frames." in still[0]["alt"]
    played = shown.select(".animation > details > img")
    assert shown.select_one(".animation summary").get_text() == "Play"
    assert all(img["loading"] == "lazy" for img in played), "a browser fetches it when it is opened"
    light, dark = (moving(site, img) for img in played)
    assert light.n_frames == dark.n_frames == frames
    assert not shown.select("script, video")


def test_speed_colours_and_last_frame(site: Path) -> None:
    light, dark = (moving(site, img) for img in cell(site, "shown").select("details > img"))
    assert light.info["loop"] == 0
    light.load()
    assert light.info["duration"] == 400
    assert light.convert("RGB").getpixel((2, 2)) == (255, 255, 255)
    for frame in range(3):
        dark.seek(frame)
        assert sum(dark.convert("RGB").getpixel((2, 2))) < 120, "every frame is dark"


def test_one_rendering(site: Path) -> None:
    shown = cell(site, "light")
    assert len(shown.select(".animation > img")) == 1
    assert len(shown.select("details > img")) == 1


def test_the_same_bytes_again(site: Path, tmp_path: Path) -> None:
    again = write_site(tmp_path / "elsewhere", {"content/posts/motion.md": POST})
    assert build_site(again).ok
    names = [{p.name for p in (root / "build/_x").iterdir() if p.suffix in (".webp", ".svg")} for root in (site, again)]
    assert names[0] == names[1]
    assert len([n for n in names[0] if n.endswith(".webp")]) >= 8
