"""The check room. See ARCHITECTURE.md."""
