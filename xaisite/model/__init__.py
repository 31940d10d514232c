"""Frozen values, one type per phase: `Source → Post → Site → BuildPlan → Page`; no behaviour but derived properties."""
