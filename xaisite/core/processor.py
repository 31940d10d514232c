"""What numerical libraries may use of a processor, so that they compute alike on all of a kind.

Pure data: does not look at the machine. Measured in docs/adr/0016-computing-alike-on-other-processors.md.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

COMMON_FLAGS = frozenset({"avx2", "fma", "f16c", "bmi2"})
"""What x86-64 processors have had since 2013 (Intel) and 2017 (AMD)."""

COMMON_VARIABLES: Mapping[str, str] = {
    "OPENBLAS_CORETYPE": "Haswell",
    "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR",
    "ATEN_CPU_CAPABILITY": "avx2",
    "ONEDNN_MAX_CPU_ISA": "AVX2",
    "MKL_CBWR": "COMPATIBLE",
}
"""Environment variables with which OpenBLAS, NumPy, PyTorch, oneDNN and MKL choose the same code on all of them."""

NUMPY_BEFORE_2_4 = "AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL"
"""The names of what NumPy is to leave, before version 2.4 (for an unknown name it warns)."""


def has_common(flags: Collection[str]) -> bool:
    """Whether a processor with these flags (as in `/proc/cpuinfo`) can do what the variables ask for."""
    return set(flags) >= COMMON_FLAGS
