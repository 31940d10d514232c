"""Every group of KaTeX's functions, byte for byte as under Node."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from xaisite.math.assets import load_assets
from xaisite.math.typeset import Typesetter, mathml_of
from xaisite.model.math import Formula, Typeset

HERE = Path(__file__).parent


def load_formulas() -> list[Formula]:
    lines = (HERE / "formulas.txt").read_text("utf-8").splitlines()
    texts = [line for line in lines if line and not line.startswith("#")]
    return [Formula(t[2:], display=True) if t.startswith("D ") else Formula(t) for t in texts]


@pytest.fixture(scope="module")
def formulas() -> list[Formula]:
    return load_formulas()


@pytest.fixture(scope="module")
def typeset(formulas: list[Formula]) -> list[Typeset]:
    with Typesetter() as typesetter:
        return list(typesetter.typeset(formulas, {}))


def test_there_are_enough_of_them(formulas: list[Formula]) -> None:
    assert len(set(formulas)) >= 150


def test_all_are_good(formulas: list[Formula], typeset: list[Typeset]) -> None:
    bad = [(f.tex, t.problems) for f, t in zip(formulas, typeset, strict=True) if not t.is_good]
    assert bad == []


def test_equal_to_node_byte_for_byte(formulas: list[Formula], typeset: list[Typeset]) -> None:
    node = shutil.which("node")
    if node is None:
        print("SKIPPED: no node on this machine; formulas were not compared with it")
        pytest.skip("no node")
    assets = load_assets()
    command = [node, str(HERE / "reference.js"), str(assets.script), str(assets.chemistry)]
    request = json.dumps([[f.tex, f.display] for f in formulas])
    done = subprocess.run(command, input=request, capture_output=True, text=True, check=True, timeout=60)
    expected = json.loads(done.stdout)
    assert [t.html for t in typeset] == expected
    print(f"{len(expected)} formulas equal to Node's, byte for byte")


def test_html_is_text_and_holds_mathml(formulas: list[Formula], typeset: list[Typeset]) -> None:
    for formula, done in zip(formulas, typeset, strict=True):
        done.html.encode("utf-8")  # no lone surrogate
        mathml = mathml_of(done.html)
        assert mathml.startswith("<math ")
        assert mathml.endswith("</math>")
        assert "katex-html" not in mathml
        assert ('display="block"' in mathml) is formula.display


def test_styles_and_fonts_fit_the_script() -> None:
    assets = load_assets()
    assert re.fullmatch(r"\d+\.\d+\.\d+", assets.version)
    css = assets.read_css(lambda name: f"/_x/{name}")
    fonts = {path.name for path in assets.fonts}
    assert set(re.findall(r"url\(/_x/([\w-]+\.woff2)\)", css)) == fonts
    assert len(fonts) == 20
    assert not re.search(r"url\((?!/_x/)", css)
    assert ".ttf" not in css
    assert "MIT" in assets.licence.read_text("utf-8")
    assert assets.copy_script.is_file()
