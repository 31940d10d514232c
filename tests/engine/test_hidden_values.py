"""What matplotlib's calls return is no result; an address in a repr is hidden, so that it is the same in every run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine.running_posts import Site, shown

DRAW = "import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nimage = ax.imshow([[1, 2]])\n"


@pytest.mark.parametrize(
    "last", ["fig.colorbar(image)", "ax.text(0, 0, 'x')", "[image, fig.colorbar(image)]", "ax.bar([1], [2])"]
)
def test_what_is_drawn_is_not_told(tmp_path: Path, last: str) -> None:
    site = Site(tmp_path)
    site.put("post.md", [DRAW + last])
    assert [text.partition(":")[0] for text in shown(site.execute().value["content/post.md"])[0]] == ["figure"]


def test_an_address_is_hidden(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.put("post.md", ["class A: pass\nprint([A()])\nA()"])
    said = shown(site.execute().value["content/post.md"])[0]
    assert said == ["stdout: [<__main__.A object at 0x…>]\n", "value: <__main__.A object at 0x…>"]
