"""The run room. See ARCHITECTURE.md."""
