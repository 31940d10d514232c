"""The load room. See ARCHITECTURE.md."""
