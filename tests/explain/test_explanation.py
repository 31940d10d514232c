"""What an explanation shows of itself: figures, texts, tables, verdicts, JSON, cards and references."""

from __future__ import annotations

import io
import json
import re
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pandas as pd
import pytest
from explain_displays import FRAME, X, brightness, forest, half_picture, make_all

from xaisite import explain
from xaisite.explain.palette import DARK, LIGHT, Theme, make_signed_map
from xaisite.explain.promises import PROMISES
from xaisite.explain.references import load_references

EVERY = make_all()


def contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_colours_can_be_read(theme: Theme) -> None:
    assert contrast(theme.text, theme.background) >= 7
    assert contrast(theme.muted, theme.background) >= 4.5
    for colour in (theme.positive, theme.negative, theme.plain, theme.second, *theme.series):
        assert contrast(colour, theme.background) >= 3
    middle = make_signed_map(theme)(0.5)
    assert np.allclose(middle[:3], [int(theme.neutral[i : i + 2], 16) / 255 for i in (1, 3, 5)], atol=0.01)


@pytest.mark.parametrize("name", EVERY)
def test_shows_itself(name: str) -> None:
    import matplotlib as mpl
    from matplotlib import pyplot as plt

    one = EVERY[name]
    settings = dict(mpl.rcParams)
    for theme in ("light", "dark"):
        figure = one.figure(theme)
        picture = io.BytesIO()
        figure.savefig(picture, format="png", dpi=40)
        assert picture.getbuffer().nbytes > 500
        assert figure.get_facecolor()[0] == (1.0 if theme == "light" else pytest.approx(0x16 / 255))
    assert plt.get_fignums() == []
    assert dict(mpl.rcParams) == settings
    assert len(one.table()) > 0
    assert one.alt_text().endswith(".")
    assert len(one.alt_text()) < 700
    assert one.caption().endswith(".")
    assert "None" not in one.caption()
    verdicts = one.check()
    assert verdicts
    assert all(str(v).endswith((".", ")")) for v in verdicts)


@pytest.mark.parametrize("name", EVERY)
def test_figures_are_the_same_bytes(name: str) -> None:
    import matplotlib as mpl

    pictures = []
    for _ in range(2):
        out = io.BytesIO()
        with mpl.rc_context({"svg.hashsalt": "a fixed one, as the cell runner sets it"}):
            EVERY[name].figure().savefig(out, format="svg", metadata={"Date": None})
        pictures.append(out.getvalue())
    assert pictures[0] == pictures[1]


def test_json_is_stable_and_without_times() -> None:
    again = make_all()
    for name, one in EVERY.items():
        assert one.to_json() == again[name].to_json()
        read = json.loads(one.to_json())
        assert read["method"] == one.method
        assert read["checks"]
        assert not re.search(r"time|date|duration", " ".join(read))
        assert np.allclose(np.array(read["values"], dtype=float), one.values, rtol=1e-9, equal_nan=True)


def spread_runs(written: dict[str, list[float]]) -> np.ndarray:
    numbers, lengths = written["runs"][::2], written["runs"][1::2]
    return np.repeat(numbers, lengths).reshape(written["shape"])


@pytest.mark.parametrize("kind", ["grid", "slic"])
def test_superpixels_are_written_short_and_whole(kind: str) -> None:
    picture = np.random.default_rng(0).integers(0, 256, size=(48, 48, 3)) / 255
    segments = explain.make_segments(picture, kind=kind, count=16)
    found = explain.lime(lambda b: b[:, :20].mean((1, 2, 3)), picture, segments=segments, nsamples=100)
    text = found.to_json()
    read = json.loads(text)
    assert (spread_runs(read["extra"]["segments"]) == segments).all()
    assert spread_runs(read["baseline"]) == pytest.approx(found.baseline, rel=1e-9)
    assert np.array(read["data"]) == pytest.approx(found.data, rel=1e-9)
    # The picture itself is most of what is written; the drawings of the steps are not written at all.
    assert len(text) < 1.5 * len(json.dumps(read["data"], separators=(",", ":")))
    assert [step["title"] for step in read["steps"]] == [step.title for step in found.steps]
    assert [step["labels"] for step in read["steps"]] == [list(step.labels) for step in found.steps]
    assert "pictures" not in read["steps"][0]
    # Where every pixel of the baseline is another, it is written as it is.
    blurred = explain.lime(lambda b: b.mean((1, 2, 3)), picture, segments=segments, nsamples=100, baseline="blurred")
    assert np.array(json.loads(blurred.to_json())["baseline"]) == pytest.approx(blurred.baseline, rel=1e-9)


