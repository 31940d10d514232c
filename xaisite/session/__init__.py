"""The session room. See ARCHITECTURE.md."""
