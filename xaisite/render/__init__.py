"""The render room. See ARCHITECTURE.md."""