def test_seeds_matter_where_there_is_chance_and_only_there() -> None:
    row = FRAME.iloc[:1]
    ask = lambda seed: explain.lime(forest(), row, background=FRAME, nsamples=200, seed=seed)  # noqa: E731
    assert ask(1).to_json() == ask(1).to_json()
    assert ask(1).to_json() != ask(2).to_json()
    assert (explain.shap(forest(), row, background=FRAME, seed=1).values == EVERY["attribution"].values).all()


@pytest.mark.parametrize("name", EVERY)
def test_bundle(name: str) -> None:
    bundle = EVERY[name]._xaisite_bundle_()
    assert set(bundle) == {"figure", "alt", "caption", "table_html", "data_json", "cites", "warnings"}
    assert bundle["table_html"].startswith('<table><thead><tr><th scope="col">')
    assert "<script" not in bundle["table_html"]
    assert bundle["figure"](theme="dark") is not bundle["figure"](theme="dark")
    assert all(set(cite) == {"key", "bibtex", "doi"} for cite in bundle["cites"])
    assert bundle["cites"][0]["key"] == EVERY[name].cite
    assert bundle["cites"][0]["bibtex"].startswith("@")
    violated = [str(v) for v in EVERY[name].check() if v.is_violated]
    assert bundle["warnings"] == violated
    json.loads(bundle["data_json"])


def test_frozen() -> None:
    one = EVERY["attribution"]
    with pytest.raises(FrozenInstanceError):
        one.seed = 3  # type: ignore[misc]
    with pytest.raises(ValueError, match="read-only"):
        one.values[0, 0] = 1


def test_a_tampered_explanation_is_found_out() -> None:
    one = EVERY["attribution"]
    assert not one.check()[0].is_violated
    worse = replace(one, values=one.values + 0.1)
    assert worse.check()[0].is_violated
    assert "do not add up" in str(worse.check()[0])
    assert worse._xaisite_bundle_()["warnings"]
    curve = EVERY["ale"]
    assert replace(curve, values=curve.values + 1).check()[0].is_violated
    change = EVERY["change"]
    assert replace(change, evidence={**change.evidence, "flipped": False}).check()[0].is_violated
    effect = EVERY["effect"]
    assert replace(effect, values=effect.values * 1.1).check()[0].is_violated


def test_alt_texts_say_what_is_there() -> None:
    one = EVERY["attribution"]
    top = one.names[int(np.abs(one.values[0]).argmax())]
    assert top in one.alt_text()
    assert f"{one.prediction[0]:.3g}" in one.alt_text()
    rising = explain.ale(lambda v: v[:, 0], X, 0)
    assert "rises throughout" in rising.alt_text()
    assert "falls throughout" in explain.ale(lambda v: -v[:, 0], X, 0).alt_text()
    assert "does not change" in explain.partial_dependence(lambda v: np.zeros(len(v)), X, 0).alt_text()
    corner = np.zeros((9, 9))
    corner[0, 8] = 2
    shown = explain.Explanation(method="saliency", kind="map", values=corner, names=(), target="t", scale="s")
    assert "top right" in shown.alt_text()
    assert "row 1, column 9" in shown.alt_text()


def test_captions_state_the_assumptions() -> None:
    one = EVERY["attribution"].caption()
    assert "interventional" in one
    assert "background of 80 rows" in one
    assert "scale: prediction" in one
    lime = EVERY["lime"].caption()
    assert "kernel width 1.5" in lime
    assert "empty (zeros)" in EVERY["lime segments"].caption()
    for variant, said in (("partition", "Owen"), ("path", "trees' shape"), ("kernel", "repeats|enumerated")):
        found = explain.shap(forest(), FRAME.iloc[:1], background=FRAME.iloc[:9], method=variant)
        assert re.search(said, found.caption())


