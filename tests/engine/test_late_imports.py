"""What a library imports only when a cell calls it is what that cell depends on, and no other."""

from __future__ import annotations

from pathlib import Path

from tests.engine.running_posts import Site


def test_a_distribution_imported_inside_a_function_is_known(tmp_path: Path) -> None:
    """In a cell that imports nothing itself, and when it happens again."""
    site = Site(tmp_path)
    contour = "fig, ax = plt.subplots()\n_ = ax.contour([[0, 1], [1, {}]])"
    site.put("post.md", ["import matplotlib.pyplot as plt", "plt.plot([1])", contour.format(3), contour.format(4)])
    cells = site.execute().value["content/post.md"].cells
    known = [dict(cell.provenance.versions) for cell in cells]
    assert ["contourpy" in versions for versions in known] == [False, False, True, True]
    assert all("matplotlib" in versions for versions in known)
