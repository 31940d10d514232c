"""Nothing of the author's is called, and nothing is changed, when a cell is described, saved and drawn."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine.running_posts import Site, shown

CALLS = "calls = []\n"
VALUES = {
    "an attribute that is asked for": (
        "class Seen:\n"
        "    def __init__(self): self.part = 1\n"
        "    def __getattribute__(self, name):\n"
        "        calls.append(name)\n"
        "        return object.__getattribute__(self, name)\n"
        "value = Seen()\ncalls.clear()"
    ),
    "a class that is asked for": (
        "class Seen:\n    @property\n    def __class__(self):\n        calls.append(1)\n        return int\nvalue = [Seen()]"
    ),
    "pickling of its own": (
        "class Seen:\n"
        "    def __reduce__(self): calls.append('reduce'); return Seen, ()\n"
        "    def __getstate__(self): calls.append('state'); return {}\n"
        "value = Seen()"
    ),
    "a class derived from a library's": (
        "from sklearn.linear_model import LinearRegression\n"
        "class Seen(LinearRegression):\n"
        "    def __getstate__(self): calls.append(1); return super().__getstate__()\n"
        "value = [Seen().fit([[0], [1]], [0, 1])]"
    ),
    "an array of its own kind": (
        "import numpy as np\n"
        "class Seen(np.ndarray):\n    def __array_finalize__(self, other): calls.append(1)\n"
        "value = np.arange(3).view(Seen)\ncalls.clear()"
    ),
    "a registered way to pickle": (
        "import copyreg, fractions\n"
        "copyreg.pickle(fractions.Fraction, lambda it: (calls.append(1), (fractions.Fraction, (1, 2)))[1])\n"
        "value = fractions.Fraction(1, 3)"
    ),
    "a library's class with the author's method": (
        "from sklearn.linear_model import LinearRegression\n"
        "def state(self):\n    calls.append(1)\n    return dict(self.__dict__)\n"
        "LinearRegression.__getstate__ = state\n"
        "value = LinearRegression().fit([[0], [1]], [0, 1])"
    ),
    "a tracer": (
        "import sys\ndef trace(frame, event, arg):\n"
        "    if 'xaisite' in frame.f_code.co_filename and frame.f_code.co_name == 'visit': calls.append(1)\n"
        "sys.setprofile(trace)\nvalue = [[1], [2]]"
    ),
    "a formatter of an axis": (
        "import matplotlib.pyplot as plt\nfrom matplotlib.ticker import FuncFormatter\n"
        "fig, value = plt.subplots()\nvalue.plot([1, 2])\n"
        "value.xaxis.set_major_formatter(FuncFormatter(lambda x, _: (calls.append(1), str(x))[1]))"
    ),
    "an artist of its own": (
        "import matplotlib.pyplot as plt\nfrom matplotlib.lines import Line2D\n"
        "class Seen(Line2D):\n    def draw(self, renderer): calls.append(1); super().draw(renderer)\n"
        "fig, value = plt.subplots()\nline = value.add_line(Seen([0, 1], [0, 1]))"
    ),
}


@pytest.mark.parametrize("name", VALUES)
def test_nothing_of_the_author_is_called(tmp_path: Path, name: str) -> None:
    site = Site(tmp_path)
    site.put("post.md", [CALLS + VALUES[name], "other = 1", "import sys\nsys.setprofile(None)\nprint(calls)"])
    done = site.execute()
    assert not [d for d in done.diagnostics if d.is_error]
    assert shown(done.value["content/post.md"])[2] == ["stdout: []\n"]


def test_drawing_leaves_no_trace(tmp_path: Path) -> None:
    """A figure is as its cell left it, and so are matplotlib, pyplot, warnings, logging and the loaded modules."""
    about = (
        "import sys, logging, warnings, random, gc\n"
        "print([t.get_text() for t in ax.get_xticklabels()], fig.stale, fig.dpi, fig.canvas.figure is fig)\n"
        "print(plt.get_fignums(), logging.root.manager.disable, random.random(), gc.isenabled(), gc.get_threshold())\n"
        "print([n for n in ('matplotlib.backends.backend_svg', 'PIL.GifImagePlugin') if n in sys.modules])\n"
        "print(hasattr(plt.matplotlib.backends, 'backend_svg'), dict(plt.rcParams) == dict(plt.rcParamsDefault))"
    )
    draw = (
        "import matplotlib.pyplot as plt\nfig, ax = plt.subplots(layout='constrained')\n"
        "ax.plot([1, 2])\nax.set_title('\N{SNOWMAN} 日本')"  # a glyph that the font lacks: drawing warns
    )
    site = Site(tmp_path)
    site.put("post.md", [draw, about])
    drawn = site.execute().value["content/post.md"]
    site.put("post.md", [draw + "\nplt.close('all')", about])
    undrawn = site.execute().value["content/post.md"]
    assert [text.partition(":")[0] for text in shown(drawn)[0]] == ["figure"]
    assert shown(undrawn)[0] == []
    assert shown(drawn)[1] == shown(undrawn)[1]
    assert [cell.provenance.versions for cell in drawn.cells] == [cell.provenance.versions for cell in undrawn.cells]


def test_what_drawing_has_loaded_can_be_imported(tmp_path: Path) -> None:
    site = Site(tmp_path)
    draw = "import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nax.plot([1, 2])"
    use = (
        "import matplotlib.backends.backend_svg as svg, io\nbuffer = io.BytesIO()\n"
        "svg.FigureCanvasSVG(fig).print_svg(buffer)\n"
        "print(buffer.getvalue()[:5], plt.matplotlib.backends.backend_svg is svg)"
    )
    site.put("post.md", [draw, use, draw])
    told = shown(site.execute().value["content/post.md"])
    assert told[1] == ["stdout: b'<?xml' True\n"]
    assert told[2] == told[0]
