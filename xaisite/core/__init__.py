"""Values that every room shares: sources and spans, diagnostics, digests, safe paths. Standard library only."""
