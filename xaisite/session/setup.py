"""A process made ready for a post: hooks, seeds, deterministic libraries, one clean `__main__`.

Does not run cells. Invariant: two sessions of one post start from the same state, whichever process they live in.
"""

from __future__ import annotations

import builtins
import sys
import types
import warnings
from collections.abc import Callable
from typing import Any

from xaisite.session.ambient import Ambient
from xaisite.session.animations import adjust_animation
from xaisite.session.generators import CellSeed, seed_numpy, seed_random, seed_torch, watch_generator
from xaisite.session.numbacache import adjust_numba
from xaisite.session.observe import Observer, quiet
from xaisite.session.onimport import ImportAdjuster

_SHAP_NOTE = "The NumPy global RNG was seeded"


def fresh_main() -> types.ModuleType:
    """Return a new `__main__`, in place of the process's own."""
    main = types.ModuleType("__main__")
    main.__dict__.update({"__builtins__": builtins, "__name__": "__main__", "__doc__": None})
    sys.modules["__main__"] = main
    return main


def install_adjustments(
    observer: Observer,
    seed: int,
    own: CellSeed,
    *,
    show: Callable[..., None],
    display: Callable[..., None],
    ambient: Ambient,
) -> None:
    """Adjust the libraries that matter as soon as they are imported (at once when they are there already)."""

    def noticed(name: str) -> Callable[[], None]:
        return lambda: observer.current.generators.add(name)

    def adjust_numpy(module: Any) -> None:
        seed_numpy(seed)
        ambient.mark_generators()
        if own.value is not None:
            seed_numpy(own.value)
        watch_generator(module, ("seed", "set_state", "get_state"), noticed("numpy"))

    def adjust_torch(module: Any) -> None:
        seed_torch(seed)
        ambient.mark_generators()
        if own.value is not None:
            seed_torch(own.value)
        ambient.mark_options()
        names = ("manual_seed", "seed", "initial_seed", "set_rng_state", "get_rng_state")
        watch_generator(module, names, noticed("torch"))

    adjuster = ImportAdjuster(
        {
            **{
                name: lambda _: ambient.mark_options()
                for name in (
                    *("decimal", "joblib.parallel", "locale", "logging", "matplotlib.colors"),
                    *("numpy", "pandas", "scipy.special", "sklearn"),
                )
            },
            "numpy.random": adjust_numpy,
            "torch": adjust_torch,
            "matplotlib": lambda module: _adjust_matplotlib(module, observer),
            "matplotlib.pyplot": lambda module: _adjust_pyplot(module, show),
            "matplotlib.animation": adjust_animation,
            "numba.core.caching": adjust_numba,
            "shap": lambda module: setattr(module, "initjs", lambda: None),  # scripts come from the site
            "IPython.core.display_functions": lambda module: setattr(module, "display", display),
            "IPython.display": lambda module: setattr(module, "display", display),
        }
    )
    seed_random(seed)
    import random

    watch_generator(random, ("seed", "setstate", "getstate"), noticed("random"))
    with quiet():
        adjuster.check()
    observer.on_import = observer.ahead.on_reveal = adjuster.check
    warnings.filterwarnings("ignore", message=_SHAP_NOTE, category=FutureWarning)


def _adjust_matplotlib(module: Any, observer: Observer) -> None:
    kind: Any = module.RcParams
    plain = kind.__getitem__

    def getitem(self: Any, key: str) -> Any:
        observer.current.flags.add("rc")
        return plain(self, key)

    kind.__getitem__ = getitem
    if hasattr(kind, "_get"):
        inner = kind._get

        def get(self: Any, key: str) -> Any:
            observer.current.flags.add("rc")
            return inner(self, key)

        kind._get = get


def _adjust_pyplot(module: Any, show: Callable[..., None]) -> None:
    def pyplot_show(*_args: Any, **_kwargs: Any) -> None:
        """Show the open figures here."""
        show()

    pyplot_show.__name__ = "show"
    module.show = pyplot_show
