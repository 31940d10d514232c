"""Explanations that say what they are, have been checked, and are refused where a library is known to lie.

Every name below is loaded when first asked for: ``import xaisite.explain`` loads no numerical library and works
without torch. Functions return an :class:`Explanation`, or raise :class:`ExplainError`.
"""

from __future__ import annotations

from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xaisite.explain.adapters import find_adapter as find_adapter
    from xaisite.explain.cards import Card as Card
    from xaisite.explain.cards import compare_methods as compare_methods
    from xaisite.explain.cards import find_card as find_card
    from xaisite.explain.cards import load_cards as load_cards
    from xaisite.explain.errors import ExplainError as ExplainError
    from xaisite.explain.explanation import Explanation as Explanation
    from xaisite.explain.explanation import Step as Step
    from xaisite.explain.judging.agreement import agreement as agreement
    from xaisite.explain.judging.curves import deletion as deletion
    from xaisite.explain.judging.curves import insertion as insertion
    from xaisite.explain.judging.randomisation import data_randomisation as data_randomisation
    from xaisite.explain.judging.randomisation import model_randomisation as model_randomisation
    from xaisite.explain.judging.region import region_share as region_share
    from xaisite.explain.judging.stability import stability as stability
    from xaisite.explain.judging.yeh import infidelity as infidelity
    from xaisite.explain.judging.yeh import sensitivity as sensitivity
    from xaisite.explain.methods.ale import ale as ale
    from xaisite.explain.methods.anchors import anchors as anchors
    from xaisite.explain.methods.cam import cam as cam
    from xaisite.explain.methods.cam import grad_cam as grad_cam
    from xaisite.explain.methods.counterfactual import counterfactual as counterfactual
    from xaisite.explain.methods.data_overview import data_overview as data_overview
    from xaisite.explain.methods.deeplift import deeplift as deeplift
    from xaisite.explain.methods.dream import deep_dream as deep_dream
    from xaisite.explain.methods.dream import feature_visualization as feature_visualization
    from xaisite.explain.methods.gradients import guided_backprop as guided_backprop
    from xaisite.explain.methods.gradients import integrated_gradients as integrated_gradients
    from xaisite.explain.methods.gradients import saliency as saliency
    from xaisite.explain.methods.gradients import smooth_grad as smooth_grad
    from xaisite.explain.methods.h_statistic import h_statistic as h_statistic
    from xaisite.explain.methods.importance import impurity_importance as impurity_importance
    from xaisite.explain.methods.importance import permutation_importance as permutation_importance
    from xaisite.explain.methods.interactions import shap_interactions as shap_interactions
    from xaisite.explain.methods.lime import lime as lime
    from xaisite.explain.methods.lrp import lrp as lrp
    from xaisite.explain.methods.occlusion import occlusion as occlusion
    from xaisite.explain.methods.partial_dependence import partial_dependence as partial_dependence
    from xaisite.explain.methods.rule_list import rule_list as rule_list
    from xaisite.explain.methods.shap import shap as shap
    from xaisite.explain.methods.surrogate_tree import surrogate_tree as surrogate_tree
    from xaisite.explain.segments import make_segments as make_segments
    from xaisite.explain.verdict import Verdict as Verdict

_HOME = MappingProxyType(
    {
        "Card": "cards",
        "ExplainError": "errors",
        "Explanation": "explanation",
        "Step": "explanation",
        "Verdict": "verdict",
        "agreement": "judging.agreement",
        "ale": "methods.ale",
        "anchors": "methods.anchors",
        "cam": "methods.cam",
        "compare_methods": "cards",
        "counterfactual": "methods.counterfactual",
        "data_overview": "methods.data_overview",
        "data_randomisation": "judging.randomisation",
        "deep_dream": "methods.dream",
        "deeplift": "methods.deeplift",
        "deletion": "judging.curves",
        "feature_visualization": "methods.dream",
        "find_adapter": "adapters",
        "find_card": "cards",
        "grad_cam": "methods.cam",
        "guided_backprop": "methods.gradients",
        "h_statistic": "methods.h_statistic",
        "impurity_importance": "methods.importance",
        "infidelity": "judging.yeh",
        "insertion": "judging.curves",
        "integrated_gradients": "methods.gradients",
        "lime": "methods.lime",
        "load_cards": "cards",
        "lrp": "methods.lrp",
        "make_segments": "segments",
        "model_randomisation": "judging.randomisation",
        "occlusion": "methods.occlusion",
        "partial_dependence": "methods.partial_dependence",
        "permutation_importance": "methods.importance",
        "region_share": "judging.region",
        "rule_list": "methods.rule_list",
        "saliency": "methods.gradients",
        "sensitivity": "judging.yeh",
        "shap": "methods.shap",
        "shap_interactions": "methods.interactions",
        "smooth_grad": "methods.gradients",
        "stability": "judging.stability",
        "surrogate_tree": "methods.surrogate_tree",
    }
)

__all__ = sorted(_HOME)  # noqa: PLE0605


def __getattr__(name: str) -> Any:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{home}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})
