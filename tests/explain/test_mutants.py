"""Wrong implementations that must not pass.

Each mutant patches the implementation the way a real mistake would, and names the truth that must notice. A mutant
is killed if the truth's deviation leaves its tolerance, or the library itself refuses the result.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from explain_truths import TRUTHS

from xaisite.explain import ExplainError
from xaisite.explain.methods.shapley import Shares

try:
    import explain_truths_deep
    import torch
except ModuleNotFoundError:
    explain_truths_deep = None


@dataclass(frozen=True)
class Mutant:
    name: str
    truth: str
    place: str  # "module:attribute" below xaisite.explain, or a full name
    change: Callable[[Any], Any]


def after(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Change what a function returns."""
    return lambda original: lambda *args, **kwargs: change(original(*args, **kwargs))


def before(change: Callable[..., Any]) -> Callable[[Any], Any]:
    """Change what a function is given: ``change(args, kwargs) -> (args, kwargs)``."""

    def wrap(original: Any) -> Any:
        def changed(*args: Any, **kwargs: Any) -> Any:
            new_args, new_kwargs = change(args, kwargs)
            return original(*new_args, **new_kwargs)

        return changed

    return wrap


def instead(value: Any) -> Callable[[Any], Any]:
    return lambda _: value


def on_values(change: Callable[[np.ndarray], np.ndarray]) -> Callable[[Any], Any]:
    return after(lambda s: Shares(values=change(s.values), errors=s.errors, settings=s.settings))


def swap(values: Any) -> Any:
    """The first two features change places."""
    out = values.copy() if isinstance(values, np.ndarray) else values.clone()
    out[..., 0], out[..., 1] = values[..., 1], values[..., 0]
    return out


