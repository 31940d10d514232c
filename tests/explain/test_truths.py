"""Every method against its truth."""

from __future__ import annotations

import pytest
from explain_truths import TRUTHS

try:
    import explain_truths_deep
except ModuleNotFoundError:
    explain_truths_deep = None


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=[pytest.mark.deep] if t.deep else []) for n, t in TRUTHS.items()]
)
def test_truth(name: str) -> None:
    held = TRUTHS[name]
    deviation = held.measure()
    assert deviation <= held.tolerance, f"{held.method} misses {held.against}: {deviation:.3g} > {held.tolerance:g}"
