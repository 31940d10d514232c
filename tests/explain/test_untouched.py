"""Models, gradients, hooks, random state and imports are left as they were."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from xaisite import explain

torch = pytest.importorskip("torch")
from explain_truths_deep import cnn, image  # noqa: E402

pytestmark = pytest.mark.deep

BATCH = np.random.default_rng(0).uniform(size=(4, 1, 10, 10))
CALLS: dict[str, Callable[[Any, Any], Any]] = {
    "integrated_gradients": lambda net, x: explain.integrated_gradients(net, x),
    "saliency": lambda net, x: explain.saliency(net, x),
    "smooth_grad": lambda net, x: explain.smooth_grad(net, x, nsamples=3),
    "guided_backprop": lambda net, x: explain.guided_backprop(net, x),
    "deeplift": lambda net, x: explain.deeplift(net, x),
    "reveal-cancel": lambda net, x: explain.deeplift(net, x, rule="reveal-cancel"),
    "lrp": lambda net, x: explain.lrp(net, x, rule="gamma"),
    "cam": lambda net, x: explain.cam(net, x),
    "grad_cam": lambda net, x: explain.grad_cam(net, x),
    "occlusion": lambda net, x: explain.occlusion(net, x, window=5),
    "shap deep": lambda net, x: explain.shap(net, x, background=BATCH, method="deep"),
    "shap gradient": lambda net, x: explain.shap(net, x, background=BATCH, method="gradient", nsamples=5, repeats=2),
    "shap segments": lambda net, x: explain.shap(net, x, segments=explain.make_segments(x, count=4)),
    "lime segments": lambda net, x: explain.lime(net, x, segments=explain.make_segments(x, count=4), nsamples=40),
    "feature_visualization": lambda net, x: explain.feature_visualization(net, "3", 0, shape=(1, 10, 10), steps=4),
    "deep_dream": lambda net, x: explain.deep_dream(net, x, net[3], steps=4),
    "deletion": lambda net, x: explain.deletion(explain.saliency(net, x), net, steps=3, random_maps=2),
    "sensitivity": lambda net, x: explain.sensitivity(lambda one: explain.saliency(net, one, target=0), x, nsamples=2),
    "infidelity": lambda net, x: explain.infidelity(explain.saliency(net, x, absolute=False), net, nsamples=4),
    "model_randomisation": lambda net, x: explain.model_randomisation(net, lambda m: explain.saliency(m, x, target=0)),
}


def hooks(net: Any) -> list[int]:
    return [
        len(part._forward_hooks) + len(part._backward_hooks) + len(part._forward_pre_hooks) for part in net.modules()
    ]


@pytest.mark.parametrize("name", CALLS)
def test_nothing_changes(name: str) -> None:
    net, x = cnn(1), torch.tensor(image(1))
    net.train()
    net[1].eval()
    net[0].weight.requires_grad_(False)
    net[7].bias.grad = torch.full_like(net[7].bias, 3.0)
    before = {key: value.clone() for key, value in net.state_dict().items()}
    modes, handles, attributes = (
        [part.training for part in net.modules()],
        hooks(net),
        [set(vars(p)) for p in net.modules()],
    )
    pixels = x.clone()
    random.seed(5)
    np.random.seed(5)
    torch.manual_seed(5)
    states = random.getstate(), np.random.get_state()[1].copy(), torch.get_rng_state()
    first = CALLS[name](net, x)
    assert random.getstate() == states[0]
    assert (np.random.get_state()[1] == states[1]).all()
    assert (torch.get_rng_state() == states[2]).all()
    assert [part.training for part in net.modules()] == modes
    assert hooks(net) == handles
    assert [set(vars(p)) for p in net.modules()] == attributes
    assert all((net.state_dict()[key] == value).all() for key, value in before.items())
    assert not net[0].weight.requires_grad
    assert (net[7].bias.grad == 3).all()
    assert net[7].weight.grad is None
    assert (x == pixels).all()
    assert not x.requires_grad
    # Another seed of the caller's does not matter: equal questions, equal bytes.
    torch.manual_seed(77)
    np.random.seed(77)
    assert CALLS[name](net, x).to_json() == first.to_json()


def test_after_a_failure_the_module_still_works() -> None:
    net = torch.nn.Sequential(torch.nn.Linear(3, 3), torch.nn.Sigmoid(), torch.nn.Linear(3, 1))
    with pytest.raises(explain.ExplainError, match="no rule"):
        explain.lrp(net, np.ones(3))
    assert hooks(net) == [0, 0, 0, 0]
    assert explain.saliency(net, np.ones(3)).values.shape == (1, 3)


def test_batches_are_rows_one_by_one() -> None:
    from explain_truths_deep import mlp

    net, rows = mlp(2), np.random.default_rng(3).uniform(size=(4, 5))
    for ask in (
        lambda x: explain.integrated_gradients(net, x, target=1),
        lambda x: explain.saliency(net, x, target=1),
        lambda x: explain.deeplift(net, x, target=1),
        lambda x: explain.deeplift(net, x, target=1, rule="reveal-cancel"),
        lambda x: explain.lrp(net, x, target=1),
        lambda x: explain.guided_backprop(net, x, target=1),
        lambda x: explain.shap(net, x, target=1, background=rows, method="deep"),
    ):
        together = ask(rows)
        assert np.allclose(together.values, np.vstack([ask(row).values for row in rows]), atol=1e-9)
        assert np.allclose(together.row(2).values, together.values[2:3])


IMAGE_METHODS: dict[str, Callable[[Any, Any], Any]] = {
    "cam": lambda net, x: explain.cam(net, x, target=1),
    "grad_cam": lambda net, x: explain.grad_cam(net, x, target=1),
    "occlusion": lambda net, x: explain.occlusion(net, x, window=5, target=1),
    "shap deep": lambda net, x: explain.shap(net, x, background=BATCH, method="deep", target=1),
    "shap gradient": lambda net, x: explain.shap(
        net, x, background=BATCH, method="gradient", nsamples=5, repeats=2, target=1
    ),
    "integrated_gradients": lambda net, x: explain.integrated_gradients(net, x, target=1, baseline="neutral"),
    "saliency": lambda net, x: explain.saliency(net, x, target=1),
    "smooth_grad": lambda net, x: explain.smooth_grad(net, x, nsamples=3, target=1),
    "guided_backprop": lambda net, x: explain.guided_backprop(net, X=x, target=1),
    "deeplift": lambda net, x: explain.deeplift(net, x, target=1),
    "reveal-cancel": lambda net, x: explain.deeplift(net, x, rule="reveal-cancel", target=1),
    "lrp": lambda net, x: explain.lrp(net, x, target=1),
}


@pytest.mark.parametrize("name", IMAGE_METHODS)
def test_batches_are_images_one_by_one(name: str) -> None:
    net, ask = cnn(1), IMAGE_METHODS[name]
    together, alone = ask(net, torch.tensor(BATCH)), [ask(net, torch.tensor(one)) for one in BATCH]
    assert together.kind == "maps"
    assert (together.values == np.stack([one.values for one in alone])).all()
    assert (together.prediction == np.concatenate([one.prediction for one in alone])).all()
    assert [together.row(i).to_json() for i in (0, 1, 2, -1)] == [one.to_json() for one in alone]
    assert [v.is_violated for v in together.check()] == [
        any(one.check()[place].is_violated for one in alone) for place in range(len(together.check()))
    ]
    assert "each" not in together.to_json().split('"extra"')[1]
    # A batch of one is its image.
    assert ask(net, torch.tensor(BATCH[2:3])).to_json() == alone[2].to_json()


def test_the_worst_image_speaks_for_the_batch() -> None:
    from dataclasses import replace

    many = explain.deeplift(cnn(1).double(), BATCH, target=1)
    assert "Of 4 images, image" in str(many.check()[0])
    bad = replace(many.row(2), values=many.row(2).values + 1)
    worse = replace(many, extra={**many.extra, "each": (many.row(0), many.row(1), bad, many.row(3))})
    assert worse.check()[0].is_violated
    assert "1 of 4 images fail; image 3" in str(worse.check()[0])
    with pytest.raises(explain.ExplainError, match="no image 4"):
        many.row(4)
    with pytest.raises(explain.ExplainError, match="cannot be judged"):
        explain.deletion(many, cnn(1))


def test_images_with_different_largest_outputs_need_a_target() -> None:
    net, bright = cnn(1), np.stack([np.zeros((1, 10, 10)), np.ones((1, 10, 10)), BATCH[0] * 5, BATCH[1] * -5])
    largest = {int(net(torch.tensor(one[None]).to(net[0].weight.dtype)).argmax()) for one in bright}
    assert len(largest) > 1
    with pytest.raises(explain.ExplainError, match="different outputs"):
        explain.saliency(net, bright)


def test_import_is_lean_and_works_without_torch() -> None:
    code = (
        "import sys\n"
        "class Block:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name.split('.')[0] in ('torch', 'captum'): raise ModuleNotFoundError(name, name=name)\n"
        "sys.meta_path.insert(0, Block())\n"
        "import xaisite.explain as explain\n"
        "heavy = {'numpy', 'pandas', 'matplotlib', 'sklearn', 'shap', 'torch', 'captum', 'lime', 'scipy'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
        "from xaisite.explain import *\n"
        "import numpy as np\n"
        "assert explain.shap(lambda v: v.sum(axis=1), np.ones((1, 2)), background=np.zeros((1, 2)), method='exact').values.sum() == 2\n"
        "try: explain.saliency(object(), np.ones(2))\n"
        "except explain.ExplainError as error: assert 'torch' in str(error)\n"
        "else: raise AssertionError\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_every_public_name_loads() -> None:
    for name in explain.__all__:
        assert getattr(explain, name) is not None
        assert name in dir(explain)
    with pytest.raises(AttributeError):
        explain.nothing_of_that_name  # noqa: B018