def test_libraries_write_nothing_on_the_page(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    many = np.vstack([X, X + 1])
    for method in ("kernel", "permutation", "partition"):
        explain.shap(lambda v: v[:, 0] * v[:, 1], X[:1], background=many, method=method, seed=3)
    explain.shap(forest(), FRAME.iloc[:1], background=pd.concat([FRAME] * 13), method="tree")
    assert capfd.readouterr() == ("", "")
    assert not caplog.records


def test_steps_are_shown() -> None:
    for name in ("segments", "lime segments"):
        one = EVERY[name]
        assert [step.title[0] for step in one.steps] == ["1", "2", "3", "4", "5"]
        titles = " ".join(step.title for step in one.steps)
        for word in ("segments", "baselines compared", "perturbed copies", "value of each segment", "map"):
            assert word in titles
        signed = one.steps[-1].pictures[-1]
        assert signed.min() < 0 < signed.max()
        out = io.BytesIO()
        one.steps_figure("dark").savefig(out, format="png", dpi=40)
        assert out.getbuffer().nbytes > 1000
    shown = EVERY["segments"].steps[1].labels
    assert {label.split(":")[0] for label in shown} >= {"used", "neutral", "blurred"}


def test_step_labels_are_what_the_model_said() -> None:
    image, segments = half_picture(), explain.make_segments(half_picture(), count=4)
    one = EVERY["segments"]
    copies = one.steps[2]
    for picture, label in zip(copies.pictures, copies.labels, strict=True):
        assert float(label.split(",")[0]) == pytest.approx(brightness(picture)[0], rel=0.01, abs=2e-3)
        assert {
            len(np.unique(picture[0][segments == s])) == 1 or (picture[0][segments == s] == image[segments == s]).all()
            for s in range(4)
        } == {True}


def test_one_row_of_many() -> None:
    many = EVERY["attributions"]
    one = many.row(-1)
    assert (one.values == many.values[-1:]).all()
    assert one.extra["shown"] == many.extra["shown"][-1:]
    assert not one.check()[0].is_violated


def test_lime_says_when_it_is_not_local() -> None:
    wild = explain.lime(lambda v: np.sin(9 * v[:, 0]), X[:1], background=X, nsamples=400)
    assert wild.check()[0].is_violated
    assert "does not describe" in wild._xaisite_bundle_()["warnings"][0]
    tame = explain.lime(lambda v: v @ np.arange(4.0), X[:1], background=X, nsamples=400)
    assert not tame.check()[0].is_violated
    assert len(tame.evidence["radii"]) == 3


def test_surrogates_and_anchors_say_when_they_fail() -> None:
    noise = lambda v: np.sin(40 * v.sum(axis=1))  # noqa: E731
    assert explain.surrogate_tree(noise, X).check()[0].is_violated
    assert (
        explain.anchors(
            lambda v: (noise(v) > 0).astype(float), X[0], background=X, nsamples=60, fresh=300, threshold=0.99
        )
        .check()[0]
        .is_violated
    )


def test_impurity_bias_is_seen_beside_permutation() -> None:
    # A coin that decides, and noise with many values: impurity favours the noise less than it should not at all.
    from sklearn.ensemble import RandomForestClassifier

    rng = np.random.default_rng(2)
    data = np.column_stack([rng.integers(0, 2, 400), rng.normal(size=400)])
    truth = np.where(rng.random(400) < 0.75, data[:, 0], 1 - data[:, 0])
    model = RandomForestClassifier(30, random_state=0).fit(data[:200], truth[:200])
    found = explain.impurity_importance(model, data[200:], truth[200:], repeats=10)
    assert found.values[1] > 0.5
    assert found.extra["second"][1] < 0.2 * found.extra["second"][0]


def test_cards_are_complete() -> None:
    known = {entry.key for entry in load_references()}
    cards = explain.load_cards()
    methods = {card.method for card in cards}
    functions = {
        name
        for name in explain.__all__
        if name.islower()
        and name not in ("compare_methods", "find_adapter", "find_card", "load_cards", "make_segments")
    }
    assert methods == functions
    for card in cards:
        assert card.references
        assert set(card.references) <= known, card
        assert set(card.promises) <= set(PROMISES)
        assert card.assumes.endswith(".")
        assert card.fails
    assert len(explain.compare_methods()) == len([card for card in cards if card.scope != "judging"])


def test_references_are_whole() -> None:
    entries = load_references()
    keys = [entry.key for entry in entries]
    assert len(keys) == len(set(keys))
    used = {key for card in explain.load_cards() for key in card.references} | {
        "lou2013accurate",
        "nori2019interpretml",
        "breiman1984classification",
        "strobl2007bias",
    }
    assert set(keys) == used
    for entry in entries:
        fields = dict(entry.fields)
        assert {"author", "title", "year"} <= set(fields), entry.key
        assert re.fullmatch(r"(19|20)\d\d", fields["year"])
        assert set(fields) & {"doi", "eprint", "url", "pages", "number"}, entry.key
        assert not entry.doi or re.fullmatch(r"10\.\d{4,5}/\S+", entry.doi)
        assert entry.text.count("{") == entry.text.count("}")


def test_bibtex_is_read_by_another_parser() -> None:
    from importlib.resources import files

    from pybtex.database import parse_string

    text = files("xaisite.explain").joinpath("methods.bib").read_text(encoding="utf-8")
    assert set(parse_string(text, "bibtex").entries) == {entry.key for entry in load_references()}


def test_docstrings_have_parameters_and_errors() -> None:
    for name in explain.__all__:
        one = getattr(explain, name)
        if not callable(one) or isinstance(one, type) or name in ("compare_methods", "load_cards", "find_card"):
            continue
        text = one.__doc__ or ""
        assert "Parameters\n" in text, name
        assert "Returns\n" in text, name
        assert name in ("find_adapter", "make_segments") or "Raises\n" in text, name
