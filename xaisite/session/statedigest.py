"""The whole state that later cells can see, as digests: names, what they share, the process beside them.

Does not restore anything. Invariant: the description depends on the state only, not on the process it is made in.
"""

from __future__ import annotations

import sys
import threading
import types
from typing import Any

from xaisite.session.ambient import Ambient
from xaisite.session.garbage import uncollected
from xaisite.session.secrets import Secrets
from xaisite.session.valuedigest import Digester

_DEEP = 20_000
_HIDDEN = frozenset({"__builtins__", "__name__", "__doc__", "__warningregistry__"})


def describe_state(
    namespace: dict[str, Any],
    modules: dict[str, Any],
    ambient: Ambient,
    given_rc: dict[str, Any],
    secrets: Secrets,
    *,
    plainly: bool,
) -> tuple[dict[str, Any], Digester]:
    """Return the state as JSON, and what knows the places of its objects.

    ``modules`` are the local ones. Called in a throw-away fork, or ``plainly``: then it stops with ``NotPlainError``
    where looking could change something.
    """
    parts = ambient.describe(given_rc)
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, _DEEP))
    try:
        digester = Digester(namespace, secrets, plainly=plainly)
        with uncollected():  # what an author's value does when it is collected is its own affair
            found = digester.digest_names(sorted(name for name in namespace if name not in _HIDDEN))
            for name, module in sorted(modules.items()):
                parts[f"mod:{name}"] = _module_digest(digester, name, module)
    finally:
        sys.setrecursionlimit(limit)
    record = {
        "names": {
            secrets.mask_text(name): [("?" if d.opaque else "") + d.digest, sorted(d.refs), sorted(d.packages)]
            for name, d in found.items()
        },
        "shares": dict(secrets.mask(digester.shared_pairs())),
        "ambient": parts,
        "outside": "it runs threads" if threading.active_count() > 1 else "",
    }
    return record, digester


def _module_digest(digester: Digester, name: str, module: Any) -> str:
    """Digest a local module's data; its code is a file that cells depend on."""
    data = {k: v for k, v in vars(module).items() if not k.startswith("__") and not isinstance(v, types.ModuleType)}
    digest = digester.digest_value(f"module {name}", data)
    return ("?" if digest.opaque else "") + digest.digest
