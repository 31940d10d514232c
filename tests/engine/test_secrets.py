"""Secrets are passed in, and are nowhere afterwards: not in keys, results, saved states, logs, reports or pages."""

from __future__ import annotations

import base64
import os
from pathlib import Path

import pytest

from tests.engine.running_posts import Site, shown
from xaisite.model.cell import InlineRole
from xaisite.session.secrets import Secrets

VALUE = "tops3cret/Ümlaut+key=="
SHAPES = {
    "plain": VALUE.encode(),
    "utf-16": VALUE.encode("utf-16-le"),
    "utf-32": VALUE.encode("utf-32-le"),
    "hexadecimal": VALUE.encode().hex().encode(),
    "base64": base64.b64encode(VALUE.encode()).rstrip(b"="),
    "base64 after a name": base64.b64encode(b"user:" + VALUE.encode()),
    "escaped": repr(VALUE.encode())[2:-1].encode(),
    "quoted": b"tops3cret/%C3%9Cmlaut%2Bkey%3D%3D",
}


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.setenv("API_KEY", VALUE)
    return Site(tmp_path, secrets=("API_KEY",))


def found_on_disk(root: Path) -> list[str]:
    """Return the files below a site in which the secret is, in any shape, but the post itself."""
    return [
        f"{path.relative_to(root)}: {name}"
        for path in sorted(root.rglob("*"))
        if path.is_file() and "content" not in path.relative_to(root).parts
        for name, raw in SHAPES.items()
        if raw in path.read_bytes() or raw in os.fsencode(path.name)
    ]


SPREAD = {
    "printed": "print(key)",
    "shown": "key",
    "printed in pieces": "print(key[:4], end=''); print(key[4:])",
    "a variable": "kept = key",
    "in a list, by itself and in a sentence": "kept = [key, 'Bearer ' + key]",
    "bytes": "kept = key.encode()",
    "wide": "kept = key.encode('utf-16')",
    "base64": "import base64; kept = base64.b64encode(key.encode()).decode()",
    "an authorisation": "import base64; kept = 'Basic ' + base64.b64encode(f'user:{key}'.encode()).decode()",
    "hexadecimal": "kept = key.encode().hex()",
    "an array": "import numpy as np; kept = np.array([key, 'x'])",
    "an array of bytes": "import numpy as np; kept = np.frombuffer(key.encode(), 'uint8').copy()",
    "a frame": "import pandas as pd; kept = pd.DataFrame({'k': [key]}); kept",
    "an object": "class Client:\n    def __init__(self): self.key = key\nkept = Client()",
    "a closure": "def make(k): return lambda: k\nkept = make(key)",
    "a constant": "kept = eval(f'lambda: {key!r}')",
    "another variable of the environment": "os.environ['COPY'] = key",
    "a file": "open('token.txt', 'w').write(key);",
    "a file in the home folder": "open(os.path.expanduser('~/.netrc'), 'w').write('password ' + key);",
    "a file's name": "open(key.replace('/', '') , 'w').close()",
    "the name of a file that is not there": "os.path.exists(key)",
    "the name of a folder": "os.makedirs(key)",
    "an exception": "raise ValueError(key)",
    "a warning": "import warnings; warnings.warn(key)",
    "a figure": "import matplotlib.pyplot as plt; plt.title(key); plt.plot([1, 2], label=key); plt.legend();",
    "markdown": "from IPython.display import Markdown; Markdown(key)",
    "html": "from IPython.display import HTML; HTML('<b>' + key + '</b>')",
    "the name of a variable": "globals()[key] = 1",
    "a subprocess": "import subprocess; subprocess.run(['sh', '-c', 'echo \"$API_KEY\"']);",
    "a module": "import colorsys; colorsys.key = key",
}


