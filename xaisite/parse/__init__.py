"""The parse room. See ARCHITECTURE.md."""
