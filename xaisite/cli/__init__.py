"""The command line: one file per command. Only here are process-wide things touched: arguments, streams, exit codes."""
