"""The environment of a session: fixed, so that results are the same everywhere, plus what the site declares.

Does not pass anything undeclared on: secrets of CI do not exist in a session. Invariant: thread counts are pinned
before any numerical library loads.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

_THREADS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "BLIS_NUM_THREADS",
    "TBB_NUM_THREADS",
    "RAYON_NUM_THREADS",
)
_LIBRARY_PATHS = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES", "CUDA_HOME")


def base_environment(cache: str) -> dict[str, str]:
    """Return the environment of the processes that sessions are forked from."""
    tools = os.path.dirname(sys.executable)
    fixed = {
        "PATH": f"{tools}:/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUTF8": "1",
        "PYTHONNOUSERSITE": "1",
        "MPLBACKEND": "agg",
        "MPLCONFIGDIR": os.path.join(cache, "matplotlib"),
        "NUMBA_THREADING_LAYER": "workqueue",
        "KMP_WARNINGS": "0",
        "TOKENIZERS_PARALLELISM": "false",
        "HF_HUB_OFFLINE": "1",
        "COLUMNS": "80",
        "TERM": "dumb",
        **dict.fromkeys(_THREADS, "1"),
    }
    return fixed | {name: os.environ[name] for name in _LIBRARY_PATHS if name in os.environ}


def private_environment(folder_of: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that name a session's own folders."""
    home, tmp, cache = folder_of["home"], folder_of["tmp"], folder_of["cache"]
    return {
        "HOME": home,
        "TMPDIR": tmp,
        "TEMP": tmp,
        "TMP": tmp,
        "XDG_CACHE_HOME": cache,
        "XDG_CONFIG_HOME": f"{home}/.config",
        "XDG_DATA_HOME": f"{home}/.local/share",
        "XDG_STATE_HOME": f"{home}/.local/state",
        "XDG_RUNTIME_DIR": tmp,
        "NUMBA_CACHE_DIR": f"{cache}/numba",
        "JOBLIB_TEMP_FOLDER": f"{cache}/joblib",
        "TORCH_HOME": f"{cache}/torch",
        "HF_HOME": f"{cache}/huggingface",
        "SCIKIT_LEARN_DATA": f"{home}/scikit_learn_data",
    }
