"""`python -m xaisite`."""

from xaisite.cli.main import run_as_script

if __name__ == "__main__":
    raise SystemExit(run_as_script())
