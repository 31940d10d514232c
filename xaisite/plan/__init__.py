"""The plan room. See ARCHITECTURE.md."""
