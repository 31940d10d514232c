"""The pipeline room. See ARCHITECTURE.md."""
