"""Values that one post makes and others use: `#| produces: name` there, `xaisite.artifact("post/name")` here.

Kept as data that can run no code: NumPy's npz, safetensors, JSON, CSV tables; never pickle. Does not schedule anything.
Invariant: what is loaded is what was stored, to the byte; its file is a dependency of the cell that asks for it.
"""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any

FOLDER_VARIABLE = "XAISITE_ARTIFACTS"


class ArtifactError(Exception):
    """An artifact cannot be stored or found; the message says why."""


def artifact(name: str) -> Any:
    """Return the value that a post produces under ``post/name``.

    In a notebook or script that runs below a site, it is the value of the site's last build.
    """
    folder = os.environ.get(FOLDER_VARIABLE) or _built_below(os.getcwd())
    parts = name.split("/")
    if len(parts) < 2 or any(part in ("", ".", "..") for part in parts):
        raise ArtifactError(f"{name!r} is not the name of an artifact: write `post/name`")
    if not folder:
        raise ArtifactError(
            f"{name!r} is made by another post: run this in the folder of its post, in a site that is built"
        )
    for suffix, load in _LOADERS.items():
        path = os.path.join(folder, *parts) + suffix
        if os.path.exists(path):
            with open(path, "rb") as file:
                return load(file.read())
    raise ArtifactError(f"no post produces {name!r}")


def _built_below(folder: str) -> str:
    """Return where the nearest site at or above a folder keeps its artifacts (empty: there is none)."""
    while not os.path.isfile(os.path.join(folder, "site.toml")):
        above = os.path.dirname(folder)
        if above == folder:
            return ""
        folder = above
    found = os.path.join(folder, ".xaisite", "artifacts")
    return found if os.path.isdir(found) else ""


def encode_artifact(value: Any) -> tuple[str, bytes]:
    """Return the ending and the bytes under which a value is stored."""
    numpy, pandas, torch = (sys.modules.get(name) for name in ("numpy", "pandas", "torch"))
    if pandas is not None and isinstance(value, pandas.DataFrame):
        return ".csv", value.to_csv(index=False).encode()
    if torch is not None and isinstance(value, torch.nn.Module):
        value = value.state_dict()
    members = list(value.values()) if isinstance(value, dict) else []
    if torch is not None and members and all(isinstance(member, torch.Tensor) for member in members):
        return ".npz", _npz({name: tensor.detach().cpu().numpy() for name, tensor in value.items()})
    if numpy is not None and isinstance(value, numpy.ndarray):
        return ".npz", _npz({"": value})
    if numpy is not None and members and all(isinstance(member, numpy.ndarray) for member in members):
        return ".npz", _npz(value)
    try:
        return ".json", json.dumps(value, sort_keys=True, allow_nan=False).encode()
    except (TypeError, ValueError) as error:
        raise ArtifactError(
            f"a {type(value).__name__} cannot be stored without pickle: give arrays, tensors, tables or plain values"
        ) from error


def _npz(arrays: dict[str, Any]) -> bytes:
    """Encode arrays as an uncompressed archive without times, so that equal arrays give equal bytes."""
    import zipfile

    import numpy as np

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in sorted(arrays):
            data = io.BytesIO()
            np.lib.format.write_array(data, np.asanyarray(arrays[name]), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name or 'array'}.npy"), data.getvalue())
    return out.getvalue()


def _read_npz(data: bytes) -> Any:
    import numpy as np

    with np.load(io.BytesIO(data), allow_pickle=False) as archive:
        names = list(archive.files)
        return archive["array"] if names == ["array"] else {name: archive[name] for name in names}


def _read_csv(data: bytes) -> Any:
    import pandas as pd

    return pd.read_csv(io.BytesIO(data))


_LOADERS: Mapping[str, Callable[[bytes], Any]] = {".npz": _read_npz, ".json": json.loads, ".csv": _read_csv}
