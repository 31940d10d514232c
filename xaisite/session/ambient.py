"""State of a process beside its names: generators, library options, folder, variables, patches.

Does not decide who depends on it. Invariant: a part that is as it was when the session began is called `start`, in
every process, so that digests made in different processes can be compared.
"""

from __future__ import annotations

import os
import sys
import threading
import warnings
from hashlib import blake2b
from typing import Any

from xaisite.session.generators import generator_states
from xaisite.session.processsettings import LOWEST_PRIORITY, beside_environ, read_settings
from xaisite.session.secrets import Secrets


class Ambient:
    """Parts of the process's state, compared with the session's start."""

    def __init__(self, base: str, secrets: Secrets) -> None:
        self._base = base
        self._secrets = secrets
        self._start: dict[str, str] = {}
        self._generators: dict[str, str] = {}
        self._options: dict[str, str] = {}
        self._settings: dict[str, Any] = {}

    def mark_start(self) -> None:
        """Remember how things are now."""
        self._start = _fixed_parts()
        self._settings = read_settings()
        self._options = _option_parts()
        self.mark_generators()

    def mark_generators(self) -> None:
        """Remember generators that have just been seeded."""
        for name, state in generator_states().items():
            self._generators.setdefault(name, state)

    def mark_options(self) -> None:
        """Remember the options of libraries that have just been imported."""
        for name, state in _option_parts().items():
            self._options.setdefault(name, state)

    def describe(self, given_rc: dict[str, Any]) -> dict[str, str]:
        """Return a digest of each part that is not as at the start."""
        found: dict[str, str] = {}
        for name, state in generator_states().items():
            if state != self._generators.get(name):
                found[f"rng:{name}"] = state
        for name, state in _fixed_parts().items():
            if state != self._start.get(name):
                found[name] = _short(self._secrets.name_text(state).replace(self._base, "·"))
        settings = {n: s for n, s in read_settings().items() if s != self._settings[n]}
        if settings.get("priority") == LOWEST_PRIORITY:
            del settings["priority"]  # not of the cell's own doing
        if settings:
            found["process"] = _short(repr(settings))
        options = {n: s for n, s in _option_parts().items() if s != self._options.get(n)}
        if options:
            found["options"] = _short(repr(sorted(options.items())))
        rc = _rc_part(given_rc)
        if rc:
            found["rc"] = _short(rc)
        return found


def _fixed_parts() -> dict[str, str]:
    return {
        "cwd": os.getcwd(),
        "env": repr((sorted(os.environ.items()), sorted(beside_environ().items()))),
        "path": repr(sys.path),
        "warnings": repr(
            [
                (a, getattr(m, "pattern", m), getattr(c, "__qualname__", str(c)), getattr(mod, "pattern", mod), n)
                for a, m, c, mod, n in warnings.filters
            ]
        ),
        "limits": repr((sys.getrecursionlimit(), threading.active_count())),
    }


def _option_parts() -> dict[str, str]:
    """Return the settings of known libraries that are loaded."""
    found = {}
    for name, module_name, read in _OPTIONS:
        module = sys.modules.get(module_name)
        if module is not None:
            try:
                found[name] = read(module)
            except Exception:  # noqa: BLE001  # a half-loaded module has no options yet
                found[name] = ""
    return found


_LEVELS_OF_OTHERS = (5, 25)
"""That `multiprocessing` names when it is imported."""


def _describe_logging(logging: Any) -> str:
    root = logging.root
    loggers = [
        (n, x)
        for n, x in root.manager.loggerDict.items()
        if isinstance(x, logging.Logger) and (x.level or x.handlers or x.filters or not x.propagate or x.disabled)
    ]
    return repr(
        (
            [(n, *_describe_logger(x)) for n, x in [("", root), *sorted(loggers)]],
            root.manager.disable,
            sorted((n, level) for n, level in logging._nameToLevel.items() if level not in _LEVELS_OF_OTHERS),
            sorted((level, n) for level, n in logging._levelToName.items() if level not in _LEVELS_OF_OTHERS),
            logging.getLoggerClass().__qualname__,
            logging.lastResort is None or logging.lastResort.level,
            [logging.raiseExceptions, logging.logThreads, logging.logProcesses],
        )
    )


def _describe_logger(logger: Any) -> tuple[Any, ...]:
    handlers = [(type(h).__name__, h.level, len(h.filters), *_describe_form(h.formatter)) for h in logger.handlers]
    return logger.level, handlers, len(logger.filters), not logger.propagate, logger.disabled


def _describe_form(form: Any) -> tuple[Any, ...]:
    return type(form).__name__, getattr(form, "_fmt", ""), getattr(form, "datefmt", "")


_OPTIONS: tuple[tuple[str, str, Any], ...] = (
    ("numpy.print", "numpy", lambda m: repr(sorted((k, str(v)) for k, v in m.get_printoptions().items()))),
    (
        "numpy.err",
        "numpy",
        lambda m: repr((sorted(m.geterr().items()), m.getbufsize(), getattr(m.geterrcall(), "__qualname__", ""))),
    ),
    (
        "pandas",
        "pandas",
        lambda m: repr(m._config.config._global_config),
    ),
    ("decimal", "decimal", lambda m: repr((m.getcontext(), m.DefaultContext))),
    ("sklearn", "sklearn", lambda m: repr(sorted((k, str(v)) for k, v in m.get_config().items()))),
    (
        "torch",
        "torch",
        lambda m: repr(
            (
                m.get_default_dtype(),
                m.is_grad_enabled(),
                m.are_deterministic_algorithms_enabled(),
                m.get_num_threads(),
                str(m.get_default_device()),
                m.get_float32_matmul_precision(),
                m.backends.mkldnn.enabled,
                m.backends.cudnn.enabled,
                m.backends.cudnn.benchmark,
                m.backends.cudnn.deterministic,
                sorted(vars(m._tensor_str.PRINT_OPTS).items()),
                m.is_anomaly_enabled(),
                m.is_warn_always_enabled(),
            )
        ),
    ),
    ("scipy", "scipy.special", lambda m: repr(sorted(m.geterr().items()))),
    ("colours", "matplotlib.colors", lambda m: repr([m.colorConverter.colors.get(c) for c in "bgrcmykw"])),
    ("joblib", "joblib.parallel", lambda m: repr(getattr(m._backend, "config", None))),
    ("locale", "locale", lambda m: repr(m.setlocale(m.LC_ALL))),
    ("logging", "logging", _describe_logging),
    ("gc", "gc", lambda m: repr((m.isenabled(), m.get_threshold()))),
    ("builtins", "builtins", lambda m: repr(sorted(k for k in vars(m) if k != "_"))),
)


def _rc_part(given_rc: dict[str, Any]) -> str:
    matplotlib = sys.modules.get("matplotlib")
    if matplotlib is None or not hasattr(matplotlib, "rcParams"):
        return ""
    start = dict(dict.items(matplotlib.rcParamsDefault)) | given_rc
    changed = []
    for key, value in dict.items(matplotlib.rcParams):
        if value is start[key] or key in ("backend", "backend_fallback"):
            continue
        if repr(value) != repr(start[key]):
            changed.append((key, repr(value)))
    return repr(sorted(changed)) if changed else ""


def _short(text: str) -> str:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
