"""The engine room. See ARCHITECTURE.md."""
