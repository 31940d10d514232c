"""Values that are not looked into: what is done through one of them is seen through the others of its library."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine.running_posts import Site, shown

THROUGH_ANOTHER = {
    "figure and axes": (
        "import matplotlib.pyplot as plt\nfig, ax = plt.subplots()",
        "ax.set_title('{k}');",
        "print(fig.axes[0].get_title())",
        "{k}",
    ),
    "connection and cursor": (
        "import sqlite3; con = sqlite3.connect(':memory:'); cur = con.cursor(); cur.execute('create table t(x)');",
        "con.execute('insert into t values({k})');",
        "print(list(cur.execute('select x from t')))",
        "[({k},)]",
    ),
}


@pytest.mark.parametrize("name", THROUGH_ANOTHER)
def test_a_change_through_one_is_seen_through_the_other(tmp_path: Path, name: str) -> None:
    *cells, wanted = THROUGH_ANOTHER[name]
    site = Site(tmp_path)
    for k in (1, 2):
        site.put("post.md", [cell.replace("{k}", str(k)) for cell in cells])
        assert shown(site.execute().value["content/post.md"])[2] == [f"stdout: {wanted.replace('{k}', str(k))}\n"]
