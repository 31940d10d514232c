"""`python -m xaisite`."""

from xaisite.cli.main import main

if __name__ == "__main__":
    raise SystemExit(main())
