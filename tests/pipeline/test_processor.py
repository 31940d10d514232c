"""Numerical libraries compute alike on other processors, unless a site asks for all that this one can do."""

from __future__ import annotations

import platform
import subprocess
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from tests.site_files import write_site
from xaisite import build_site
from xaisite.core.processor import has_common

POST = """---
title: Processor
---
```{python}
import numpy
from numpy._core._multiarray_umath import __cpu_features__ as features
import threadpoolctl
print("beyond the common:", features["X86_V4" if "X86_V4" in features else "AVX512_SKX"])
print("kernels:", {info["architecture"] for info in threadpoolctl.threadpool_info() if "architecture" in info})
```
"""


def flags() -> set[str]:
    path = Path("/proc/cpuinfo")
    return set(path.read_text().split()) if path.exists() else set()


pytestmark = pytest.mark.skipif(
    platform.machine() != "x86_64" or not has_common(flags()), reason="not a processor of this kind"
)


def text_of(root: Path) -> str:
    return BeautifulSoup((root / "build/posts/processor/index.html").read_text(), "html.parser").get_text()


def test_sessions_use_what_all_have_unless_the_site_says_native(tmp_path: Path) -> None:
    root = write_site(tmp_path, {"site.toml": '[site]\ntitle = "Lab"\n', "content/posts/processor.md": POST})
    assert build_site(root).ok
    assert "beyond the common: False" in text_of(root)
    assert "kernels: {'Haswell'}" in text_of(root)
    (root / "site.toml").write_text('[site]\ntitle = "Lab"\n[execution]\nprocessor = "native"\n')
    result = build_site(root)
    assert result.ok
    assert [(cell.status, cell.reason) for cell in result.cells] == [("ran", "the class of the processor changed")]
    assert f"beyond the common: {'avx512f' in flags()}" in text_of(root)


def test_notebooks_compute_like_the_page(tmp_path: Path) -> None:
    root = write_site(tmp_path, {"site.toml": '[site]\ntitle = "Lab"\n', "content/posts/processor.md": POST})
    assert build_site(root).ok
    script = next((root / "build/posts/processor").glob("*.py"))
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True, timeout=120)
    assert "beyond the common: False" in done.stdout
    assert "kernels: {'Haswell'}" in done.stdout