def set_argument(place: int, value: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return before(lambda args, kwargs: ((*args[:place], value(args[place]), *args[place + 1 :]), kwargs))


def with_keyword(**changes: Any) -> Callable[[Any], Any]:
    return before(lambda args, kwargs: (args, {**kwargs, **changes}))


def with_l1(original: Any) -> Any:
    """Kernel SHAP as shap has it by default."""

    def changed(self: Any, X: Any, **kwargs: Any) -> Any:
        return original(self, X, **{**kwargs, "l1_reg": "num_features(10)"})

    return changed


def axis_path(original: Any) -> Any:
    """Integrated gradients along the edges of the box instead of the straight line: complete, and wrong."""

    def attribute(self: Any, inputs: Any, baselines: Any, target: Any = None, **_: Any) -> Any:
        at, out = baselines.expand_as(inputs).clone(), torch.zeros_like(inputs)
        for feature in range(inputs.shape[1]):
            to = at.clone()
            to[:, feature] = inputs[:, feature]
            part = original(self, to, baselines=at, target=target, n_steps=64)
            out, at = out + part, to
        return out

    return attribute


def first_hundred(original: Any) -> Any:
    return lambda data, **kwargs: original(data, **{**kwargs, "max_samples": 100})


def halve(background: np.ndarray) -> np.ndarray:
    return background[::2]


def roll_coalitions(answers: np.ndarray) -> np.ndarray:
    return np.roll(answers, 1, axis=1)


def stay_if_larger(original: Any) -> Any:
    """Values of the row that exceed the background's are taken for unchanged."""
    return lambda answer, rows, others: original(answer, np.minimum(rows, others), others)


def rescaled_log_odds(original: Any) -> Any:
    """shap's probabilities of boosted trees: the last sigmoid spread by DeepLIFT's rule. They add up."""

    def changed(model: Any, X: Any, background: Any, **kwargs: Any) -> Any:
        shap = importlib.import_module("shap")
        whole = shap.maskers.Independent(background, max_samples=len(background))
        values = shap.TreeExplainer(model, whole, model_output="probability").shap_values(X)
        return replace(original(model, X, background, **kwargs), values=values)

    return changed


def no_centre(original: Any) -> Any:
    def changed(effects: Any, place: Any, counts: Any) -> Any:
        values, errors = original(effects, place, counts)
        return values - values[0], errors

    return changed


def mean_of_edges(original: Any) -> Any:
    """Centred over the edges instead of over the data."""

    def changed(effects: Any, place: Any, counts: Any) -> Any:
        values, errors = original(effects, place, counts)
        return values - values.mean() + 0.02 * np.ptp(values), errors

    return changed


def shifted_bins(original: Any) -> Any:
    def changed(effects: Any, place: Any, counts: Any) -> Any:
        moved = np.minimum(place + 1, len(counts) - 1)
        return original(effects, moved, np.bincount(moved, minlength=len(counts)))

    return changed


def no_positive_part(original: Any) -> Any:
    """RevealCancel that does not separate the signs: Rescale."""

    def changed(then: Any, up: Any, down: Any) -> Any:
        whole = torch.relu(then + up + down) - torch.relu(then)
        total = torch.where((up + down).abs() < 1e-12, torch.ones_like(up), up + down)
        return whole * up / total, whole * down / total

    return changed


SHAPLEY = "methods.shapley"
MUTANTS = [
    Mutant("features swapped", "exact_shap", f"{SHAPLEY}:share_exactly", on_values(swap)),
    Mutant("absolute value taken", "exact_shap", f"{SHAPLEY}:share_exactly", on_values(np.abs)),
    Mutant("sign turned", "exact_shap", f"{SHAPLEY}:share_exactly", on_values(np.negative)),
    Mutant(
        "background replaced by its mean",
        "exact_shap",
        f"{SHAPLEY}:share_exactly",
        set_argument(2, lambda b: b.mean(axis=0, keepdims=True)),
    ),
    Mutant("background ignored (zeros)", "exact_shap", f"{SHAPLEY}:share_exactly", set_argument(2, np.zeros_like)),
    Mutant(
        "background replaced by its mean",
        "kernel_shap",
        f"{SHAPLEY}:share_by_kernel",
        set_argument(2, lambda b: b.mean(axis=0, keepdims=True)),
    ),
    Mutant("features swapped", "kernel_shap", f"{SHAPLEY}:share_by_kernel", on_values(swap)),
    Mutant("l1_reg left on", "kernel_linear_30", "shap.KernelExplainer:shap_values", with_l1),
    Mutant("only 100 background rows", "whole_background", "shap.maskers:Independent", first_hundred),
    Mutant("only 100 background rows", "whole_background", "shap.maskers:Partition", first_hundred),
    Mutant("only 100 background rows", "tree_shap_whole_background", "shap.maskers:Independent", first_hundred),
    Mutant("sign turned", "tree_shap_whole_background", "methods.shap_trees:pick_output", after(np.negative)),
    Mutant("only 100 background rows", "tree_shap_forest_background", "shap.maskers:Independent", first_hundred),
    Mutant("log-odds rescaled, as shap does it", "boosted_probability", "methods.shap:_shap_rows", rescaled_log_odds),
    Mutant("every second background row", "boosted_probability", f"{SHAPLEY}:share_exactly", set_argument(2, halve)),
    Mutant("a coalition's answer moved by one", "exact_shap", "methods.game:_answer_pairs", after(roll_coalitions)),
    Mutant("size of the coalition forgotten", "exact_shap", "methods.game:factorial", instead(lambda n: 1.0)),
    Mutant("players that differ left out", "exact_shap", "methods.game:_answer_pairs", stay_if_larger),
    Mutant("features swapped", "permutation_shap", f"{SHAPLEY}:share_by_permutation", on_values(swap)),
    Mutant(
        "error understated tenfold",
        "permutation_shap",
        f"{SHAPLEY}:share_by_permutation",
        after(lambda s: Shares(values=s.values + 0.5 * s.values.std(), errors=s.errors / 10, settings={})),
    ),
    Mutant("hierarchy ignored", "partition_shap", f"{SHAPLEY}:share_by_partition", with_keyword(hierarchy=None)),
    Mutant(
        "Shapley instead of Owen",
        "partition_shap",
        f"{SHAPLEY}:share_by_partition",
        lambda _: (
            lambda answer, rows, background, *, hierarchy, seed: importlib.import_module(
                "xaisite.explain.methods.shapley"
            ).share_exactly(answer, rows, background)
        ),
    ),
    Mutant(
        "thresholds rounded to nearest", "tree_shap_forest", "methods.shap_trees:lower_thresholds", instead(lambda e: e)
    ),
    Mutant("features swapped (adds up)", "tree_shap_boosting", "methods.shap_trees:pick_output", after(swap)),
    Mutant(
        "path-dependent instead of interventional",
        "tree_shap_boosting",
        "methods.shap_trees:make_tree_explainer",
        set_argument(2, lambda _: None),
    ),
    Mutant(
        "interventional instead of path-dependent",
        "path_shap",
        "methods.shap_trees:make_tree_explainer",
        set_argument(2, lambda _: np.zeros((1, 4))),
    ),
    Mutant("wrong class", "tree_shap_class", "predictor:_find_class", after(lambda column: (column + 1) % 3)),
    Mutant("sign turned", "glove_game", f"{SHAPLEY}:share_exactly", on_values(np.negative)),
    Mutant(
        "equal shares",
        "airport_game",
        f"{SHAPLEY}:share_by_kernel",
        on_values(lambda v: np.full_like(v, v.sum() / v.size)),
    ),
    Mutant(
        "interaction not halved",
        "exact_interactions",
        "methods.interactions:share_pairs",
        after(lambda m: np.where(np.eye(len(m)) > 0, np.diag(m) + m.sum(axis=1) - np.diag(m), 2 * m)),
    ),
    Mutant(
        "no interactions",
        "exact_interactions",
        "methods.interactions:share_pairs",
        after(lambda m: np.diag(m.sum(axis=1))),
    ),
    Mutant("pair order swapped", "path_interactions", "methods.interactions:pick_output", after(swap)),
    Mutant(
        "kept words removed",
        "text_shap",
        "words:Words.join",
        lambda original: lambda self, mask: original(self, 1 - np.asarray(mask)),
    ),
    Mutant(
        "baseline ignored",
        "image_shap",
        "methods.shap_image:make_baseline",
        after(lambda made: (np.zeros_like(made[0]), made[1])),
    ),
    Mutant(
        "segments shifted by one",
        "image_shap",
        "methods.shap_image:number_segments",
        after(lambda s: np.roll(s, 1, axis=1)),
    ),
    Mutant(
        "segments swapped",
        "image_kernel",
        "methods.shap_image:paint_over",
        before(lambda args, kwargs: ((*args[:3], swap(args[3])), kwargs)),
    ),
    Mutant("kernel weights dropped", "lime_cubic", "methods.lime_fit:weigh", instead(lambda d, width: np.ones_like(d))),
    Mutant("kernel squared", "lime_cubic", "methods.lime_fit:weigh", after(np.square)),
    Mutant("kernel weights dropped", "lime_image", "methods.lime_fit:weigh", instead(lambda d, width: np.ones_like(d))),
    Mutant("distance to the empty image", "lime_image", "methods.lime_masks:cosine_distance", after(lambda d: 1 - d)),
    Mutant(
        "units forgotten", "lime_linear", "methods.lime:standardise", instead(lambda samples, row, reference: samples)
    ),
    Mutant(
        "samples around the mean of zero spread",
        "lime_linear",
        "methods.lime:perturb",
        instead(lambda row, reference, count, rng, radius=1.0: np.repeat(row[None], count, axis=0)),
    ),
    Mutant(
        "kernel of another width",
        "lime_both_segments",
        "methods.lime_fit:weigh",
        before(
            lambda args, kwargs: (
                ((args[0], 1.5 * args[1]), kwargs) if args[1:] else (args, {"width": 1.5 * kwargs["width"]})
            )
        ),
    ),
    Mutant(
        "segments rolled",
        "lime_both_segments",
        "methods.lime_image:paint_over",
        before(lambda args, kwargs: ((*args[:3], np.roll(args[3], 1, axis=1)), kwargs)),
    ),
    Mutant(
        "words in reverse",
        "lime_text",
        "words:Words.join",
        lambda original: lambda self, mask: original(self, np.asarray(mask)[::-1]),
    ),
    Mutant(
        "drop divided by the score",
        "permutation_linear",
        "sklearn.inspection:permutation_importance",
        after(lambda found: type("F", (), {"importances": found.importances / 2})()),
    ),
    Mutant(
        "features swapped",
        "permutation_linear",
        "sklearn.inspection:permutation_importance",
        after(lambda found: type("F", (), {"importances": found.importances[[1, 0, 2]]})()),
    ),
    Mutant(
        "shares not of impurity but even",
        "impurity_by_nodes",
        "sklearn.tree._classes.BaseDecisionTree:feature_importances_",
        instead(property(lambda self: np.full(3, 1 / 3))),
    ),
    Mutant("wrong feature", "pdp_by_loops", "table:Table.find_feature", after(lambda index: (index + 1) % 4)),
    Mutant(
        "partial dependence of the median row",
        "pdp_by_loops",
        "methods.partial_dependence:_ask",
        after(lambda pair: (np.median(pair[1], axis=0), pair[1])),
    ),
    Mutant(
        "M-plot instead of partial dependence",
        "pdp_correlated",
        "methods.partial_dependence:_ask",
        lambda original: (
            lambda predictor, rows, grids, kind: (
                np.array(
                    [
                        predictor(rows.values[np.abs(rows.values[:, index] - point) < 0.01]).mean()
                        for index, points in grids.items()
                        for point in points
                    ]
                ),
                original(predictor, rows, grids, kind)[1],
            )
        ),
    ),
    Mutant("uncentred", "ale_correlated", "methods.ale:accumulate", no_centre),
    Mutant("bins off by one", "ale_correlated", "methods.ale:accumulate", shifted_bins),
    Mutant("centred over the wrong weights", "ale_pyale", "methods.ale:accumulate", mean_of_edges),
    Mutant(
        "partial dependence instead of ALE",
        "ale_correlated",
        "methods.ale:accumulate",
        lambda original: (
            lambda effects, place, counts: (np.linspace(-0.25, 0.25, len(counts) + 1), np.zeros(len(counts) + 1))
        ),
    ),
    Mutant(
        "effects not accumulated",
        "ale_linear",
        "methods.ale:accumulate",
        lambda original: (
            lambda effects, place, counts: (
                np.concatenate(
                    [[0.0], np.bincount(place, weights=effects, minlength=len(counts)) / np.maximum(counts, 1)]
                ),
                np.zeros(len(counts) + 1),
            )
        ),
    ),
    Mutant(
        "partial dependence not centred", "h_by_loops", "methods.h_statistic:depend", after(lambda values: values + 0.3)
    ),
    Mutant("features swapped", "h_by_loops", "table:Table.find_feature", after(lambda index: (index + 1) % 3)),
    Mutant(
        "pair taken for one feature",
        "h_product",
        "methods.h_statistic:depend",
        before(lambda args, kwargs: ((args[0], args[1], args[2][:1]), kwargs)),
    ),
    Mutant(
        "fidelity on the rows it was fitted to",
        "surrogate_by_hand",
        "methods.surrogate_tree:split",
        after(lambda pair: (pair[0], pair[0])),
    ),
    Mutant(
        "fidelity to a constant",
        "surrogate_by_hand",
        "methods.surrogate_tree:r_squared",
        before(lambda args, kwargs: ((np.full_like(args[0], args[0].mean()), *args[1:]), kwargs)),
    ),
    Mutant(
        "rules tried in reverse",
        "rules_by_hand",
        "methods.rule_list:decide",
        before(lambda args, kwargs: ((args[0][::-1], args[1]), kwargs)),
    ),
    Mutant(
        "fidelity on the rows it was fitted to",
        "rules_by_hand",
        "methods.rule_list:split",
        after(lambda pair: (pair[0], pair[0])),
    ),
    Mutant(
        "conditions not applied",
        "anchors_by_sampling",
        "methods.anchors:draw",
        before(lambda args, kwargs: (((), *args[1:]), kwargs)),
    ),
    Mutant(
        "one condition forgotten",
        "anchors_by_sampling",
        "methods.anchors:draw",
        before(lambda args, kwargs: ((args[0][:1], *args[1:]), kwargs)),
    ),
    Mutant(
        "other features kept as in the row",
        "anchors_that_leak",
        "methods.anchors:draw",
        lambda original: (
            lambda spans, background, count, rng: original(
                spans, np.vstack([background, np.tile([0.6, 0.4, 0.1], (500, 1))]), count, rng
            )
        ),
    ),
    Mutant(
        "precision of the search, the best of what was tried",
        "anchors_that_leak",
        "methods.anchors:World.hits",
        lambda original: (
            lambda self, spans, count: np.maximum(original(self, spans, count), original(self, spans, count))
        ),
    ),
    Mutant(
        "not pulled back to the boundary",
        "counterfactual_boundary",
        "methods.counterfactual:pull_back",
        instead(lambda wanted, row, new, reference: new),
    ),
    Mutant(
        "locks ignored",
        "counterfactual_boundary",
        "methods.counterfactual:grow",
        before(lambda args, kwargs: ((*args[:3], [0, 1, 2], *args[4:]), kwargs)),
    ),
    Mutant(
        "features swapped",
        "pdp_pair_by_loops",
        "methods.partial_dependence:_ask",
        before(
            lambda args, kwargs: (
                (*args[:2], dict(zip(args[2], [*args[2].values()][::-1], strict=True)), args[3]),
                kwargs,
            )
        ),
    ),
    Mutant(
        "first row only",
        "pdp_pair_by_loops",
        "methods.partial_dependence:_ask",
        set_argument(1, lambda rows: replace(rows, values=rows.values[:1])),
    ),
    Mutant(
        "share of the whole, not of what is left",
        "pdp_pair_share",
        "methods.partial_dependence:interaction_share",
        instead(lambda surface: float(((surface - surface.mean(axis=0)) ** 2).sum() / (surface**2).sum())),
    ),
    Mutant(
        "one-feature effects left in",
        "ale_pair_by_cells",
        "methods.ale_pair:leave_interaction",
        instead(lambda s, _: s),
    ),
    Mutant("not centred", "ale_pair_by_cells", "methods.ale_pair:mean_of_cells", instead(lambda s, c: 0.0)),
    Mutant(
        "bins off by one",
        "ale_pair_by_cells",
        "methods.ale_pair:find_bins",
        after(lambda place: np.maximum(place - 1, 0)),
    ),
    Mutant(
        "accumulated along one feature only",
        "ale_pair_by_cells",
        "methods.ale_pair:accumulate_cells",
        instead(lambda means: np.pad(means.cumsum(axis=0), ((1, 0), (1, 0)))),
    ),
    Mutant(
        "second differences not taken",
        "ale_pair_product",
        "methods.ale_pair:move",
        before(lambda args, kwargs: ((*args[:4], (args[4][0], 1)), kwargs)),
    ),
    Mutant(
        "partial dependence instead of ALE",
        "ale_pair_by_cells",
        "methods.ale_pair:leave_interaction",
        lambda original: lambda surface, counts: original(surface, np.ones_like(counts)),
    ),
    Mutant("transposed", "ale_pair_pyale", "methods.ale_pair:leave_interaction", after(np.transpose)),
    Mutant(
        "any far answer taken",
        "counterfactual_distance",
        "methods.counterfactual:pull_back",
        instead(lambda wanted, row, new, reference: row + 3 * (new - row)),
    ),
    Mutant(
        "last bin left open",
        "overview_by_loops",
        "methods.data_overview:_describe_numbers",
        after(lambda found: {**found, "counts": [*found["counts"][:-1], found["counts"][-1] - 1]}),
    ),
    Mutant(
        "missing counted as present",
        "overview_by_loops",
        "methods.data_overview:_describe",
        after(lambda found: {**found, "missing": 0}),
    ),
    Mutant(
        "least important first",
        "deletion_linear",
        "judging.curves:trace",
        before(lambda args, kwargs: ((args[0], args[1][::-1], *args[2:]), kwargs)),
    ),
    Mutant(
        "fill ignored (zeros)",
        "deletion_linear",
        "judging.curves:trace",
        before(lambda args, kwargs: ((*args[:3], np.zeros_like(args[3])), kwargs)),
    ),
    Mutant("insertion is deletion", "insertion_linear", "judging.curves:trace", with_keyword(inserting=False)),
    Mutant(
        "area from the left",
        "insertion_linear",
        "judging.curves:area",
        instead(lambda curve, counts: float(curve[:-1].mean())),
    ),
    Mutant(
        "contributions taken for slopes",
        "infidelity_linear",
        "judging.yeh:read_slopes",
        instead(lambda explanation, data: explanation.values[0]),
    ),
    Mutant("perturbation not squared", "infidelity_zero", "judging.yeh:_run", after(np.sqrt)),
    Mutant(
        "signs kept in ranks",
        "agreement_by_sorting",
        "judging.agreement:rank_correlation",
        instead(lambda a, b: float(np.corrcoef(np.argsort(np.argsort(a)), np.argsort(np.argsort(b)))[0, 1])),
    ),
    Mutant(
        "overlap of the first, not the strongest",
        "agreement_by_sorting",
        "judging.agreement:find_top",
        instead(lambda scores, count: set(range(count))),
    ),
    Mutant(
        "negative attribution counted",
        "region_by_loops",
        "judging.region:positive_share",
        instead(lambda scores, mask: float(np.abs(scores)[mask].sum() / np.abs(scores).sum())),
    ),
    Mutant("region transposed", "region_by_loops", "judging.region:read_region", after(np.transpose)),
    Mutant(
        "one seed for all", "stability_by_hand", "judging.stability:read_scores", after(lambda scores: scores * 0 + 1.0)
    ),
]
DEEP_MUTANTS = (
    [
        Mutant("axis path instead of straight", "ig_product", "captum.attr.IntegratedGradients:attribute", axis_path),
        Mutant(
            "baseline ignored",
            "ig_baseline",
            "methods.gradients:read_reference",
            after(lambda pair: (pair[0] * 0, pair[1])),
        ),
        Mutant("wrong class", "ig_readme", "network_input:_find_column", after(lambda column: 1 - column)),
        Mutant("absolute value taken", "ig_readme", "captum.attr.IntegratedGradients:attribute", after(torch.abs)),
        Mutant(
            "gradient × input instead",
            "ig_saturated",
            "captum.attr.IntegratedGradients:attribute",
            with_keyword(n_steps=1),
        ),
        Mutant("one step", "ig_complete", "captum.attr.IntegratedGradients:attribute", with_keyword(n_steps=1)),
        Mutant("features swapped", "ig_baseline", "captum.attr.IntegratedGradients:attribute", after(swap)),
        Mutant("features swapped", "deeplift_readme", "captum.attr.DeepLift:attribute", after(swap)),
        Mutant(
            "RevealCancel in place of Rescale",
            "rescale_minimum",
            "methods.deeplift:load_library",
            lambda original: (
                lambda name: (
                    original(name)
                    if name != "captum.attr"
                    else type(
                        "C",
                        (),
                        {
                            "DeepLift": lambda module: type(
                                "D",
                                (),
                                {
                                    "attribute": lambda self, x, baselines, target: importlib.import_module(
                                        "xaisite.explain.methods.reveal_cancel"
                                    ).reveal_cancel(module, x.detach(), baselines, target)
                                },
                            )()
                        },
                    )
                )
            ),
        ),
        Mutant(
            "baseline ignored",
            "rescale_matrices",
            "methods.deeplift:read_reference",
            after(lambda pair: (pair[0] * 0, pair[1])),
        ),
        Mutant("signs not separated", "reveal_minimum", "methods.reveal_cancel:_split_relu", no_positive_part),
        Mutant("signs not separated", "reveal_units", "methods.reveal_cancel:_split_relu", no_positive_part),
        Mutant(
            "only one order averaged",
            "reveal_units",
            "methods.reveal_cancel:_split_relu",
            lambda original: (
                lambda then, up, down: (
                    torch.relu(then + up) - torch.relu(then),
                    torch.relu(then + up + down) - torch.relu(then + up),
                )
            ),
        ),
        Mutant(
            "ε forgotten",
            "lrp_epsilon",
            "captum.attr._utils.lrp_rules:EpsilonRule",
            lambda original: lambda epsilon=1e-9: original(1e-9),
        ),
        Mutant(
            "γ forgotten",
            "lrp_gamma",
            "captum.attr._utils.lrp_rules:GammaRule",
            lambda original: lambda gamma=0.25: original(0.0),
        ),
        Mutant(
            "γ in place of α1β0",
            "lrp_alpha_beta",
            "captum.attr._utils.lrp_rules:Alpha1_Beta0_Rule",
            lambda original: lambda: importlib.import_module("captum.attr._utils.lrp_rules").GammaRule(0.25),
        ),
        Mutant(
            "not times the output",
            "lrp_gradient_input",
            "captum.attr.LRP:attribute",
            after(lambda values: values / values.abs().sum()),
        ),
        Mutant("biases forgotten", "lrp_conserves", "methods.lrp:count_kept", after(lambda kept: kept * 0)),
        Mutant("relevance halved", "lrp_conserves", "captum.attr.LRP:attribute", after(lambda values: values / 2)),
        Mutant(
            "wrong class", "saliency_differences", "network_input:_find_column", after(lambda column: (column + 1) % 3)
        ),
        Mutant("always absolute", "saliency_differences", "captum.attr.Saliency:attribute", with_keyword(abs=True)),
        Mutant("no noise", "smooth_grad_cubic", "captum.attr.NoiseTunnel:attribute", with_keyword(stdevs=1e-9)),
        Mutant(
            "plain gradient",
            "guided_by_hand",
            "captum.attr.GuidedBackprop:attribute",
            lambda original: lambda self, x, target: torch.autograd.grad(self.model(x)[:, target].sum(), x)[0],
        ),
        Mutant("wrong class", "cam_cells", "network_input:_find_column", after(lambda column: (column + 1) % 3)),
        Mutant("map transposed", "cam_cells", "methods.cam:record_map", after(lambda maps: maps.transpose(0, 2, 1))),
        Mutant("maps in reverse order", "cam_cells", "methods.cam:record_map", after(lambda maps: maps[::-1])),
        Mutant(
            "ReLU always", "grad_cam_is_cam", "captum.attr.LayerGradCam:attribute", with_keyword(relu_attributions=True)
        ),
        Mutant(
            "absolute value taken",
            "grad_cam_by_hand",
            "captum.attr.LayerGradCam:attribute",
            lambda original: lambda *a, **k: original(*a, **{**k, "relu_attributions": False}).abs(),
        ),
        Mutant(
            "fill ignored (ones)",
            "occlusion_windows",
            "methods.occlusion:make_baseline",
            after(lambda made: (np.ones_like(made[0]), made[1])),
        ),
        Mutant(
            "windows not overlapping",
            "occlusion_windows",
            "methods.occlusion:run_captum",
            before(lambda args, kwargs: ((*args[:4], args[3], *args[5:]), kwargs)),
        ),
        Mutant("sign turned", "occlusion_product", "methods.occlusion:run_captum", after(np.negative)),
        Mutant(
            "background ignored (zeros)",
            "deep_linear",
            "shap:DeepExplainer",
            lambda original: lambda module, data: original(module, data * 0),
        ),
        Mutant(
            "first background row only",
            "deep_rescale",
            "shap:DeepExplainer",
            lambda original: lambda module, data: original(module, data[:1]),
        ),
        Mutant(
            "wrong class",
            "deep_rescale",
            "methods.shap_network:pick",
            lambda original: lambda found, given: np.asarray(found)[..., ((given.column or 0) + 1) % 3],
        ),
        Mutant(
            "gradient at the input",
            "gradient_product",
            "shap:GradientExplainer",
            lambda original: (
                lambda module, data, batch_size=50: type(
                    "G", (), {"shap_values": lambda self, x, nsamples, rseed: np.array([[15.0, 15.0]])}
                )()
            ),
        ),
        Mutant("descends", "visualization_linear", "methods.dream:pick_unit", after(lambda value: -value)),
        Mutant(
            "another unit",
            "visualization_linear",
            "methods.dream:pick_unit",
            before(lambda args, kwargs: ((args[0], 0, args[2]), kwargs)),
        ),
        Mutant("no step", "dream_identity", "methods.dream:climb", with_keyword(rate=1e-9)),
        Mutant(
            "radius doubled",
            "sensitivity_bound",
            "captum.metrics:sensitivity_max",
            lambda original: lambda *a, perturb_radius, **k: original(*a, perturb_radius=2 * perturb_radius, **k),
        ),
        Mutant(
            "compared with itself",
            "randomisation_separates",
            "judging.randomisation:rank_correlation",
            instead(lambda a, b: 1.0),
        ),
        Mutant(
            "one layer only",
            "randomisation_separates",
            "judging.randomisation:read_scores",
            after(lambda s: np.arange(s.size)),
        ),
        Mutant(
            "no correlation",
            "data_randomisation_ranks",
            "judging.randomisation:rank_correlation",
            instead(lambda a, b: 0.0),
        ),
    ]
    if explain_truths_deep is not None
    else []
)


def find_place(place: str) -> tuple[Any, str]:
    """The object that holds the attribute, and its name."""
    home, _, path = place.partition(":")
    library = home.split(".")[0] in ("shap", "captum", "sklearn")
    full = home if library else f"xaisite.explain.{home}"
    try:
        owner: Any = importlib.import_module(full)
    except ModuleNotFoundError:
        module, _, kind = full.rpartition(".")
        owner = getattr(importlib.import_module(module), kind)
    *classes, name = path.split(".")
    for one in classes:
        owner = getattr(owner, one)
    return owner, name


ALL = [pytest.param(m, id=f"{m.truth}: {m.name}") for m in MUTANTS] + [
    pytest.param(m, id=f"{m.truth}: {m.name}", marks=pytest.mark.deep) for m in DEEP_MUTANTS
]


@pytest.mark.parametrize("mutant", ALL)
def test_mutant_is_killed(mutant: Mutant, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, name = find_place(mutant.place)
    monkeypatch.setattr(owner, name, mutant.change(getattr(owner, name)))
    held = TRUTHS[mutant.truth]
    try:
        deviation = held.measure()
    except (AssertionError, ExplainError):
        return
    assert not deviation <= held.tolerance, f"the mutant lives: {deviation:.3g} is within {held.tolerance:g}"


def test_every_truth_has_its_mutant() -> None:
    hunted = {m.truth for m in [*MUTANTS, *DEEP_MUTANTS]}
    assert hunted == set(TRUTHS)


@pytest.mark.deep
def test_the_published_table_is_current() -> None:
    pytest.importorskip("torch")
    from make_evidence import PAGE, render_rows

    lines = [line for line in PAGE.read_text(encoding="utf-8").split("\n") if line.startswith("| ")][1:]
    for line, (left, right) in zip(lines, render_rows(), strict=True):
        assert line.startswith(left)
        assert line.endswith(right)