@pytest.mark.parametrize("name", SPREAD)
def test_it_reaches_nothing_that_is_kept(site: Site, name: str) -> None:
    first = ("import os; key = os.environ['API_KEY']\n" + SPREAD[name], {"exec": {"error": True}})
    inline = [("__import__('os').environ['API_KEY']", InlineRole.PROSE, 1)]
    site.put("post.md", [first, "n = 1; print(len(os.environ['API_KEY']))"], inline)
    done = site.execute()
    assert VALUE not in str(done.value)
    assert VALUE not in str(done.diagnostics)
    assert found_on_disk(site.root) == []
    assert shown(done.value["content/post.md"])[1] == [f"stdout: {len(VALUE)}\n"]
    site.put("post.md", [first, "n = 2; print(len(key))"], inline)  # from what was saved, or by running again
    again = site.execute()
    assert shown(again.value["content/post.md"])[1] == [f"stdout: {len(VALUE)}\n"], again.diagnostics
    assert found_on_disk(site.root) == []


def test_a_state_is_saved_without_it_and_brought_back_with_todays(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    cells = ["import os; header = ['Bearer ' + os.environ['API_KEY']]", "print(1)"]
    site.put("post.md", cells)
    site.execute()
    site.put("post.md", [*cells, "print(header, len(header[0]))"])
    assert site.ran() == ["cell-3"]
    assert list((site.root / ".xaisite/checkpoints").iterdir())
    monkeypatch.setenv("API_KEY", "another-one")
    site.put("post.md", [*cells, "print(header, len(header[0]), 'again')"])
    done = site.execute()
    assert site.statuses(done, "ran") == ["cell-3"], "a secret is no part of a key"
    assert shown(done.value["content/post.md"])[2] == ["stdout: ['Bearer •••'] 18 again\n"]


def test_a_digest_tells_nothing_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    states = []
    for value in ("first-value-of-it", "second-value"):
        monkeypatch.setenv("API_KEY", value)
        site = Site(tmp_path / value, secrets=("API_KEY",))
        site.put(
            "post.md",
            ["import os; key = [os.environ['API_KEY'], os.environ['API_KEY'].encode()]; os.environ['Q'] = key[0]"],
        )
        site.execute()
        traces = sorted((site.root / ".xaisite/results/traces").rglob("*.json"))
        states.append([(path.name, path.parent.name) for path in traces])
    assert states[0] == states[1]


def test_a_variable_that_is_also_declared_to_be_passed_stays_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = Site(tmp_path, secrets=("API_KEY",), pass_env=("API_KEY",))
    site.put("post.md", ["import os; print(len(os.environ['API_KEY']))"])
    for value in ("12345678", "abcdefghi"):
        monkeypatch.setenv("API_KEY", value)
        assert shown(site.execute().value["content/post.md"]) == [["stdout: 8\n"]], "it is no part of the key"


PICTURE = """
from PIL import Image, PngImagePlugin
import io
i = PngImagePlugin.PngInfo(); i.add_text('k', key)
b = io.BytesIO(); Image.new('L', (2, 2)).save(b, 'png', pnginfo=i)
class P:
    def _repr_png_(self): return b.getvalue()
P()
"""


@pytest.mark.parametrize(
    ("code", "options"),
    [
        ("v = {'k': key}", {"observed": {"produces": "v"}}),
        (PICTURE, {}),
    ],
)
def test_what_cannot_be_struck_out_is_an_error(site: Site, code: str, options: dict[str, object]) -> None:
    site.put("post.md", ["import os; key = os.environ['API_KEY']", (code, options)])
    done = site.execute()
    assert [d.code for d in done.diagnostics] == ["cell-secret"]
    assert "API_KEY" in done.diagnostics[0].message
    assert found_on_disk(site.root) == []


def test_shapes_of_a_value_are_known() -> None:
    secrets = Secrets({"API_KEY": VALUE})
    for name, raw in SHAPES.items():
        assert secrets.find_in(b"before " + raw + b" after") == "API_KEY", name
    assert secrets.find_in(b"tops3cret") == ""
    for text in (f"a {VALUE} b {VALUE}", VALUE):
        pieces = secrets.take_apart(text)
        assert pieces is not None
        assert VALUE not in str(pieces)
        assert secrets.put_together(pieces, "str") == text
        raw_pieces = secrets.take_apart(text.encode())
        assert raw_pieces is not None
        assert secrets.put_together(raw_pieces, "bytes") == text.encode()
