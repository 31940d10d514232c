"""One file per construct, each a function that adds its rules to the tokenizers. See `grammar.PLUGINS`."""
